/*
 * One connection to a log server, from its first packet to its end. Nothing here blocks.
 *
 * A connection is opened, takes records once on_open was called, and is finished: then what it
 * took is flushed, the writing side is shut down, and the server's own close is the receipt for
 * everything before it. A transport that confirms by itself says so record by record, and needs
 * to be finished only to end. on_closed ends it in any case, exactly once and never from inside
 * open(), send() or finish(); the owner frees it there or earlier.
 */
#ifndef SYSLOG_TRANSPORT_H
#define SYSLOG_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "syslog/target.h"

struct event_base;
struct resolver;
struct tls_cache;
struct transport;

enum transport_end {
	/* No receipt: it could not be opened or died early. error says why. */
	TRANSPORT_FAILED,
	/* The server closed after we had. A process that dies at this moment looks the same. */
	TRANSPORT_CLOSED,
	/* The server said so itself (TLS close_notify), or there is nothing to wait for. */
	TRANSPORT_CONFIRMED,
};

/* What has been done on the way to on_open. */
enum transport_step { STEP_RESOLVED, STEP_CONNECTED, STEP_TLS };

struct transport_events {
	void (*on_open)(void *context);
	/* Bytes have left: deadlines start anew, and there is room for more. */
	void (*on_progress)(void *context);
	/* The next count records are dealt with, in the order in which they were sent. */
	void (*on_confirmed)(unsigned count, void *context);
	/* error is "" for a receipt. */
	void (*on_closed)(enum transport_end end, const char *error, void *context);
	/* detail is for people; may be NULL. */
	void (*on_step)(enum transport_step step, const char *detail, void *context);
};

struct transport_loop {
	struct event_base *base;
	struct resolver *resolver;
	struct tls_cache *tls;
};

struct transport_driver {
	bool confirms; /* by itself, with on_confirmed */
	void (*send)(struct transport *transport, const char *record, size_t size);
	void (*finish)(struct transport *transport);
	void (*free)(struct transport *transport);
	/* Bytes that have been taken and have not left. */
	size_t (*queued)(const struct transport *transport);
};

/* The first member of every driver's own struct. */
struct transport {
	const struct transport_driver *driver;
	/* When the first certificate of either side ends; 0 without one. Known from STEP_TLS on. */
	uint64_t certificate_expires_us;
};

/* target must not be off; events and loop must outlive the connection. */
struct transport *transport_open(const struct transport_loop *loop, const struct target *target,
				 const struct transport_events *events, void *context);
/* Confirms what was sent a moment ago, unless the network has said that nobody takes it. */
struct transport *transport_udp_open(const struct transport_loop *loop, const struct target *target,
				     const struct transport_events *events, void *context);
/* TCP and TLS (RFC 6587, RFC 5425 section 4.3). */
struct transport *transport_stream_open(const struct transport_loop *loop,
					const struct target *target,
					const struct transport_events *events, void *context);

/* Over TCP; over TLS when target says whom to trust. Confirms what the server has answered. */
struct transport *transport_relp_open(const struct transport_loop *loop,
				      const struct target *target,
				      const struct transport_events *events, void *context);

/* Queues a record; it is copied. The owner bounds how many are under way. */
void transport_send(struct transport *transport, const char *record, size_t size);
void transport_finish(struct transport *transport);
void transport_free(struct transport *transport);
size_t transport_queued(const struct transport *transport);

#endif
