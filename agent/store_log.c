#include "agent/store_log_private.h"

#include <errno.h>
#include <event2/event.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define GROUP_MAX      256
#define RETRY_MS       1000
#define BUSY_MS	       50
#define ALERT_SEVERITY 1
#define TEXT_MAX       512
/* While nothing can be committed, what this process itself tells is dropped above this and counted;
 * the door role's events wait in its ring, which has bounds of its own. */
#define WAITING_MAX 8192

void
store_log_arm(struct store_log *log, unsigned delay_ms)
{
	if (!delay_ms)
		event_active(log->timer, 0, 0);
	else if (!evtimer_pending(log->timer, NULL))
		loop_arm_in(log->timer, delay_ms * US_PER_MS);
}

/* Adds what a kind's row says of every event of it. */
static void
complete(const struct event_row *row, json_t *event)
{
	char text[TEXT_MAX];

	(void) json_object_update_new(event,
				      json_pack("{ss,ss,si,si}", "kind", row->name, "category",
						events_category_name(row->category), "number",
						(int) row->kind, "severity", (int) row->severity));
	events_text(row, event, text, sizeof(text));
	(void) json_object_set_new(event, "text", json_string_cut(text));
}

/* Steals event; row is its kind. */
static void
enqueue(struct store_log *log, const struct event_row *row, json_t *event)
{
	complete(row, event);
	(void) json_array_append_new(log->waiting, event);
	/* A disk that has just refused is asked again by the clock, not by every event. */
	bool is_group_full = json_array_size(log->waiting) >= GROUP_MAX && !log->is_refused;
	bool is_urgent = row->severity <= ALERT_SEVERITY || is_group_full;
	store_log_arm(log, is_urgent ? 0 : STORE_LOG_GROUP_MS);
}

static json_t *
make_event(const char *source, const char *actor, const char *reason, json_t *data)
{
	return json_pack("{ss,ss,ss,sI,sI,sb,ss*,so}", "source", source, "actor",
			 actor ? actor : "system", "boot", clock_boot_id(), "time_us",
			 (json_int_t) clock_wall_us(), "mono_us", (json_int_t) clock_mono_us(),
			 "synced", clock_is_synced(), "reason", reason, "data",
			 data ? data : json_object());
}

static void
chain(const char *previous, const char *text, uint8_t hash[32], char *hex)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();

	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
	    EVP_DigestUpdate(context, previous, LOG_HASH_HEX) != 1 ||
	    EVP_DigestUpdate(context, text, strlen(text)) != 1 ||
	    EVP_DigestFinal_ex(context, hash, NULL) != 1)
		abort();
	EVP_MD_CTX_free(context);
	hex_encode(hash, 32, hex);
}

/* What a transaction has come to; the log's own values move when it has succeeded. */
struct group {
	uint64_t seq;
	char hash[LOG_HASH_HEX + 1];
	uint64_t signed_seq;
};

static int
insert(struct store_log *log, struct group *group, json_t *event)
{
	uint8_t digest[32];
	uint64_t seq = ++group->seq;

	(void) json_object_set_new(event, "seq", json_integer((json_int_t) seq));
	int r = store_alarms_apply(log->alarms, events_find(json_integer_or(event, "number", 0)),
				   event);
	if (r < 0)
		return r;
	_cleanup_(freep) char *text = json_canonical(event);
	chain(group->hash, text, digest, group->hash);
	r = db_again(log->statements.event, "iiiibt", (int64_t) seq,
		     (int64_t) json_integer_or(event, "time_us", 0),
		     (int64_t) json_integer_or(event, "number", 0),
		     (int64_t) json_integer_or(event, "severity", 0), digest, sizeof(digest), text);
	return r < 0 ? r : store_log_index_add(log, seq, event);
}

static int
insert_checkpoint(struct store_log *log, struct group *group)
{
	json_t *data = store_log_checkpoint(log, group->seq, group->hash);

	/* An unsigned event is better than none; the next one tries again. */
	if (!data)
		return 0;
	_cleanup_(json_decrefp) json_t *event = make_event("system", NULL, NULL, data);
	complete(events_find(EV_LOG_CHECKPOINT), event);
	int r = insert(log, group, event);
	group->signed_seq = group->seq;
	return r;
}

