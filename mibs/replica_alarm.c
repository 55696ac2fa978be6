#include "mibs/replica_alarm.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"
#include "mibs/mib.h"

enum replica_perceived
replica_perceived_of(unsigned severity)
{
	static const enum replica_perceived perceived[] = {
		PERCEIVED_CRITICAL, PERCEIVED_CRITICAL, PERCEIVED_MAJOR,
		PERCEIVED_MINOR,    PERCEIVED_WARNING,
	};

	return severity < ARRAY_LEN(perceived) ? perceived[severity] : PERCEIVED_INDETERMINATE;
}

/* The numbers of CardeaAlarmSeverity are not in the order of badness. */
static unsigned char
worst_of(const uint32_t by_severity[PERCEIVED_COUNT])
{
	static const unsigned char order[] = { PERCEIVED_CRITICAL, PERCEIVED_MAJOR, PERCEIVED_MINOR,
					       PERCEIVED_WARNING, PERCEIVED_INDETERMINATE };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (by_severity[order[i]])
			return order[i];
	return PERCEIVED_CLEARED;
}

static void
changed(struct replica_alarms *alarms)
{
	memset(alarms->by_severity, 0, sizeof(alarms->by_severity));
	for (size_t i = 0; i < alarms->count; i++)
		alarms->by_severity[alarms->rows[i].perceived]++;
	alarms->worst = worst_of(alarms->by_severity);
	alarms->stand = (uint32_t) alarms->count;
	alarms->changed_mono_us = clock_mono_us();
}

void
replica_alarms_init(struct replica_alarms *alarms)
{
	*alarms = (struct replica_alarms){ .worst = PERCEIVED_CLEARED };
	replica_command_init(&alarms->command);
}

/* How many have a smaller id. */
static size_t
position_of(const struct replica_alarms *alarms, uint32_t id)
{
	size_t low = 0;
	size_t high = alarms->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (alarms->rows[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct replica_alarm *
replica_alarms_from(const struct replica_alarms *alarms, uint32_t id)
{
	size_t position = position_of(alarms, id);

	return position < alarms->count ? &alarms->rows[position] : NULL;
}

static void
take_out(struct replica_alarms *alarms, size_t position)
{
	alarms->count--;
	memmove(&alarms->rows[position], &alarms->rows[position + 1],
		(alarms->count - position) * sizeof(alarms->rows[0]));
	alarms->cleared++;
	alarms->cleared_mono_us = clock_mono_us();
}

/* The row of this id, made when it is new; NULL when there is no room. */
static struct replica_alarm *
make_room(struct replica_alarms *alarms, uint32_t id)
{
	size_t position = position_of(alarms, id);
	struct replica_alarm *row = &alarms->rows[position];

	if (position < alarms->count && row->id == id)
		return row;
	if (alarms->count == REPLICA_ALARMS)
		return NULL;
	memmove(row + 1, row, (alarms->count - position) * sizeof(*row));
	alarms->count++;
	alarms->raised++;
	alarms->raised_mono_us = clock_mono_us();
	return row;
}

static void
fill(struct replica_alarm *row, uint32_t id, const json_t *value, unsigned snapshot)
{
	unsigned severity = (unsigned) json_integer_or(value, "severity", 7);
	const char *kind = json_string_or(value, "kind", "");
	struct mib_value time;

	*row = (struct replica_alarm){
		.id = id,
		.full_seq = (uint64_t) json_integer_or(value, "seq", id),
		.seq = (uint32_t) json_integer_or(value, "seq", id),
		.snapshot = snapshot,
		.row = events_find_name(kind),
		.severity = severity,
		.perceived = (unsigned char) replica_perceived_of(severity),
		.door = (uint32_t) json_integer_or(value, "door", 0),
		.time_us = (uint64_t) json_integer_or(value, "time_us", 0),
	};
	mib_set_time(&time, row->time_us);
	memcpy(row->time, time.bytes, sizeof(row->time));
	(void) copy_string(row->kind, sizeof(row->kind), kind);
	(void) copy_string(row->source, sizeof(row->source), json_string_or(value, "source", ""));
	(void) copy_string(row->actor, sizeof(row->actor), json_string_or(value, "actor", ""));
	(void) copy_string(row->reason, sizeof(row->reason), json_string_or(value, "reason", ""));
	(void) copy_string(row->text, sizeof(row->text), json_string_or(value, "text", ""));
}

bool
replica_alarms_update(struct replica_alarms *alarms, const char *key, const json_t *value,
		      unsigned snapshot)
{
	char *end;

	if (strncmp(key, "alarm.", 6) != 0)
		return false;
	uint32_t id = (uint32_t) strtoull(key + 6, &end, 10);
	if (*end || !id)
		return true;
	size_t position = position_of(alarms, id);
	bool is_there = position < alarms->count && alarms->rows[position].id == id;
	if (json_is_object(value)) {
		struct replica_alarm *row = make_room(alarms, id);
		if (!row) {
			alarms->overflown++;
			return true;
		}
		fill(row, id, value, snapshot);
	} else if (is_there) {
		take_out(alarms, position);
	}
	changed(alarms);
	return true;
}

void
replica_alarms_end(struct replica_alarms *alarms, unsigned snapshot)
{
	size_t before = alarms->count;

	for (size_t i = alarms->count; i-- > 0;)
		if (alarms->rows[i].snapshot != snapshot)
			take_out(alarms, i);
	if (alarms->count != before)
		changed(alarms);
}
