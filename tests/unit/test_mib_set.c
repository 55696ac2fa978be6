/* What may be set, and the errors of what may not. */
#include <string.h>

#include "lib/door_command.h"
#include "lib/util.h"
#include "mibs/table.h"
#include "tests/unit/mib_rig.h"

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
test_a_fire_alarm_is_reset_when_its_input_is_normal(void)
{
	struct mib_write write;

	mib_rig_fill();
	CU_ASSERT_EQUAL(set("cardeaFireCommand", 0, MIB_INTEGER, 2, &write), MIB_NO_ERROR);
	CU_ASSERT_STRING_EQUAL(write.name, "reset");
	mib_rig_update("fire", "{\"input\":2,\"active\":true,\"latched\":true}");
	CU_ASSERT_EQUAL(set("cardeaFireCommand", 0, MIB_INTEGER, 2, &write),
			MIB_INCONSISTENT_VALUE);
	CU_ASSERT_EQUAL(set("cardeaFireCommand", 0, MIB_INTEGER, 1, &write), MIB_NO_ERROR);
}

static enum mib_error
set_output(uint32_t module, uint32_t output, int64_t number, struct mib_write *ret)
{
	struct mib_oid oid = mib_rig_oid("cardeaModuleOutputCommand", module);
	struct mib_value value = { .type = MIB_INTEGER, .number = (uint64_t) number };

	oid.sub[oid.length++] = output;
	return mib_check_set(&mib_rig.replica, &oid, &value, ret);
}

static uint64_t
output_state(uint32_t module, uint32_t output)
{
	struct mib_oid oid = mib_rig_oid("cardeaModuleOutputState", module);
	struct mib_value value = { 0 };

	oid.sub[oid.length++] = output;
	return mib_get(&mib_rig.replica, &oid, &value) == 0 ? value.number : 0;
}

static void
test_outputs_of_modules_that_answer_are_commanded_each_by_itself(void)
{
	static const char *const names[] = { NULL, "activate", "deactivate", "toggle", "pulse" };
	struct mib_write write = { 0 };

	mib_rig_fill();
	mib_rig_update("module.1", "{\"online\":false,\"outputs\":[true]}");
	CU_ASSERT_EQUAL(output_state(16, 1), 3);
	CU_ASSERT_EQUAL(output_state(16, 2), 2);
	CU_ASSERT_EQUAL(output_state(16, 3), 0);
	CU_ASSERT_EQUAL(output_state(1, 1), 1);
	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		CU_ASSERT_EQUAL(set_output(16, 2, i + 1, &write), MIB_NO_ERROR);
		CU_ASSERT_STRING_EQUAL(write.kind, REPLICA_MODULE_OUTPUT_COMMAND);
		CU_ASSERT_TRUE(names[i] ? !strcmp(write.name, names[i]) : !write.name);
		CU_ASSERT_EQUAL(write.takes_seconds, i == 4);
	}
	CU_ASSERT_PTR_EQUAL(replica_command_of(&mib_rig.replica, write.kind, write.row),
			    &mib_rig.replica.module_outputs[15 * MODULE_POINTS + 2].command);
	CU_ASSERT_EQUAL(set_output(16, 2, 6, &write), MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set_output(16, 3, 2, &write), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set_output(2, 1, 2, &write), MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set("cardeaModuleOutputCommand", 16, MIB_INTEGER, 2, &write),
			MIB_NO_CREATION);
	CU_ASSERT_EQUAL(set_output(1, 1, 2, &write), MIB_INCONSISTENT_VALUE);
	CU_ASSERT_EQUAL(set_output(1, 1, 1, &write), MIB_NO_ERROR);
	mib_rig_update("module.16", "{}");
	CU_ASSERT_EQUAL(set_output(16, 2, 2, &write), MIB_NO_CREATION);
}

static void
test_the_threat_level_has_a_command_for_each_level(void)
{
	struct mib_write write = { 0 };

	mib_rig_fill();
	for (unsigned level = 0; level <= THREATS; level++) {
		char name[] = "level0";
		name[5] = (char) ('0' + level);
		CU_ASSERT_EQUAL(set("cardeaThreatCommand", 0, MIB_INTEGER, level + 2, &write),
				MIB_NO_ERROR);
		CU_ASSERT_STRING_EQUAL(write.name, name);
		CU_ASSERT_STRING_EQUAL(write.kind, REPLICA_THREAT_COMMAND);
	}
	CU_ASSERT_EQUAL(set("cardeaThreatCommand", 0, MIB_INTEGER, THREATS + 3, &write),
			MIB_WRONG_VALUE);
	CU_ASSERT_EQUAL(set("cardeaThreatLevel", 0, MIB_UNSIGNED, 1, &write), MIB_NOT_WRITABLE);
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

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_set_accepts_commands_of_doors_that_are_there),
		TAP(test_set_accepts_commands_of_outputs_that_are_there),
		TAP(test_what_goes_with_a_command_has_its_ranges),
		TAP(test_a_grant_at_a_blocked_door_is_refused_at_once),
		TAP(test_a_fire_alarm_is_reset_when_its_input_is_normal),
		TAP(test_outputs_of_modules_that_answer_are_commanded_each_by_itself),
		TAP(test_the_threat_level_has_a_command_for_each_level),
		TAP(test_set_refuses_everything_else_with_the_error_of_rfc_3416),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
