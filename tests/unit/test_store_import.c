/* agent/store_import_stage.c and store_import_commit.c: all rows or none, whatever comes between.
 */
#include "agent/store_import_stage.h"

#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"

static struct import_stage *
stage_of(struct store_rig *rig, const char *kind, bool is_upsert, const char *text)
{
	struct import_options options = { .kind = model_find(kind),
					  .format = IMPORT_CSV,
					  .is_upsert = is_upsert,
					  .caller = rig->caller };
	struct import_stage *stage = import_stage_new(&rig->store, &options);

	(void) import_stage_feed(stage, text, strlen(text));
	(void) import_stage_end(stage);
	return stage;
}

/* The first error as "line:column field: message". */
static void
check_error(const struct import_stage *stage, const char *expected)
{
	_cleanup_(json_decrefp) json_t *report = import_stage_report(stage);
	const json_t *error = json_array_get(json_object_get(report, "errors"), 0);
	_cleanup_(freep) char *text = xasprintf(
		"%lld:%lld %s: %s", (long long) json_integer_or(error, "line", -1),
		(long long) json_integer_or(error, "column", 0), json_string_or(error, "field", ""),
		json_string_or(error, "message", "?"));

	CU_ASSERT_STRING_EQUAL(text, expected);
}

static int64_t
persons(struct store_rig *rig)
{
	return store_rig_select(rig, "SELECT count(*) FROM objects WHERE kind = 'person'");
}

static void
test_what_is_stored_is_as_if_it_had_been_made_by_hand(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	struct import_stage *stage =
		stage_of(&rig, "person", false, "id,name,reference\n,Ada,A\n7,Bob,B\n,Cy,\n");
	CU_ASSERT_EQUAL(import_stage_errors(stage), 0);
	CU_ASSERT_EQUAL(persons(&rig), 0);
	CU_ASSERT_EQUAL(import_stage_commit(stage), 0);
	import_stage_free(stage);
	CU_ASSERT_EQUAL(persons(&rig), 3);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count FROM counts WHERE kind = 'person'"),
			3);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM records"), 3);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM outbox"), 4);
	/* Numbers that are taken come behind those that are given. */
	_cleanup_(json_decrefp) json_t *bob = store_rig_load(&rig, "person", 7);
	_cleanup_(json_decrefp) json_t *ada = store_rig_load(&rig, "person", 8);
	CU_ASSERT_STRING_EQUAL(json_string_or(bob, "name", ""), "Bob");
	CU_ASSERT_STRING_EQUAL(json_string_or(ada, "name", ""), "Ada");
	store_rig_stop(&rig);
}

static void
test_what_was_taken_meanwhile_takes_all_of_it_back(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	struct import_stage *stage =
		stage_of(&rig, "person", false, "name,reference\nAda,A\nBob,B\n");
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", 0, "{'name': 'Eve', 'reference': 'B'}"), 0);
	CU_ASSERT(import_stage_commit(stage) < 0);
	check_error(stage, "3:2 reference: Eve has this reference already (person 1)");
	import_stage_free(stage);
	CU_ASSERT_EQUAL(persons(&rig), 1);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM outbox"), 1);
	store_rig_stop(&rig);
}

static void
test_what_was_changed_meanwhile_is_not_changed_blindly(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", 0, "{'name': 'Ada', 'reference': 'A'}"), 0);
	struct import_stage *stage =
		stage_of(&rig, "person", true, "name,reference\nBob,B\nAda King,A\n");
	CU_ASSERT_EQUAL(import_stage_errors(stage), 0);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", 1, "{'enabled': false}"), 0);
	CU_ASSERT(import_stage_commit(stage) < 0);
	check_error(stage, "3:0 id: it was changed meanwhile");
	import_stage_free(stage);
	CU_ASSERT_EQUAL(persons(&rig), 1);
	stage = stage_of(&rig, "person", true, "name,reference\nBob,B\nAda King,A\n");
	CU_ASSERT_EQUAL(import_stage_commit(stage), 0);
	import_stage_free(stage);
	_cleanup_(json_decrefp) json_t *ada = store_rig_load(&rig, "person", 1);
	CU_ASSERT_STRING_EQUAL(json_string_or(ada, "name", ""), "Ada King");
	/* What the file does not have stays as it is. */
	CU_ASSERT_FALSE(json_bool_or(ada, "enabled", true));
	store_rig_stop(&rig);
}

static void
test_what_a_row_refers_to_may_go_meanwhile(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", 0, "{'name': 'Ada', 'reference': 'A'}"), 0);
	struct import_stage *stage =
		stage_of(&rig, "credential", false, "person_reference,card\nA,1\nA,2\n");
	CU_ASSERT_EQUAL(import_stage_errors(stage), 0);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "person", 1, false), 0);
	CU_ASSERT(import_stage_commit(stage) < 0);
	check_error(stage, "2:0 person: there is no person 1");
	import_stage_free(stage);
	CU_ASSERT_EQUAL(store_rig_select(&rig, "SELECT count(*) FROM refs"), 0);
	store_rig_stop(&rig);
}

static void
test_a_pin_is_nowhere_beside_the_database_in_the_clear(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	CU_ASSERT_EQUAL(store_rig_put(&rig, "person", 0, "{'name': 'Ada', 'reference': 'A'}"), 0);
	struct import_stage *stage =
		stage_of(&rig, "credential", false, "person_reference,type,pin\nA,pin,735291\n");
	CU_ASSERT_EQUAL(import_stage_commit(stage), 0);
	import_stage_free(stage);
	_cleanup_(json_decrefp) json_t *pin = store_rig_load(&rig, "credential", 1);
	CU_ASSERT_EQUAL(strncmp(json_string_or(pin, "pin", ""), PIN_KEPT, strlen(PIN_KEPT)), 0);
	/* The same as one that was made by hand. */
	CU_ASSERT_EQUAL(store_rig_put(&rig, "credential", 0,
				      "{'type': 'pin', 'person': 1, 'pin': '735291'}"),
			0);
	_cleanup_(json_decrefp) json_t *other = store_rig_load(&rig, "credential", 2);
	CU_ASSERT_STRING_EQUAL(json_string_or(pin, "pin", ""), json_string_or(other, "pin", "x"));
	store_rig_stop(&rig);
}

static void
test_a_cancelled_one_leaves_nothing(void)
{
	struct store_rig rig;

	store_rig_start(&rig);
	struct import_stage *stage = stage_of(&rig, "person", false, "name\nAda\nBob\n");
	atomic_store(&import_stage_progress(stage)->is_cancelled, true);
	CU_ASSERT_EQUAL(import_stage_commit(stage), -ECANCELED);
	CU_ASSERT_EQUAL(import_stage_errors(stage), 0);
	import_stage_free(stage);
	CU_ASSERT_EQUAL(persons(&rig), 0);
	store_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_stored_is_as_if_it_had_been_made_by_hand),
		TAP(test_what_was_taken_meanwhile_takes_all_of_it_back),
		TAP(test_what_was_changed_meanwhile_is_not_changed_blindly),
		TAP(test_what_a_row_refers_to_may_go_meanwhile),
		TAP(test_a_pin_is_nowhere_beside_the_database_in_the_clear),
		TAP(test_a_cancelled_one_leaves_nothing),
	};

	log_set_level((enum log_level) 0);
	return tap_main(tests, ARRAY_LEN(tests));
}
