#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/door_command.h"
#include "lib/util.h"
#include "mibs/lookup.h"
#include "tests/unit/mib_rig.h"

static void
test_get_answers_what_the_replica_holds(void)
{
	static const uint8_t time[] = { 0x07, 0xea, 9, 21, 14, 13, 20, 1, '+', 0, 0 };
	struct mib_value value = { 0 };

	mib_rig_fill();
	replica_set_uptime(&mib_rig.replica, 1000, 25 * US_PER_S);
	mib_rig_check_text("cardeaDeviceName", 0, "Lobby");
	mib_rig_check_text("cardeaDoorName", 1, "Front door");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorModeState", 1), 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorReason", 1), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorPositionState", 1), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorLockState", 1), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorAlarmState", 1), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorWarning", 1), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorLastChange", 1), 500);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorTableLastChange", 0), 500);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorGrantedCount", 1), 7);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorCommand", 1), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderDoor", 3), 2);
	mib_rig_check_text("cardeaReaderModel", 3, "1");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaActiveAlarms", 0), 1);
	struct mib_oid oid = mib_rig_oid("cardeaDoorLastChangeTime", 1);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.size, sizeof(time));
	CU_ASSERT_EQUAL(memcmp(value.bytes, time, sizeof(time)), 0);
}

static void
test_points_inputs_and_outputs_are_read_as_they_are(void)
{
	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputState", 2), 6);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputSupervision", 2), 5);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputNormal", 2), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputResistance", 2), 7000);
	CU_ASSERT_EQUAL((int64_t) mib_rig_number("cardeaInputDeviation", 2), -127);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputActive", 5), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputClosed", 5), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputWorks", 5), 1);
	/* Lock relay 1 and the REX of door 1, which does not work. */
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointMaxCurrent", 7001), 4000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointWorks", 7001), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointWorks", 2001), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaMaxDoors", 0), 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaMaxReaders", 0), 8);
	mib_rig_check_text("cardeaModuleInputs", 16, "active cut");
	mib_rig_check_text("cardeaModuleOutputs", 16, "active inactive");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleAddress", 16), 9);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleSecurity", 16), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPoweredBy", 0), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaSourceState", 1), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaSourceVoltage", 2), 48000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaRailState", BUDGET_READERS), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaLedFirst", 8), 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaLedSecondTime", 8), 2000);
	CU_ASSERT_EQUAL((int64_t) mib_rig_number("cardeaTemperature", 0), -5500);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaCasingIsOpen", 0), 1);
	/* The relay at 12 V on PoE: 150 mA. */
	CU_ASSERT_EQUAL(mib_rig_number("cardeaLimitCurrent", 12), 150);
}

static void
test_a_change_before_the_masters_start_is_stamped_zero(void)
{
	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorLastChange", 1), 0);
	replica_set_uptime(&mib_rig.replica, 100, 25 * US_PER_S);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorLastChange", 1), 0);
}

static void
test_floors_decisions_and_fire_are_read_as_they_are(void)
{
	struct mib_oid oid = mib_rig_oid("cardeaDeniedCount", 1);
	struct mib_value value = { 0 };

	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaFloorState", 2), 3);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaFloorGrantedCount", 2), 4);
	mib_rig_check_text("cardeaFloorReason", 2, "");
	mib_rig_update("module.16", "{\"name\":\"Lift\",\"online\":false,\"outputs\":[]}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaFloorState", 2), 1);
	mib_rig_check_text("cardeaFloorReason", 2, "module 16 does not answer");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAccessGrantedCount", 0), 11);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaAccessDeniedCount", 0), 2);
	oid.sub[oid.length++] = REASON_UNAUTHORIZED;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.number, 2);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaFireAlarm", 0), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaFireInputActive", 0), 2);
}

static void
test_the_log_its_followers_and_servers_are_read_as_they_are(void)
{
	struct mib_oid oid = mib_rig_oid("cardeaFollowerLag", 's');
	struct mib_value value = { 0 };

	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaLogStored", 0), 100);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaLogSignedSeq", 0), 100);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerState", 1), 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerLag", 1), 50);
	mib_rig_check_text("cardeaServerReason", 1, "refused");
	for (const char *c = "nmp"; *c; c++)
		oid.sub[oid.length++] = (unsigned char) *c;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	CU_ASSERT_EQUAL(value.number, 0);
	/* IMPLIED: the longer name comes behind the shorter one that it begins with. */
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &oid, false, &oid, &value), 0);
	CU_ASSERT_EQUAL(oid.sub[oid.length - 1], 'x');
	CU_ASSERT_EQUAL(value.number, 119);
	mib_rig_update("syslog.1", "{\"state\":\"stopped\",\"age_s\":60,\"is_behind\":true}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerState", 1), 6);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerAge", 1), 60);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerIsBehind", 1), 1);
}

