/*
 * How far behind a log server is, with the event log or with the journal, and the alarm of it: it
 * begins above a limit of the log server's object, and ends when everything but the newest has
 * arrived, or when nothing is sent any more.
 */
#ifndef AGENT_STORE_LOG_LAG_H
#define AGENT_STORE_LOG_LAG_H

#include <jansson.h>

#include "agent/store_log.h"

struct log_lag {
	bool is_on; /* something is sent */
	uint64_t count;
	uint64_t age_s; /* of the oldest */
};

struct log_lag_alarm {
	enum event_kind behind;
	enum event_kind caught_up;
	bool stands; /* and an event has said so */
};

/* Seconds since a wall time; 0 for none, or one that is to come. */
uint64_t log_lag_age_s(uint64_t since_us);
/* doc is of the kind log_server. What changes is an event of source. */
void log_lag_watch(struct store_log *log, const char *source, const json_t *doc,
		   const struct log_lag *lag, struct log_lag_alarm *alarm);

#endif
