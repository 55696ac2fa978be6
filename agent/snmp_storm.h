/*
 * How many notifications of one kind may go: each kind has a burst and then a steady rate, a slow
 * one for what anybody at a reader can provoke by the thousand. What is left out is counted and
 * told in one event; the log has all of it. Alarms are not limited here, see snmp_flap.h.
 *
 * Pure; times are monotonic microseconds. What counts is when events happened: those that had to
 * wait are not fewer for coming together.
 */
#ifndef AGENT_SNMP_STORM_H
#define AGENT_SNMP_STORM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/events.h"

#define STORM_BURST		   200
#define STORM_INTERVAL_US	   UINT64_C(50000) /* 20 a second */
#define STORM_STRANGER_BURST	   20
#define STORM_STRANGER_INTERVAL_US UINT64_C(3000000)
#define STORM_SUMMARY_US	   UINT64_C(10000000)

struct storm {
	uint64_t last_us; /* of the events */
	struct {
		uint64_t full_us; /* when the bucket would be full again */
		uint64_t since_us;
		uint32_t left_out; /* since the last summary */
	} kinds[EVENT_KINDS];
};

/* Whether the notification of an event that happened at event_us is sent. */
bool storm_lets_pass(struct storm *storm, const struct event_row *row, uint64_t event_us);
/* One is not sent, for this or another reason. */
void storm_leave_out(struct storm *storm, const struct event_row *row, uint64_t now_us);
/* When the next summary is due; UINT64_MAX for none. */
uint64_t storm_deadline_us(const struct storm *storm);
/* A summary that is due: how many of which kind; false for none. It begins anew with the next. */
bool storm_take_summary(struct storm *storm, uint64_t now_us, enum event_kind *ret_kind,
			uint32_t *ret_count);

#endif
