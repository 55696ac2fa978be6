/*
 * What has been decided since door control started, by door and reason, and which floors were
 * enabled: the live objects "access" and "floor.N".
 */
#ifndef AGENT_DOOR_STATISTICS_H
#define AGENT_DOOR_STATISTICS_H

#include <jansson.h>
#include <stdint.h>

#include "lib/model.h"
#include "lib/reason.h"

struct access_decision;
struct door_role;

struct door_statistics {
	uint32_t granted[DOORS + 1]; /* by door; 0: at cabin readers of lifts */
	uint32_t denied[DOORS + 1][REASON_COUNT];
	uint32_t floors[FLOORS];
};

/* A decision at this door; 0 for floors. */
void door_statistics_note(struct door_role *role, unsigned door,
			  const struct access_decision *decision);
/* There is another table. */
void door_statistics_configure(struct door_role *role);
/* Adds the live objects. */
void door_statistics_live_state(const struct door_role *role, json_t *objects);

#endif
