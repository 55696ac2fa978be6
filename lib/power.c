#include "lib/power.h"

#include <stddef.h>

#include "lib/util.h"

#define WARN_PERCENT  90
#define CLEAR_PERCENT 80
#define SHED_AFTER_US (5 * US_PER_S)
#define CALM_US	      (60 * US_PER_S)

/* What a site misses least goes first. */
static const enum inventory_budget shed_order[] = { BUDGET_AUX_12V, BUDGET_RELAY,
						    BUDGET_INPUT_12V };

static bool
is_poe(enum inventory_source source)
{
	return source == SOURCE_POE || source == SOURCE_POE_PLUS;
}

/* Rule 1, and what is left of it when only one is there. */
static unsigned
begin(struct power_state *state)
{
	state->source = SOURCE_ANY;
	if (is_poe(state->there.poe))
		state->source = state->there.poe;
	else if (state->there.has_dc_in)
		state->source = SOURCE_DC_IN;
	state->phase = state->source == SOURCE_ANY ? POWER_OFF : POWER_RUNNING;
	return state->phase == POWER_RUNNING ? POWER_TELL_SOURCE : 0;
}

static unsigned
go_off(struct power_state *state)
{
	state->phase = POWER_OFF;
	state->source = SOURCE_ANY;
	return POWER_TELL_LOST;
}

/* Rule 2; a change of the class is another budget, no other supply. */
static unsigned
change_poe(struct power_state *state, enum inventory_source poe)
{
	bool was_source = is_poe(state->source);

	if (poe == state->there.poe)
		return 0;
	state->there.poe = poe;
	if (state->phase == POWER_OFF)
		return begin(state);
	if (state->phase == POWER_RESTARTING)
		return is_poe(poe) || state->there.has_dc_in ? 0 : go_off(state);
	if (!was_source)
		return 0;
	if (!is_poe(poe) && !state->there.has_dc_in)
		return go_off(state);
	state->source = is_poe(poe) ? poe : SOURCE_DC_IN;
	return POWER_TELL_SOURCE;
}

/* Rule 3. */
static unsigned
change_dc_in(struct power_state *state, bool is_there)
{
	if (is_there == state->there.has_dc_in)
		return 0;
	state->there.has_dc_in = is_there;
	if (state->phase == POWER_OFF)
		return begin(state);
	if (is_there || (state->phase == POWER_RUNNING && state->source != SOURCE_DC_IN))
		return 0;
	if (!is_poe(state->there.poe))
		return go_off(state);
	if (state->phase == POWER_RESTARTING)
		return 0;
	state->phase = POWER_RESTARTING;
	state->source = SOURCE_ANY;
	return POWER_RESTART;
}

static unsigned
change_doors(struct power_state *state, bool is_there)
{
	if (is_there == state->there.has_doors)
		return 0;
	state->there.has_doors = is_there;
	return is_there ? POWER_TELL_DOORS_BACK : POWER_TELL_DOORS_LOST;
}

unsigned
power_start(struct power_state *state, const struct power_supplies *there)
{
	*state = (struct power_state){ .there = *there };
	return begin(state) | (there->has_doors ? 0 : POWER_TELL_DOORS_LOST);
}

unsigned
power_step(struct power_state *state, const struct power_input *input)
{
	switch (input->kind) {
	case POWER_INPUT_POE:
		return change_poe(state, input->poe);
	case POWER_INPUT_DC_IN:
		return change_dc_in(state, input->is_there);
	case POWER_INPUT_DOORS:
		return change_doors(state, input->is_there);
	case POWER_INPUT_STARTED:
		return state->phase == POWER_RESTARTING ? begin(state) : 0;
	}
	return 0;
}

const char *
power_phase_name(enum power_phase phase)
{
	static const char *const names[] = { "off", "running", "restarting" };
	return names[phase];
}

uint32_t
power_capacity_mw(enum inventory_source source)
{
	for (size_t i = 0; i < inventory_limit_count(); i++) {
		const struct inventory_limit *limit = inventory_limit_at(i);
		if (limit->budget == BUDGET_MAIN && limit->source == source)
			return limit->max_mw;
	}
	return 0;
}

enum inventory_budget
power_load_branch(const struct power_load *load)
{
	return load->shed < ARRAY_LEN(shed_order) ? shed_order[load->shed] : BUDGET_NONE;
}

static unsigned
warn(struct power_load *load, uint64_t percent)
{
	bool was_warned = load->is_warned;

	if (percent >= WARN_PERCENT)
		load->is_warned = true;
	else if (percent < CLEAR_PERCENT && !load->shed)
		load->is_warned = false;
	if (load->is_warned == was_warned)
		return 0;
	return load->is_warned ? POWER_LOAD_WARN : POWER_LOAD_CLEAR;
}

/* Whether a condition has held for this long; starts or stops its clock. */
static bool
has_held(bool is_true, uint64_t *since_us, uint64_t for_us, uint64_t now_us)
{
	if (!is_true)
		*since_us = 0;
	else if (!*since_us)
		*since_us = now_us;
	if (!*since_us || now_us - *since_us < for_us)
		return false;
	*since_us = 0;
	return true;
}

unsigned
power_load_step(enum inventory_source source, struct power_load *load, uint32_t used_mw,
		uint64_t now_us)
{
	uint32_t capacity_mw = power_capacity_mw(source);

	if (!capacity_mw)
		return 0;
	uint64_t percent = UINT64_C(100) * used_mw / capacity_mw;
	unsigned actions = warn(load, percent);
	if (has_held(used_mw > capacity_mw, &load->over_since_us, SHED_AFTER_US, now_us) &&
	    power_load_branch(load) != BUDGET_NONE) {
		load->shed++;
		actions |= POWER_LOAD_SHED;
	}
	if (has_held(percent < CLEAR_PERCENT && load->shed, &load->calm_since_us, CALM_US,
		     now_us)) {
		load->shed--;
		actions |= POWER_LOAD_RESTORE;
	}
	return actions;
}
