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
	CU_ASSERT_EQUAL(mib_rig_number("cardeaActiveAlarms", 0), 3);
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

static uint64_t now_us;

static uint64_t
get_now(void)
{
	return now_us;
}

/* Of the reader, as mib_rig_fill() has it, with another member. */
static void
update_reader(const char *member)
{
	_cleanup_(freep) char *text = xasprintf(
		"{\"door\":2,\"online\":true,\"tamper\":false,\"vendor\":\"5c2623\",\"model\":1,"
		"\"serial\":\"00112233\",\"firmware\":\"1.2.3\",\"polls\":100,\"timeouts\":3,"
		"\"errors\":1,\"cards\":9%s}",
		member);

	mib_rig_update("reader.3", text);
}

static void
test_a_row_and_its_table_change_with_the_state_and_not_with_counters(void)
{
	clock_set_source(get_now);
	now_us = 30 * US_PER_S;
	mib_rig_fill();
	update_reader("");
	replica_set_uptime(&mib_rig.replica, 1000, 20 * US_PER_S);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 2000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputLastChangeUpTime", 2), 2000);
	now_us = 40 * US_PER_S;
	update_reader(",\"polls\":500,\"reply_us\":800,\"since_us\":5");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderPolls", 3), 500);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderReplyDelay", 3), 800);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 2000);
	update_reader(",\"tamper\":true");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderLastChange", 3), 3000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaReaderTableLastChange", 0), 3000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaInputTableLastChange", 0), 2000);
	clock_set_source(NULL);
}

static void
test_a_row_that_goes_and_a_command_are_told_apart_from_state(void)
{
	clock_set_source(get_now);
	now_us = 30 * US_PER_S;
	mib_rig_fill();
	replica_set_uptime(&mib_rig.replica, 1000, 20 * US_PER_S);
	now_us = 50 * US_PER_S;
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleTableLastChange", 0), 2000);
	mib_rig.replica.outputs[5].command.last = 2;
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputTableLastChange", 0), 2000);
	replica_update(&mib_rig.replica, "module.16", NULL);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaModuleTableLastChange", 0), 4000);
	mib_rig_update("board", "{\"online\":true,\"faults\":{}}");
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointLastChange", 2001), 4000);
	CU_ASSERT_EQUAL(mib_rig_number("cardeaPointLastChange", 2002), 2000);
	mib_rig_check_text("cardeaPointReason", 2001, "");
	clock_set_source(NULL);
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
	CU_ASSERT_EQUAL(count, mib_device_table.count + mib_door_scalars.count +
				       2 * mib_door_table.count + mib_reader_table.count +
				       INVENTORY_ROWS * mib_point_table.count +
				       inventory_limit_count() * mib_limit_table.count +
				       mib_point_scalars.count + mib_input_table.count +
				       mib_output_table.count + 2 * mib_source_table.count +
				       mib_rail_table.count + mib_led_table.count +
				       mib_power_scalars.count + mib_module_table.count +
				       mib_reader_scalars.count + mib_input_scalars.count +
				       mib_output_scalars.count + mib_module_scalars.count);
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

static enum mib_error
set(const char *name, uint32_t row, enum mib_type type, int64_t number, struct mib_write *ret)
{
	struct mib_oid oid = mib_rig_oid(name, row);
	struct mib_value value = { .type = type, .number = (uint64_t) number };

	return mib_check_set(&mib_rig.replica, &oid, &value, ret);
}

static void
test_set_accepts_commands_of_doors_that_are_there(void)
{
	struct mib_write command = { 0 };

	mib_rig_fill();
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 64, MIB_INTEGER, 2, &command), MIB_NO_ERROR);
	CU_ASSERT_EQUAL(command.row, 64);
	CU_ASSERT_STRING_EQUAL(command.kind, "door");
	CU_ASSERT_STRING_EQUAL(command.name, "grant");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 3, &command), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(command.name, "lock");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 4, &command), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(command.name, "unlock");
	for (unsigned i = 0; i < DOOR_COMMANDS; i++) {
		CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, i + 2, &command),
				MIB_NO_ERROR);
		CU_ASSERT_STRING_EQUAL(command.name, door_command_names[i]);
	}
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 1, &command), MIB_NO_ERROR);
	CU_ASSERT_PTR_NULL(command.name);
}

static void
test_set_accepts_commands_of_outputs_that_are_there(void)
{
	static const char *const names[] = { NULL, "activate", "deactivate", "toggle", "pulse" };
	struct mib_write command = { 0 };

	mib_rig_fill();
	CU_ASSERT_EQUAL(mib_rig_number("cardeaOutputCommand", 5), 1);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		CU_ASSERT_EQUAL(set("cardeaOutputCommand", 5, MIB_INTEGER, i + 1, &command),
				MIB_NO_ERROR);
		CU_ASSERT_STRING_EQUAL(command.kind, "output");
		CU_ASSERT_EQUAL(command.row, 5);
		CU_ASSERT_TRUE(names[i] ? !strcmp(command.name, names[i]) : !command.name);
	}
	CU_ASSERT_EQUAL(set("cardeaOutputCommand", 5, MIB_INTEGER, 6, &command), MIB_WRONG_VALUE);
	/* An AUX port that is an input has no row. */
	CU_ASSERT_EQUAL(set("cardeaOutputCommand", 9, MIB_INTEGER, 2, &command), MIB_NO_CREATION);
}

