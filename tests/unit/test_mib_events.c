/* Alarms, the last events and the switches of notifications, as managers read them. */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "mibs/table.h"
#include "tests/unit/mib_rig.h"

static void
stand(unsigned id, unsigned severity)
{
	_cleanup_(freep) char *key = xasprintf("alarm.%u", id);
	_cleanup_(json_decrefp) json_t *alarm =
		json_pack("{si,si,ss,ss,si}", "id", (int) id, "seq", (int) id, "kind",
			  "door.forced", "source", "door.1", "severity", (int) severity);

	replica_update(&mib_rig.replica, key, alarm);
}

static void
end(unsigned id)
{
	_cleanup_(freep) char *key = xasprintf("alarm.%u", id);

	replica_update(&mib_rig.replica, key, NULL);
}

static bool
is_row(const char *column, uint32_t row)
{
	struct mib_oid oid = mib_rig_oid(column, row);
	struct mib_value value;

	return mib_get(&mib_rig.replica, &oid, &value) == 0;
}

static void
test_alarms_are_rows_while_they_stand(void)
{
	replica_init(&mib_rig.replica);
	stand(70, 1);
	stand(7, 4);
	stand(30, 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaActiveAlarms", 0), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmSeverityNow", 70), 3);
	mib_rig_check_text("cardeaAlarmKind", 7, "door.forced");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmEventNumber", 30), 30);
	end(30);
	end(31);
	CU_ASSERT_FALSE(is_row("cardeaAlarmKind", 30));
	CU_ASSERT_TRUE(is_row("cardeaAlarmKind", 7));
	CU_ASSERT_TRUE(is_row("cardeaAlarmKind", 70));
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmsRaised", 0), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmsCleared", 0), 1);
	/* The same alarm with another severity is no new one. */
	stand(7, 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmsRaised", 0), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmSeverityNow", 7), 4);
}

/* critical(3) < warning(6), but neither is it the smallest number nor the largest. */
static void
test_the_worst_alarm_is_not_the_one_with_the_largest_number(void)
{
	static const struct {
		unsigned severity;
		const char *count;
		uint64_t worst;
	} steps[] = {
		{ 6, "cardeaAlarmIndeterminateCount", 2 }, { 4, "cardeaAlarmWarningCount", 6 },
		{ 3, "cardeaAlarmMinorCount", 5 },	   { 2, "cardeaAlarmMajorCount", 4 },
		{ 1, "cardeaAlarmCriticalCount", 3 },
	};

	replica_init(&mib_rig.replica);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmWorst", 0), 1);
	for (unsigned i = 0; i < ARRAY_LEN(steps); i++) {
		stand(10 + i, steps[i].severity);
		CU_ASSERT_EQUAL(mib_rig_number(steps[i].count, 0), 1);
		CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmWorst", 0), steps[i].worst);
	}
	for (unsigned i = ARRAY_LEN(steps); i-- > 0;) {
		CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmWorst", 0), steps[i].worst);
		end(10 + i);
	}
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAlarmWorst", 0), 1);
}

static void
test_a_snapshot_ends_alarms_that_it_does_not_mention(void)
{
	replica_init(&mib_rig.replica);
	replica_begin(&mib_rig.replica);
	stand(7, 4);
	stand(8, 4);
	replica_end(&mib_rig.replica);
	replica_begin(&mib_rig.replica);
	stand(8, 4);
	CU_ASSERT_TRUE(is_row("cardeaAlarmKind", 7));
	replica_end(&mib_rig.replica);
	CU_ASSERT_FALSE(is_row("cardeaAlarmKind", 7));
	CU_ASSERT_TRUE(is_row("cardeaAlarmKind", 8));
}

static void
test_more_alarms_than_rows_and_keys_that_are_none_do_no_harm(void)
{
	replica_init(&mib_rig.replica);
	for (unsigned id = 1; id <= REPLICA_ALARMS + 3; id++)
		stand(id, 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaActiveAlarms", 0), REPLICA_ALARMS);
	mib_rig_update("alarm.", "{}");
	mib_rig_update("alarm.0", "{}");
	mib_rig_update("alarm.x7", "{}");
	mib_rig_update("alarm.5", "[]");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaActiveAlarms", 0), REPLICA_ALARMS - 1);
}

static void
test_the_last_events_are_kept_and_a_gap_is_read_from_the_last_number_known(void)
{
	struct mib_oid at;
	struct mib_value value;
	uint32_t expected = 699;

	replica_init(&mib_rig.replica);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventOldest", 0), 0);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventNewest", 0), 0);
	for (uint64_t seq = 1; seq <= 700; seq++)
		mib_rig_add_event(seq, EV_DOOR_FORCED, "door.1");
	/* The store may send some of them twice. */
	mib_rig_add_event(650, EV_DOOR_HELD, "door.1");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventCount", 0), REPLICA_EVENTS);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventTableSize", 0), REPLICA_EVENTS);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventOldest", 0), 700 - REPLICA_EVENTS + 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventNewest", 0), 700);
	CU_ASSERT_FALSE(is_row("cardeaEventEntryText", 700 - REPLICA_EVENTS));
	mib_rig_check_text("cardeaEventEntryKind", 650, "door.forced");
	at = mib_rig_oid("cardeaEventEntryText", 698);
	for (; mib_next(&mib_rig.replica, &at, false, &at, &value) == 0 && expected <= 700;
	     expected++)
		CU_ASSERT_EQUAL(at.sub[at.length - 1], expected);
	CU_ASSERT_EQUAL(expected, 701);
}

