#include <errno.h>
#include <string.h>

#include "agent/store_log_private.h"
#include "lib/util.h"

void
store_log_get_status(const struct store_log *log, struct store_log_status *ret)
{
	*ret = (struct store_log_status){
		.waiting = json_array_size(log->waiting),
		.is_stored = !log->is_refused,
		.signed_seq = log->signed_seq,
	};
}

uint64_t
store_log_head(const struct store_log *log)
{
	return log->head;
}

uint64_t
store_log_first(const struct store_log *log)
{
	return log->first;
}

const struct store_alarms *
store_log_alarms(const struct store_log *log)
{
	return log->alarms;
}

static void
read_rows(sqlite3_stmt *statement, store_log_row_fn *row, void *context)
{
	char hash[LOG_HASH_HEX + 1];

	while (db_next(&statement)) {
		hash[0] = 0;
		if (sqlite3_column_bytes(statement, 2) == 32)
			hex_encode(sqlite3_column_blob(statement, 2), 32, hash);
		if (!row((uint64_t) sqlite3_column_int64(statement, 0), db_text(statement, 1), hash,
			 context))
			break;
	}
	(void) sqlite3_finalize(statement);
}

void
store_log_read_up(struct store_log *log, uint64_t after, unsigned limit, store_log_row_fn *row,
		  void *context)
{
	read_rows(db_query(log->db,
			   "SELECT seq, text, hash FROM events WHERE seq > ? ORDER BY seq LIMIT ?",
			   "ii", (int64_t) after, (int64_t) limit),
		  row, context);
}

void
store_log_read_down(struct store_log *log, uint64_t before, unsigned limit, store_log_row_fn *row,
		    void *context)
{
	int64_t below = before > INT64_MAX ? INT64_MAX : (int64_t) before;

	read_rows(db_query(log->db,
			   "SELECT seq, text, hash FROM events WHERE seq < ?"
			   " ORDER BY seq DESC LIMIT ?",
			   "ii", below, (int64_t) limit),
		  row, context);
}

uint64_t
store_log_time_us(struct store_log *log, uint64_t seq)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(log->db, "SELECT time_us FROM events WHERE seq = ?", "i", (int64_t) seq);

	return db_next(&row) ? (uint64_t) sqlite3_column_int64(row, 0) : 0;
}

int
store_log_cursor(struct store_log *log, const char *name, uint64_t *ret_seq)
{
	const json_t *seq = json_object_get(log->cursors, name);

	if (!json_is_integer(seq))
		return -ENOENT;
	*ret_seq = (uint64_t) json_integer_value(seq);
	return 0;
}

void
store_log_set_cursor(struct store_log *log, const char *name, uint64_t seq)
{
	(void) json_object_set_new(log->cursors, name, json_integer((json_int_t) seq));
	log->are_cursors_dirty = true;
	store_log_arm(log, STORE_LOG_GROUP_MS);
}

void
store_log_drop_cursor(struct store_log *log, const char *name)
{
	if (!json_object_get(log->cursors, name))
		return;
	(void) json_object_set_new(log->cursors, name, json_null());
	log->are_cursors_dirty = true;
	store_log_arm(log, STORE_LOG_GROUP_MS);
}

json_t *
store_log_cursors(const struct store_log *log)
{
	json_t *cursors = json_deep_copy(log->cursors);
	const char *name;
	json_t *seq;
	void *next;

	json_object_foreach_safe(cursors, next, name, seq) if (!json_is_integer(seq))(void)
		json_object_del(cursors, name);
	return cursors;
}
