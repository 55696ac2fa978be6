#include "mibs/replica_event.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "mibs/replica.h"

void
replica_events_init(struct replica_events *events)
{
	*events = (struct replica_events){ .size = REPLICA_EVENTS };
}

static uint32_t
door_of(const json_t *event)
{
	const char *source = json_string_or(event, "source", "");
	int64_t door = json_integer_or(json_object_get(event, "data"), "door", 0);

	if (!door && !strncmp(source, "door.", 5))
		door = strtol(source + 5, NULL, 10);
	return door > 0 && door <= DOORS_MODEL ? (uint32_t) door : 0;
}

static enum replica_perceived
perceived_of(const struct event_row *row)
{
	if (row->alarm_change == ALARM_RAISE)
		return replica_perceived_of(row->severity);
	return row->alarm_change == ALARM_CLEAR || row->kind == EV_ALARM_ENDED
		       ? PERCEIVED_CLEARED
		       : PERCEIVED_INDETERMINATE;
}

bool
replica_event_read(struct replica_event *ret, const json_t *event)
{
	const struct event_row *row = events_find(json_integer_or(event, "number", 0));
	const json_t *data = json_object_get(event, "data");

	if (!row || !row->is_notified)
		return false;
	*ret = (struct replica_event){
		.seq = (uint64_t) json_integer_or(event, "seq", 0),
		.number = (uint32_t) json_integer_or(event, "seq", 0),
		.row = row,
		.time_us = (uint64_t) json_integer_or(event, "time_us", 0),
		.door = door_of(event),
		.alarm = (uint32_t) json_integer_or(data, "alarm", 0),
		.severity = (unsigned char) row->severity,
		.perceived = (unsigned char) perceived_of(row),
	};
	(void) copy_string(ret->source, sizeof(ret->source), json_string_or(event, "source", ""));
	(void) copy_string(ret->actor, sizeof(ret->actor), json_string_or(event, "actor", ""));
	(void) copy_string(ret->reason, sizeof(ret->reason), json_string_or(event, "reason", ""));
	(void) copy_string(ret->text, sizeof(ret->text), json_string_or(event, "text", ""));
	return true;
}

void
replica_event_of(struct replica_event *ret, const struct replica_alarm *alarm)
{
	*ret = (struct replica_event){
		.seq = alarm->full_seq,
		.number = alarm->seq,
		.row = alarm->row,
		.time_us = alarm->time_us,
		.door = alarm->door <= DOORS_MODEL ? alarm->door : 0,
		.alarm = alarm->id,
		.severity = (unsigned char) alarm->severity,
		.perceived = alarm->perceived,
	};
	(void) copy_string(ret->source, sizeof(ret->source), alarm->source);
	(void) copy_string(ret->actor, sizeof(ret->actor), alarm->actor);
	(void) copy_string(ret->reason, sizeof(ret->reason), alarm->reason);
	(void) copy_string(ret->text, sizeof(ret->text), alarm->text);
}

const struct replica_event *
replica_events_at(const struct replica_events *events, size_t position)
{
	return &events->rows[(events->first + position) % REPLICA_EVENTS];
}

void
replica_events_add(struct replica_events *events, const json_t *event)
{
	struct replica_event row;

	if (!replica_event_read(&row, event))
		return;
	if (events->count && row.seq <= replica_events_at(events, events->count - 1)->seq)
		return;
	if (events->count == REPLICA_EVENTS)
		events->first = (events->first + 1) % REPLICA_EVENTS;
	else
		events->count++;
	events->rows[(events->first + events->count - 1) % REPLICA_EVENTS] = row;
}
