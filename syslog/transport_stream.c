#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/dial.h"
#include "syslog/receipt.h"
#include "syslog/tls.h"
#include "syslog/transport.h"

#define CHUNK_SIZE   65536
#define HEARD_MAX    65536
#define DISCARD_SIZE 4096
#define ERROR_MAX    256

enum phase { PHASE_DIALLING, PHASE_HANDSHAKE, PHASE_OPEN, PHASE_HALF_CLOSED };

struct stream {
	struct transport transport; /* first: the owner's view */
	struct event_base *base;
	const struct transport_events *events;
	void *context;
	struct target target;
	enum phase phase;
	bool is_finishing;
	bool is_told; /* the peer's close_notify came */
	size_t heard_bytes;
	struct dial *dial;
	struct event *reader;
	struct event *writer;
	struct evbuffer *output;
	int fd;
	struct tls *tls;
};

/* The last thing on every path: the owner frees the stream in it. */
static void
end(struct stream *stream, enum transport_end how, const char *error)
{
	stream->events->on_closed(how, error, stream->context);
}

static void
fail(struct stream *stream, const char *what, const char *why)
{
	char error[ERROR_MAX];

	(void) snprintf(error, sizeof(error), "%s: %s", what, why);
	end(stream, TRANSPORT_FAILED, error);
}

static ssize_t
write_some(struct stream *stream, const void *bytes, size_t size)
{
	if (stream->tls)
		return tls_write(stream->tls, bytes, size);
	ssize_t count = send(stream->fd, bytes, size, MSG_NOSIGNAL);
	return count < 0 ? -errno : count;
}

/* Returns 0 when all has left, 1 when the socket takes no more now, or a negative errno. */
static int
flush(struct stream *stream)
{
	while (evbuffer_get_length(stream->output)) {
		size_t size = MIN_OF(evbuffer_get_length(stream->output), CHUNK_SIZE);
		ssize_t count =
			write_some(stream, evbuffer_pullup(stream->output, (ssize_t) size), size);
		if (count == -EAGAIN || count == -EINTR)
			return 1;
		if (count < 0)
			return (int) count;
		(void) evbuffer_drain(stream->output, (size_t) count);
		stream->events->on_progress(stream->context);
	}
	return 0;
}

