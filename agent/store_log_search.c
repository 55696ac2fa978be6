#include "agent/store_log_search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_db.h"
#include "agent/store_log.h"
#include "agent/store_log_terms.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/util.h"

/* Of one answer: a line of the protocol, with room for what is put around it. */
#define BYTES_MAX 48000
/* What is put around an event. */
#define AROUND	     90
#define STEPS	     1000
#define CACHE_PRAGMA "PRAGMA query_only = ON; PRAGMA cache_size = -8192;"

struct store_log_searcher {
	sqlite3 *db;
	unsigned time_ms;
	uint64_t end_us;
};

/* One search under way. */
struct search {
	struct store_log_searcher *searcher;
	const struct store_log_filter *filter;
	int64_t low;
	int64_t high;
	json_t *events;
	size_t bytes;
	int64_t last; /* that was found */
	int64_t next; /* 0: that was all */
	bool is_full;
};

static bool
is_late(const struct store_log_searcher *searcher)
{
	return clock_mono_us() >= searcher->end_us;
}

static int
on_progress(void *context)
{
	return is_late(context);
}

int
store_log_searcher_open(const char *path, unsigned time_ms, struct store_log_searcher **ret)
{
	sqlite3 *db = NULL;

	if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL) !=
		    SQLITE_OK ||
	    db_exec(db, CACHE_PRAGMA) < 0) {
		int r = log_err(-EIO, "cannot read '%s' (%s)", path, sqlite3_errmsg(db));
		db_close(db);
		return r;
	}
	struct store_log_searcher *searcher = xcalloc(1, sizeof(*searcher));
	*searcher = (struct store_log_searcher){ .db = db, .time_ms = time_ms };
	sqlite3_progress_handler(db, STEPS, on_progress, searcher);
	*ret = searcher;
	return 0;
}

void
store_log_searcher_close(struct store_log_searcher *searcher)
{
	if (!searcher)
		return;
	db_close(searcher->db);
	free(searcher);
}

/* False when the page is full: then there is one more event. */
static bool
take(struct search *search, sqlite3_stmt *row)
{
	const char *text = db_text(row, 1);
	char hash[LOG_HASH_HEX + 1] = "";
	bool is_full = json_array_size(search->events) >= search->filter->limit;

	search->bytes += strlen(text) + AROUND;
	if (is_full || (search->bytes > BYTES_MAX && json_array_size(search->events))) {
		search->next = search->last;
		search->is_full = true;
		return false;
	}
	if (sqlite3_column_bytes(row, 2) == LOG_HASH_HEX / 2)
		hex_encode(sqlite3_column_blob(row, 2), LOG_HASH_HEX / 2, hash);
	json_t *event = json_loads(text, 0, NULL);
	(void) json_array_append_new(search->events,
				     json_pack("{so,ss}", "event", event, "hash", hash));
	search->last = sqlite3_column_int64(row, 0);
	return true;
}

static sqlite3_stmt *
select_range(const struct search *search, int64_t low, int64_t high)
{
	const struct store_log_filter *filter = search->filter;
	const char *order = filter->is_upwards ? "ASC" : "DESC";
	int64_t most = (int64_t) filter->limit + 1;

	if (!filter->match) {
		_cleanup_(freep) char *sql = xasprintf(
			"SELECT seq, text, hash FROM events WHERE seq BETWEEN ? AND ?"
			" AND time_us BETWEEN ? AND ? AND severity <= ? ORDER BY seq %s LIMIT ?",
			order);
		return db_query(search->searcher->db, sql, "iiiiii", low, high, filter->from_us,
				filter->to_us, filter->severity, most);
	}
	_cleanup_(freep) char *sql =
		xasprintf("SELECT seq, text, hash FROM terms CROSS JOIN events ON seq = terms.rowid"
			  " WHERE terms MATCH ? AND terms.rowid BETWEEN ? AND ?"
			  " AND time_us BETWEEN ? AND ? AND severity <= ?"
			  " ORDER BY terms.rowid %s LIMIT ?",
			  order);
	return db_query(search->searcher->db, sql, "tiiiiii", filter->match, low, high,
			filter->from_us, filter->to_us, filter->severity, most);
}

/*
 * From the one end to the other in one statement: where lists have nothing in common the index
 * goes on to their end whatever the range, so pieces would cost it again and again.
 */
static int
search_range(struct search *search, int64_t low, int64_t high)
{
	sqlite3_stmt *rows = select_range(search, low, high);
	int r;

	while ((r = sqlite3_step(rows)) == SQLITE_ROW && take(search, rows))
		;
	(void) sqlite3_finalize(rows);
	if (r == SQLITE_ROW || r == SQLITE_DONE)
		return 0;
	if (r == SQLITE_INTERRUPT)
		return -ETIME;
	/* What the tokenizer splits although we did not, the index cannot look for. */
	if (r == SQLITE_ERROR && search->filter->match)
		return -EINVAL;
	return log_err(-EIO, "cannot search the log: %s", sqlite3_errmsg(search->searcher->db));
}

