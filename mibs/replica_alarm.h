/*
 * The alarms that stand, of the live objects "alarm.ID"; see replica.h.
 */
#ifndef MIBS_REPLICA_ALARM_H
#define MIBS_REPLICA_ALARM_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/events.h"
#include "mibs/replica_command.h"

#define REPLICA_ALARMS	      512
#define REPLICA_SOURCE_SIZE   48
#define REPLICA_ACTOR_SIZE    96
#define REPLICA_WHY_SIZE      128
#define REPLICA_SENTENCE_SIZE 256

/* CardeaAlarmSeverity */
enum replica_perceived {
	PERCEIVED_CLEARED = 1,
	PERCEIVED_INDETERMINATE,
	PERCEIVED_CRITICAL,
	PERCEIVED_MAJOR,
	PERCEIVED_MINOR,
	PERCEIVED_WARNING,
	PERCEIVED_COUNT,
};

struct replica_alarm {
	uint32_t id; /* the low half, as in notifications */
	uint32_t seq;
	uint64_t full_seq;
	unsigned snapshot;
	const struct event_row *row; /* what raised it */
	unsigned severity;	     /* CardeaSeverity */
	unsigned char perceived;
	uint32_t door;
	uint64_t time_us;
	uint8_t time[11]; /* the same as DateAndTime, which is part of an index */
	char kind[REPLICA_SOURCE_SIZE];
	char source[REPLICA_SOURCE_SIZE];
	char actor[REPLICA_ACTOR_SIZE];
	char reason[REPLICA_WHY_SIZE];
	char text[REPLICA_SENTENCE_SIZE];
};

struct replica_alarms {
	size_t count;
	struct replica_alarm rows[REPLICA_ALARMS]; /* by id */
	uint32_t stand;
	uint32_t by_severity[PERCEIVED_COUNT];
	unsigned char worst;
	uint32_t raised;
	uint32_t cleared;
	uint64_t changed_mono_us;
	uint64_t raised_mono_us; /* when the last one came, and the last one went */
	uint64_t cleared_mono_us;
	uint32_t overflown;		/* those that there was no room for */
	struct replica_command command; /* cardeaAlarmResend */
};

/* RFC 5674, section 3: of a syslog severity. */
enum replica_perceived replica_perceived_of(unsigned severity);

void replica_alarms_init(struct replica_alarms *alarms);
/* Takes a live object, NULL or JSON null for one that is gone; false when it is no alarm. */
bool replica_alarms_update(struct replica_alarms *alarms, const char *key, const json_t *value,
			   unsigned snapshot);
/* A snapshot has ended: those that it did not mention are gone. */
void replica_alarms_end(struct replica_alarms *alarms, unsigned snapshot);
/* The first one with at least this id; NULL when there is none. */
const struct replica_alarm *replica_alarms_from(const struct replica_alarms *alarms, uint32_t id);

#endif
