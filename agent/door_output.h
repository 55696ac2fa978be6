/*
 * Relays and outputs but the locks': the board's relay, open-drain outputs, the doors' AUX relays,
 * and AUX ports that are outputs. An output is active or in its normal state, open or closed as
 * configured; "on" is the relay's coil or the sinking transistor, which closes the circuit.
 *
 * A pulse ends on time even when the role is killed meanwhile: door_keep.h.
 */
#ifndef AGENT_DOOR_OUTPUT_H
#define AGENT_DOOR_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/access.h"
#include "lib/inventory.h"

struct door_role;
struct event;
struct rpc_request;

/* What outlives the process. */
struct door_output_state {
	bool is_active;
	uint64_t until_us; /* monotonic; 0: until commanded otherwise */
};

struct door_output {
	struct door_role *role;
	unsigned number; /* of inventory_output(), from 1 */
	const struct inventory_row *row;
	struct access_output config;
	struct door_output_state state;
	struct event *timer;
	uint64_t changed_us;
};

void door_output_open(struct door_role *role);
void door_output_close(struct door_role *role);
/* Takes the access table's settings or the defaults; needs role->hw. */
void door_output_configure(struct door_role *role);
/* The device has restarted: all go back to normal. */
void door_output_reset(struct door_role *role);

/* An output that belongs to something else, such as a door's second lock. */
void door_output_follow(struct door_role *role, unsigned number, bool is_active);

/* The live object, a new reference; NULL when the board has no such output. */
json_t *door_output_live_state(const struct door_output *output);

/* The method output.command. */
void door_output_command(struct door_role *role, struct rpc_request *request);

#endif
