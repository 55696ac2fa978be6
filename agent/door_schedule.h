/*
 * Schedules that unlock doors: looked up once a second by the wall clock, so that a clock that is
 * set counts at once. No timer of a door runs by it.
 */
#ifndef AGENT_DOOR_SCHEDULE_H
#define AGENT_DOOR_SCHEDULE_H

#include <stdint.h>

struct door_role;

/* Brings every door's schedule level to what its schedule says at this time. */
void door_schedule_update(struct door_role *role, int64_t now_wall_s);

void door_schedule_open(struct door_role *role);
void door_schedule_close(struct door_role *role);

#endif
