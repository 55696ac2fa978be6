#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/connection.h"
#include "syslog/receipt.h"
#include "syslog/tls.h"

#define HEARD_MAX    65536
#define DISCARD_SIZE 4096

struct stream {
	struct connection connection; /* first: the owner's view */
	bool is_finishing;
	bool is_half_closed;
	bool is_told; /* the peer's close_notify came */
	size_t heard_bytes;
	bool is_counted; /* its size before each record; otherwise a line feed behind it */
};

/* Everything is out: no more from here, and the server's close is now the receipt. */
static int
half_close(struct stream *stream)
{
	struct connection *connection = &stream->connection;
	char byte;

	/* A server that had closed before us has not confirmed anything. */
	if (stream->is_told || recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
		return -ENODATA;
	int r = connection->tls ? tls_close_write(connection->tls) : 0;
	if (r == -EAGAIN)
		connection_want_write(connection);
	if (r < 0)
		return r == -EAGAIN ? 0 : r;
	if (shutdown(connection->fd, SHUT_WR) < 0)
		return -errno;
	stream->is_half_closed = true;
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
	struct connection *connection = &stream->connection;
	char bytes[DISCARD_SIZE];
	ssize_t count;

	if (connection->tls && !stream->is_told) {
		count = tls_read(connection->tls, bytes, sizeof(bytes));
		stream->is_told = !count;
		if (count > 0)
			return drop_words(stream, (size_t) count);
		if (count < 0)
			return count == -ENODATA ? 0 : (int) count;
	}
	count = recv(connection->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (count < 0)
		return errno == EINTR ? -EAGAIN : -errno;
	return count ? drop_words(stream, (size_t) count) : 0;
}

static void
read_in(struct connection *connection)
{
	struct stream *stream = (struct stream *) connection;
	int r = discard(stream);

	if (r == -EAGAIN)
		return;
	if (r < 0)
		connection_die(connection, r);
	else if (!stream->is_half_closed || !receipt_is_complete(connection->fd))
		connection_die(connection, -ENODATA);
	else
		connection_end(connection, stream->is_told ? TRANSPORT_CONFIRMED : TRANSPORT_CLOSED,
			       "");
}

static void
write_out(struct connection *connection)
{
	struct stream *stream = (struct stream *) connection;
	bool has_progressed;
	int r = connection_flush(connection, &has_progressed);

	if (r == 0 && stream->is_finishing && !stream->is_half_closed)
		r = half_close(stream);
	if (r < 0) {
		/* A server that refuses us may have said why before it closed. */
		int said = discard(stream);
		connection_die(connection, connection->tls && said == -EPROTO ? said : r);
	} else if (has_progressed) {
		connection->events->on_progress(connection->context);
	}
}

static void
begin(struct connection *connection)
{
	connection->events->on_open(connection->context);
}

static const struct connection_ops connection_ops = {
	.on_up = begin,
	.on_readable = read_in,
	.on_writable = write_out,
};

static void
stream_send(struct transport *transport, const char *record, size_t size)
{
	struct stream *stream = (struct stream *) transport;
	struct outbox *output = &stream->connection.output;
	bool is_idle = !outbox_waiting(output);
	char count[24];

	if (stream->is_counted)
		outbox_add(output, count, (size_t) snprintf(count, sizeof(count), "%zu ", size));
	outbox_add(output, record, size);
	if (!stream->is_counted)
		outbox_add(output, "\n", 1);
	if (is_idle)
		connection_want_write(&stream->connection);
}

static size_t
stream_queued(const struct transport *transport)
{
	return outbox_waiting(&((const struct stream *) transport)->connection.output);
}

static void
stream_finish(struct transport *transport)
{
	struct stream *stream = (struct stream *) transport;

	stream->is_finishing = true;
	connection_want_write(&stream->connection);
}

static void
stream_free(struct transport *transport)
{
	struct stream *stream = (struct stream *) transport;

	connection_done(&stream->connection);
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
	bool is_tls = target->transport == TARGET_TLS;

	stream->connection = (struct connection){
		.transport = { .driver = &stream_driver },
		.loop = loop,
		.events = events,
		.context = context,
		.target = *target,
	};
	/* TLS has no other framing (RFC 5425 section 4.3). */
	stream->is_counted = is_tls || target->framing == TARGET_COUNTED;
	connection_open(&stream->connection, &connection_ops, is_tls);
	return &stream->connection.transport;
}
