/* Decisions by door and reason, floors of lifts, and the fire alarm. */
#include <stdio.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/table.h"

#define DENIED(m)     offsetof(struct replica_denied, m)
#define FLOOR(m)      offsetof(struct replica_floor, m)
#define FIRE(m)	      offsetof(struct replica, access.fire.m)
#define ACCESS(m)     offsetof(struct replica, access.m)
#define THREAT(m)     offsetof(struct replica, access.threat_command.m)
#define CHANGED(part) offsetof(struct replica, changed_mono_us[part])

/* cardeaFloorState */
enum { FLOOR_UNKNOWN = 1, FLOOR_OFF, FLOOR_ENABLED };

static const void *
find_all(const struct replica *replica, uint32_t row UNUSED)
{
	return replica;
}

/* Floors */

/* The number-th of the words with blanks between, or "". */
static const char *
word_at(const char *words, uint32_t number, size_t *ret_length)
{
	for (; number > 1 && *words; number--) {
		words += strcspn(words, " ");
		words += *words == ' ';
	}
	*ret_length = strcspn(words, " ");
	return words;
}

static const struct replica_module *
module_of(const struct replica *replica, const struct replica_floor *floor)
{
	return floor->module <= MODULES ? &replica->modules[floor->module] : &replica->modules[0];
}

static void
get_floor_state(const struct replica *replica, const struct mib_column *column, const void *row,
		struct mib_value *value)
{
	const struct replica_floor *floor = row;
	const struct replica_module *module = module_of(replica, floor);
	size_t length;
	const char *word = word_at(module->outputs, floor->output, &length);
	int state = FLOOR_UNKNOWN;

	if (module->is_online && length == strlen("active") && !strncmp(word, "active", length))
		state = FLOOR_ENABLED;
	else if (module->is_online && length)
		state = FLOOR_OFF;
	mib_set_number(value, column->type, (uint64_t) state);
}

static void
get_floor_reason(const struct replica *replica, const struct mib_column *column UNUSED,
		 const void *row, struct mib_value *value)
{
	const struct replica_floor *floor = row;
	const struct replica_module *module = module_of(replica, floor);
	char text[REPLICA_TEXT_SIZE + 32] = "";

	if (!module->is_there)
		(void) snprintf(text, sizeof(text), "module %u is not there", floor->module);
	else if (!module->is_online)
		(void) snprintf(text, sizeof(text), "module %u does not answer%s%s", floor->module,
				*module->cause ? ": " : "", module->cause);
	mib_set_text(value, text);
}

static const struct mib_column floor_columns[] = {
	{ 2, "cardeaFloorName", MIB_OCTETS, false, mib_get_text, FLOOR(name) },
	{ 3, "cardeaFloorModule", MIB_UNSIGNED, false, mib_get_count, FLOOR(module) },
	{ 4, "cardeaFloorOutput", MIB_UNSIGNED, false, mib_get_count, FLOOR(output) },
	{ 5, "cardeaFloorReader", MIB_UNSIGNED, false, mib_get_count, FLOOR(reader) },
	{ 6, "cardeaFloorPulse", MIB_UNSIGNED, false, mib_get_count, FLOOR(pulse_ms) },
	{ 7, "cardeaFloorState", MIB_INTEGER, false, get_floor_state, 0 },
	{ 8, "cardeaFloorReason", MIB_OCTETS, false, get_floor_reason, 0 },
	{ 9, "cardeaFloorGrantedCount", MIB_COUNTER32, false, mib_get_count, FLOOR(granted) },
	{ 10, "cardeaFloorLastChange", MIB_TICKS, false, mib_get_stamp, FLOOR(stamp.mono_us) },
	{ 11, "cardeaFloorLastChangeTime", MIB_OCTETS, false, mib_get_time, FLOOR(stamp.wall_us) },
};

static const void *
find_floor(const struct replica *replica, uint32_t row)
{
	return replica->access.floors[row].is_there ? &replica->access.floors[row] : NULL;
}

const struct mib_table mib_floor_table = {
	.prefix = { 1, 11, 1, 1 },
	.prefix_length = 4,
	.columns = floor_columns,
	.count = ARRAY_LEN(floor_columns),
	.find = find_floor,
	.first_row = 1,
	.last_row = FLOORS,
};

