/*
 * Lights and control button of the door role: collects the facts of door_leds.h, tells the board
 * which pattern each LED shows, and makes of 25 seconds on the button a request for the factory
 * default, which the store carries out.
 */
#ifndef AGENT_DOOR_LIGHT_H
#define AGENT_DOOR_LIGHT_H

#include <jansson.h>
#include <stdbool.h>

#include "hw/hw.h"

struct door_role;
struct rpc_request;

void door_light_open(struct door_role *role);
void door_light_close(struct door_role *role);

/* A fact may have changed. */
void door_light_update(struct door_role *role);
void door_light_take_output(struct door_role *role, const struct inventory_row *point, bool is_on);
void door_light_take_button(struct door_role *role, const struct inventory_row *point,
			    enum hw_state state);
void door_light_take_board(struct door_role *role, bool is_online, bool is_restarted);
/* The store follows, or follows again: it may not have heard of a request. */
void door_light_take_store(struct door_role *role);

/* Puts "led.ID" and "button" into objects. */
void door_light_live_state(const struct door_role *role, json_t *objects);

/* Methods of the store: light.fact {fact, on}, and factory.done. */
void door_light_fact(struct door_role *role, struct rpc_request *request);
void door_light_factory_done(struct door_role *role, struct rpc_request *request);

#endif
