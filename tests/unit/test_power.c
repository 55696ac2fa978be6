#include "lib/power.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

#define LENGTH 7 /* of every order of inputs that is tried */

static const struct power_input inputs[] = {
	{ POWER_INPUT_POE, SOURCE_ANY, false },	     { POWER_INPUT_POE, SOURCE_POE, false },
	{ POWER_INPUT_POE, SOURCE_POE_PLUS, false }, { POWER_INPUT_DC_IN, SOURCE_ANY, true },
	{ POWER_INPUT_DC_IN, SOURCE_ANY, false },    { POWER_INPUT_DOORS, SOURCE_ANY, true },
	{ POWER_INPUT_DOORS, SOURCE_ANY, false },    { POWER_INPUT_STARTED, SOURCE_ANY, false },
};

static bool
is_poe(enum inventory_source source)
{
	return source == SOURCE_POE || source == SOURCE_POE_PLUS;
}

static bool
is_there(const struct power_state *state, enum inventory_source source)
{
	return source == SOURCE_DC_IN ? state->there.has_dc_in : source == state->there.poe;
}

/* What is true of every state, however it was reached. */
static bool
is_sane(const struct power_state *state)
{
	bool is_any = is_poe(state->there.poe) || state->there.has_dc_in;

	if (state->phase == POWER_RUNNING)
		return state->source != SOURCE_ANY && is_there(state, state->source);
	return state->source == SOURCE_ANY && is_any == (state->phase == POWER_RESTARTING);
}

/* The manual's rules as statements about one step; false when one is broken. */
static bool
keeps_rules(const struct power_state *before, const struct power_state *after, unsigned actions)
{
	bool was_poe = is_poe(before->source);
	bool was_dc = before->source == SOURCE_DC_IN;
	bool has_poe = is_poe(after->there.poe);
	bool has_dc = after->there.has_dc_in;
	bool is_restart = was_dc && !has_dc && has_poe;
	bool is_lost = before->phase != POWER_OFF && !has_poe && !has_dc;

	if (before->phase != POWER_RUNNING && after->phase == POWER_RUNNING &&
	    is_poe(after->source) != has_poe)
		return false; /* 1 */
	if (was_poe && !has_poe && has_dc && after->source != SOURCE_DC_IN)
		return false; /* 2 */
	if (is_restart != (actions == POWER_RESTART) ||
	    (is_restart && after->phase != POWER_RESTARTING))
		return false; /* 3 */
	if (was_dc && has_dc && after->source != SOURCE_DC_IN)
		return false; /* 4 */
	if (was_poe && has_poe && after->source != after->there.poe)
		return false; /* 5 */
	if (is_lost != !!(actions & POWER_TELL_LOST))
		return false;
	return (after->source != before->source && after->phase == POWER_RUNNING) ==
	       !!(actions & POWER_TELL_SOURCE);
}

static bool
tells_doors(const struct power_state *before, const struct power_state *after, unsigned actions)
{
	unsigned expected = 0;

	if (before->there.has_doors != after->there.has_doors)
		expected = after->there.has_doors ? POWER_TELL_DOORS_BACK : POWER_TELL_DOORS_LOST;
	return (actions & (POWER_TELL_DOORS_BACK | POWER_TELL_DOORS_LOST)) == expected;
}

static uint64_t
try_all(const struct power_state *state, unsigned depth, uint64_t *broken)
{
	uint64_t steps = 0;

	for (size_t i = 0; depth && i < ARRAY_LEN(inputs); i++) {
		struct power_state next = *state;
		unsigned actions = power_step(&next, &inputs[i]);
		if (!is_sane(&next) || !keeps_rules(state, &next, actions) ||
		    !tells_doors(state, &next, actions))
			++*broken;
		steps += 1 + try_all(&next, depth - 1, broken);
	}
	return steps;
}

static void
test_every_order_of_inputs_keeps_the_five_rules(void)
{
	static const enum inventory_source poe[] = { SOURCE_ANY, SOURCE_POE, SOURCE_POE_PLUS };
	uint64_t broken = 0;
	uint64_t steps = 0;

	for (unsigned i = 0; i < ARRAY_LEN(poe) * 2; i++) {
		struct power_supplies there = { poe[i / 2], i % 2, true };
		struct power_state state;
		(void) power_start(&state, &there);
		CU_ASSERT_TRUE(is_sane(&state));
		steps += try_all(&state, LENGTH, &broken);
	}
	CU_ASSERT(steps > 10000000);
	CU_ASSERT_EQUAL(broken, 0);
}

static unsigned
poe_step(struct power_state *state, enum inventory_source poe)
{
	return power_step(state, &(struct power_input){ .kind = POWER_INPUT_POE, .poe = poe });
}

static unsigned
dc_step(struct power_state *state, bool is_connected)
{
	return power_step(state, &(struct power_input){ .kind = POWER_INPUT_DC_IN,
							.is_there = is_connected });
}

static void
test_rule_1_both_before_the_start_is_poe(void)
{
	struct power_state state;
	struct power_supplies both = { SOURCE_POE_PLUS, true, true };

	CU_ASSERT_EQUAL(power_start(&state, &both), POWER_TELL_SOURCE);
	CU_ASSERT_EQUAL(state.source, SOURCE_POE_PLUS);
}