static const struct mib_column floor_scalar_columns[] = {
	{ 2, "cardeaFloorTableLastChange", MIB_TICKS, false, mib_get_stamp, CHANGED(PART_FLOORS) },
};

const struct mib_table mib_floor_scalars = {
	.prefix = { 1, 11 },
	.prefix_length = 2,
	.columns = floor_scalar_columns,
	.count = ARRAY_LEN(floor_scalar_columns),
	.find = find_all,
};

/* Decisions */

static void
get_reason_text(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
		const void *row, struct mib_value *value)
{
	const struct replica_denied *denied = row;

	mib_set_text(value, reason_text((enum reason) denied->reason));
}

static const struct mib_column access_columns[] = {
	{ 1, "cardeaAccessGrantedCount", MIB_COUNTER32, false, mib_get_count, ACCESS(granted) },
	{ 2, "cardeaAccessDeniedCount", MIB_COUNTER32, false, mib_get_count, ACCESS(denied_sum) },
	{ 3, "cardeaAccessIsDegraded", MIB_INTEGER, false, mib_get_truth, ACCESS(is_degraded) },
	{ 4, "cardeaThreatLevel", MIB_UNSIGNED, false, mib_get_count, ACCESS(threat) },
};

const struct mib_table mib_access_scalars = {
	.prefix = { 1, 12 },
	.prefix_length = 2,
	.columns = access_columns,
	.count = ARRAY_LEN(access_columns),
	.find = find_all,
};

static const struct mib_column denied_columns[] = {
	{ 3, "cardeaDeniedReasonText", MIB_OCTETS, false, get_reason_text, 0 },
	{ 4, "cardeaDeniedCount", MIB_COUNTER32, false, mib_get_count, DENIED(count) },
	{ 5, "cardeaDeniedLastChange", MIB_TICKS, false, mib_get_stamp, DENIED(stamp.mono_us) },
	{ 6, "cardeaDeniedLastChangeTime", MIB_OCTETS, false, mib_get_time, DENIED(stamp.wall_us) },
};

static size_t
count_denied(const struct replica *replica UNUSED)
{
	return REPLICA_DENIED;
}

static const void *
denied_at(const struct replica *replica, size_t position)
{
	return &replica->access.denied[position];
}

static void
denied_index(const void *row, struct mib_index *ret)
{
	const struct replica_denied *denied = row;

	*ret = (struct mib_index){ 2, { denied->door, denied->reason } };
}

static const struct mib_rows denied_rows = { count_denied, denied_at, denied_index };

const struct mib_table mib_denied_table = {
	.prefix = { 1, 12, 5, 1 },
	.prefix_length = 4,
	.columns = denied_columns,
	.count = ARRAY_LEN(denied_columns),
	.rows = &denied_rows,
};

static const struct mib_column denied_scalar_columns[] = {
	{ 6, "cardeaDeniedTableLastChange", MIB_TICKS, false, mib_get_stamp, CHANGED(PART_DENIED) },
};

const struct mib_table mib_denied_scalars = {
	.prefix = { 1, 12 },
	.prefix_length = 2,
	.columns = denied_scalar_columns,
	.count = ARRAY_LEN(denied_scalar_columns),
	.find = find_all,
};

/* Threat level */

static const struct mib_column threat_columns[] = {
	{ 7, "cardeaThreatCommand", MIB_INTEGER, true, mib_get_enum, THREAT(command),
	  MIB_PURPOSE_COMMAND },
	{ 8, "cardeaThreatCommandSerial", MIB_INTEGER, true, mib_get_count, THREAT(serial),
	  MIB_PURPOSE_SERIAL },
	{ 9, "cardeaThreatCommandNote", MIB_OCTETS, true, mib_get_text, THREAT(note),
	  MIB_PURPOSE_NOTE },
	{ 10, "cardeaThreatLastCommand", MIB_INTEGER, false, mib_get_enum, THREAT(last),
	  MIB_PURPOSE_OUTCOME },
	{ 11, "cardeaThreatCommandResult", MIB_INTEGER, false, mib_get_enum, THREAT(result),
	  MIB_PURPOSE_OUTCOME },
	{ 12, "cardeaThreatCommandRequester", MIB_OCTETS, false, mib_get_text, THREAT(requester),
	  MIB_PURPOSE_OUTCOME },
	{ 13, "cardeaThreatCommandReason", MIB_OCTETS, false, mib_get_text, THREAT(reason),
	  MIB_PURPOSE_OUTCOME },
	{ 14, "cardeaThreatCommandTime", MIB_OCTETS, false, mib_get_time, THREAT(at_us),
	  MIB_PURPOSE_OUTCOME },
	{ 15, "cardeaThreatCommandDeadline", MIB_OCTETS, false, mib_get_time, THREAT(deadline_us),
	  MIB_PURPOSE_OUTCOME },
};

