/*
 * One connection to a log server, from its first packet to its end. Nothing here blocks.
 *
 * A connection is opened, takes records once on_open was called, and is finished: then what it
 * took is flushed, the writing side is shut down, and the server's own close is the receipt for
 * everything before it. on_closed ends it in any case, exactly once and never from inside open(),
 * send() or finish(); the owner frees it there or earlier.
 */
#ifndef SYSLOG_TRANSPORT_H
#define SYSLOG_TRANSPORT_H

#include <stddef.h>

#include "syslog/target.h"

struct event_base;
struct resolver;
struct transport;

enum transport_end {
	/* No receipt: it could not be opened or died early. error says why. */
	TRANSPORT_FAILED,
	/* The server closed after we had. A process that dies at this moment looks the same. */
	TRANSPORT_CLOSED,
	/* The server said so itself (TLS close_notify), or there is nothing to wait for (UDP). */
	TRANSPORT_CONFIRMED,
};

struct transport_events {
	void (*on_open)(void *context);
	/* Bytes have left; deadlines start anew. */
	void (*on_progress)(void *context);
	/* error is "" for a receipt. */
	void (*on_closed)(enum transport_end end, const char *error, void *context);
};

struct transport_loop {
	struct event_base *base;
	struct resolver *resolver;
};

struct transport_driver {
	void (*send)(struct transport *transport, const char *record, size_t size);
	void (*finish)(struct transport *transport);
	void (*free)(struct transport *transport);
};

/* The first member of every driver's own struct. */
struct transport {
	const struct transport_driver *driver;
};

/* target must not be off; events and loop must outlive the connection. */
struct transport *transport_open(const struct transport_loop *loop, const struct target *target,
				 const struct transport_events *events, void *context);
struct transport *transport_udp_open(const struct transport_loop *loop, const struct target *target,
				     const struct transport_events *events, void *context);
/* TCP and TLS, octet-counted (RFC 6587 section 3.4.1, RFC 5425 section 4.3). */
struct transport *transport_stream_open(const struct transport_loop *loop,
					const struct target *target,
					const struct transport_events *events, void *context);

/* Queues a record; it is copied. The owner bounds how many are under way. */
void transport_send(struct transport *transport, const char *record, size_t size);
void transport_finish(struct transport *transport);
void transport_free(struct transport *transport);

#endif
