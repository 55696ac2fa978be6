/* Compiles doors, inputs, credentials and the settings of the board into the access table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_door.h"
#include "agent/store_objects.h"
#include "lib/access.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static void
compile_credential(int64_t id, const json_t *doc, struct access_credential *ret)
{
	const struct cardformat *format =
		cardformat_by_name(json_string_or(doc, "format", "h10301"));
	json_t *number;
	size_t i;

	*ret = (struct access_credential){
		.id = (uint32_t) id,
		.is_enabled = !strcmp(json_string_or(doc, "status", "enabled"), "enabled"),
		.card = { .format = format ? cardformat_index(format) : UINT32_MAX,
			  .facility = (uint32_t) json_integer_or(doc, "facility", 0),
			  .number = (uint64_t) json_integer_or(doc, "card", 0) },
	};
	(void) copy_string(ret->holder, sizeof(ret->holder), json_string_or(doc, "holder", "?"));
	json_array_foreach (json_object_get(doc, "doors"), i, number)
		ret->doors |= UINT64_C(1) << (json_integer_value(number) - 1);
	json_array_foreach (json_object_get(doc, "floors"), i, number)
		ret->floors |= UINT32_C(1) << (json_integer_value(number) - 1);
}

static size_t
count_credentials(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT count(*) FROM objects WHERE kind = 'credential'", "");
	return db_next(&row) ? (size_t) sqlite3_column_int64(row, 0) : 0;
}

int
store_objects_compile(struct store *store)
{
	char path[256];
	struct access_board board = { 0 };
	size_t room = count_credentials(store);
	size_t count = 0;
	_cleanup_(freep) struct access_credential *credentials =
		xcalloc(room + 1, sizeof(*credentials));
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT kind, id, doc FROM objects", "");

	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		board.feedback[i] = *feedback_default(i);
	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 2), 0, NULL);
		int64_t id = sqlite3_column_int64(rows, 1);
		if (strcmp(db_text(rows, 0), "credential") != 0)
			store_compile_board(db_text(rows, 0), id, doc, &board);
		else if (count < room)
			compile_credential(id, doc, &credentials[count++]);
	}
	store_compile_settings(store->settings, &board);
	int r = path_join(path, sizeof(path), store->options->door_dir, "access.bin");
	if (r == 0)
		r = access_write(path, clock_wall_us(), &board, credentials, count);
	if (r < 0)
		return log_err(r, "cannot write the access table '%s'", path);
	store_door_reload(store);
	return 0;
}
