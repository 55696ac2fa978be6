/*
 * The protection of one power branch (readers, door relays, AUX ...), as a pure state machine:
 * over-current or under-voltage switches it off and raises an alarm; it is tried again after 1, 2,
 * 4 ... 60 s, and the alarm clears when it has held for ten seconds.
 *
 * Times are monotonic microseconds, never 0.
 */
#ifndef AGENT_DOOR_BRANCH_H
#define AGENT_DOOR_BRANCH_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/inventory.h"

enum branch_phase { BRANCH_ON, BRANCH_TRIPPED, BRANCH_PROVING };

enum branch_fault { BRANCH_GOOD, BRANCH_OVER_CURRENT, BRANCH_UNDER_VOLTAGE };

/* What the branch may do now; follows source and jumper. */
struct branch_config {
	uint32_t rail_mv;
	uint32_t limit_ma;
};

struct branch_state {
	enum branch_phase phase;
	enum branch_fault fault; /* why it tripped last; BRANCH_GOOD once it is over */
	unsigned tries;
	uint64_t wrong_since_us; /* 0 while all is well */
	uint64_t until_us;	 /* of the phases TRIPPED and PROVING */
};

enum branch_action {
	BRANCH_SWITCH_OFF = 1 << 0,
	BRANCH_SWITCH_ON = 1 << 1,
	BRANCH_TELL_FAULT = 1 << 2,	/* raises an alarm */
	BRANCH_TELL_RECOVERED = 1 << 3, /* clears it */
};

struct branch_sample {
	uint32_t ma;
	uint32_t mv;
};

/* -ENOENT when the branch has no power with this source and jumper: it must be off. */
int branch_configure(enum inventory_budget budget, enum inventory_source source, uint32_t rail_mv,
		     struct branch_config *ret);

void branch_init(struct branch_state *state);
/* sample may be NULL: only time has passed. Returns enum branch_action bits. */
unsigned branch_step(const struct branch_config *config, struct branch_state *state,
		     const struct branch_sample *sample, uint64_t now_us);
/* When a step is due, with the newest sample again; UINT64_MAX for never. */
uint64_t branch_deadline_us(const struct branch_state *state);

/* "good", "over_current", "under_voltage". */
const char *branch_fault_name(enum branch_fault fault);

#endif
