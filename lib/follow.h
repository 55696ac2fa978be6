/*
 * Following the store from an edge: the event log with a durable cursor, and the live state.
 *
 * Both survive a restart of the store by themselves. Events arrive at least once and in order;
 * at most window of them are under way unacknowledged, so that back-pressure is lag in the store
 * and not memory here.
 */
#ifndef LIB_FOLLOW_H
#define LIB_FOLLOW_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/rpc.h"

struct follower;

struct follower_ops {
	/*
	 * event is borrowed; hash is that of the chain, in hex. May be NULL when only the live
	 * state is wanted.
	 */
	void (*on_event)(json_t *event, const char *hash, void *context);
	/*
	 * In place of on_event: the line as it came, {"event":{...},"hash":"..."} and not looked at
	 * yet. For who takes more of them than can be made objects of.
	 */
	void (*on_record)(const char *line, size_t size, void *context);
	/*
	 * A live object is now value; NULL at the end of the first snapshot with key NULL. May be
	 * NULL when the live state is not wanted.
	 */
	void (*on_state)(const char *key, const json_t *value, void *context);
	/* The log is followed: the durable cursor and the newest event's number. May be NULL. */
	void (*on_start)(uint64_t after, uint64_t head, void *context);
	/* These events were deleted before they could be sent; the next one is behind them. The log
	 * says so too, in an event of its own. May be NULL. */
	void (*on_gap)(uint64_t from, uint64_t to, void *context);
	/*
	 * The store asks for something; to be answered with follower_answer(), now or later. Only
	 * over a connection that follows the live state. May be NULL.
	 */
	void (*on_call)(int64_t id, const char *method, const json_t *params, void *context);
	/* The store went away or came back; what was under way is sent again. May be NULL. */
	void (*on_link)(bool is_up, void *context);
};

/*
 * name is the durable cursor's, or NULL to follow from now on without one. client is how this
 * process calls itself in hello. window counts events.
 */
struct follower *follower_new(struct event_base *base, const char *path, const char *client,
			      const char *name, unsigned window, const struct follower_ops *ops,
			      void *context);
void follower_free(struct follower *follower);

/* Without a durable cursor: begins with the last so many events of the log, each time that the
 * store is there. Before the loop runs. */
void follower_begin_with_last(struct follower *follower, unsigned count);

/* Everything up to seq has been dealt with; the store moves the cursor. */
void follower_ack(struct follower *follower, uint64_t seq);
/* Steals result; error is why there is none. */
void follower_answer(struct follower *follower, int64_t id, json_t *result, const char *error);
/*
 * While it is true nothing more arrives than one line: what waits does so in the store. It never
 * holds up the beginning of following.
 */
void follower_pause(struct follower *follower, bool is_paused);
/* The store begins again behind its cursor; nothing arrives before on_start(). */
void follower_rewind(struct follower *follower);
/* For the edge's other calls over the same connection. */
struct rpc_client *follower_client(struct follower *follower);

#endif
