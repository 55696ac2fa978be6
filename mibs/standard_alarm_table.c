/*
 * ALARM-MIB, RFC 3877: the alarms that stand and the model of those that can be, of the one list
 * that has no name. What the other tables of that module would hold is said in docs/snmp.md.
 */
#include <string.h>

#include "lib/util.h"
#include "mibs/entity_private.h"
#include "mibs/lookup.h"

#define ROW_ACTIVE 1
#define ALARM(m)   offsetof(struct replica_alarm, m)
#define ALARMS(m)  offsetof(struct replica_alarms, m)

static void
set_nothing(struct mib_value *value)
{
	static const uint32_t nothing[] = { 0, 0 };

	mib_set_oid(value, nothing, ARRAY_LEN(nothing));
}

static void
get_nothing(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	    const void *row UNUSED, struct mib_value *value)
{
	set_nothing(value);
}

static void
get_zero(const struct replica *replica UNUSED, const struct mib_column *column,
	 const void *row UNUSED, struct mib_value *value)
{
	mib_set_number(value, column->type, 0);
}

static void
get_no_text(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	    const void *row UNUSED, struct mib_value *value)
{
	mib_set_text(value, "");
}

static void
set_notification(struct mib_value *value, const struct event_row *event)
{
	if (!event || !event->is_notified) {
		set_nothing(value);
		return;
	}
	struct mib_oid oid = mib_notification_oid((uint32_t) event->kind);
	mib_set_oid(value, oid.sub, oid.length);
}

/* The model */

static void
get_model_notification(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
		       const void *row, struct mib_value *value)
{
	const struct alarm_model *model = row;

	set_notification(value, model->notified);
}

static void
get_model_description(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
		      const void *row, struct mib_value *value)
{
	const struct alarm_model *model = row;
	char text[96];

	(void) snprintf(text, sizeof(text), "%s%s", model->raise->name,
			model->state == ALARM_STATE_CLEAR ? ": clear" : "");
	mib_set_text(value, text);
}

static void
get_row_status(const struct replica *replica UNUSED, const struct mib_column *column,
	       const void *row UNUSED, struct mib_value *value)
{
	mib_set_number(value, column->type, ROW_ACTIVE);
}

static const struct mib_column model_columns[] = {
	{ 3, "alarmModelNotificationId", MIB_OBJECT_ID, false, get_model_notification, 0 },
	{ 4, "alarmModelVarbindIndex", MIB_UNSIGNED, false, get_zero, 0 },
	{ 5, "alarmModelVarbindValue", MIB_INTEGER, false, get_zero, 0 },
	{ 6, "alarmModelDescription", MIB_OCTETS, false, get_model_description, 0 },
	{ 7, "alarmModelSpecificPointer", MIB_OBJECT_ID, false, get_nothing, 0 },
	{ 8, "alarmModelVarbindSubtree", MIB_OBJECT_ID, false, get_nothing, 0 },
	{ 9, "alarmModelResourcePrefix", MIB_OBJECT_ID, false, get_nothing, 0 },
	{ 10, "alarmModelRowStatus", MIB_INTEGER, false, get_row_status, 0 },
};

static const struct mib_column model_scalar_columns[] = {
	{ 1, "alarmModelLastChanged", MIB_TICKS, false, get_zero, 0 },
};

static size_t
count_all_models(const struct replica *replica)
{
	return replica->standard_alarms.model_count;
}

static const void *
get_model_at(const struct replica *replica, size_t position)
{
	return &replica->standard_alarms.models[position];
}

/* The list's name has no octets. */
static void
index_model(const void *row, struct mib_index *ret)
{
	const struct alarm_model *model = row;

	*ret = (struct mib_index){ 3, { 0, (uint32_t) model->raise->kind, model->state } };
}

/* What stands */

static void
get_alarm_notification(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
		       const void *row, struct mib_value *value)
{
	const struct replica_alarm *alarm = row;

	set_notification(value, alarm->row);
}

/* RFC 3877: of a physical entity, its entPhysicalDescr. */
static void
get_resource(const struct replica *replica, const struct mib_column *column UNUSED, const void *row,
	     struct mib_value *value)
{
	const struct replica_alarm *alarm = row;

	mib_set_row(value, &mib_entity_physical_table, entity_of_source(replica, alarm->source));
}

static void
get_model(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	  const void *row, struct mib_value *value)
{
	const struct replica_alarm *alarm = row;
	struct mib_place place = { .table = &mib_alarm_model_table, .column = model_columns };
	struct mib_oid oid;

	if (!alarm->row || alarm->row->alarm_change != ALARM_RAISE) {
		set_nothing(value);
		return;
	}
	place.index = (struct mib_index){
		3, { 0, (uint32_t) alarm->row->kind, standard_alarm_state(alarm->perceived) }
	};
	mib_place_oid(&place, &oid);
	mib_set_oid(value, oid.sub, oid.length);
}

static void
get_own_row(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	    const void *row, struct mib_value *value)
{
	const struct replica_alarm *alarm = row;

	mib_set_row(value, &mib_alarm_table, alarm->id);
}