static void
test_an_event_is_read_as_its_notification_says_it_and_without_the_card(void)
{
	struct mib_oid oid = { 0 };
	struct mib_value value;

	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntrySeverity", 7), 4);
	mib_rig_check_text("cardeaEventEntryKind", 7, "door.held");
	mib_rig_check_text("cardeaEventEntrySource", 7, "door.1");
	mib_rig_check_text("cardeaEventEntryActor", 7, "card");
	mib_rig_check_text("cardeaEventEntryReason", 7, "Unauthorized");
	mib_rig_check_text("cardeaEventEntryText", 7, "Something happened");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntryDoor", 7), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntryAlarm", 7), 7);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntryAlarmSeverity", 7), 6);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntryAlarm", 6), 0);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaEventEntryAlarmSeverity", 6), 2);
	oid = mib_rig_oid("cardeaEventEntryObject", 7);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	oid = mib_rig_oid("cardeaDoorName", 1);
	CU_ASSERT_EQUAL(value.size, oid.length);
	CU_ASSERT_EQUAL(memcmp(value.sub, oid.sub, oid.length * sizeof(oid.sub[0])), 0);
}

/* Audits tell what was changed, a card's number as well. */
static void
test_no_event_that_is_not_notified_can_be_read(void)
{
	replica_init(&mib_rig.replica);
	for (size_t i = 0; i < events_count(); i++) {
		mib_rig_add_event(1000 + i, events_at(i)->kind, "system");
		CU_ASSERT_EQUAL(is_row("cardeaEventEntryText", (uint32_t) (1000 + i)),
				events_at(i)->is_notified);
		CU_ASSERT_FALSE(events_at(i)->is_notified && strstr(events_at(i)->text, "{card}"));
		CU_ASSERT_FALSE(events_at(i)->is_notified && strstr(events_at(i)->text, "{old}"));
	}
}

static void
check_pointer(const char *source, const char *column, uint32_t row)
{
	static const struct mib_oid nothing = { 2, { 0, 0 } };
	struct mib_oid expected = column ? mib_rig_oid(column, row) : nothing;
	struct mib_value value;

	mib_set_row_of(&mib_rig.replica, source, &value);
	CU_ASSERT_EQUAL(value.type, MIB_OBJECT_ID);
	CU_ASSERT_EQUAL(value.size, expected.length);
	CU_ASSERT_EQUAL(memcmp(value.sub, expected.sub, value.size * sizeof(value.sub[0])), 0);
}

static void
test_what_an_event_is_about_points_at_its_row(void)
{
	const struct inventory_row *rex = inventory_find("door1.rex");

	mib_rig_fill();
	check_pointer("door.64", "cardeaDoorName", 64);
	check_pointer("reader.3", "cardeaReaderDoor", 3);
	check_pointer("module.16", "cardeaModuleName", 16);
	check_pointer(inventory_input(2)->id, "cardeaInputName", 2);
	check_pointer(inventory_output(5)->id, "cardeaOutputName", 5);
	check_pointer("rail.readers", "cardeaRailName", BUDGET_READERS);
	check_pointer("door1.rex", "cardeaPointName", mib_point_row(rex));
	check_pointer("door.2", NULL, 0);
	check_pointer("door.x", NULL, 0);
	check_pointer("door.99999999999", NULL, 0);
	check_pointer("rail.nowhere", NULL, 0);
	check_pointer("system", NULL, 0);
	check_pointer("", NULL, 0);
}

static void
test_kinds_that_are_notified_are_rows_with_what_the_settings_say(void)
{
	replica_init(&mib_rig.replica);
	CU_ASSERT_FALSE(is_row("cardeaNotificationName", EV_LOGIN));
	mib_rig_check_text("cardeaNotificationName", EV_DOOR_FORCED, "door.forced");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_DOOR_POSITION), 1);
	mib_rig_update("settings", "{\"snmp.notifications.off\":\"casing.open,door.held\","
				   "\"snmp.notifications.access\":false}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_CASING_OPEN), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_DOOR_HELD), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_DOOR_HELD_WARNING), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_ACCESS_GRANTED), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaNotificationEnabled", EV_DOOR_POSITION), 1);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_alarms_are_rows_while_they_stand),
		TAP(test_the_worst_alarm_is_not_the_one_with_the_largest_number),
		TAP(test_a_snapshot_ends_alarms_that_it_does_not_mention),
		TAP(test_more_alarms_than_rows_and_keys_that_are_none_do_no_harm),
		TAP(test_the_last_events_are_kept_and_a_gap_is_read_from_the_last_number_known),
		TAP(test_an_event_is_read_as_its_notification_says_it_and_without_the_card),
		TAP(test_no_event_that_is_not_notified_can_be_read),
		TAP(test_what_an_event_is_about_points_at_its_row),
		TAP(test_kinds_that_are_notified_are_rows_with_what_the_settings_say),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
