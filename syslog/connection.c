#include "syslog/connection.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/dial.h"
#include "syslog/tls.h"

#define CHUNK_SIZE 65536
#define ERROR_MAX  384

void
connection_end(struct connection *connection, enum transport_end how, const char *error)
{
	connection->events->on_closed(how, error, connection->context);
}

void
connection_fail(struct connection *connection, const char *what, const char *why)
{
	char error[ERROR_MAX];

	(void) snprintf(error, sizeof(error), "%s: %s", what, why);
	connection_end(connection, TRANSPORT_FAILED, error);
}

static const char *
words(const struct connection *connection, int error)
{
	if (connection->tls && error == -EPROTO)
		return tls_error(connection->tls);
	if (error == -EMSGSIZE)
		return "the log server sends data of its own";
	return error == -ENODATA ? "the log server closed the connection" : strerror(-error);
}

void
connection_die(struct connection *connection, int error)
{
	connection_fail(connection, "the connection died", words(connection, error));
}

bool
connection_is_not_ready(ssize_t result)
{
	return result == -EAGAIN || result == -EINTR;
}

ssize_t
connection_read(struct connection *connection, void *bytes, size_t size)
{
	if (connection->tls)
		return tls_read(connection->tls, bytes, size);
	ssize_t count = recv(connection->fd, bytes, size, MSG_DONTWAIT);
	return count < 0 ? -errno : count;
}

static ssize_t
write_some(struct connection *connection, const void *bytes, size_t size)
{
	if (connection->tls)
		return tls_write(connection->tls, bytes, size);
	ssize_t count = send(connection->fd, bytes, size, MSG_NOSIGNAL);
	return count < 0 ? -errno : count;
}

int
connection_flush(struct connection *connection, bool *ret_has_progressed)
{
	*ret_has_progressed = false;
	while (outbox_waiting(&connection->output)) {
		size_t size;
		const char *bytes = outbox_peek(&connection->output, &size);
		ssize_t count = write_some(connection, bytes, MIN_OF(size, CHUNK_SIZE));
		if (connection_is_not_ready(count)) {
			connection_want_write(connection);
			return 1;
		}
		if (count < 0)
			return (int) count;
		outbox_drain(&connection->output, (size_t) count);
		*ret_has_progressed = true;
	}
	return 0;
}

void
connection_want_write(struct connection *connection)
{
	(void) event_add(connection->writer, NULL);
}

static void
tell_step(struct connection *connection, enum transport_step step, const char *detail)
{
	if (connection->events->on_step)
		connection->events->on_step(step, detail, connection->context);
}

static void
come_up(struct connection *connection)
{
	connection->is_up = true;
	connection->ops->on_up(connection);
}

static void
shake_hands(struct connection *connection)
{
	char detail[TLS_DETAIL_MAX];
	int r = tls_handshake(connection->tls);

	if (r == -EAGAIN) {
		if (tls_wants_write(connection->tls))
			connection_want_write(connection);
		return;
	}
	if (r < 0) {
		connection_fail(connection, "no TLS connection", words(connection, r));
		return;
	}
	tls_describe(connection->tls, detail);
	connection->transport.certificate_expires_us = tls_expires_us(connection->tls);
	tell_step(connection, STEP_TLS, detail);
	come_up(connection);
}

static void
on_ready(evutil_socket_t fd UNUSED, short what, void *context)
{
	struct connection *connection = context;

	if (!connection->is_up)
		shake_hands(connection);
	else if (what & EV_WRITE)
		connection->ops->on_writable(connection);
	else
		connection->ops->on_readable(connection);
}

static void
begin_tls(struct connection *connection)
{
	char error[TLS_ERROR_MAX];

	if (tls_new(connection->loop->tls, connection->fd, &connection->target, error,
		    &connection->tls) < 0)
		connection_fail(connection, "no TLS connection", error);
	else
		shake_hands(connection);
}

static void
on_resolved(const char *addresses, void *context)
{
	tell_step(context, STEP_RESOLVED, addresses);
}

static void
on_dialled(int fd, const char *text, void *context)
{
	struct connection *connection = context;
	struct event_base *base = connection->loop->base;

	if (fd < 0) {
		connection_end(connection, TRANSPORT_FAILED, text);
		return;
	}
	dial_keep_alive(fd);
	connection->fd = fd;
	connection->writer = event_new(base, fd, EV_WRITE, on_ready, connection);
	connection->reader = event_new(base, fd, EV_READ | EV_PERSIST, on_ready, connection);
	(void) event_add(connection->reader, NULL);
	tell_step(connection, STEP_CONNECTED, text);
	if (connection->is_tls)
		begin_tls(connection);
	else
		come_up(connection);
}

static const struct dial_ops dial_ops = { on_resolved, on_dialled };

void
connection_open(struct connection *connection, const struct connection_ops *ops, bool is_tls)
{
	connection->ops = ops;
	connection->is_tls = is_tls;
	connection->fd = -1;
	connection->dial =
		dial_new(connection->loop, &connection->target, SOCK_STREAM, &dial_ops, connection);
}

void
connection_done(struct connection *connection)
{
	dial_free(connection->dial);
	tls_free(connection->tls);
	if (connection->reader)
		event_free(connection->reader);
	if (connection->writer)
		event_free(connection->writer);
	closep(&connection->fd);
	outbox_done(&connection->output);
}