static const struct mib_column active_columns[] = {
	{ 4, "alarmActiveEngineID", MIB_OCTETS, false, get_no_text, 0 },
	{ 5, "alarmActiveEngineAddressType", MIB_INTEGER, false, get_zero, 0 },
	{ 6, "alarmActiveEngineAddress", MIB_OCTETS, false, get_no_text, 0 },
	{ 7, "alarmActiveContextName", MIB_OCTETS, false, get_no_text, 0 },
	{ 8, "alarmActiveVariables", MIB_UNSIGNED, false, get_zero, 0 },
	{ 9, "alarmActiveNotificationID", MIB_OBJECT_ID, false, get_alarm_notification, 0 },
	{ 10, "alarmActiveResourceId", MIB_OBJECT_ID, false, get_resource, 0 },
	{ 11, "alarmActiveDescription", MIB_OCTETS, false, mib_get_text, ALARM(text) },
	{ 12, "alarmActiveLogPointer", MIB_OBJECT_ID, false, get_nothing, 0 },
	{ 13, "alarmActiveModelPointer", MIB_OBJECT_ID, false, get_model, 0 },
	{ 14, "alarmActiveSpecificPointer", MIB_OBJECT_ID, false, get_own_row, 0 },
};

static const struct mib_column active_scalar_columns[] = {
	{ 1, "alarmActiveLastChanged", MIB_TICKS, false, mib_get_stamp, ALARMS(changed_mono_us) },
};

static size_t
count_active(const struct replica *replica)
{
	return replica->standard_alarms.count;
}

static const void *
active_at(const struct replica *replica, size_t position)
{
	return &replica->alarms.rows[replica->standard_alarms.by_time[position]];
}

static void
index_active(const void *row, struct mib_index *ret)
{
	const struct replica_alarm *alarm = row;

	ret->length = 0;
	ret->sub[ret->length++] = 0;
	ret->sub[ret->length++] = (uint32_t) sizeof(alarm->time);
	for (size_t i = 0; i < sizeof(alarm->time); i++)
		ret->sub[ret->length++] = alarm->time[i];
	ret->sub[ret->length++] = alarm->id;
}

/* How many */

static const struct mib_column stats_columns[] = {
	{ 1, "alarmActiveStatsActiveCurrent", MIB_UNSIGNED, false, mib_get_count, ALARMS(stand) },
	{ 2, "alarmActiveStatsActives", MIB_UNSIGNED, false, mib_get_count, ALARMS(raised) },
	{ 3, "alarmActiveStatsLastRaise", MIB_TICKS, false, mib_get_stamp, ALARMS(raised_mono_us) },
	{ 4, "alarmActiveStatsLastClear", MIB_TICKS, false, mib_get_stamp,
	  ALARMS(cleared_mono_us) },
};

static const struct mib_column overflow_columns[] = {
	{ 5, "alarmActiveOverflow", MIB_COUNTER32, false, mib_get_count, ALARMS(overflown) },
};

static const struct mib_column clear_columns[] = {
	{ 1, "alarmClearMaximum", MIB_UNSIGNED, false, get_zero, 0 },
};

static const void *
find_alarms(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->alarms;
}

static const struct mib_rows model_rows = { count_all_models, get_model_at, index_model };
static const struct mib_rows active_rows = { count_active, active_at, index_active };

const struct mib_table mib_alarm_model_scalars = {
	.root = MIB_ALARM,
	.prefix = { 1, 1 },
	.prefix_length = 2,
	.columns = model_scalar_columns,
	.count = ARRAY_LEN(model_scalar_columns),
	.find = find_alarms,
};

const struct mib_table mib_alarm_model_table = {
	.root = MIB_ALARM,
	.prefix = { 1, 1, 2, 1 },
	.prefix_length = 4,
	.columns = model_columns,
	.count = ARRAY_LEN(model_columns),
	.rows = &model_rows,
};

const struct mib_table mib_alarm_active_scalars = {
	.root = MIB_ALARM,
	.prefix = { 1, 2 },
	.prefix_length = 2,
	.columns = active_scalar_columns,
	.count = ARRAY_LEN(active_scalar_columns),
	.find = find_alarms,
};

const struct mib_table mib_alarm_active_table = {
	.root = MIB_ALARM,
	.prefix = { 1, 2, 2, 1 },
	.prefix_length = 4,
	.columns = active_columns,
	.count = ARRAY_LEN(active_columns),
	.rows = &active_rows,
};

/* The only row is that of the list without a name, whose index is the length of that. */
const struct mib_table mib_alarm_stats_table = {
	.root = MIB_ALARM,
	.prefix = { 1, 2, 4, 1 },
	.prefix_length = 4,
	.columns = stats_columns,
	.count = ARRAY_LEN(stats_columns),
	.find = find_alarms,
};

const struct mib_table mib_alarm_overflow = {
	.root = MIB_ALARM,
	.prefix = { 1, 2 },
	.prefix_length = 2,
	.columns = overflow_columns,
	.count = ARRAY_LEN(overflow_columns),
	.find = find_alarms,
};

const struct mib_table mib_alarm_clear_scalars = {
	.root = MIB_ALARM,
	.prefix = { 1, 3 },
	.prefix_length = 2,
	.columns = clear_columns,
	.count = ARRAY_LEN(clear_columns),
	.find = find_alarms,
};
