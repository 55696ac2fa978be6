/*
 * What ALARM-MIB (RFC 3877) shows beside CARDEA-MIB's own alarms: the model of every alarm that
 * there can be, and those that stand in the order of the standard's index, which begins with the
 * time. Both live in the replica.
 */
#ifndef MIBS_STANDARD_ALARM_H
#define MIBS_STANDARD_ALARM_H

#include "lib/events.h"
#include "mibs/replica_alarm.h"

/* Two for each kind of event that raises one; a test counts them. */
#define ALARM_MODELS_MAX 192

/* alarmModelState: larger is worse. */
enum alarm_state {
	ALARM_STATE_CLEAR = 1,
	ALARM_STATE_INDETERMINATE,
	ALARM_STATE_WARNING,
	ALARM_STATE_MINOR,
	ALARM_STATE_MAJOR,
	ALARM_STATE_CRITICAL,
};

struct alarm_model {
	const struct event_row *raise;	  /* its number is alarmModelIndex */
	const struct event_row *notified; /* what tells of this state; NULL for nothing */
	enum alarm_state state;
};

struct standard_alarms {
	size_t model_count;
	struct alarm_model models[ALARM_MODELS_MAX];
	size_t count;
	uint16_t by_time[REPLICA_ALARMS]; /* positions in replica_alarms.rows */
};

struct replica;

void standard_alarms_init(struct standard_alarms *alarms);
/* Alarms came or went. */
void standard_alarms_refresh(struct replica *replica);
enum alarm_state standard_alarm_state(unsigned char perceived);

#endif