/* Everything is out: no more from here, and the server's close is now the receipt. */
static int
half_close(struct stream *stream)
{
	char byte;

	/* A server that had closed before us has not confirmed anything. */
	if (stream->is_told || recv(stream->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		return -ENODATA;
	int r = stream->tls ? tls_close_write(stream->tls) : 0;
	if (r < 0)
		return r == -EAGAIN ? 1 : r;
	if (shutdown(stream->fd, SHUT_WR) < 0)
		return -errno;
	stream->phase = PHASE_HALF_CLOSED;
	return 0;
}

/* Log servers do not talk: some words are dropped, a stream of them is an error. */
static int
drop_words(struct stream *stream, size_t count)
{
	stream->heard_bytes += count;
	return stream->heard_bytes > HEARD_MAX ? -EMSGSIZE : -EAGAIN;
}

/* Reads what the server says. 0: its end of stream; -EAGAIN; or another error. */
static int
discard(struct stream *stream)
{
	char bytes[DISCARD_SIZE];
	ssize_t count;

	if (stream->tls && !stream->is_told) {
		count = tls_read(stream->tls, bytes, sizeof(bytes));
		stream->is_told = !count;
		if (count > 0)
			return drop_words(stream, (size_t) count);
		if (count < 0)
			return count == -ENODATA ? 0 : (int) count;
	}
	count = recv(stream->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (count < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	return count ? drop_words(stream, (size_t) count) : 0;
}

static const char *
words(const struct stream *stream, int error)
{
	if (stream->tls && error == -EPROTO)
		return tls_error(stream->tls);
	if (error == -EMSGSIZE)
		return "the log server sends data of its own";
	return error == -ENODATA ? "the log server closed the connection" : strerror(-error);
}

static void
on_readable(struct stream *stream)
{
	int r = discard(stream);

	if (r == -EAGAIN)
		return;
	if (r < 0)
		fail(stream, "the connection died", words(stream, r));
	else if (stream->phase != PHASE_HALF_CLOSED || !receipt_is_complete(stream->fd))
		fail(stream, "the connection died", words(stream, -ENODATA));
	else
		end(stream, stream->is_told ? TRANSPORT_CONFIRMED : TRANSPORT_CLOSED, "");
}

static void
write_out(struct stream *stream)
{
	int r = flush(stream);

	if (r == 0 && stream->is_finishing && stream->phase == PHASE_OPEN)
		r = half_close(stream);
	if (r < 0)
		fail(stream, "the connection died", words(stream, r));
	else if (r > 0)
		(void) event_add(stream->writer, NULL);
}

static void
shake_hands(struct stream *stream)
{
	int r = tls_handshake(stream->tls);

	if (r == -EAGAIN) {
		if (tls_wants_write(stream->tls))
			(void) event_add(stream->writer, NULL);
		return;
	}
	if (r < 0) {
		fail(stream, "no TLS connection", words(stream, r));
		return;
	}
	stream->phase = PHASE_OPEN;
	stream->events->on_open(stream->context);
}

static void
on_ready(evutil_socket_t fd UNUSED, short what, void *context)
{
	struct stream *stream = context;

	if (stream->phase == PHASE_HANDSHAKE)
		shake_hands(stream);
	else if (what & EV_WRITE)
		write_out(stream);
	else
		on_readable(stream);
}

static void
on_dialled(int fd, const char *error, void *context)
{
	struct stream *stream = context;
	int on = 1;
	char tls_failure[TLS_ERROR_MAX];

	if (fd < 0) {
		end(stream, TRANSPORT_FAILED, error);
		return;
	}
	/* Records are batched here; the kernel must not wait for more. */
	(void) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	stream->fd = fd;
	stream->writer = event_new(stream->base, fd, EV_WRITE, on_ready, stream);
	stream->reader = event_new(stream->base, fd, EV_READ | EV_PERSIST, on_ready, stream);
	(void) event_add(stream->reader, NULL);
	if (stream->target.transport != TARGET_TLS) {
		stream->phase = PHASE_OPEN;
		stream->events->on_open(stream->context);
	} else if (tls_new(fd, stream->target.host, stream->target.ca_file, tls_failure,
			   &stream->tls) < 0) {
		fail(stream, "no TLS connection", tls_failure);
	} else {
		stream->phase = PHASE_HANDSHAKE;
		shake_hands(stream);
	}
}

static void
stream_send(struct transport *transport, const char *record, size_t size)
{
	struct stream *stream = (struct stream *) transport;

	(void) evbuffer_add_printf(stream->output, "%zu ", size);
	(void) evbuffer_add(stream->output, record, size);
	/* From the loop: what is queued until then leaves in one write. */
	(void) event_add(stream->writer, NULL);
}

static void
stream_finish(struct transport *transport)
{
	struct stream *stream = (struct stream *) transport;

	stream->is_finishing = true;
	(void) event_add(stream->writer, NULL);
}

static void
stream_free(struct transport *transport)
{
	struct stream *stream = (struct stream *) transport;

	dial_free(stream->dial);
	tls_free(stream->tls);
	if (stream->reader)
		event_free(stream->reader);
	if (stream->writer)
		event_free(stream->writer);
	closep(&stream->fd);
	evbuffer_free(stream->output);
	free(stream);
}

static const struct transport_driver stream_driver = {
	.send = stream_send,
	.finish = stream_finish,
	.free = stream_free,
};

struct transport *
transport_stream_open(const struct transport_loop *loop, const struct target *target,
		      const struct transport_events *events, void *context)
{
	struct stream *stream = xcalloc(1, sizeof(*stream));

	*stream = (struct stream){
		.transport = { .driver = &stream_driver },
		.base = loop->base,
		.events = events,
		.context = context,
		.target = *target,
		.fd = -1,
		.output = evbuffer_new(),
	};
	stream->dial = dial_new(loop, target, SOCK_STREAM, on_dialled, stream);
	return &stream->transport;
}
