/*
 * A destination with a clock, a store and log servers that do what a test says. One at a time.
 */
#ifndef TESTS_UNIT_DESTINATION_RIG_H
#define TESTS_UNIT_DESTINATION_RIG_H

#include "syslog/destination.h"

#define SENT_MAX 30000
#define LINKS	 512

/* One connection to a log server that does what the test says. */
struct connection {
	struct transport transport; /* first */
	const struct transport_events *events;
	void *context;
	bool is_there;
	bool is_finished;
	struct target target;
};

/* The log server, the store that pushes, and the destination under test. */
struct rig {
	struct destination *destination;
	struct connection connections[LINKS];
	unsigned opened;
	unsigned sent_count;
	unsigned sent[SENT_MAX]; /* the records are numbers */
	uint64_t confirmed;
	unsigned confirmations;
	unsigned ups;
	unsigned downs;
	unsigned rewinds;
	bool is_wanted;
	size_t queued;
	uint64_t due_us;
};

extern struct rig rig;
extern uint64_t now_us;
extern bool is_confirming; /* the transport, by itself */
extern const struct target server;

struct connection *last(void);
/* The connection before it, which is the one that awaits its receipt. */
struct connection *former(void);
void opens(struct connection *connection);
void ends(struct connection *connection, enum transport_end end);
/* Lets time pass up to what the destination asked for, but no longer than limit_us. */
bool pass(uint64_t limit_us);
/* All that is asked for within this time. */
void pass_all(uint64_t limit_us);
void add(uint64_t seq);
void start(void);
/* With the receipt that a new setting is tried out by already behind it, and a standing
 * connection. */
void start_up(void);
void stop(void);

#endif
