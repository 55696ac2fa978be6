#include "lib/door_command.h"
#include "lib/util.h"
#include "mibs/table.h"

/* Of the enumerations of CARDEA-MIB. */
#define GRANT		 2
#define UNLOCK		 4
#define MODE_BLOCKED	 5
#define MODE_LOCKED_DOWN 6

#define MEMBER(m) offsetof(struct replica_door, m)

static const struct mib_column columns[] = {
	{ 2, "cardeaDoorName", MIB_OCTETS, false, mib_get_text, MEMBER(name) },
	{ 3, "cardeaDoorModeState", MIB_INTEGER, false, mib_get_enum, MEMBER(mode) },
	{ 4, "cardeaDoorPositionState", MIB_INTEGER, false, mib_get_enum, MEMBER(position) },
	{ 5, "cardeaDoorLockState", MIB_INTEGER, false, mib_get_enum, MEMBER(lock) },
	{ 6, "cardeaDoorAlarmState", MIB_INTEGER, false, mib_get_enum, MEMBER(alarm) },
	{ 7, "cardeaDoorWarning", MIB_INTEGER, false, mib_get_truth, MEMBER(is_warning) },
	{ 8, "cardeaDoorRequestToExit", MIB_INTEGER, false, mib_get_truth, MEMBER(is_rex) },
	{ 9, "cardeaDoorLastChange", MIB_TICKS, false, mib_get_stamp, MEMBER(changed_mono_us) },
	{ 10, "cardeaDoorLastChangeTime", MIB_OCTETS, false, mib_get_time, MEMBER(changed_us) },
	{ 11, "cardeaDoorGrantedCount", MIB_COUNTER32, false, mib_get_count, MEMBER(granted) },
	{ 12, "cardeaDoorDeniedCount", MIB_COUNTER32, false, mib_get_count, MEMBER(denied) },
	{ 13, "cardeaDoorForcedCount", MIB_COUNTER32, false, mib_get_count, MEMBER(forced) },
	{ 14, "cardeaDoorCommand", MIB_INTEGER, true, mib_get_enum, MEMBER(command.command),
	  MIB_PURPOSE_COMMAND },
	{ 15, "cardeaDoorReason", MIB_INTEGER, false, mib_get_enum, MEMBER(reason) },
	{ 16, "cardeaDoorCommandSerial", MIB_INTEGER, true, mib_get_count, MEMBER(command.serial),
	  MIB_PURPOSE_SERIAL },
	{ 17, "cardeaDoorCommandSeconds", MIB_UNSIGNED, true, mib_get_count,
	  MEMBER(command.seconds), MIB_PURPOSE_SECONDS },
	{ 18, "cardeaDoorCommandNote", MIB_OCTETS, true, mib_get_text, MEMBER(command.note),
	  MIB_PURPOSE_NOTE },
	{ 19, "cardeaDoorLastCommand", MIB_INTEGER, false, mib_get_enum, MEMBER(command.last),
	  MIB_PURPOSE_OUTCOME },
	{ 20, "cardeaDoorCommandResult", MIB_INTEGER, false, mib_get_enum, MEMBER(command.result),
	  MIB_PURPOSE_OUTCOME },
	{ 21, "cardeaDoorCommandRequester", MIB_OCTETS, false, mib_get_text,
	  MEMBER(command.requester), MIB_PURPOSE_OUTCOME },
	{ 22, "cardeaDoorCommandReason", MIB_OCTETS, false, mib_get_text, MEMBER(command.reason),
	  MIB_PURPOSE_OUTCOME },
	{ 23, "cardeaDoorCommandTime", MIB_OCTETS, false, mib_get_time, MEMBER(command.at_us),
	  MIB_PURPOSE_OUTCOME },
	{ 24, "cardeaDoorCommandDeadline", MIB_OCTETS, false, mib_get_time,
	  MEMBER(command.deadline_us), MIB_PURPOSE_OUTCOME },
	{ 25, "cardeaDoorUnlockedUntil", MIB_OCTETS, false, mib_get_time, MEMBER(until_us) },
};

/* Of lib/door_command.h, in the order of CARDEA-MIB's enumeration. */
static const char *const commands[] = { NULL,	      "grant",
					"lock",	      "unlock",
					"release",    "block",
					"lockdown",   "lockdown_release",
					"lock_open",  "lock_open_release",
					"double_lock" };

static const void *
find(const struct replica *replica, uint32_t row)
{
	return replica->doors[row].is_there ? &replica->doors[row] : NULL;
}

/* Nobody is let in where nobody may go: door control would refuse it. */
static bool
is_impossible(const struct replica *replica UNUSED, const void *row, uint32_t command)
{
	const struct replica_door *door = row;

	return command == GRANT && (door->mode == MODE_BLOCKED || door->mode == MODE_LOCKED_DOWN);
}

const struct mib_table mib_door_table = {
	.prefix = { 1, 2, 1, 1 },
	.prefix_length = 4,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find,
	.first_row = 1,
	.last_row = DOORS_MODEL,
	.command_kind = "door",
	.commands = commands,
	.command_count = ARRAY_LEN(commands),
	.lasting_command = UNLOCK,
	.seconds_max = DOOR_UNLOCK_S_MAX,
	.is_impossible = is_impossible,
};
