#include "agent/store_clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <string.h>

static const json_t *
find_event(const json_t *events, const char *kind)
{
	json_t *event;
	size_t i;

	json_array_foreach (events, i, event)
		if (!strcmp(json_string_or(event, "kind", ""), kind))
			return event;
	return NULL;
}

static bool
is_in_log(void *context)
{
	struct store_rig *rig = context;
	_cleanup_(json_decrefp) json_t *events = store_rig_events(rig);

	return find_event(events, "time.changed");
}

static void
test_a_clock_that_was_set_is_an_event_with_old_and_new_time(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	/* From the last second of 2025 back by two hours. */
	store_clock_on_set(UINT64_C(1767225599500000), UINT64_C(1767218399250000), &rig.store);
	CU_ASSERT_TRUE(unit_wait(rig.store.base, is_in_log, &rig));
	_cleanup_(json_decrefp) json_t *events = store_rig_events(&rig);
	const json_t *event = find_event(events, "time.changed");
	const json_t *data = json_object_get(event, "data");
	CU_ASSERT_PTR_NOT_NULL(event);
	CU_ASSERT_STRING_EQUAL(json_string_or(data, "old", ""), "2025-12-31T23:59:59.500000Z");
	CU_ASSERT_STRING_EQUAL(json_string_or(data, "new", ""), "2025-12-31T21:59:59.250000Z");
	CU_ASSERT_EQUAL(json_integer_or(data, "ms", 0), -7200250);
	store_rig_stop(&rig);
}

static void
test_schedules_are_worked_out_anew_when_the_clock_was_set(void)
{
	static const char sql[] = "SELECT value FROM meta WHERE name = 'generation'";
	struct store_rig rig;

	store_rig_start(&rig);
	int64_t before = store_rig_select(&rig, sql);
	store_clock_on_set(0, US_PER_S, &rig.store);
	CU_ASSERT(store_rig_select(&rig, sql) > before);
	store_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_clock_that_was_set_is_an_event_with_old_and_new_time),
		TAP(test_schedules_are_worked_out_anew_when_the_clock_was_set),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
