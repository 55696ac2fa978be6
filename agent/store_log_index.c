#include <errno.h>
#include <stdlib.h>

#include "agent/store_log_private.h"
#include "agent/store_log_terms.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define SLICE 4096

static char *
terms_of(const json_t *event)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	store_log_terms_write(out, event);
	(void) fclose(out);
	return text;
}

int
store_log_index_add(struct store_log *log, uint64_t seq, const json_t *event)
{
	_cleanup_(freep) char *terms = terms_of(event);
	int64_t time_us = json_integer_or(event, "time_us", 0);
	int r = db_again(log->statements.term, "it", (int64_t) seq, terms);

	if (r == 0)
		r = db_again(log->statements.span, "ii", (int64_t) (seq >> STORE_LOG_BLOCK_BITS),
			     time_us);
	return r;
}

int
store_log_index_remove(struct store_log *log, uint64_t seq, const json_t *event)
{
	_cleanup_(freep) char *terms = terms_of(event);

	return db_again(log->statements.untie, "it", (int64_t) seq, terms);
}

/* Up to SLICE events behind seq, which goes to the last of them. */
static int
index_rows(struct store_log *log, uint64_t *seq)
{
	uint64_t end = *seq + SLICE;
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		log->db, "SELECT seq, text FROM events WHERE seq > ? AND seq <= ? ORDER BY seq",
		"ii", (int64_t) *seq, (int64_t) end);
	int r = 0;

	while (r == 0 && db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *event = json_loads(db_text(rows, 1), 0, NULL);
		r = store_log_index_add(log, (uint64_t) sqlite3_column_int64(rows, 0), event);
	}
	*seq = end;
	return r;
}

static int
index_slice(struct store_log *log, uint64_t *seq)
{
	int r = db_exec(log->db, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = index_rows(log, seq);
	if (r == 0 && *seq < log->head)
		r = db_run(log->db, "UPDATE unindexed SET seq = ?", "i", (int64_t) *seq);
	else if (r == 0)
		r = db_run(log->db, "DELETE FROM unindexed", "");
	if (r == 0)
		r = db_exec(log->db, "COMMIT");
	if (r < 0)
		(void) sqlite3_exec(log->db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

int
store_log_index_older(struct store_log *log)
{
	sqlite3_stmt *row = db_query(log->db, "SELECT seq FROM unindexed", "");
	int r = 0;

	if (!db_next(&row))
		return 0;
	uint64_t seq = (uint64_t) sqlite3_column_int64(row, 0);
	(void) sqlite3_finalize(row);
	log_info("indexing the events up to %llu, once", (unsigned long long) log->head);
	while (r == 0 && seq < log->head)
		r = index_slice(log, &seq);
	return r;
}
