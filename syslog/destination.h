/*
 * Delivery to one log server: at least once and in order, over any transport.
 *
 * Records go out in bursts. A burst ends when the window is full, when nothing came for 200 ms or
 * after a second; then the connection is finished, and only the server's receipt confirms what it
 * carried. A connection that ends without one is opened again after a pause, and everything that
 * is not confirmed is sent again. Nothing here blocks, does I/O or keeps a timer: the owner opens
 * connections and wakes it, and tests own both.
 */
#ifndef SYSLOG_DESTINATION_H
#define SYSLOG_DESTINATION_H

#include "syslog/health.h"
#include "syslog/target.h"
#include "syslog/transport.h"

struct destination;

struct destination_ops {
	/* As transport_open() without its loop. */
	struct transport *(*open)(const struct target *target,
				  const struct transport_events *events, void *transport_context,
				  void *context);
	/* Everything up to seq is dealt with. */
	void (*on_confirmed)(uint64_t seq, void *context);
	/* What destination_health() says is different; change says whether that is news. */
	void (*on_health)(enum health_change change, void *context);
	/* destination_wake() is wanted at this monotonic time; UINT64_MAX for not at all. */
	void (*on_due)(uint64_t due_us, void *context);
};

struct destination *destination_new(const struct destination_ops *ops, void *context);
void destination_free(struct destination *destination);

/*
 * Sends to target from now on, also what the former one has not confirmed. A connection is tried
 * at once, so that a wrong setting shows. Off drops everything.
 */
void destination_configure(struct destination *destination, const struct target *target);

/*
 * Takes the record of an event; it is copied. NULL for an event that is not to be sent: it is
 * confirmed in its turn. -ENOBUFS when the window is full.
 */
int destination_add(struct destination *destination, uint64_t seq, const char *record, size_t size);
/* Drops what is not confirmed, because the store is going to push it again. */
void destination_forget(struct destination *destination);
void destination_wake(struct destination *destination);

const struct target *destination_target(const struct destination *destination);
const struct health *destination_health(const struct destination *destination);
/* The last event that is dealt with; 0 before the first. */
uint64_t destination_confirmed(const struct destination *destination);

#endif