/* The part of the log that such a run of blocks is. */
static int
search_blocks(struct search *search, int64_t first, int64_t last)
{
	int64_t low = MAX_OF(search->low, MIN_OF(first, last) << STORE_LOG_BLOCK_BITS);
	int64_t high =
		MIN_OF(search->high, ((MAX_OF(first, last) + 1) << STORE_LOG_BLOCK_BITS) - 1);

	return search_range(search, low, high);
}

/* Only blocks in which there is something of the time asked for; one run, if no clock was set. */
static int
search_time(struct search *search)
{
	const struct store_log_filter *filter = search->filter;
	int64_t step = filter->is_upwards ? 1 : -1;
	_cleanup_(freep) char *sql =
		xasprintf("SELECT block FROM spans WHERE block BETWEEN ? AND ? AND least_us <= ?"
			  " AND most_us >= ? ORDER BY block %s",
			  filter->is_upwards ? "ASC" : "DESC");
	_cleanup_(db_finalizep) sqlite3_stmt *blocks =
		db_query(search->searcher->db, sql, "iiii", search->low >> STORE_LOG_BLOCK_BITS,
			 search->high >> STORE_LOG_BLOCK_BITS, filter->to_us, filter->from_us);
	int64_t first = -1;
	int64_t last = -1;
	int step_result = SQLITE_DONE;
	int r = 0;

	while (r == 0 && !search->is_full && (step_result = sqlite3_step(blocks)) == SQLITE_ROW) {
		int64_t block = sqlite3_column_int64(blocks, 0);
		if (first >= 0 && block != last + step) {
			r = search_blocks(search, first, last);
			first = -1;
		}
		first = first < 0 ? block : first;
		last = block;
	}
	if (r == 0 && !search->is_full && first >= 0)
		r = search_blocks(search, first, last);
	if (r == 0 && !search->is_full && step_result != SQLITE_DONE)
		r = -ETIME;
	return r;
}

static int64_t
select_number(sqlite3 *db, const char *sql)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(db, sql, "");
	return db_next(&row) ? sqlite3_column_int64(row, 0) : 0;
}

static json_t *
read_anchor(sqlite3 *db, int64_t *ret_seq)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(db, "SELECT seq, hex(hash) FROM anchor", "");
	char hash[LOG_HASH_HEX + 1] = "";

	*ret_seq = 0;
	memset(hash, '0', LOG_HASH_HEX);
	if (db_next(&row)) {
		*ret_seq = sqlite3_column_int64(row, 0);
		(void) copy_string(hash, sizeof(hash), db_text(row, 1));
	}
	for (char *c = hash; *c; c++)
		*c = (char) (*c >= 'A' ? *c | 0x20 : *c);
	return json_pack("{sI,ss}", "seq", (json_int_t) *ret_seq, "hash", hash);
}

/* In one transaction, so that all of it is of the same moment. */
static int
run(struct search *search, json_t **ret)
{
	const struct store_log_filter *filter = search->filter;
	sqlite3 *db = search->searcher->db;
	int64_t trimmed;
	_cleanup_(json_decrefp) json_t *anchor = read_anchor(db, &trimmed);
	int64_t head = select_number(db, "SELECT max(seq) FROM events");

	search->low = MAX_OF(trimmed + 1, filter->after + 1);
	search->high = MIN_OF(head, filter->before - 1);
	int r = filter->has_time ? search_time(search)
				 : search_range(search, search->low, search->high);
	bool has_part = r == -ETIME && json_array_size(search->events);
	if (has_part)
		search->next = search->last;
	if (r < 0 && !has_part)
		return r;
	*ret = json_pack("{sO,sI,sI,sO}", "events", search->events, "first",
			 (json_int_t) trimmed + 1, "head", (json_int_t) MAX_OF(head, trimmed),
			 "anchor", anchor);
	if (search->next)
		(void) json_object_set_new(*ret, "next", json_integer(search->next));
	return 0;
}

int
store_log_search(struct store_log_searcher *searcher, const struct store_log_filter *filter,
		 json_t **ret)
{
	_cleanup_(json_decrefp) json_t *events = json_array();
	struct search search = { .searcher = searcher, .filter = filter, .events = events };

	searcher->end_us = clock_mono_us() + searcher->time_ms * US_PER_MS;
	int r = db_exec(searcher->db, "BEGIN");
	if (r < 0)
		return r;
	r = run(&search, ret);
	(void) sqlite3_exec(searcher->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}
