#include "lib/clock.h"
#include "lib/util.h"
#include "mibs/table.h"

#define MEMBER(m) offsetof(struct replica_device, m)

#define HEALTH(m) offsetof(struct health_row, m)

/* How many things of a part are not well: what NMSs count. */
static void
get_count(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	  struct mib_value *value)
{
	mib_set_number(value, column->type, replica->health.rows[column->offset + 1].count);
}

static void
get_uptime(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	   struct mib_value *value)
{
	uint64_t started_us = replica->device.started_mono_us;
	uint64_t now_us = clock_mono_us();
	uint64_t up_us = started_us && now_us > started_us ? now_us - started_us : 0;

	/* TimeTicks wrap after 497 days. */
	mib_set_number(value, column->type, (uint32_t) (up_us / (US_PER_S / 100)));
}

static void
get_health_name(const struct replica *replica, const struct mib_column *column UNUSED,
		const void *row, struct mib_value *value)
{
	const struct health_row *health = row;

	mib_set_text(value, health_name((enum health_part)(health - replica->health.rows - 1)));
}

static const void *
find_health(const struct replica *replica, uint32_t row)
{
	return &replica->health.rows[row];
}

static const void *
find_all(const struct replica *replica, uint32_t row UNUSED)
{
	return replica;
}

static const struct mib_column health_columns[] = {
	{ 2, "cardeaHealthName", MIB_OCTETS, false, get_health_name, 0 },
	{ 3, "cardeaHealthState", MIB_INTEGER, false, mib_get_enum, HEALTH(state) },
	{ 4, "cardeaHealthReason", MIB_OCTETS, false, mib_get_text, HEALTH(reason) },
	{ 5, "cardeaHealthCount", MIB_UNSIGNED, false, mib_get_count, HEALTH(count) },
	{ 6, "cardeaHealthLastChange", MIB_TICKS, false, mib_get_stamp, HEALTH(stamp.mono_us) },
	{ 7, "cardeaHealthLastChangeTime", MIB_OCTETS, false, mib_get_time, HEALTH(stamp.wall_us) },
};

static const struct mib_column health_scalar_columns[] = {
	{ 24, "cardeaHealthTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  offsetof(struct replica, changed_mono_us[PART_HEALTH]) },
};

static void
get_worst(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	  struct mib_value *value)
{
	mib_set_number(value, column->type, replica->health.worst);
}

static void
get_worst_reason(const struct replica *replica, const struct mib_column *column UNUSED,
		 const void *row UNUSED, struct mib_value *value)
{
	mib_set_text(value, replica->health.reason);
}

static void
get_alarms(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	   struct mib_value *value)
{
	mib_set_number(value, column->type, replica->alarms.stand);
}

static const struct mib_column columns[] = {
	{ 1, "cardeaDeviceName", MIB_OCTETS, false, mib_get_text, MEMBER(name) },
	{ 2, "cardeaDeviceLocation", MIB_OCTETS, false, mib_get_text, MEMBER(location) },
	{ 3, "cardeaDeviceVersion", MIB_OCTETS, false, mib_get_text, MEMBER(version) },
	{ 4, "cardeaStateCurrent", MIB_INTEGER, false, mib_get_truth, MEMBER(is_current) },
	{ 5, "cardeaControlAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_control_online) },
	{ 6, "cardeaBoardAnswers", MIB_INTEGER, false, mib_get_truth, MEMBER(is_board_online) },
	{ 7, "cardeaActiveAlarms", MIB_UNSIGNED, false, get_alarms, 0 },
	{ 8, "cardeaLogHead", MIB_COUNTER64, false, mib_get_number, MEMBER(log_head) },
	{ 9, "cardeaLogDelivered", MIB_COUNTER64, false, mib_get_number, MEMBER(log_delivered) },
	{ 10, "cardeaNotificationsSent", MIB_COUNTER32, false, mib_get_count, MEMBER(sent) },
	{ 11, "cardeaBoardName", MIB_OCTETS, false, mib_get_text, MEMBER(board) },
	{ 12, "cardeaStartTime", MIB_OCTETS, false, mib_get_time, MEMBER(started_us) },
	{ 13, "cardeaUpTime", MIB_TICKS, false, get_uptime, 0 },
	{ 14, "cardeaBootId", MIB_OCTETS, false, mib_get_text, MEMBER(boot) },
	{ 15, "cardeaWorstHealth", MIB_INTEGER, false, get_worst, 0 },
	{ 16, "cardeaWorstReason", MIB_OCTETS, false, get_worst_reason, 0 },
	{ 17, "cardeaDoorsInAlarm", MIB_UNSIGNED, false, get_count, HEALTH_DOORS },
	{ 18, "cardeaReadersInFault", MIB_UNSIGNED, false, get_count, HEALTH_READERS },
	{ 19, "cardeaInputsInFault", MIB_UNSIGNED, false, get_count, HEALTH_INPUTS },
	{ 20, "cardeaPointsInFault", MIB_UNSIGNED, false, get_count, HEALTH_POINTS },
	{ 21, "cardeaModulesInFault", MIB_UNSIGNED, false, get_count, HEALTH_MODULES },
	{ 22, "cardeaServersDown", MIB_UNSIGNED, false, get_count, HEALTH_SERVERS },
};

static const struct mib_column door_columns[] = {
	{ 2, "cardeaDoorTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  MEMBER(doors_changed_mono_us) },
};

static const void *
find_device(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->device;
}

const struct mib_table mib_device_table = {
	.prefix = { 1, 1 },
	.prefix_length = 2,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find_device,
};

const struct mib_table mib_door_scalars = {
	.prefix = { 1, 2 },
	.prefix_length = 2,
	.columns = door_columns,
	.count = ARRAY_LEN(door_columns),
	.find = find_device,
};

const struct mib_table mib_health_table = {
	.prefix = { 1, 1, 23, 1 },
	.prefix_length = 4,
	.columns = health_columns,
	.count = ARRAY_LEN(health_columns),
	.find = find_health,
	.first_row = 1,
	.last_row = HEALTH_PARTS,
};

const struct mib_table mib_health_scalars = {
	.prefix = { 1, 1 },
	.prefix_length = 2,
	.columns = health_scalar_columns,
	.count = ARRAY_LEN(health_scalar_columns),
	.find = find_all,
};