/* null for one that is dropped. */
static int
write_cursor(struct store_log *log, const char *name, const json_t *seq)
{
	if (json_is_null(seq))
		return db_run(log->db, "DELETE FROM followers WHERE name = ?", "t", name);
	return db_run(log->db, "INSERT OR REPLACE INTO followers VALUES (?, ?)", "ti", name,
		      (int64_t) json_integer_value(seq));
}

static int
write_positions(struct store_log *log)
{
	const char *name;
	json_t *seq;
	int r = 0;

	if (log->are_cursors_dirty)
		json_object_foreach (log->cursors, name, seq)
			if (r == 0)
				r = write_cursor(log, name, seq);
	return r < 0 ? r : store_log_sources_write(log);
}

static int
insert_all(struct store_log *log, struct group *group)
{
	json_t *event;
	size_t i;
	int r = 0;

	json_array_foreach (log->waiting, i, event) {
		if (r == 0)
			r = insert(log, group, event);
		if (r == 0 && store_log_is_due(log, group->seq, group->signed_seq))
			r = insert_checkpoint(log, group);
	}
	if (r == 0 && log->signing.is_due && group->seq > group->signed_seq)
		r = insert_checkpoint(log, group);
	return r;
}

static int
write_group(struct store_log *log, struct group *group)
{
	int r = db_exec(log->db, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = insert_all(log, group);
	if (r == 0)
		r = write_positions(log);
	if (r == 0)
		r = db_exec(log->db, "COMMIT");
	if (r < 0)
		(void) sqlite3_exec(log->db, "ROLLBACK", NULL, NULL, NULL);
	if (r < 0)
		store_alarms_undo(log->alarms);
	return r;
}

/* Once the disk takes events again, it takes one that says how many it could not. */
static void
tell_lost(struct store_log *log)
{
	if (!log->lost)
		return;
	json_t *data = json_pack("{sI}", "count", (json_int_t) log->lost);
	log->lost = 0;
	enqueue(log, events_find(EV_EVENTS_LOST), make_event("system", NULL, NULL, data));
}

static void
ignore(uint64_t id UNUSED, const json_t *alarm UNUSED, void *context UNUSED)
{
}

static void
tell_alarms(struct store_log *log)
{
	store_alarms_committed(log->alarms, log->ops->on_alarm ? log->ops->on_alarm : ignore,
			       log->context);
}

static void
commit(struct store_log *log)
{
	struct group group = { .seq = log->head, .signed_seq = log->signed_seq };
	bool has_events = json_array_size(log->waiting) > 0 || log->signing.is_due;
	bool has_ring = store_log_sources_wait(log);

	(void) evtimer_del(log->timer);
	if (!has_events && !has_ring && !log->are_cursors_dirty)
		return;
	memcpy(group.hash, log->hash, sizeof(group.hash));
	log->is_refused = write_group(log, &group) < 0;
	if (log->is_refused) {
		store_log_arm(log, RETRY_MS);
		return;
	}
	log->head = group.seq;
	log->signed_seq = group.signed_seq;
	memcpy(log->hash, group.hash, sizeof(log->hash));
	(void) json_array_clear(log->waiting);
	log->are_cursors_dirty = false;
	log->signing.is_due = false;
	if (has_ring)
		store_log_sources_committed(log);
	tell_alarms(log);
	if (has_events)
		log->ops->on_commit(log->head, log->context);
	tell_lost(log);
	store_log_sign_later(log);
	store_log_trim_later(log);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	commit(context);
}

static void
load(struct store_log *log)
{
	_cleanup_(db_finalizep) sqlite3_stmt *last =
		db_query(log->db, "SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1", "");
	log->first = log->trimming.anchor_seq + 1;
	log->head = log->trimming.anchor_seq;
	memcpy(log->hash, log->trimming.anchor_hash, sizeof(log->hash));
	if (db_next(&last)) {
		log->head = (uint64_t) sqlite3_column_int64(last, 0);
		if (sqlite3_column_bytes(last, 1) == 32)
			hex_encode(sqlite3_column_blob(last, 1), 32, log->hash);
	}
	_cleanup_(db_finalizep) sqlite3_stmt *cursors =
		db_query(log->db, "SELECT name, seq FROM followers", "");
	while (db_next(&cursors))
		(void) json_object_set_new(log->cursors, db_text(cursors, 0),
					   json_integer(sqlite3_column_int64(cursors, 1)));
	store_log_sign_load(log);
}

static void
prepare(struct store_log *log)
{
	log->statements = (struct store_log_statements){
		.event = db_prepare(log->db, "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)"),
		.term = db_prepare(log->db, "INSERT INTO terms (rowid, term) VALUES (?, ?)"),
		.untie = db_prepare(log->db, "INSERT INTO terms (terms, rowid, term)"
					     " VALUES ('delete', ?, ?)"),
		.span = db_prepare(log->db, "INSERT INTO spans VALUES (?1, ?2, ?2)"
					    " ON CONFLICT (block) DO UPDATE SET"
					    " least_us = min(least_us, ?2),"
					    " most_us = max(most_us, ?2)"),
	};
}

static void
finalize(struct store_log *log)
{
	(void) sqlite3_finalize(log->statements.event);
	(void) sqlite3_finalize(log->statements.term);
	(void) sqlite3_finalize(log->statements.untie);
	(void) sqlite3_finalize(log->statements.span);
}

int
store_log_open(struct event_base *base, const char *path, const struct store_log_ops *ops,
	       void *context, struct store_log **ret)
{
	sqlite3 *db;
	int r = db_open(path, &db_events_schema, &db);
	if (r < 0)
		return r;
	/* A lock that somebody holds must not hold the loop: what waits is tried again later. */
	(void) sqlite3_busy_timeout(db, BUSY_MS);
	struct store_log *log = xcalloc(1, sizeof(*log));
	*log = (struct store_log){
		.db = db,
		.ops = ops,
		.context = context,
		.waiting = json_array(),
		.cursors = json_object(),
	};
	log->timer = evtimer_new(base, on_timer, log);
	prepare(log);
	store_log_trim_load(log);
	load(log);
	r = store_log_index_older(log);
	if (r == 0)
		r = store_alarms_open(log->db, &log->alarms);
	if (r < 0) {
		store_log_close(log);
		return r;
	}
	*ret = log;
	return 0;
}

void
store_log_close(struct store_log *log)
{
	if (!log)
		return;
	/* What was not opened has nothing that waits. */
	if (log->alarms)
		commit(log);
	store_log_sign_done(log);
	store_log_trim_done(log);
	event_free(log->timer);
	store_alarms_close(log->alarms);
	finalize(log);
	db_close(log->db);
	json_decref(log->waiting);
	json_decref(log->cursors);
	free(log->sources);
	free(log);
}

void
store_log_add(struct store_log *log, enum event_kind kind, const char *source, const char *actor,
	      const char *reason, json_t *data)
{
	if (json_array_size(log->waiting) >= WAITING_MAX) {
		log->lost++;
		json_decref(data);
		return;
	}
	enqueue(log, events_find(kind), make_event(source, actor, reason, data));
}

json_t *
store_log_draft(enum event_kind kind, const char *source, const char *actor, const char *reason,
		json_t *data)
{
	json_t *draft = make_event(source, actor, reason, data);

	(void) json_object_set_new(draft, "number", json_integer(kind));
	return draft;
}

int
store_log_add_ring(struct store_log *log, const char *epoch, uint64_t number, const json_t *draft)
{
	struct store_log_source *source = store_log_source_of(log, epoch);

	if (number <= source->number)
		return 0;
	source->number = number;
	source->is_dirty = true;
	const struct event_row *row = events_find(json_integer_or(draft, "number", 0));
	if (!row) {
		store_log_arm(log, STORE_LOG_GROUP_MS);
		return -EINVAL;
	}
	enqueue(log, row, json_deep_copy(draft));
	return 0;
}

uint64_t
store_log_ring_position(struct store_log *log, const char *epoch)
{
	return store_log_source_of(log, epoch)->number;
}
