/*
 * A stream to a log server that transports are made of: resolved, dialled, in TLS where that is
 * wanted, and then ready to read and to write. Nothing here blocks.
 *
 * The transport's own struct begins with this one. What ends it is connection_end(), the last thing
 * on every path: the owner frees the transport in it.
 */
#ifndef SYSLOG_CONNECTION_H
#define SYSLOG_CONNECTION_H

#include <sys/types.h>

#include "syslog/outbox.h"
#include "syslog/transport.h"

struct connection;
struct dial;
struct event;
struct tls;

struct connection_ops {
	/* Records may be sent. */
	void (*on_up)(struct connection *connection);
	void (*on_readable)(struct connection *connection);
	void (*on_writable)(struct connection *connection);
};

struct connection {
	struct transport transport; /* first: the owner's view */
	const struct connection_ops *ops;
	const struct transport_loop *loop;
	const struct transport_events *events;
	void *context; /* of events */
	struct target target;
	struct dial *dial;
	struct event *reader;
	struct event *writer;
	struct outbox output;
	int fd;
	bool is_tls;
	bool is_up;
	struct tls *tls;
};

/* transport, loop, events, context and target are set by the caller, the rest is 0. */
void connection_open(struct connection *connection, const struct connection_ops *ops, bool is_tls);
void connection_done(struct connection *connection);

void connection_end(struct connection *connection, enum transport_end how, const char *error);
/* With "what: why" as the error. */
void connection_fail(struct connection *connection, const char *what, const char *why);
/* The same for a negative errno, in the peer's or in TLS's words where there are any. */
void connection_die(struct connection *connection, int error);

bool connection_is_not_ready(ssize_t result);
/* Like recv(), with a negative errno; 0 at the end of the stream of a plain connection, and
 * -ENODATA or 0 as tls_read() has it in TLS. */
ssize_t connection_read(struct connection *connection, void *bytes, size_t size);
/*
 * Writes what waits in output. Returns 0 when all has left, 1 when no more goes now, in which case
 * on_writable() follows, or a negative errno. ret_has_progressed: some bytes have left.
 */
int connection_flush(struct connection *connection, bool *ret_has_progressed);
/* on_writable() follows from the loop: what is queued until then leaves in one write. */
void connection_want_write(struct connection *connection);

#endif