static void
test_the_journal_of_a_log_server_has_columns_of_its_own(void)
{
	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalState", 1), 1);
	mib_rig_update("syslog.1",
		       "{\"name\":\"Collector\",\"state\":\"up\",\"journal\":{\"state\":\"down\","
		       "\"is_reading\":true,\"is_behind\":true,\"lag\":7,\"age_s\":90,"
		       "\"sent\":12,\"errors\":5,\"last_error\":\"no route\","
		       "\"last_success_us\":1790000000123456}}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerState", 1), 4);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalState", 1), 5);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalIsReading", 1), 1);
	mib_rig_check_text("cardeaServerJournalReason", 1, "no route");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalLag", 1), 7);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalAge", 1), 90);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalIsBehind", 1), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalSent", 1), 12);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServerJournalErrors", 1), 5);
	/* It takes events. */
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServersDown", 0), 0);
}

static void
test_the_worst_of_all_parts_is_the_controllers_health(void)
{
	mib_rig_fill();
	mib_rig_update("syslog.1", "{\"state\":\"down\"}");
	/* Door 1 is held open, the fire alarm stands, a log server is down, and so on. */
	CU_ASSERT_EQUAL(mib_rig_number("cardeaWorstHealth", 0), HEALTH_FAILED);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaHealthState", HEALTH_DOORS + 1), HEALTH_WARNING);
	mib_rig_check_text("cardeaHealthReason", HEALTH_DOORS + 1, "Front door is held open");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorsInAlarm", 0), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputsInFault", 0), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointsInFault", 0), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaServersDown", 0), 1);
	mib_rig_check_text("cardeaHealthReason", HEALTH_POINTS + 1,
			   "door1.rex does not work: gone");
	mib_rig_check_text("cardeaHealthReason", HEALTH_FIRE + 1, "there is a fire alarm");
	mib_rig_update("fire", "{\"input\":2,\"active\":false,\"latched\":false}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaHealthState", HEALTH_FIRE + 1), HEALTH_GOOD);
	mib_rig_update("control", "{\"online\":false}");
	mib_rig_check_text("cardeaWorstReason", 0, "door control does not answer");
}

static void
test_words_and_types_that_nobody_knows_become_unknown(void)
{
	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorPositionState", 64), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorModeState", 64), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorReason", 64), 1);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaDoorAlarmState", 64), 1);
	mib_rig_update("door.64", "[1]");
	struct mib_oid oid = mib_rig_oid("cardeaDoorName", 64);
	struct mib_value value;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	mib_rig_update("door.65", mib_rig_door);
	mib_rig_update("door.0", mib_rig_door);
	mib_rig_update("door.1x", mib_rig_door);
	mib_rig_update("door.99999999999999999999", mib_rig_door);
}

static void
test_get_tells_a_missing_object_from_a_missing_instance(void)
{
	struct mib_oid oid = mib_rig_oid("cardeaDoorName", 2);
	struct mib_value value;

	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	oid.sub[oid.length - 1] = UINT32_MAX;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	oid.length--;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	oid = mib_rig_oid("cardeaDoorName", 1);
	oid.sub[oid.length++] = 1;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	oid = mib_rig_oid("cardeaDoorIndex", 1);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENOENT);
	oid = (struct mib_oid){ 7, { MIB_ENTERPRISE } };
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENOENT);
}

/* As it must be: each table's rows, looked for one by one, times its columns. */
static size_t
count_instances(void)
{
	size_t count = 0;

	for (size_t i = 0; i < mib_table_count; i++) {
		const struct mib_table *table = mib_tables[i];
		size_t rows = table->rows ? table->rows->count(&mib_rig.replica) : 0;
		if (table->root != MIB_CARDEA)
			continue;
		for (uint32_t row = table->first_row; !table->rows && row <= table->last_row; row++)
			rows += table->find(&mib_rig.replica, row) != NULL;
		count += rows * table->count;
	}
	return count;
}

