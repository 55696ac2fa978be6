/*
 * Delivery to one log server: at least once and in order, over any transport.
 *
 * Over a transport that does not confirm by itself records go out over one connection until a
 * receipt is due: so many records, so much time, or nothing more to send. Then the connection is
 * finished, and only the server's receipt confirms what it carried. The next connection is opened
 * meanwhile and takes over when the receipt is there, so that nothing overtakes anything. A
 * connection that ends without one is opened again after a pause, and the store pushes everything
 * again that is not confirmed: nothing is kept here. Nothing here blocks, does I/O or keeps a
 * timer: the owner opens connections and wakes it, and tests own both.
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
	/* Whether events are wanted now; more than a few that are not wanted cost time later. */
	void (*on_flow)(bool is_wanted, void *context);
	/* Events are to come again from behind the last confirmed one, and none before that. */
	void (*on_rewind)(void *context);
};

struct destination *destination_new(const struct destination_ops *ops, void *context);
void destination_free(struct destination *destination);

/*
 * Sends to target from now on. What the former one has taken is confirmed first, if it answers
 * soon; otherwise target gets it too. A connection is tried at once, so that a wrong setting
 * shows.
 */
void destination_configure(struct destination *destination, const struct target *target);

/*
 * Takes the record of an event; it is copied. NULL for an event that is not to be sent: it is
 * confirmed in its turn.
 */
void destination_add(struct destination *destination, uint64_t seq, const char *record,
		     size_t size);
/* Drops what is not confirmed, because the store is going to push it again. */
void destination_forget(struct destination *destination);
void destination_wake(struct destination *destination);

const struct target *destination_target(const struct destination *destination);
const struct health *destination_health(const struct destination *destination);
/* Off, and done with what was under way. */
bool destination_is_off(const struct destination *destination);

struct destination_counts {
	uint64_t confirmed;  /* the last event that is dealt with; 0 before the first */
	uint64_t sent;	     /* records, those that were sent again included */
	uint64_t errors;     /* connections that failed */
	uint64_t success_us; /* wall time of the last receipt; 0 before the first */
	uint64_t expires_us; /* when a certificate ends; 0 without one */
};

struct destination_counts destination_counts(const struct destination *destination);

#endif
