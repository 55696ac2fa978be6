/*
 * Alarms that come and go: each one has a burst and then a slow rate. Beyond it only the last state
 * counts, but that one is always sent, when it is due. Pure; times are monotonic microseconds, of
 * the events.
 */
#ifndef AGENT_SNMP_FLAP_H
#define AGENT_SNMP_FLAP_H

#include <stddef.h>
#include <stdint.h>

#include "lib/events.h"

/* Three times there and gone at once, then a change every ten seconds. */
#define FLAP_BURST	 6
#define FLAP_INTERVAL_US UINT64_C(10000000)
#define FLAP_ALARMS	 128

struct flaps {
	struct {
		uint64_t key;
		uint64_t full_us; /* when the bucket would be full again */
	} rows[FLAP_ALARMS];
};

/* Names an alarm by what it is and what it is about; never 0. */
uint64_t flap_key(const char *alarm, const char *source);
/*
 * How long the notification has to wait; 0: not at all, and it is counted. Where more alarms
 * change at a time than there are rows, the one that is longest at rest is forgotten.
 */
uint64_t flap_wait_us(struct flaps *flaps, uint64_t key, uint64_t event_us);
/* One that had to wait is sent. */
void flap_take(struct flaps *flaps, uint64_t key);

#endif
