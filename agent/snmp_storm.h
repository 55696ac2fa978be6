/*
 * Notifications that anybody at a reader can provoke by the thousand: each kind of them gets a
 * burst and then a slow rate, and what is left out is counted and told in one event. The log has
 * all of them. Pure; times are monotonic microseconds.
 */
#ifndef AGENT_SNMP_STORM_H
#define AGENT_SNMP_STORM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/events.h"

#define STORM_BURST	  20
#define STORM_INTERVAL_US (3 * UINT64_C(1000000))
#define STORM_SUMMARY_US  (10 * UINT64_C(1000000))
#define STORM_KINDS	  4

struct storm {
	struct {
		uint64_t full_us; /* when the bucket would be full again */
		uint64_t since_us;
		uint32_t left_out; /* since the last summary */
	} rows[STORM_KINDS];
};

/* Whether the notification of this event is sent; one that is not is counted. */
bool storm_lets_pass(struct storm *storm, enum event_kind kind, uint64_t now_us);
/* When the next summary is due; UINT64_MAX for none. */
uint64_t storm_deadline_us(const struct storm *storm);
/* A summary that is due: how many of which kind; false for none. It begins anew with the next. */
bool storm_take_summary(struct storm *storm, uint64_t now_us, enum event_kind *ret_kind,
			uint32_t *ret_count);

#endif