static const char *const threat_commands[] = { NULL,	 "level0", "level1",
					       "level2", "level3", "level4" };
_Static_assert(ARRAY_LEN(threat_commands) == THREATS + 2, "none, and each level");

const struct mib_table mib_threat_scalars = {
	.prefix = { 1, 12 },
	.prefix_length = 2,
	.columns = threat_columns,
	.count = ARRAY_LEN(threat_columns),
	.find = find_all,
	.command_kind = REPLICA_THREAT_COMMAND,
	.commands = threat_commands,
	.command_count = ARRAY_LEN(threat_commands),
};

/* Fire */

static const struct mib_column fire_columns[] = {
	{ 1, "cardeaFireInput", MIB_UNSIGNED, false, mib_get_count, FIRE(input) },
	{ 2, "cardeaFireInputActive", MIB_INTEGER, false, mib_get_truth, FIRE(is_active) },
	{ 3, "cardeaFireAlarm", MIB_INTEGER, false, mib_get_truth, FIRE(is_latched) },
	{ 4, "cardeaFireLastChange", MIB_TICKS, false, mib_get_stamp, FIRE(stamp.mono_us) },
	{ 5, "cardeaFireLastChangeTime", MIB_OCTETS, false, mib_get_time, FIRE(stamp.wall_us) },
	{ 6, "cardeaFireCommand", MIB_INTEGER, true, mib_get_enum, FIRE(command.command),
	  MIB_PURPOSE_COMMAND },
	{ 7, "cardeaFireCommandSerial", MIB_INTEGER, true, mib_get_count, FIRE(command.serial),
	  MIB_PURPOSE_SERIAL },
	{ 8, "cardeaFireCommandNote", MIB_OCTETS, true, mib_get_text, FIRE(command.note),
	  MIB_PURPOSE_NOTE },
	{ 9, "cardeaFireLastCommand", MIB_INTEGER, false, mib_get_enum, FIRE(command.last),
	  MIB_PURPOSE_OUTCOME },
	{ 10, "cardeaFireCommandResult", MIB_INTEGER, false, mib_get_enum, FIRE(command.result),
	  MIB_PURPOSE_OUTCOME },
	{ 11, "cardeaFireCommandRequester", MIB_OCTETS, false, mib_get_text,
	  FIRE(command.requester), MIB_PURPOSE_OUTCOME },
	{ 12, "cardeaFireCommandReason", MIB_OCTETS, false, mib_get_text, FIRE(command.reason),
	  MIB_PURPOSE_OUTCOME },
	{ 13, "cardeaFireCommandTime", MIB_OCTETS, false, mib_get_time, FIRE(command.at_us),
	  MIB_PURPOSE_OUTCOME },
	{ 14, "cardeaFireCommandDeadline", MIB_OCTETS, false, mib_get_time,
	  FIRE(command.deadline_us), MIB_PURPOSE_OUTCOME },
};

static const char *const fire_commands[] = { NULL, "reset" };

/* Door control would refuse it. */
static bool
is_impossible(const struct replica *replica, const void *row UNUSED, uint32_t command)
{
	const struct replica_fire *fire = &replica->access.fire;

	return command > 1 && (!fire->is_latched || fire->is_active);
}

const struct mib_table mib_fire_scalars = {
	.prefix = { 1, 15 },
	.prefix_length = 2,
	.columns = fire_columns,
	.count = ARRAY_LEN(fire_columns),
	.find = find_all,
	.command_kind = "fire",
	.commands = fire_commands,
	.command_count = ARRAY_LEN(fire_commands),
	.is_impossible = is_impossible,
};
