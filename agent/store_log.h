/*
 * The event log: numbers, hashes and commits events in groups.
 *
 * hash = SHA-256(previous hash in hex || canonical text). A group is committed 20 ms after its
 * first event, with 256 of them, or at once for an alert. What cannot be committed (a full disk)
 * stays queued and is tried again each second; nothing is followed before it is on disk.
 */
#ifndef AGENT_STORE_LOG_H
#define AGENT_STORE_LOG_H

#include <jansson.h>
#include <stdint.h>

#include "agent/store_alarms.h"
#include "agent/store_db.h"
#include "lib/events.h"

#define LOG_HASH_HEX 64

struct event_base;
struct store_log;

struct store_log_ops {
	/* Everything up to head is on disk. */
	void (*on_commit)(uint64_t head, void *context);
	/* Events of this ring up to number are on disk. */
	void (*on_ring_commit)(const char *epoch, uint64_t number, void *context);
	/* An alarm stands or has changed, or, with NULL, stands no longer: that is on disk, and is
	 * told before on_commit(). May be NULL. */
	store_alarms_fn *on_alarm;
};

int store_log_open(struct event_base *base, const char *path, const struct store_log_ops *ops,
		   void *context, struct store_log **ret);
/* Commits what waits. Does nothing for NULL. */
void store_log_close(struct store_log *log);

/*
 * Adds an event of this process: time, boot and the like are filled in. Steals data (NULL for
 * none). actor and reason may be NULL.
 */
void store_log_add(struct store_log *log, enum event_kind kind, const char *source,
		   const char *actor, const char *reason, json_t *data);

/* An event as store_log_add() makes it, a new reference, for store_log_add_ring() later. */
json_t *store_log_draft(enum event_kind kind, const char *source, const char *actor,
			const char *reason, json_t *data);

/*
 * Adds an event that the door role or the outbox took down: a draft with number, time_us, mono_us,
 * synced, boot, source and, as may be, actor, reason, data. What this ring's events have been seen
 * up to number is dropped. -EINVAL: no such draft; it is not logged.
 */
int store_log_add_ring(struct store_log *log, const char *epoch, uint64_t number,
		       const json_t *draft);
/* The last number of this ring that was added, committed or not; 0 for a ring not yet seen. */
uint64_t store_log_ring_position(struct store_log *log, const char *epoch);

/* What else there is to say of it. */
struct store_log_status {
	size_t waiting;	     /* events that are not committed yet */
	bool is_stored;	     /* the last commit succeeded */
	uint64_t signed_seq; /* of the last checkpoint; 0 for none */
};
void store_log_get_status(const struct store_log *log, struct store_log_status *ret);

/* seq of the last committed event; 0 for none. */
uint64_t store_log_head(const struct store_log *log);
/* seq of the first event that is still there, or that will be. */
uint64_t store_log_first(const struct store_log *log);
/* The event before that one and its hash in hex; 0 and zeros when nothing was ever deleted. */
void store_log_anchor(const struct store_log *log, uint64_t *ret_seq, char hash[LOG_HASH_HEX + 1]);

/*
 * From now on the log is signed (lib/checkpoint.h): behind every CHECKPOINT_EVENTS events, and
 * when the last checkpoint with anything behind it is period_ms old. The key is read from path or
 * made there. On failure the log goes on unsigned; logs why.
 */
int store_log_sign_with(struct store_log *log, const char *path, unsigned period_ms);
/* The public key in hex; NULL without one. */
const char *store_log_key(const struct store_log *log);

/*
 * From now on at most so many events and a hundredth more are kept (0: all), and none for longer
 * than so many days and one more (0: for ever). EV_LOG_TRIMMED tells before it is done.
 */
void store_log_keep(struct store_log *log, uint64_t events, unsigned days);

/*
 * Calls row() for committed events: upwards behind after, or downwards below before (UINT64_MAX
 * for the newest). row returns false to stop. text is the canonical text.
 */
typedef bool store_log_row_fn(uint64_t seq, const char *text, const char *hash, void *context);
void store_log_read_up(struct store_log *log, uint64_t after, unsigned limit, store_log_row_fn *row,
		       void *context);
void store_log_read_down(struct store_log *log, uint64_t before, unsigned limit,
			 store_log_row_fn *row, void *context);

/* When this event happened; 0 when it is not there. */
uint64_t store_log_time_us(struct store_log *log, uint64_t seq);

/* The alarms that stand; borrowed, and only to be read. */
const struct store_alarms *store_log_alarms(const struct store_log *log);

/* Durable cursors of followers. -ENOENT for a name never seen. */
int store_log_cursor(struct store_log *log, const char *name, uint64_t *ret_seq);
/* Written with the next group. */
void store_log_set_cursor(struct store_log *log, const char *name, uint64_t seq);
/* Forgotten with the next group; whoever has the name then begins anew. */
void store_log_drop_cursor(struct store_log *log, const char *name);
/* {name: seq}; a new reference. */
json_t *store_log_cursors(const struct store_log *log);

#endif
