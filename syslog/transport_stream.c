#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/dial.h"
#include "syslog/outbox.h"
#include "syslog/receipt.h"
#include "syslog/tls.h"
#include "syslog/transport.h"

#define CHUNK_SIZE   65536
#define HEARD_MAX    65536
#define DISCARD_SIZE 4096
#define ERROR_MAX    384

enum phase { PHASE_DIALLING, PHASE_HANDSHAKE, PHASE_OPEN, PHASE_HALF_CLOSED };

struct stream {
	struct transport transport; /* first: the owner's view */
	const struct transport_loop *loop;
	const struct transport_events *events;
	void *context;
	struct target target;
	enum phase phase;
	bool is_finishing;
	bool has_progressed; /* and the owner has not been told */
	bool is_told;	     /* the peer's close_notify came */
	size_t heard_bytes;
	struct dial *dial;
	struct event *reader;
	struct event *writer;
	struct outbox output;
	int fd;
	struct tls *tls;
	bool is_counted; /* its size before each record; otherwise a line feed behind it */
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
	while (outbox_waiting(&stream->output)) {
		size_t size;
		const char *bytes = outbox_peek(&stream->output, &size);
		ssize_t count = write_some(stream, bytes, MIN_OF(size, CHUNK_SIZE));
		if (count == -EAGAIN || count == -EINTR)
			return 1;
		if (count < 0)
			return (int) count;
		outbox_drain(&stream->output, (size_t) count);
		stream->has_progressed = true;
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

/* A server that refuses us may have said why before it closed. */
static const char *
last_words(struct stream *stream, int error)
{
	int r = discard(stream);

	return words(stream, stream->tls && r == -EPROTO ? r : error);
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
	int r;

	stream->has_progressed = false;
	r = flush(stream);
	if (r == 0 && stream->is_finishing && stream->phase == PHASE_OPEN)
		r = half_close(stream);
	if (r < 0) {
		fail(stream, "the connection died", last_words(stream, r));
		return;
	}
	if (r > 0)
		(void) event_add(stream->writer, NULL);
	if (stream->has_progressed)
		stream->events->on_progress(stream->context);
}

static void
tell_step(struct stream *stream, enum transport_step step, const char *detail)
{
	if (stream->events->on_step)
		stream->events->on_step(step, detail, stream->context);
}

static void
shake_hands(struct stream *stream)
{
	char detail[TLS_DETAIL_MAX];
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
	tls_describe(stream->tls, detail);
	stream->transport.certificate_expires_us = tls_expires_us(stream->tls);
	tell_step(stream, STEP_TLS, detail);
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
begin_tls(struct stream *stream)
{
	char error[TLS_ERROR_MAX];

	if (tls_new(stream->loop->tls, stream->fd, &stream->target, error, &stream->tls) < 0) {
		fail(stream, "no TLS connection", error);
		return;
	}
	stream->phase = PHASE_HANDSHAKE;
	shake_hands(stream);
}

static void
on_resolved(const char *addresses, void *context)
{
	tell_step(context, STEP_RESOLVED, addresses);
}

static void
on_dialled(int fd, const char *text, void *context)
{
	struct stream *stream = context;

	if (fd < 0) {
		end(stream, TRANSPORT_FAILED, text);
		return;
	}
	dial_keep_alive(fd);
	stream->fd = fd;
	stream->writer = event_new(stream->loop->base, fd, EV_WRITE, on_ready, stream);
	stream->reader = event_new(stream->loop->base, fd, EV_READ | EV_PERSIST, on_ready, stream);
	(void) event_add(stream->reader, NULL);
	tell_step(stream, STEP_CONNECTED, text);
	if (stream->target.transport == TARGET_TLS) {
		begin_tls(stream);
		return;
	}
	stream->phase = PHASE_OPEN;
	stream->events->on_open(stream->context);
}

static const struct dial_ops dial_ops = { on_resolved, on_dialled };

static void
stream_send(struct transport *transport, const char *record, size_t size)
{
	struct stream *stream = (struct stream *) transport;

	bool is_idle = !outbox_waiting(&stream->output);
	char count[24];

	if (stream->is_counted)
		outbox_add(&stream->output, count,
			   (size_t) snprintf(count, sizeof(count), "%zu ", size));
	outbox_add(&stream->output, record, size);
	if (!stream->is_counted)
		outbox_add(&stream->output, "\n", 1);
	/* From the loop: what is queued until then leaves in one write. */
	if (is_idle)
		(void) event_add(stream->writer, NULL);
}

static size_t
stream_queued(const struct transport *transport)
{
	return outbox_waiting(&((const struct stream *) transport)->output);
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
	outbox_done(&stream->output);
	free(stream);
}

static const struct transport_driver stream_driver = {
	.send = stream_send,
	.finish = stream_finish,
	.free = stream_free,
	.queued = stream_queued,
};

struct transport *
transport_stream_open(const struct transport_loop *loop, const struct target *target,
		      const struct transport_events *events, void *context)
{
	struct stream *stream = xcalloc(1, sizeof(*stream));

	*stream = (struct stream){
		.transport = { .driver = &stream_driver },
		.loop = loop,
		.events = events,
		.context = context,
		.target = *target,
		.fd = -1,
		/* TLS has no other framing (RFC 5425 section 4.3). */
		.is_counted = target->transport == TARGET_TLS || target->framing == TARGET_COUNTED,
	};
	stream->dial = dial_new(loop, target, SOCK_STREAM, &dial_ops, stream);
	return &stream->transport;
}
