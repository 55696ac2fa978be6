/* Where events come from that are numbered before they are logged: the door role's rings and the
 * outbox. What was committed of each stands in the log's own file, in the same transaction. */
#include <stdlib.h>
#include <string.h>

#include "agent/store_log_private.h"
#include "lib/util.h"

/* Above this, sources of which nothing waits are read again when they come. */
#define SOURCES_KEPT 8

static struct store_log_source *
make_room(struct store_log *log)
{
	for (size_t i = 0; log->source_count >= SOURCES_KEPT && i < log->source_count; i++)
		if (!log->sources[i].is_dirty)
			return &log->sources[i];
	log->source_count++;
	log->sources = xrealloc(log->sources, log->source_count * sizeof(*log->sources));
	return &log->sources[log->source_count - 1];
}

struct store_log_source *
store_log_source_of(struct store_log *log, const char *epoch)
{
	for (size_t i = 0; i < log->source_count; i++)
		if (!strcmp(log->sources[i].epoch, epoch))
			return &log->sources[i];
	struct store_log_source *source = make_room(log);
	*source = (struct store_log_source){ 0 };
	(void) copy_string(source->epoch, sizeof(source->epoch), epoch);
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(log->db, "SELECT number FROM rings WHERE epoch = ?", "t", epoch);
	source->number = db_next(&row) ? (uint64_t) sqlite3_column_int64(row, 0) : 0;
	return source;
}

bool
store_log_sources_wait(const struct store_log *log)
{
	for (size_t i = 0; i < log->source_count; i++)
		if (log->sources[i].is_dirty)
			return true;
	return false;
}

int
store_log_sources_write(struct store_log *log)
{
	int r = 0;

	for (size_t i = 0; i < log->source_count && r == 0; i++)
		if (log->sources[i].is_dirty)
			r = db_run(log->db, "INSERT OR REPLACE INTO rings VALUES (?, ?)", "ti",
				   log->sources[i].epoch, (int64_t) log->sources[i].number);
	return r;
}

void
store_log_sources_committed(struct store_log *log)
{
	/* Who is told may add what is not committed yet. */
	for (size_t i = 0; i < log->source_count; i++) {
		struct store_log_source *source = &log->sources[i];
		source->to_tell = source->is_dirty ? source->number : 0;
		source->is_dirty = false;
	}
	for (size_t i = 0; i < log->source_count; i++) {
		struct store_log_source told = log->sources[i];
		log->sources[i].to_tell = 0;
		if (told.to_tell)
			log->ops->on_ring_commit(told.epoch, told.to_tell, log->context);
	}
}
