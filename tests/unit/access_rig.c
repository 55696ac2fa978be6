#include "tests/unit/access_rig.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_compile.h"
#include "lib/json.h"
#include "lib/pin.h"
#include "lib/util.h"
#include "tests/unit/unit.h"

int
rig_write(const char *path, uint64_t generation, const struct access_board *board,
	  const struct rig_card *cards, size_t count)
{
	struct access_build *build = access_build_new();
	struct {
		struct access_record record;
		char holder[ACCESS_HOLDER_SIZE];
	} entry;

	if (board) {
		struct access_board *own = access_build_board(build);
		struct feedback feedback[FEEDBACK_OUTCOMES];
		memcpy(feedback, own->feedback, sizeof(feedback));
		*own = *board;
		if (!board->feedback[FEEDBACK_IDLE_LOCKED].colour)
			memcpy(own->feedback, feedback, sizeof(feedback));
	}
	for (size_t i = 0; i < count; i++) {
		memset(&entry, 0, sizeof(entry));
		entry.record = (struct access_record){
			.doors = cards[i].doors,
			.card = cards[i].card,
			.floors = cards[i].floors,
			.id = cards[i].id,
			.valid_to_s = UINT32_MAX,
			.status = cards[i].is_enabled ? ACCESS_ENABLED : ACCESS_DISABLED,
		};
		memcpy(entry.holder, cards[i].holder, sizeof(entry.holder));
		CU_ASSERT_EQUAL(
			access_build_credential(build, &entry,
						sizeof(entry.record) + strlen(entry.holder) + 1),
			0);
	}
	int r = access_build_write(build, path, generation);
	access_build_free(build);
	return r;
}

/* As the store keeps it. */
static void
keep_pin(struct access_build *build, json_t *object)
{
	const char *digits = json_string_or(object, "pin", NULL);
	uint32_t person = (uint32_t) json_integer_or(object, "person", 0);

	if (!digits)
		return;
	if (json_bool_or(object, "alone", false))
		person = 0;
	_cleanup_(freep) char *kept = xasprintf(
		PIN_KEPT "%016llx",
		(unsigned long long) pin_hash(access_build_board(build)->pin_key, person, digits));
	(void) json_object_set_new(object, "pin", json_string(kept));
}

static void
add_object(struct access_build *build, const char *kind, int64_t id, json_t *object)
{
	uint8_t record[ACCESS_RECORD_MAX];
	bool is_person = !strcmp(kind, "person");

	if (!is_person && strcmp(kind, "credential") != 0) {
		store_compile_board(kind, id, object, access_build_board(build));
		store_compile_access(kind, id, object, build);
		return;
	}
	keep_pin(build, object);
	int size = access_record_make(kind, (uint32_t) id, object, record);
	CU_ASSERT_FATAL(size > 0);
	int r = is_person ? access_build_person(build, record, (size_t) size)
			  : access_build_credential(build, record, (size_t) size);
	CU_ASSERT_EQUAL(r, 0);
}

/* {"schedule": {"1": [[from, to], ...]}} */
static void
add_schedule(struct access_build *build, int64_t id, const json_t *list)
{
	size_t count = json_array_size(list);
	_cleanup_(freep) struct schedule_interval *intervals =
		xcalloc(count + 1, sizeof(*intervals));
	json_t *pair;
	size_t i;

	json_array_foreach (list, i, pair)
		intervals[i] = (struct schedule_interval){
			(uint32_t) json_integer_value(json_array_get(pair, 0)),
			(uint32_t) json_integer_value(json_array_get(pair, 1)),
		};
	access_build_schedule(build, (uint32_t) id, intervals, count);
}

void
rig_add_objects(struct access_build *build, const char *json)
{
	json_error_t error;
	_cleanup_(json_decrefp) json_t *kinds = json_loads(json, 0, &error);
	const char *kind;
	const char *id;
	json_t *objects;
	json_t *object;

	if (!kinds)
		printf("# line %d: %s\n", error.line, error.text);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kinds);
	store_compile_settings(json_object_get(kinds, "settings"), access_build_board(build));
	json_object_foreach (kinds, kind, objects) {
		if (!strcmp(kind, "settings"))
			continue;
		json_object_foreach (objects, id, object) {
			if (!strcmp(kind, "schedule"))
				add_schedule(build, strtoll(id, NULL, 10), object);
			else
				add_object(build, kind, strtoll(id, NULL, 10), object);
		}
	}
}

struct access_table *
rig_table(const char *json, int64_t now_s)
{
	struct access_build *build = access_build_new();
	struct access_table *table = NULL;
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "access.bin");

	rig_add_objects(build, json);
	access_build_window(build, now_s, now_s + 400 * 86400);
	CU_ASSERT_EQUAL_FATAL(access_build_write(build, path, 1), 0);
	access_build_free(build);
	CU_ASSERT_EQUAL_FATAL(access_map(path, &table), 0);
	unit_dir_free(dir);
	return table;
}
