#include "agent/store_alarms.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/log_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

static struct log_rig rig;

/* An event about a reader of this number; returns its seq once it is on disk. */
static uint64_t
tell(enum event_kind kind, unsigned reader)
{
	char source[16];

	(void) snprintf(source, sizeof(source), "reader.%u", reader);
	store_log_add(rig.log, kind, source, NULL, NULL,
		      json_pack("{si,si}", "reader", (int) reader, "door", 2));
	CU_ASSERT_TRUE_FATAL(log_rig_await(&rig, store_log_head(rig.log) + 1));
	return store_log_head(rig.log);
}

static bool
keep_text(uint64_t seq UNUSED, const char *text, const char *hash UNUSED, void *context)
{
	*(json_t **) context = json_loads(text, 0, NULL);
	return false;
}

/* The "alarm" of an event's data as it was hashed; 0 when there is none. */
static uint64_t
alarm_of(uint64_t seq)
{
	_cleanup_(json_decrefp) json_t *event = NULL;

	store_log_read_up(rig.log, seq - 1, 1, keep_text, &event);
	return (uint64_t) json_integer_or(json_object_get(event, "data"), "alarm", 0);
}

static void
add_id(uint64_t id, const json_t *alarm UNUSED, void *context)
{
	(void) json_array_append_new(context, json_integer((json_int_t) id));
}

/* The ids of what stands, as "[1,2]"; free with free(). */
static char *
standing(void)
{
	_cleanup_(json_decrefp) json_t *ids = json_array();

	store_alarms_each(store_log_alarms(rig.log), add_id, ids);
	return json_canonical(ids);
}

static bool
stand(const char *ids)
{
	_cleanup_(freep) char *now = standing();

	return !strcmp(now, ids);
}

static void
test_an_alarm_has_the_number_of_its_event_and_its_end_carries_it(void)
{
	log_rig_start(&rig);
	CU_ASSERT_EQUAL(tell(EV_STARTED, 1), 1);
	CU_ASSERT_EQUAL(tell(EV_READER_TAMPER, 3), 2);
	CU_ASSERT_EQUAL(tell(EV_READER_TAMPER, 4), 3);
	CU_ASSERT_TRUE(stand("[2,3]"));
	CU_ASSERT_EQUAL(tell(EV_READER_TAMPER_CLEARED, 3), 4);
	CU_ASSERT_TRUE(stand("[3]"));
	CU_ASSERT_EQUAL(alarm_of(1), 0);
	CU_ASSERT_EQUAL(alarm_of(2), 2);
	CU_ASSERT_EQUAL(alarm_of(4), 2);
	/* The chain is over what was said, the alarm's id as well. */
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 4);
	log_rig_stop(&rig);
}

static void
test_an_alarm_that_is_raised_again_stays_one_with_the_newer_text(void)
{
	log_rig_start(&rig);
	CU_ASSERT_EQUAL(tell(EV_READER_OFFLINE, 3), 1);
	CU_ASSERT_EQUAL(tell(EV_READER_OFFLINE, 3), 2);
	CU_ASSERT_TRUE(stand("[1]"));
	CU_ASSERT_EQUAL(alarm_of(2), 1);
	const json_t *alarm = store_alarms_find(store_log_alarms(rig.log), 1);
	CU_ASSERT_EQUAL(json_integer_or(alarm, "seq", 0), 2);
	CU_ASSERT_EQUAL(json_integer_or(alarm, "severity", 0), 3);
	CU_ASSERT_EQUAL(json_integer_or(alarm, "door", 0), 2);
	CU_ASSERT_STRING_EQUAL(json_string_or(alarm, "text", ""), "Reader 3 does not answer");
	CU_ASSERT_STRING_EQUAL(json_string_or(alarm, "kind", ""), "reader.offline");
	CU_ASSERT_EQUAL(tell(EV_READER_ONLINE, 3), 3);
	CU_ASSERT_TRUE(stand("[]"));
	/* The next one is another alarm. */
	CU_ASSERT_EQUAL(tell(EV_READER_OFFLINE, 3), 4);
	CU_ASSERT_TRUE(stand("[4]"));
	log_rig_stop(&rig);
}

static void
test_an_end_without_an_alarm_has_no_id(void)
{
	log_rig_start(&rig);
	CU_ASSERT_EQUAL(tell(EV_READER_ONLINE, 3), 1);
	CU_ASSERT_EQUAL(alarm_of(1), 0);
	CU_ASSERT_TRUE(stand("[]"));
	log_rig_stop(&rig);
}

static void
test_what_stands_is_there_after_a_restart(void)
{
	log_rig_start(&rig);
	(void) tell(EV_READER_TAMPER, 3);
	(void) tell(EV_READER_OFFLINE, 3);
	(void) tell(EV_READER_ONLINE, 3);
	log_rig_reopen(&rig);
	CU_ASSERT_TRUE(stand("[1]"));
	CU_ASSERT_EQUAL(tell(EV_READER_TAMPER_CLEARED, 3), 4);
	CU_ASSERT_EQUAL(alarm_of(4), 1);
	log_rig_reopen(&rig);
	CU_ASSERT_TRUE(stand("[]"));
	log_rig_stop(&rig);
}

