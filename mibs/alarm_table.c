/* The alarms that stand, and how many of them. */
#include "lib/util.h"
#include "mibs/table.h"

#define ALARM(m)     offsetof(struct replica_alarm, m)
#define ALARMS(m)    offsetof(struct replica_alarms, m)
#define SEVERITY(of) (ALARMS(by_severity) + (of) * sizeof(uint32_t))

static void
get_object(const struct replica *replica, const struct mib_column *column UNUSED, const void *row,
	   struct mib_value *value)
{
	const struct replica_alarm *alarm = row;

	mib_set_row_of(replica, alarm->source, value);
}

static const struct mib_column alarm_columns[] = {
	{ 2, "cardeaAlarmSeverityNow", MIB_INTEGER, false, mib_get_enum, ALARM(perceived) },
	{ 3, "cardeaAlarmRaised", MIB_OCTETS, false, mib_get_time, ALARM(time_us) },
	{ 4, "cardeaAlarmKind", MIB_OCTETS, false, mib_get_text, ALARM(kind) },
	{ 5, "cardeaAlarmSource", MIB_OCTETS, false, mib_get_text, ALARM(source) },
	{ 6, "cardeaAlarmText", MIB_OCTETS, false, mib_get_text, ALARM(text) },
	{ 7, "cardeaAlarmDoor", MIB_UNSIGNED, false, mib_get_count, ALARM(door) },
	{ 8, "cardeaAlarmObject", MIB_OBJECT_ID, false, get_object, 0 },
	{ 9, "cardeaAlarmEventNumber", MIB_UNSIGNED, false, mib_get_count, ALARM(seq) },
};

static const struct mib_column scalar_columns[] = {
	{ 2, "cardeaAlarmWorst", MIB_INTEGER, false, mib_get_enum, ALARMS(worst) },
	{ 3, "cardeaAlarmCriticalCount", MIB_UNSIGNED, false, mib_get_count,
	  SEVERITY(PERCEIVED_CRITICAL) },
	{ 4, "cardeaAlarmMajorCount", MIB_UNSIGNED, false, mib_get_count,
	  SEVERITY(PERCEIVED_MAJOR) },
	{ 5, "cardeaAlarmMinorCount", MIB_UNSIGNED, false, mib_get_count,
	  SEVERITY(PERCEIVED_MINOR) },
	{ 6, "cardeaAlarmWarningCount", MIB_UNSIGNED, false, mib_get_count,
	  SEVERITY(PERCEIVED_WARNING) },
	{ 7, "cardeaAlarmIndeterminateCount", MIB_UNSIGNED, false, mib_get_count,
	  SEVERITY(PERCEIVED_INDETERMINATE) },
	{ 8, "cardeaAlarmsRaised", MIB_COUNTER32, false, mib_get_count, ALARMS(raised) },
	{ 9, "cardeaAlarmsCleared", MIB_COUNTER32, false, mib_get_count, ALARMS(cleared) },
	{ 10, "cardeaAlarmTableLastChange", MIB_TICKS, false, mib_get_stamp,
	  ALARMS(changed_mono_us) },
	{ 11, "cardeaAlarmResend", MIB_INTEGER, true, mib_get_enum, ALARMS(command.command),
	  MIB_PURPOSE_COMMAND },
	{ 12, "cardeaAlarmResendSerial", MIB_INTEGER, true, mib_get_count, ALARMS(command.serial),
	  MIB_PURPOSE_SERIAL },
};

static const char *const commands[] = { NULL, "resend" };

static size_t
count_alarms(const struct replica *replica)
{
	return replica->alarms.count;
}

static const void *
alarm_at(const struct replica *replica, size_t position)
{
	return &replica->alarms.rows[position];
}

static void
index_alarm(const void *row, struct mib_index *ret)
{
	const struct replica_alarm *alarm = row;

	ret->length = 1;
	ret->sub[0] = alarm->id;
}

static const struct mib_rows alarm_rows = { count_alarms, alarm_at, index_alarm };

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->alarms;
}

const struct mib_table mib_alarm_table = {
	.prefix = { 1, 10, 1, 1 },
	.prefix_length = 4,
	.columns = alarm_columns,
	.count = ARRAY_LEN(alarm_columns),
	.rows = &alarm_rows,
};

const struct mib_table mib_alarm_scalars = {
	.prefix = { 1, 10 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
	.command_kind = REPLICA_ALARM_COMMAND,
	.commands = commands,
	.command_count = ARRAY_LEN(commands),
};
