/*
 * Retention: what is too much or too old is told by an event and then deleted, oldest first, a few
 * rows at a time between whatever else the loop has to do.
 */
#include <errno.h>
#include <string.h>

#include "agent/store_log_private.h"
#include "agent/store_log_terms.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

#define SLICE	     128
#define SLICE_GAP_US (10 * US_PER_MS)
#define RETRY_US     US_PER_S
#define DAY_US	     (UINT64_C(86400) * US_PER_S)
/* So many more than are kept begin a run: an event tells of each, so runs are not for one. */
#define SLACK_LEAST 100
#define SLACK_PART  100

static uint64_t
slack(const struct store_log *log)
{
	return MAX_OF(log->trimming.keep_events / SLACK_PART, (uint64_t) SLACK_LEAST);
}

/* The last event to go because there are too many; 0 for none. */
static uint64_t
last_by_count(const struct store_log *log)
{
	uint64_t count = log->head + 1 - log->first;
	uint64_t keep = log->trimming.keep_events;

	return keep && count > keep + slack(log) ? log->head - keep : 0;
}

/* The last event to go because it is too old, never the newest of all; 0 for none. */
static uint64_t
last_by_age(const struct store_log *log)
{
	uint64_t now_us = clock_wall_us();

	if (!log->trimming.keep_us || now_us < log->trimming.keep_us)
		return 0;
	int64_t since_us = (int64_t) (now_us - log->trimming.keep_us);
	/* From the first on: a clock that was wrong for a while takes nothing out of the middle. */
	_cleanup_(db_finalizep) sqlite3_stmt *block = db_query(
		log->db, "SELECT block FROM spans WHERE most_us >= ? ORDER BY block LIMIT 1", "i",
		since_us);
	if (!db_next(&block))
		return log->head > log->first ? log->head - 1 : 0;
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		log->db,
		"SELECT seq FROM events WHERE seq >= ? AND time_us >= ? ORDER BY seq LIMIT 1", "ii",
		sqlite3_column_int64(block, 0) << STORE_LOG_BLOCK_BITS, since_us);
	uint64_t seq = db_next(&row) ? (uint64_t) sqlite3_column_int64(row, 0) : log->head;
	return seq > log->first ? seq - 1 : 0;
}

static bool
hash_of(struct store_log *log, uint64_t seq, char hash[LOG_HASH_HEX + 1])
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(log->db, "SELECT hash FROM events WHERE seq = ?", "i", (int64_t) seq);

	if (!db_next(&row) || sqlite3_column_bytes(row, 0) != LOG_HASH_HEX / 2)
		return false;
	hex_encode(sqlite3_column_blob(row, 0), LOG_HASH_HEX / 2, hash);
	return true;
}

/* Nothing is deleted before the event that says so is on disk. */
static void
begin(struct store_log *log, uint64_t last, const char *why)
{
	char hash[LOG_HASH_HEX + 1];
	size_t waiting = json_array_size(log->waiting);

	if (last < log->first || !hash_of(log, last, hash))
		return;
	store_log_add(log, EV_LOG_TRIMMED, "system", NULL, NULL,
		      json_pack("{sI,sI,ss,ss}", "from", (json_int_t) log->first, "to",
				(json_int_t) last, "hash", hash, "why", why));
	if (json_array_size(log->waiting) > waiting)
		log->trimming.upto = last;
}

static int
delete_rows(struct store_log *log, uint64_t last)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(log->db, "SELECT seq, text FROM events WHERE seq <= ? ORDER BY seq", "i",
			 (int64_t) last);
	int r = 0;

	while (r == 0 && db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *event = json_loads(db_text(rows, 1), 0, NULL);
		r = store_log_index_remove(log, (uint64_t) sqlite3_column_int64(rows, 0), event);
	}
	if (r == 0)
		r = db_run(log->db, "DELETE FROM events WHERE seq <= ?", "i", (int64_t) last);
	if (r == 0)
		r = db_run(log->db, "DELETE FROM spans WHERE block < ?", "i",
			   (int64_t) ((last + 1) >> STORE_LOG_BLOCK_BITS));
	return r;
}