static enum mib_error
set_note(const char *name, const char *note, size_t size, struct mib_write *ret)
{
	struct mib_oid oid = mib_rig_oid(name, 1);
	struct mib_value value = { .type = MIB_OCTETS, .size = size };

	memcpy(value.bytes, note, size);
	return mib_check_set(&mib_rig.replica, &oid, &value, ret);
}

static void
test_what_goes_with_a_command_has_its_ranges(void)
{
	struct mib_write write = { 0 };
	char text[MIB_NOTE_MAX + 1];

	mib_rig_fill();
	memset(text, 'x', sizeof(text));
	CU_ASSERT_EQUAL(set("cardeaDoorCommandSerial", 1, MIB_INTEGER, INT32_MAX, &write),
			MIB_NO_ERROR);
	CU_ASSERT_EQUAL(write.purpose, MIB_PURPOSE_SERIAL);
	CU_ASSERT_EQUAL(write.number, INT32_MAX);
	CU_ASSERT_EQUAL(set("cardeaDoorCommandSerial", 1, MIB_INTEGER, -1, &write),
			MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommandSerial", 1, MIB_UNSIGNED, 1, &write), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommandSeconds", 1, MIB_UNSIGNED, DOOR_UNLOCK_S_MAX, &write),
			MIB_NO_ERROR);
	CU_ASSERT_EQUAL(
		set("cardeaDoorCommandSeconds", 1, MIB_UNSIGNED, DOOR_UNLOCK_S_MAX + 1, &write),
		MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaOutputCommandSeconds", 5, MIB_UNSIGNED, 3601, &write),
			MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set_note("cardeaDoorCommandNote", text, MIB_NOTE_MAX, &write),
			MIB_NO_ERROR);
	CU_ASSERT_EQUAL(strlen(write.note), MIB_NOTE_MAX);
	CU_ASSERT_EQUAL(set_note("cardeaDoorCommandNote", text, MIB_NOTE_MAX + 1, &write),
			MIB_WRONG_LENGTH);
	CU_ASSERT_EQUAL(set_note("cardeaDoorCommandNote", "a\nb", 3, &write), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set_note("cardeaDoorCommandNote", "\xff", 1, &write), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set_note("cardeaDoorCommandNote", "", 0, &write), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(write.note, "");
}

static void
test_a_grant_at_a_blocked_door_is_refused_at_once(void)
{
	struct mib_write write;

	mib_rig_fill();
	mib_rig_update("door.1", "{\"mode\":\"blocked\"}");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 2, &write),
			MIB_INCONSISTENT_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 5, &write), MIB_NO_ERROR);
	mib_rig_update("door.1", "{\"mode\":\"locked_down\"}");
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 2, &write),
			MIB_INCONSISTENT_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 4, &write), MIB_NO_ERROR);
	CU_ASSERT_TRUE(write.takes_seconds);
}

static void
test_set_refuses_everything_else_with_the_error_of_rfc_3416(void)
{
	struct mib_write command;

	mib_rig_fill();
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 0, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, 12, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_INTEGER, -1, &command), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_OCTETS, 2, &command), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 1, MIB_OTHER, 2, &command), MIB_WRONG_TYPE);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 2, MIB_INTEGER, 2, &command), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set("cardeaDoorCommand", 65, MIB_INTEGER, 2, &command), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set("cardeaDoorName", 1, MIB_OCTETS, 0, &command), MIB_NOT_WRITABLE);
	CU_ASSERT_EQUAL(set("cardeaDoorIndex", 1, MIB_INTEGER, 1, &command), MIB_NO_CREATION);
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
		TAP(test_a_row_and_its_table_change_with_the_state_and_not_with_counters),
		TAP(test_a_row_that_goes_and_a_command_are_told_apart_from_state),
		TAP(test_words_and_types_that_nobody_knows_become_unknown),
		TAP(test_get_tells_a_missing_object_from_a_missing_instance),
		TAP(test_a_walk_rises_strictly_and_reads_back_what_get_reads),
		TAP(test_getnext_goes_on_from_between_instances),
		TAP(test_every_table_lies_in_a_subtree_that_is_registered),
		TAP(test_set_accepts_commands_of_doors_that_are_there),
		TAP(test_set_accepts_commands_of_outputs_that_are_there),
		TAP(test_what_goes_with_a_command_has_its_ranges),
		TAP(test_a_grant_at_a_blocked_door_is_refused_at_once),
		TAP(test_set_refuses_everything_else_with_the_error_of_rfc_3416),
		TAP(test_a_snapshot_removes_rows_that_it_does_not_mention),
		TAP(test_long_text_is_cut_between_characters),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