static void
test_rule_2_poe_lost_is_dc_in_without_a_restart(void)
{
	struct power_state state;
	struct power_supplies both = { SOURCE_POE, true, true };

	(void) power_start(&state, &both);
	CU_ASSERT_EQUAL(poe_step(&state, SOURCE_ANY), POWER_TELL_SOURCE);
	CU_ASSERT_EQUAL(state.phase, POWER_RUNNING);
	CU_ASSERT_EQUAL(state.source, SOURCE_DC_IN);
}

static void
test_rule_3_dc_in_lost_is_a_restart_on_poe(void)
{
	struct power_state state;
	struct power_supplies dc = { SOURCE_ANY, true, true };

	(void) power_start(&state, &dc);
	CU_ASSERT_EQUAL(poe_step(&state, SOURCE_POE), 0);
	CU_ASSERT_EQUAL(state.source, SOURCE_DC_IN);
	CU_ASSERT_EQUAL(dc_step(&state, false), POWER_RESTART);
	CU_ASSERT_STRING_EQUAL(power_phase_name(state.phase), "restarting");
	CU_ASSERT_EQUAL(power_step(&state, &inputs[ARRAY_LEN(inputs) - 1]), POWER_TELL_SOURCE);
	CU_ASSERT_EQUAL(state.source, SOURCE_POE);
}

static void
test_rules_4_and_5_what_comes_later_changes_nothing(void)
{
	struct power_state state;
	struct power_supplies dc = { SOURCE_ANY, true, true };
	struct power_supplies poe = { SOURCE_POE, false, true };

	(void) power_start(&state, &dc);
	CU_ASSERT_EQUAL(poe_step(&state, SOURCE_POE_PLUS), 0);
	CU_ASSERT_EQUAL(state.source, SOURCE_DC_IN);
	(void) power_start(&state, &poe);
	CU_ASSERT_EQUAL(dc_step(&state, true), 0);
	CU_ASSERT_EQUAL(state.source, SOURCE_POE);
}

static void
test_the_last_supply_lost_is_off_and_its_return_is_a_start(void)
{
	struct power_state state;
	struct power_supplies poe = { SOURCE_POE, false, true };

	(void) power_start(&state, &poe);
	CU_ASSERT_EQUAL(poe_step(&state, SOURCE_ANY), POWER_TELL_LOST);
	CU_ASSERT_EQUAL(state.phase, POWER_OFF);
	CU_ASSERT_EQUAL(dc_step(&state, true), POWER_TELL_SOURCE);
	CU_ASSERT_EQUAL(state.source, SOURCE_DC_IN);
}

static void
test_missing_door_power_is_an_alarm_from_the_start(void)
{
	struct power_state state;
	struct power_supplies poe = { SOURCE_POE, false, false };

	CU_ASSERT_EQUAL(power_start(&state, &poe), POWER_TELL_SOURCE | POWER_TELL_DOORS_LOST);
	CU_ASSERT_EQUAL(power_step(&state, &inputs[5]), POWER_TELL_DOORS_BACK);
	CU_ASSERT_EQUAL(power_step(&state, &inputs[5]), 0);
}

static void
test_a_load_warns_before_anything_is_shed_and_comes_back_one_by_one(void)
{
	struct power_load load = { 0 };
	uint64_t now_us = US_PER_S;

	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 13859, now_us), 0);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 13860, now_us), POWER_LOAD_WARN);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 15401, now_us), 0);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 15401, now_us + 4999999), 0);
	CU_ASSERT_EQUAL(power_load_branch(&load), BUDGET_AUX_12V);
	now_us += 5 * US_PER_S;
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 15401, now_us), POWER_LOAD_SHED);
	CU_ASSERT_EQUAL(power_load_branch(&load), BUDGET_RELAY);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 12000, now_us), 0);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 12000, now_us + 59999999), 0);
	now_us += 60 * US_PER_S;
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 12000, now_us), POWER_LOAD_RESTORE);
	CU_ASSERT_EQUAL(power_load_branch(&load), BUDGET_AUX_12V);
	CU_ASSERT_EQUAL(power_load_step(SOURCE_POE, &load, 12000, now_us), POWER_LOAD_CLEAR);
	/* The same load is nothing for a stronger supply. */
	CU_ASSERT_EQUAL(power_load_step(SOURCE_DC_IN, &load, 15401, now_us), 0);
}

static void
test_doors_are_never_shed(void)
{
	struct power_load load = { 0 };

	for (uint64_t i = 1; i < 100; i++)
		(void) power_load_step(SOURCE_POE, &load, 99999, i * 6 * US_PER_S);
	CU_ASSERT_EQUAL(load.shed, 3);
	CU_ASSERT_EQUAL(power_load_branch(&load), BUDGET_NONE);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_order_of_inputs_keeps_the_five_rules),
		TAP(test_rule_1_both_before_the_start_is_poe),
		TAP(test_rule_2_poe_lost_is_dc_in_without_a_restart),
		TAP(test_rule_3_dc_in_lost_is_a_restart_on_poe),
		TAP(test_rules_4_and_5_what_comes_later_changes_nothing),
		TAP(test_the_last_supply_lost_is_off_and_its_return_is_a_start),
		TAP(test_missing_door_power_is_an_alarm_from_the_start),
		TAP(test_a_load_warns_before_anything_is_shed_and_comes_back_one_by_one),
		TAP(test_doors_are_never_shed),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
