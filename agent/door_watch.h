/*
 * Inputs that mean something besides their own state: the monitor of a door's bolt, and fire. Which
 * ones is configured.
 */
#ifndef AGENT_DOOR_WATCH_H
#define AGENT_DOOR_WATCH_H

struct door_role;

/* The input of this number, from 1, says something else than before. */
void door_watch_take(struct door_role *role, unsigned input);
/* The table is another one: other inputs may be watched. */
void door_watch_configure(struct door_role *role);

#endif
