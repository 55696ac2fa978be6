/*
 * The fire input: while it is active, and until an operator resets it afterwards, every door that
 * is set so is unlocked, whatever else is wished of it.
 */
#ifndef AGENT_DOOR_FIRE_H
#define AGENT_DOOR_FIRE_H

#include <jansson.h>
#include <stdbool.h>

struct door_role;
struct rpc_request;

struct door_fire {
	bool is_latched;
};

/* Input number, from 1, has changed; another one than the fire input is passed over. */
void door_fire_take(struct door_role *role, unsigned input);
/* The table is another one: another input, or other doors. */
void door_fire_configure(struct door_role *role);
/* The device has been without power; an input that is still active is told anew. */
void door_fire_forget(struct door_role *role);

/* The method fire.reset. */
void door_fire_reset(struct door_role *role, struct rpc_request *request);
/* The live object "fire", a new reference. */
json_t *door_fire_live_state(const struct door_role *role);

#endif
