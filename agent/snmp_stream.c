#include "agent/snmp_stream.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "lib/wire.h"

#define ROOM_FIRST 16384

struct stream {
	int fd;
	const struct stream_ops *ops;
	void *context;
	struct event *readable;
	struct event *writable;
	bool is_closed;
	uint8_t *bytes; /* what was read and is no whole packet yet */
	size_t used;
	size_t room;
	struct packet_writer out;
};

static void
give_up(struct stream *stream, const char *why)
{
	if (stream->is_closed)
		return;
	stream->is_closed = true;
	(void) event_del(stream->readable);
	(void) event_del(stream->writable);
	stream->ops->on_closed(why, stream->context);
}

/* Hands out every whole packet; how many bytes these were. */
static size_t
hand_out(struct stream *stream, size_t *ret_needed)
{
	size_t done = 0;

	*ret_needed = PACKET_HEADER_SIZE;
	while (!stream->is_closed && stream->used - done >= PACKET_HEADER_SIZE) {
		struct packet packet;
		if (packet_read_header(stream->bytes + done, &packet) < 0) {
			give_up(stream, "it does not speak AgentX");
			break;
		}
		*ret_needed = PACKET_HEADER_SIZE + packet.size;
		if (stream->used - done < *ret_needed)
			break;
		stream->ops->on_packet(&packet, stream->bytes + done, stream->context);
		done += *ret_needed;
		*ret_needed = PACKET_HEADER_SIZE;
	}
	return done;
}

static void
take(struct stream *stream)
{
	size_t needed;
	size_t done = hand_out(stream, &needed);

	stream->used -= done;
	memmove(stream->bytes, stream->bytes + done, stream->used);
	/* A large packet has its room for as long as it takes. */
	size_t room = MAX_OF(needed, (size_t) ROOM_FIRST);
	if (room > stream->room || (room < stream->room && !stream->used)) {
		stream->bytes = xrealloc(stream->bytes, room);
		stream->room = room;
	}
}

static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct stream *stream = context;
	ssize_t size = recv(fd, stream->bytes + stream->used, stream->room - stream->used, 0);

	if (size > 0) {
		stream->used += (size_t) size;
		take(stream);
		stream_flush(stream);
	} else if (!size || (errno != EAGAIN && errno != EINTR)) {
		give_up(stream, "it has closed the connection");
	}
	stream->ops->on_turn(stream->context);
}

static void
on_writable(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct stream *stream = context;

	stream_flush(stream);
	stream->ops->on_turn(stream->context);
}

void
stream_flush(struct stream *stream)
{
	struct packet_writer *out = &stream->out;

	if (stream->is_closed || !out->used)
		return;
	ssize_t sent = send(stream->fd, out->bytes, out->used, MSG_NOSIGNAL);
	if (sent < 0 && errno != EAGAIN && errno != EINTR) {
		give_up(stream, "it has closed the connection");
		return;
	}
	if (sent > 0) {
		out->used -= (size_t) sent;
		memmove(out->bytes, out->bytes + sent, out->used);
	}
	if (out->used)
		(void) event_add(stream->writable, NULL);
	else if (out->room > 4 * ROOM_FIRST)
		out->bytes = xrealloc(out->bytes, out->room = ROOM_FIRST);
}

struct packet_writer *
stream_writer(struct stream *stream)
{
	return &stream->out;
}

size_t
stream_unsent(const struct stream *stream)
{
	return stream->out.used;
}

int
stream_open(struct event_base *base, const char *path, const struct stream_ops *ops, void *context,
	    struct stream **ret)
{
	int fd = wire_connect(path);

	if (fd < 0)
		return fd;
	struct stream *stream = xcalloc(1, sizeof(*stream));
	*stream = (struct stream){
		.fd = fd,
		.ops = ops,
		.context = context,
		.bytes = xcalloc(1, ROOM_FIRST),
		.room = ROOM_FIRST,
	};
	stream->readable = event_new(base, fd, EV_READ | EV_PERSIST, on_readable, stream);
	stream->writable = event_new(base, fd, EV_WRITE, on_writable, stream);
	(void) event_add(stream->readable, NULL);
	*ret = stream;
	return 0;
}

void
stream_free(struct stream *stream)
{
	if (!stream)
		return;
	event_free(stream->readable);
	event_free(stream->writable);
	closep(&stream->fd);
	free(stream->bytes);
	free(stream->out.bytes);
	free(stream);
}
