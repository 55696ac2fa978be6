#include "mibs/standard_alarm.h"

#include <string.h>

#include "lib/util.h"
#include "mibs/replica.h"

enum alarm_state
standard_alarm_state(unsigned char perceived)
{
	static const enum alarm_state states[PERCEIVED_COUNT] = {
		[PERCEIVED_CLEARED] = ALARM_STATE_CLEAR,
		[PERCEIVED_INDETERMINATE] = ALARM_STATE_INDETERMINATE,
		[PERCEIVED_CRITICAL] = ALARM_STATE_CRITICAL,
		[PERCEIVED_MAJOR] = ALARM_STATE_MAJOR,
		[PERCEIVED_MINOR] = ALARM_STATE_MINOR,
		[PERCEIVED_WARNING] = ALARM_STATE_WARNING,
	};

	return perceived < PERCEIVED_COUNT && states[perceived] ? states[perceived]
								: ALARM_STATE_INDETERMINATE;
}

static void
add_model(struct standard_alarms *alarms, const struct event_row *raise,
	  const struct event_row *told, enum alarm_state state)
{
	if (alarms->model_count == ALARM_MODELS_MAX)
		return;
	alarms->models[alarms->model_count++] = (struct alarm_model){
		.raise = raise,
		.notified = told && told->is_notified ? told : NULL,
		.state = state,
	};
}

void
standard_alarms_init(struct standard_alarms *alarms)
{
	*alarms = (struct standard_alarms){ 0 };
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *raise = events_at(i);
		if (raise->alarm_change != ALARM_RAISE)
			continue;
		add_model(alarms, raise, events_find_clear(raise->alarm, strlen(raise->alarm)),
			  ALARM_STATE_CLEAR);
		add_model(alarms, raise, raise,
			  standard_alarm_state(
				  (unsigned char) replica_perceived_of(raise->severity)));
	}
}

/* The standard's times are of tenths of a second. */
static bool
is_behind(const struct replica_alarm *a, const struct replica_alarm *b)
{
	uint64_t x = a->time_us / (US_PER_S / 10);
	uint64_t y = b->time_us / (US_PER_S / 10);

	return x != y ? x > y : a->id > b->id;
}

void
standard_alarms_refresh(struct replica *replica)
{
	struct standard_alarms *alarms = &replica->standard_alarms;
	const struct replica_alarm *rows = replica->alarms.rows;

	/* By id they are nearly in order: only a clock that was set back moves one. */
	alarms->count = 0;
	for (size_t i = 0; i < replica->alarms.count; i++) {
		size_t at = alarms->count++;
		for (; at && is_behind(&rows[alarms->by_time[at - 1]], &rows[i]); at--)
			alarms->by_time[at] = alarms->by_time[at - 1];
		alarms->by_time[at] = (uint16_t) i;
	}
}
