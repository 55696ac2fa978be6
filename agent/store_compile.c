/* Compiles doors, inputs, credentials and the settings of the board into the access table. */
#include "agent/store_compile.h"

#include <errno.h>
#include <string.h>

#include "agent/store_door.h"
#include "agent/store_objects.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static int
compile_row(const char *kind, int64_t id, const json_t *doc, struct access_build *build)
{
	uint8_t record[ACCESS_RECORD_MAX];
	bool is_person = !strcmp(kind, "person");

	if (!is_person && strcmp(kind, "credential") != 0) {
		store_compile_board(kind, id, doc, access_build_board(build));
		store_compile_access(kind, id, doc, build);
		return 0;
	}
	int size = access_record_make(kind, (uint32_t) id, doc, record);
	if (size < 0)
		return size;
	return is_person ? access_build_person(build, record, (size_t) size)
			 : access_build_credential(build, record, (size_t) size);
}

int
store_objects_compile(struct store *store)
{
	char path[256];
	struct access_build *build = access_build_new();
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT kind, id, doc FROM objects", "");

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 2), 0, NULL);
		int64_t id = sqlite3_column_int64(rows, 1);
		if (compile_row(db_text(rows, 0), id, doc, build) < 0)
			(void) log_err(0, "the %s %lld is damaged and left out", db_text(rows, 0),
				       (long long) id);
	}
	store_compile_settings(store->settings, access_build_board(build));
	access_build_window(build, (int64_t) (clock_wall_us() / US_PER_S), INT64_MAX);
	int r = path_join(path, sizeof(path), store->options->door_dir, "access.bin");
	if (r == 0)
		r = access_build_write(build, path, clock_wall_us());
	access_build_free(build);
	if (r < 0)
		return log_err(r, "cannot write the access table '%s'", path);
	store_door_reload(store);
	return 0;
}
