/* Compiles one snapshot of config.db into access.bin, in a thread of its own. */
#include "agent/store_compile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_schedule.h"
#include "agent/store_settings.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define DAY_S INT64_C(86400)
/* What began before now may last still. */
#define WINDOW_BACK_S (2 * DAY_S)
#define WINDOW_S      (400 * DAY_S)

static uint64_t
read_generation(sqlite3 *db)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(db, "SELECT value FROM meta WHERE name = 'generation'", "");

	return db_next(&row) ? (uint64_t) sqlite3_column_int64(row, 0) : 0;
}

static void
read_board(sqlite3 *db, struct access_build *build)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(db,
			 "SELECT kind, id, doc FROM objects"
			 " WHERE kind NOT IN ('credential', 'person', 'schedule', 'special_days')",
			 "");

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 2), 0, NULL);
		const char *kind = db_text(rows, 0);
		int64_t id = sqlite3_column_int64(rows, 1);
		store_compile_board(kind, id, doc, access_build_board(build));
		store_compile_access(kind, id, doc, build);
	}
}

/* By number in decimal, a new reference. */
static json_t *
read_special_days(sqlite3 *db)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(db, "SELECT id, doc FROM objects WHERE kind = 'special_days'", "");
	json_t *groups = json_object();

	while (db_next(&rows))
		(void) json_object_set_new(groups, db_text(rows, 0),
					   json_loads(db_text(rows, 1), 0, NULL));
	return groups;
}

static void
read_schedules(sqlite3 *db, const json_t *settings, struct access_build *build)
{
	int64_t now_s = (int64_t) (clock_wall_us() / US_PER_S);
	char zone[ZONE_NAME_SIZE];
	_cleanup_(json_decrefp) json_t *special_days = read_special_days(db);
	struct store_schedule_world world = { .zone = zone,
					      .from_s = MAX_OF(now_s - WINDOW_BACK_S, 0),
					      .to_s = now_s + WINDOW_S,
					      .special_days = special_days };
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(db, "SELECT id, doc FROM objects WHERE kind = 'schedule'", "");

	store_schedule_zone(settings, zone);
	access_build_window(build, now_s, world.to_s);
	while (db_next(&rows)) {
		_cleanup_(freep) struct schedule_interval *intervals = NULL;
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 1), 0, NULL);
		uint32_t id = (uint32_t) sqlite3_column_int64(rows, 0);
		size_t count = 0;
		int r = store_schedule_expand(doc, &world, &intervals, &count);
		if (r < 0)
			(void) log_err(r, "schedule %u cannot be used and is never active", id);
		else
			access_build_schedule(build, id, intervals, count);
	}
}

static void
read_records(sqlite3 *db, const char *kind, struct access_build *build,
	     int (*take)(struct access_build *build, const void *record, size_t size))
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(db, "SELECT id, record FROM records WHERE kind = ?", "t", kind);

	while (db_next(&rows))
		if (take(build, sqlite3_column_blob(rows, 1),
			 (size_t) sqlite3_column_bytes(rows, 1)) < 0)
			(void) log_err(0, "the %s %lld is damaged and left out", kind,
				       (long long) sqlite3_column_int64(rows, 0));
}

static int
compile(sqlite3 *db, struct compile_job *job)
{
	_cleanup_(json_decrefp) json_t *settings = store_settings_read(db, NULL);
	struct access_build *build = access_build_new();
	struct access_board *board = access_build_board(build);

	job->generation = read_generation(db);
	read_board(db, build);
	store_compile_settings(settings, board);
	memcpy(board->pin_key, job->pin_key, sizeof(board->pin_key));
	read_schedules(db, settings, build);
	read_records(db, "person", build, access_build_person);
	read_records(db, "credential", build, access_build_credential);
	int r = access_build_write(build, job->table, job->generation);
	access_build_free(build);
	return r;
}

void
store_compile_run(void *context)
{
	struct compile_job *job = context;
	sqlite3 *db;

	job->r = db_open_reader(job->config, &db);
	if (job->r < 0)
		return;
	/* All of it is read as it was at one moment. */
	job->r = db_exec(db, "BEGIN");
	if (job->r == 0)
		job->r = compile(db, job);
	db_close(db);
}
