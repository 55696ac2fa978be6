/*
 * Who is in which area, as accesses that were taken say. The store keeps the same from the events,
 * and gives it back after the device has been without power.
 */
#ifndef AGENT_DOOR_PRESENCE_H
#define AGENT_DOOR_PRESENCE_H

#include "agent/door_fsm.h"

struct door_role;
struct rpc_request;

/* Opens the file, or makes it larger, as the table needs it. */
void door_presence_configure(struct door_role *role);
void door_presence_close(struct door_role *role);

/* Somebody has gone through. */
void door_presence_take(struct door_role *role, const struct door_subject *subject);
/* The area that an access point leads to; -1 when nobody's place is kept there. */
int door_presence_area(const struct door_role *role, unsigned point);

/* Methods of the store: presence.forget {person?}, presence.load {places: [[person, area, s]]}. */
void door_presence_forget(struct door_role *role, struct rpc_request *request);
void door_presence_load(struct door_role *role, struct rpc_request *request);
/* Whether the store has to give back what it knows. */
bool door_presence_is_wanted(const struct door_role *role);

#endif
