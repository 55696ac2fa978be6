/*
 * The log's insides, for its files: store_log.c numbers and commits, store_log_read.c reads,
 * store_log_index.c is what events are found by, store_log_sign.c signs, store_log_trim.c deletes.
 */
#ifndef AGENT_STORE_LOG_PRIVATE_H
#define AGENT_STORE_LOG_PRIVATE_H

#include <event2/event.h>

#include "agent/store_alarms.h"
#include "agent/store_log.h"
#include "lib/checkpoint.h"

/* Statements of every event. */
struct store_log_statements {
	sqlite3_stmt *event;
	sqlite3_stmt *term;
	sqlite3_stmt *untie; /* takes an event's terms away */
	sqlite3_stmt *span;
};

struct store_log_signing {
	bool has_key;
	uint8_t secret[CHECKPOINT_KEY];
	char key[2 * CHECKPOINT_KEY + 1];
	unsigned period_ms;
	struct event *timer;
	bool is_due;
};

struct store_log_trimming {
	uint64_t keep_events; /* 0: all */
	uint64_t keep_us;     /* 0: for ever */
	uint64_t upto;	      /* of the run under way: up to this one; 0 for none */
	bool is_running;      /* and told on disk */
	uint64_t anchor_seq;
	char anchor_hash[LOG_HASH_HEX + 1];
	struct event *timer; /* slices, and when the next day has come */
};

/* A ring, or what numbers its events as one does. */
struct store_log_source {
	char epoch[64];
	uint64_t number;  /* of the last one that was added, committed or not */
	uint64_t to_tell; /* committed, and its maker does not know yet */
	bool is_dirty;
};

struct store_log {
	sqlite3 *db;
	struct event *timer;
	const struct store_log_ops *ops;
	void *context;
	json_t *waiting; /* events without seq */
	json_t *cursors; /* name -> seq, as followers know them */
	bool are_cursors_dirty;
	struct store_log_source *sources;
	size_t source_count;
	bool is_refused; /* the last commit */
	uint64_t lost;
	uint64_t first; /* that is still there; head + 1 when there is none */
	uint64_t head;
	char hash[LOG_HASH_HEX + 1];
	uint64_t signed_seq; /* the last checkpoint's own; 0 for none */
	struct store_alarms *alarms;
	struct store_log_statements statements;
	struct store_log_signing signing;
	struct store_log_trimming trimming;
};

#define STORE_LOG_GROUP_MS 20

/* Sees to a commit in so many milliseconds; 0 at the end of this turn of the loop. */
void store_log_arm(struct store_log *log, unsigned delay_ms);

/* store_log_index.c. Each is part of the caller's transaction and returns what SQLite says. */
int store_log_index_add(struct store_log *log, uint64_t seq, const json_t *event);
int store_log_index_remove(struct store_log *log, uint64_t seq, const json_t *event);
/* Indexes what an older version has left; takes transactions of its own. */
int store_log_index_older(struct store_log *log);

/* store_log_sign.c. The data of a checkpoint, a new reference; NULL when it cannot be signed. */
json_t *store_log_checkpoint(const struct store_log *log, uint64_t upto, const char *hash);
/* Whether one is due behind the event seq, when the last was signed_seq. */
bool store_log_is_due(const struct store_log *log, uint64_t seq, uint64_t signed_seq);
void store_log_sign_load(struct store_log *log);
/* A group was committed. */
void store_log_sign_later(struct store_log *log);
void store_log_sign_done(struct store_log *log);

/* store_log_trim.c */
void store_log_trim_load(struct store_log *log);
/* A group was committed: begins a run when there is too much. */
void store_log_trim_later(struct store_log *log);
void store_log_trim_done(struct store_log *log);

/* store_log_source.c. What was logged of a source; valid until another one is asked for. */
struct store_log_source *store_log_source_of(struct store_log *log, const char *epoch);
bool store_log_sources_wait(const struct store_log *log);
/* As part of the group's transaction. */
int store_log_sources_write(struct store_log *log);
/* The transaction was committed: tells those whose events were in it. */
void store_log_sources_committed(struct store_log *log);

#endif
