/*
 * Works out when a schedule is active. It is at an instant when the clock on the wall of the
 * device's zone then shows a time within it: in the hour that autumn repeats on both passes, in the
 * hour that spring leaves out never. What crosses midnight belongs to the day on which it begins.
 *
 * Pure but for the zone's file, and may run in a worker's thread.
 */
#ifndef AGENT_STORE_SCHEDULE_H
#define AGENT_STORE_SCHEDULE_H

#include <jansson.h>

#include "lib/schedule.h"
#include "lib/zone.h"

/* The most intervals that one schedule may have in a window. */
#define SCHEDULE_INTERVALS_MAX 20000

struct store_schedule_world {
	const char *zone; /* a name, never "": store_schedule_zone() */
	int64_t from_s;
	int64_t to_s; /* exclusive; at most some years behind from_s */
	/* Groups of special days by their number in decimal, as they are stored; NULL: none. */
	const json_t *special_days;
};

/*
 * The intervals of a schedule, as it is stored, within the window; free with free(). -EINVAL: no
 * such zone, or no schedule that model_check() would let pass; -E2BIG: more than
 * SCHEDULE_INTERVALS_MAX. A group that is not there has no days.
 */
int store_schedule_expand(const json_t *schedule, const struct store_schedule_world *world,
			  struct schedule_interval **ret, size_t *ret_count);

/* What the setting time.zone says, or else the machine. */
void store_schedule_zone(const json_t *settings, char name[static ZONE_NAME_SIZE]);

#endif
