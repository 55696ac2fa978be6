/*
 * Power in the door role: what the board says of supplies, currents and jumpers goes through
 * door_supply.h and door_rail.h and becomes events, switched branches, live state and plots.
 */
#ifndef AGENT_DOOR_POWER_H
#define AGENT_DOOR_POWER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

struct door_role;
struct rpc_request;

void door_power_open(struct door_role *role);
void door_power_close(struct door_role *role);
/* Takes what the access table says of power; needs role->hw. */
void door_power_configure(struct door_role *role);

/* What the board says of supplies, and of currents and voltages of all points. */
void door_power_take_state(struct door_role *role, const struct inventory_row *point,
			   enum hw_state state);
void door_power_take_measure(struct door_role *role, const struct inventory_row *point,
			     enum hw_quantity quantity, int32_t value);
void door_power_take_board(struct door_role *role, bool is_online, bool is_restarted);

/* A point does not work: what was measured there last is no longer so. */
void door_power_lose(struct door_role *role, const struct inventory_row *point);

/* LED_FACT_... of power. */
uint32_t door_power_facts(const struct door_role *role);
/* Puts "power" and "rail.NAME" into objects. */
void door_power_live_state(const struct door_role *role, json_t *objects);
/* The method power.history: {what, seconds} -> as input.history; what is "main", "doors", the name
 * of a rail, in mW, or "temperature" in thousandths of a degree. */
void door_power_history(struct door_role *role, struct rpc_request *request);

#endif