static int
delete_slice(struct store_log *log, uint64_t last, const char *hash)
{
	uint8_t digest[LOG_HASH_HEX / 2];
	int r = db_exec(log->db, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	(void) hex_decode(hash, digest, sizeof(digest));
	r = delete_rows(log, last);
	if (r == 0)
		r = db_run(log->db, "INSERT OR REPLACE INTO anchor VALUES (1, ?, ?)", "ib",
			   (int64_t) last, digest, sizeof(digest));
	if (r == 0)
		r = db_exec(log->db, "COMMIT");
	if (r < 0)
		(void) sqlite3_exec(log->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* A few rows; false when the disk refuses. */
static bool
trim(struct store_log *log)
{
	struct store_log_trimming *trimming = &log->trimming;
	uint64_t last = MIN_OF(trimming->upto, log->first + SLICE - 1);
	char hash[LOG_HASH_HEX + 1];

	if (!hash_of(log, last, hash) || delete_slice(log, last, hash) < 0)
		return false;
	trimming->anchor_seq = last;
	memcpy(trimming->anchor_hash, hash, sizeof(hash));
	log->first = last + 1;
	if (last == trimming->upto)
		trimming->upto = 0;
	return true;
}

static void
look(struct store_log *log)
{
	uint64_t by_age = last_by_age(log);

	if (by_age)
		begin(log, by_age, "they are older than is kept");
	if (log->trimming.keep_us)
		loop_arm_in(log->trimming.timer, DAY_US);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_log *log = context;
	struct store_log_trimming *trimming = &log->trimming;

	if (!trimming->is_running) {
		if (!trimming->upto)
			look(log);
		return;
	}
	bool is_done = trim(log);
	if (trimming->upto) {
		loop_arm_in(trimming->timer, is_done ? SLICE_GAP_US : RETRY_US);
		return;
	}
	trimming->is_running = false;
	store_log_trim_later(log);
	if (!trimming->upto)
		look(log);
}

void
store_log_trim_later(struct store_log *log)
{
	struct store_log_trimming *trimming = &log->trimming;

	if (!trimming->timer || trimming->is_running)
		return;
	if (trimming->upto) {
		trimming->is_running = true;
		loop_arm_in(trimming->timer, SLICE_GAP_US);
		return;
	}
	uint64_t by_count = last_by_count(log);
	if (by_count)
		begin(log, by_count, "there are more than are kept");
}

void
store_log_keep(struct store_log *log, uint64_t events, unsigned days)
{
	struct store_log_trimming *trimming = &log->trimming;

	if (!trimming->timer)
		trimming->timer = evtimer_new(event_get_base(log->timer), on_timer, log);
	trimming->keep_events = events;
	trimming->keep_us = days * DAY_US;
	if (trimming->upto)
		return;
	store_log_trim_later(log);
	if (!trimming->upto)
		look(log);
}

void
store_log_anchor(const struct store_log *log, uint64_t *ret_seq, char hash[LOG_HASH_HEX + 1])
{
	*ret_seq = log->trimming.anchor_seq;
	memcpy(hash, log->trimming.anchor_hash, LOG_HASH_HEX + 1);
}

void
store_log_trim_load(struct store_log *log)
{
	struct store_log_trimming *trimming = &log->trimming;
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(log->db, "SELECT seq, hash FROM anchor", "");

	memset(trimming->anchor_hash, '0', LOG_HASH_HEX);
	trimming->anchor_hash[LOG_HASH_HEX] = 0;
	if (db_next(&row)) {
		trimming->anchor_seq = (uint64_t) sqlite3_column_int64(row, 0);
		if (sqlite3_column_bytes(row, 1) == LOG_HASH_HEX / 2)
			hex_encode(sqlite3_column_blob(row, 1), LOG_HASH_HEX / 2,
				   trimming->anchor_hash);
	}
}

void
store_log_trim_done(struct store_log *log)
{
	if (log->trimming.timer)
		event_free(log->trimming.timer);
}
