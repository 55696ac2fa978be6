/*
 * The last events of kinds that are notified, by number; see replica.h.
 */
#ifndef MIBS_REPLICA_EVENT_H
#define MIBS_REPLICA_EVENT_H

#include "mibs/replica_alarm.h"

#define REPLICA_EVENTS 512

struct replica_event {
	uint64_t seq;
	const struct event_row *row;
	uint64_t time_us;
	uint32_t number; /* the low half of seq */
	uint32_t door;
	uint32_t alarm;
	unsigned char severity;
	unsigned char perceived;
	char source[REPLICA_SOURCE_SIZE];
	char actor[REPLICA_ACTOR_SIZE];
	char reason[REPLICA_WHY_SIZE];
	char text[REPLICA_SENTENCE_SIZE];
};

struct replica_events {
	size_t first; /* the oldest one's place */
	uint32_t count;
	uint32_t size; /* REPLICA_EVENTS */
	struct replica_event rows[REPLICA_EVENTS];
};

void replica_events_init(struct replica_events *events);
/* What an event is to a manager; false when its kind is not notified. */
bool replica_event_read(struct replica_event *ret, const json_t *event);
/* The event that raised an alarm of a kind that is known, as it may be told once more. */
void replica_event_of(struct replica_event *ret, const struct replica_alarm *alarm);
/* One more of the log; what is not newer than the newest is there already. */
void replica_events_add(struct replica_events *events, const json_t *event);
/* The position-th from the oldest, below the count. */
const struct replica_event *replica_events_at(const struct replica_events *events, size_t position);

#endif
