#include "tests/unit/access_objects.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_compile.h"
#include "lib/json.h"
#include "lib/pin.h"
#include "lib/util.h"

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

static int
add_object(struct access_build *build, const char *kind, int64_t id, json_t *object)
{
	uint8_t record[ACCESS_RECORD_MAX];
	bool is_person = !strcmp(kind, "person");

	if (!is_person && strcmp(kind, "credential") != 0) {
		store_compile_board(kind, id, object, access_build_board(build));
		store_compile_access(kind, id, object, build);
		return 0;
	}
	keep_pin(build, object);
	int size = access_record_make(kind, (uint32_t) id, object, record);
	if (size < 0)
		return size;
	return is_person ? access_build_person(build, record, (size_t) size)
			 : access_build_credential(build, record, (size_t) size);
}

static int
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
	return 0;
}

static int
add_kind(struct access_build *build, const char *kind, json_t *objects)
{
	bool is_schedule = !strcmp(kind, "schedule");
	const char *id;
	json_t *object;

	json_object_foreach (objects, id, object) {
		int64_t number = strtoll(id, NULL, 10);
		int r = is_schedule ? add_schedule(build, number, object)
				    : add_object(build, kind, number, object);
		if (r < 0)
			return r;
	}
	return 0;
}

int
access_objects_add(struct access_build *build, json_t *kinds)
{
	const char *kind;
	json_t *objects;

	store_compile_settings(json_object_get(kinds, "settings"), access_build_board(build));
	json_object_foreach (kinds, kind, objects) {
		if (!strcmp(kind, "settings"))
			continue;
		int r = add_kind(build, kind, objects);
		if (r < 0)
			return r;
	}
	return 0;
}
