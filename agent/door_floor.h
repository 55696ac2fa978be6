/*
 * Floors of a lift: a decision at a cabin reader enables outputs of expansion modules for a time.
 */
#ifndef AGENT_DOOR_FLOOR_H
#define AGENT_DOOR_FLOOR_H

#include "agent/door_access.h"

struct door_role;

/* Tells the decision and switches its floors; one that can reach no module becomes a denial. */
void door_floor_take(struct door_role *role, const struct access_request *request,
		     struct access_decision *decision);

#endif