static void
test_a_walk_rises_strictly_and_reads_back_what_get_reads(void)
{
	struct mib_oid at = { 7, { MIB_ENTERPRISE } };
	struct mib_value value;
	size_t count = 0;

	mib_rig_fill();
	for (;;) {
		struct mib_oid before = at;
		struct mib_value again = { 0 };
		if (mib_next(&mib_rig.replica, &before, false, &at, &value) < 0)
			break;
		CU_ASSERT_TRUE_FATAL(mib_oid_compare(&at, &before) > 0);
		CU_ASSERT_EQUAL_FATAL(mib_get(&mib_rig.replica, &at, &again), 0);
		CU_ASSERT_EQUAL(again.number, value.number);
		count++;
	}
	CU_ASSERT_EQUAL(count, count_instances());
}

static void
test_getnext_goes_on_from_between_instances(void)
{
	struct mib_oid from = mib_rig_oid("cardeaDoorName", 1);
	struct mib_oid expected = mib_rig_oid("cardeaDoorName", 64);
	struct mib_oid at;
	struct mib_value value;

	mib_rig_fill();
	from.sub[from.length++] = 0;
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &from, true, &at, &value), 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &expected, true, &at, &value), 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	expected.sub[expected.length - 1] = UINT32_MAX;
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &expected, false, &at, &value), 0);
	expected = mib_rig_oid("cardeaDoorModeState", 1);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
	from = (struct mib_oid){ 1, { 2 } };
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &from, false, &at, &value), -ENOENT);
	from = (struct mib_oid){ 7, { MIB_ENTERPRISE } };
	CU_ASSERT_EQUAL(mib_next(&mib_rig.replica, &from, false, &at, &value), 0);
	expected = mib_rig_oid("cardeaDeviceName", 0);
	CU_ASSERT_EQUAL(mib_oid_compare(&at, &expected), 0);
}

static void
test_every_table_lies_in_a_subtree_that_is_registered(void)
{
	for (size_t t = 0; t < mib_table_count; t++) {
		struct mib_place place = { .table = mib_tables[t],
					   .column = mib_tables[t]->columns };
		struct mib_oid oid;
		size_t found = 0;
		mib_place_oid(&place, &oid);
		for (size_t i = 0; i < mib_subtree_count; i++) {
			const struct mib_oid *root = &mib_subtrees[i].oid;
			found += oid.length > root->length &&
				 !memcmp(oid.sub, root->sub, root->length * sizeof(*root->sub));
		}
		CU_ASSERT_EQUAL(found, 1);
	}
}

static void
test_a_snapshot_removes_rows_that_it_does_not_mention(void)
{
	struct mib_oid oid = mib_rig_oid("cardeaDoorName", 1);
	struct mib_value value;

	mib_rig_fill();
	replica_lost(&mib_rig.replica);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaStateCurrent", 0), 2);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	replica_begin(&mib_rig.replica);
	mib_rig_update("door.64", mib_rig_door);
	replica_end(&mib_rig.replica);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaStateCurrent", 0), 1);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
	mib_rig_check_text("cardeaDoorName", 64, "Front door");
	replica_update(&mib_rig.replica, "door.64", NULL);
	oid.sub[oid.length - 1] = 64;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), -ENXIO);
}

static void
test_long_text_is_cut_between_characters(void)
{
	char text[400];
	struct mib_value value;

	memset(text, 'x', sizeof(text));
	memcpy(text + MIB_TEXT_MAX - 1, "\xc3\xa4", 2);
	text[sizeof(text) - 1] = 0;
	mib_set_text(&value, text);
	CU_ASSERT_EQUAL(value.size, MIB_TEXT_MAX - 1);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_get_answers_what_the_replica_holds),
		TAP(test_points_inputs_and_outputs_are_read_as_they_are),
		TAP(test_a_change_before_the_masters_start_is_stamped_zero),
		TAP(test_floors_decisions_and_fire_are_read_as_they_are),
		TAP(test_the_log_its_followers_and_servers_are_read_as_they_are),
		TAP(test_the_journal_of_a_log_server_has_columns_of_its_own),
		TAP(test_the_worst_of_all_parts_is_the_controllers_health),
		TAP(test_words_and_types_that_nobody_knows_become_unknown),
		TAP(test_get_tells_a_missing_object_from_a_missing_instance),
		TAP(test_a_walk_rises_strictly_and_reads_back_what_get_reads),
		TAP(test_getnext_goes_on_from_between_instances),
		TAP(test_every_table_lies_in_a_subtree_that_is_registered),
		TAP(test_a_snapshot_removes_rows_that_it_does_not_mention),
		TAP(test_long_text_is_cut_between_characters),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