static void
run_sql(const char *sql)
{
	sqlite3 *db;

	CU_ASSERT_EQUAL_FATAL(sqlite3_open(rig.path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL_FATAL(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	(void) sqlite3_close(db);
}

static void
test_what_was_never_read_is_found_in_the_log(void)
{
	log_rig_start(&rig);
	(void) tell(EV_READER_TAMPER, 3);
	(void) tell(EV_READER_OFFLINE, 4);
	(void) tell(EV_READER_OFFLINE, 5);
	(void) tell(EV_READER_ONLINE, 4);
	store_log_close(rig.log);
	run_sql("DELETE FROM alarms; DELETE FROM alarms_known;");
	log_rig_open(&rig);
	CU_ASSERT_TRUE(stand("[1,3]"));
	CU_ASSERT_EQUAL(log_rig_verify(&rig), 4);
	log_rig_stop(&rig);
}

static void
test_an_alarm_is_ended_by_hand(void)
{
	log_rig_start(&rig);
	(void) tell(EV_READER_TAMPER, 3);
	(void) tell(EV_READER_TAMPER, 4);
	store_log_add(
		rig.log, EV_ALARM_ENDED, "reader.3", "account:ada", NULL,
		json_pack("{si,ss,ss}", "alarm", 1, "name", "reader_tamper", "why", "by hand"));
	CU_ASSERT_TRUE(log_rig_await(&rig, 3));
	CU_ASSERT_TRUE(stand("[2]"));
	CU_ASSERT_EQUAL(alarm_of(3), 1);
	log_rig_stop(&rig);
}

static void
test_no_more_alarms_stand_than_there_is_room_for(void)
{
	log_rig_start(&rig);
	for (int i = 0; i <= ALARMS_MAX; i++) {
		char source[24];
		(void) snprintf(source, sizeof(source), "point%d", i);
		store_log_add(rig.log, EV_POINT_FAULT, source, NULL, NULL, NULL);
	}
	CU_ASSERT_TRUE_FATAL(log_rig_await(&rig, ALARMS_MAX + 1));
	CU_ASSERT_EQUAL(alarm_of(ALARMS_MAX), ALARMS_MAX);
	CU_ASSERT_EQUAL(alarm_of(ALARMS_MAX + 1), 0);
	CU_ASSERT_EQUAL(log_rig_select(&rig, "SELECT count(*) FROM alarms"), ALARMS_MAX);
	log_rig_reopen(&rig);
	CU_ASSERT_PTR_NOT_NULL(store_alarms_find(store_log_alarms(rig.log), ALARMS_MAX));
	log_rig_stop(&rig);
}

/* The disk is full in the middle of a group: what did not come about does not stand. */
static void
test_a_transaction_that_is_taken_back_raises_nothing(void)
{
	sqlite3 *db;

	log_rig_start(&rig);
	(void) tell(EV_READER_TAMPER, 3);
	run_sql("CREATE TRIGGER full BEFORE INSERT ON events WHEN new.number = 300"
		" BEGIN SELECT RAISE(ABORT, 'full'); END;");
	store_log_add(rig.log, EV_READER_TAMPER_CLEARED, "reader.3", NULL, NULL, NULL);
	store_log_add(rig.log, EV_READER_TAMPER, "reader.4", NULL, NULL, NULL);
	store_log_add(rig.log, EV_READER_ONLINE, "reader.3", NULL, NULL, NULL);
	log_rig_add_alert(&rig, 1);
	unit_turn(rig.base);
	CU_ASSERT_EQUAL(store_log_head(rig.log), 1);
	CU_ASSERT_TRUE(stand("[1]"));
	CU_ASSERT_EQUAL_FATAL(sqlite3_open(rig.path, &db), SQLITE_OK);
	CU_ASSERT_EQUAL(sqlite3_exec(db, "DROP TRIGGER full", NULL, NULL, NULL), SQLITE_OK);
	(void) sqlite3_close(db);
	CU_ASSERT_TRUE(log_rig_await(&rig, 5));
	CU_ASSERT_TRUE(stand("[3,5]"));
	CU_ASSERT_EQUAL(alarm_of(2), 1);
	CU_ASSERT_EQUAL(alarm_of(3), 3);
	log_rig_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_alarm_has_the_number_of_its_event_and_its_end_carries_it),
		TAP(test_an_alarm_that_is_raised_again_stays_one_with_the_newer_text),
		TAP(test_an_end_without_an_alarm_has_no_id),
		TAP(test_what_stands_is_there_after_a_restart),
		TAP(test_what_was_never_read_is_found_in_the_log),
		TAP(test_an_alarm_is_ended_by_hand),
		TAP(test_no_more_alarms_stand_than_there_is_room_for),
		TAP(test_a_transaction_that_is_taken_back_raises_nothing),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
