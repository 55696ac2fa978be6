#include "agent/door_range.h"

#include "lib/util.h"

static bool
judge(const struct range *range, bool was_outside, int32_t value)
{
	int64_t slack = was_outside ? range->slack : 0;

	return (range->low != INT32_MIN && value < range->low + slack) ||
	       (range->high != INT32_MAX && value > range->high - slack);
}

/* When what the value says now has lasted long enough. */
static uint64_t
due_us(const struct range *range, const struct range_state *state)
{
	uint32_t wait_ms = state->is_outside ? range->clear_ms : range->raise_ms;

	return state->since_us + wait_ms * US_PER_MS;
}

bool
range_step(const struct range *range, struct range_state *state, int32_t value, uint64_t now_us)
{
	state->value = value;
	if (judge(range, state->is_outside, value) == state->is_outside) {
		state->since_us = 0;
		return false;
	}
	if (!state->since_us)
		state->since_us = now_us;
	if (now_us < due_us(range, state))
		return false;
	state->since_us = 0;
	state->is_outside = !state->is_outside;
	return true;
}

bool
range_forget(struct range_state *state)
{
	bool was_outside = state->is_outside;

	*state = (struct range_state){ 0 };
	return was_outside;
}

uint64_t
range_deadline_us(const struct range *range, const struct range_state *state)
{
	return state->since_us ? due_us(range, state) : UINT64_MAX;
}
