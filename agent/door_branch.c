#include "agent/door_branch.h"

#include <errno.h>

#include "lib/util.h"

#define TRIP_US	     (50 * US_PER_MS) /* an inrush is shorter */
#define PROVE_US     (10 * US_PER_S)
#define BACK_OFF_US  US_PER_S
#define BACK_OFF_MAX (60 * US_PER_S)
#define TRIES_MAX    6
#define LOW_PERCENT  90

int
branch_configure(enum inventory_budget budget, enum inventory_source source, uint32_t rail_mv,
		 struct branch_config *ret)
{
	const struct inventory_limit *limit = inventory_limit(budget, source, rail_mv);

	if (!limit)
		return -ENOENT;
	*ret = (struct branch_config){ .rail_mv = rail_mv, .limit_ma = inventory_limit_ma(limit) };
	return 0;
}

void
branch_init(struct branch_state *state)
{
	*state = (struct branch_state){ .phase = BRANCH_ON };
}

static enum branch_fault
judge(const struct branch_config *config, const struct branch_sample *sample)
{
	if (sample->ma > config->limit_ma)
		return BRANCH_OVER_CURRENT;
	if ((uint64_t) sample->mv * 100 < (uint64_t) config->rail_mv * LOW_PERCENT)
		return BRANCH_UNDER_VOLTAGE;
	return BRANCH_GOOD;
}

static unsigned
trip(struct branch_state *state, enum branch_fault fault, uint64_t now_us)
{
	uint64_t wait_us = BACK_OFF_US << MIN_OF(state->tries, (unsigned) TRIES_MAX);
	bool is_new = state->fault != fault;

	state->phase = BRANCH_TRIPPED;
	state->fault = fault;
	state->tries++;
	state->wrong_since_us = 0;
	state->until_us = now_us + MIN_OF(wait_us, BACK_OFF_MAX);
	return BRANCH_SWITCH_OFF | (is_new ? BRANCH_TELL_FAULT : 0);
}

/* The present phase is over. */
static unsigned
pass(struct branch_state *state, uint64_t now_us)
{
	if (state->phase == BRANCH_TRIPPED) {
		state->phase = BRANCH_PROVING;
		state->until_us = now_us + PROVE_US;
		return BRANCH_SWITCH_ON;
	}
	branch_init(state);
	return BRANCH_TELL_RECOVERED;
}

unsigned
branch_step(const struct branch_config *config, struct branch_state *state,
	    const struct branch_sample *sample, uint64_t now_us)
{
	enum branch_fault fault;

	if (sample && state->phase != BRANCH_TRIPPED) {
		fault = judge(config, sample);
		if (fault == BRANCH_GOOD)
			state->wrong_since_us = 0;
		else if (!state->wrong_since_us)
			state->wrong_since_us = now_us;
		else if (now_us - state->wrong_since_us >= TRIP_US)
			return trip(state, fault, now_us);
	}
	/* Nothing is proved while something is wrong. */
	if (state->phase != BRANCH_ON && now_us >= state->until_us && !state->wrong_since_us)
		return pass(state, now_us);
	return 0;
}

uint64_t
branch_deadline_us(const struct branch_state *state)
{
	if (state->wrong_since_us)
		return state->wrong_since_us + TRIP_US;
	return state->phase == BRANCH_ON ? UINT64_MAX : state->until_us;
}

const char *
branch_fault_name(enum branch_fault fault)
{
	static const char *const names[] = { "good", "over_current", "under_voltage" };
	return names[fault];
}
