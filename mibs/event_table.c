/* The last events. */
#include <string.h>

#include "lib/util.h"
#include "mibs/table.h"

#define EVENT(m) offsetof(struct replica_event, m)

static void
get_kind(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	 const void *row, struct mib_value *value)
{
	const struct replica_event *event = row;

	mib_set_text(value, event->row->name);
}

static void
get_actor(const struct replica *replica UNUSED, const struct mib_column *column UNUSED,
	  const void *row, struct mib_value *value)
{
	const struct replica_event *event = row;

	mib_set_actor(value, event->actor);
}

static void
get_object(const struct replica *replica, const struct mib_column *column UNUSED, const void *row,
	   struct mib_value *value)
{
	const struct replica_event *event = row;

	mib_set_row_of(replica, event->source, value);
}

static const struct mib_column event_columns[] = {
	{ 2, "cardeaEventEntrySeverity", MIB_INTEGER, false, mib_get_enum, EVENT(severity) },
	{ 3, "cardeaEventEntryTime", MIB_OCTETS, false, mib_get_time, EVENT(time_us) },
	{ 4, "cardeaEventEntryKind", MIB_OCTETS, false, get_kind, 0 },
	{ 5, "cardeaEventEntrySource", MIB_OCTETS, false, mib_get_text, EVENT(source) },
	{ 6, "cardeaEventEntryActor", MIB_OCTETS, false, get_actor, 0 },
	{ 7, "cardeaEventEntryReason", MIB_OCTETS, false, mib_get_text, EVENT(reason) },
	{ 8, "cardeaEventEntryText", MIB_OCTETS, false, mib_get_text, EVENT(text) },
	{ 9, "cardeaEventEntryDoor", MIB_UNSIGNED, false, mib_get_count, EVENT(door) },
	{ 10, "cardeaEventEntryAlarm", MIB_UNSIGNED, false, mib_get_count, EVENT(alarm) },
	{ 11, "cardeaEventEntryObject", MIB_OBJECT_ID, false, get_object, 0 },
	{ 12, "cardeaEventEntryAlarmSeverity", MIB_INTEGER, false, mib_get_enum, EVENT(perceived) },
};

static uint32_t
number_at(const struct replica_events *events, size_t position)
{
	return events->count ? replica_events_at(events, position)->number : 0;
}

static void
get_oldest(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	   struct mib_value *value)
{
	mib_set_number(value, column->type, number_at(&replica->events, 0));
}

static void
get_newest(const struct replica *replica, const struct mib_column *column, const void *row UNUSED,
	   struct mib_value *value)
{
	const struct replica_events *events = &replica->events;

	mib_set_number(value, column->type,
		       number_at(events, events->count ? events->count - 1 : 0));
}

static const struct mib_column scalar_columns[] = {
	{ 15, "cardeaEventOldest", MIB_UNSIGNED, false, get_oldest, 0 },
	{ 16, "cardeaEventNewest", MIB_UNSIGNED, false, get_newest, 0 },
	{ 17, "cardeaEventCount", MIB_UNSIGNED, false, mib_get_count,
	  offsetof(struct replica_events, count) },
	{ 18, "cardeaEventTableSize", MIB_UNSIGNED, false, mib_get_count,
	  offsetof(struct replica_events, size) },
};

static size_t
count_events(const struct replica *replica)
{
	return replica->events.count;
}

static const void *
event_at(const struct replica *replica, size_t position)
{
	return replica_events_at(&replica->events, position);
}

static void
index_event(const void *row, struct mib_index *ret)
{
	const struct replica_event *event = row;

	ret->length = 1;
	ret->sub[0] = event->number;
}

static const struct mib_rows event_rows = { count_events, event_at, index_event };

static const void *
find_scalar(const struct replica *replica, uint32_t row UNUSED)
{
	return &replica->events;
}

const struct mib_table mib_event_table = {
	.prefix = { 1, 4, 14, 1 },
	.prefix_length = 4,
	.columns = event_columns,
	.count = ARRAY_LEN(event_columns),
	.rows = &event_rows,
};

const struct mib_table mib_event_scalars = {
	.prefix = { 1, 4 },
	.prefix_length = 2,
	.columns = scalar_columns,
	.count = ARRAY_LEN(scalar_columns),
	.find = find_scalar,
};
