#include "agent/door_branch.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>

#define LENGTH 7 /* of every order of samples that is tried */

static const struct branch_config readers = { .rail_mv = 12000, .limit_ma = 2000 };
static const struct branch_sample good = { 2000, 10800 };
static const struct branch_sample heavy = { 2001, 12000 };
static const struct branch_sample weak = { 100, 10799 };

static unsigned
hold(struct branch_state *state, const struct branch_sample *sample, uint64_t *now_us)
{
	unsigned actions = branch_step(&readers, state, sample, *now_us);

	*now_us += 50 * US_PER_MS;
	return actions | branch_step(&readers, state, sample, *now_us);
}

static void
test_limits_are_inclusive_and_an_inrush_is_forgiven(void)
{
	struct branch_state state;
	uint64_t now_us = 1;

	branch_init(&state);
	CU_ASSERT_EQUAL(hold(&state, &good, &now_us), 0);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &heavy, now_us), 0);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &heavy, now_us + 49999), 0);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &good, now_us + 49999), 0);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &heavy, now_us + 60000), 0);
	CU_ASSERT_EQUAL(state.phase, BRANCH_ON);
	CU_ASSERT_EQUAL(branch_deadline_us(&state), now_us + 60000 + 50 * US_PER_MS);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &good, now_us + 61000), 0);
	CU_ASSERT_EQUAL(branch_deadline_us(&state), UINT64_MAX);
}

static void
test_each_fault_switches_off_and_says_which(void)
{
	struct branch_state state;
	uint64_t now_us = 1;

	branch_init(&state);
	CU_ASSERT_EQUAL(hold(&state, &heavy, &now_us), BRANCH_SWITCH_OFF | BRANCH_TELL_FAULT);
	CU_ASSERT_STRING_EQUAL(branch_fault_name(state.fault), "over_current");
	branch_init(&state);
	CU_ASSERT_EQUAL(hold(&state, &weak, &now_us), BRANCH_SWITCH_OFF | BRANCH_TELL_FAULT);
	CU_ASSERT_STRING_EQUAL(branch_fault_name(state.fault), "under_voltage");
}

static void
test_it_is_tried_again_with_back_off_and_tells_once(void)
{
	static const unsigned waits_s[] = { 1, 2, 4, 8, 16, 32, 60, 60, 60 };
	struct branch_state state;
	uint64_t now_us = 1;
	unsigned told = 0;

	branch_init(&state);
	for (size_t i = 0; i < ARRAY_LEN(waits_s); i++) {
		unsigned actions = hold(&state, &heavy, &now_us);
		CU_ASSERT(actions & BRANCH_SWITCH_OFF);
		told += !!(actions & BRANCH_TELL_FAULT);
		CU_ASSERT_EQUAL(branch_deadline_us(&state), now_us + waits_s[i] * US_PER_S);
		now_us = branch_deadline_us(&state);
		CU_ASSERT_EQUAL(branch_step(&readers, &state, NULL, now_us - 1), 0);
		CU_ASSERT_EQUAL(branch_step(&readers, &state, NULL, now_us), BRANCH_SWITCH_ON);
	}
	CU_ASSERT_EQUAL(told, 1);
	now_us = branch_deadline_us(&state);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &good, now_us - 1), 0);
	CU_ASSERT_EQUAL(branch_step(&readers, &state, &good, now_us), BRANCH_TELL_RECOVERED);
	CU_ASSERT_EQUAL(state.tries, 0);
}

static void
test_a_weaker_supply_is_a_smaller_limit(void)
{
	struct branch_config config;
	struct branch_state state;
	struct branch_sample load = { 900, 12000 };

	branch_init(&state);
	CU_ASSERT_EQUAL(branch_configure(BUDGET_RELAY, SOURCE_DC_IN, 12000, &config), 0);
	CU_ASSERT_EQUAL(branch_step(&config, &state, &load, 1), 0);
	CU_ASSERT_EQUAL(branch_configure(BUDGET_RELAY, SOURCE_POE, 12000, &config), 0);
	CU_ASSERT_EQUAL(branch_step(&config, &state, &load, 2), 0);
	CU_ASSERT(branch_step(&config, &state, &load, 50002) & BRANCH_SWITCH_OFF);
	CU_ASSERT_EQUAL(branch_configure(BUDGET_RELAY, SOURCE_POE, 0, &config), -ENOENT);
	CU_ASSERT_EQUAL(branch_configure(BUDGET_RELAY, SOURCE_ANY, 12000, &config), -ENOENT);
}

static void
test_every_limit_of_the_table_trips_just_above_it_only(void)
{
	for (size_t i = 0; i < inventory_limit_count(); i++) {
		const struct inventory_limit *limit = inventory_limit_at(i);
		struct branch_config config;
		CU_ASSERT_EQUAL(
			branch_configure(limit->budget, limit->source, limit->rail_mv, &config), 0);
		for (uint32_t above = 0; above < 2; above++) {
			struct branch_sample sample = { config.limit_ma + above, limit->rail_mv };
			struct branch_state state;
			branch_init(&state);
			(void) branch_step(&config, &state, &sample, 1);
			CU_ASSERT_EQUAL(branch_step(&config, &state, &sample, 50001) != 0, above);
		}
	}
}

/* Follows what was done to the switch and said of the alarm, and compares. */
static uint64_t
try_all(const struct branch_state *state, bool is_on, bool is_alarm, uint64_t now_us,
	unsigned depth)
{
	static const struct branch_sample *const samples[] = { &good, &heavy, &weak, NULL };
	static const uint64_t steps_us[] = { 30 * US_PER_MS, 15 * US_PER_S };
	uint64_t broken = 0;

	for (size_t i = 0; depth && i < ARRAY_LEN(samples) * ARRAY_LEN(steps_us); i++) {
		struct branch_state next = *state;
		uint64_t at_us = now_us + steps_us[i % 2];
		unsigned actions = branch_step(&readers, &next, samples[i / 2], at_us);
		bool is_next_on =
			(is_on || actions & BRANCH_SWITCH_ON) && !(actions & BRANCH_SWITCH_OFF);
		bool is_next_alarm = (is_alarm || actions & BRANCH_TELL_FAULT) &&
				     !(actions & BRANCH_TELL_RECOVERED);
		broken += is_next_on != (next.phase != BRANCH_TRIPPED);
		broken += is_next_alarm != (next.fault != BRANCH_GOOD);
		broken += (actions & BRANCH_SWITCH_OFF) && !is_on;
		broken += (actions & BRANCH_TELL_RECOVERED) && !is_alarm;
		broken += next.phase == BRANCH_ON && next.fault != BRANCH_GOOD;
		broken += try_all(&next, is_next_on, is_next_alarm, at_us, depth - 1);
	}
	return broken;
}

static void
test_in_every_order_of_samples_switch_and_alarm_agree(void)
{
	struct branch_state state;

	branch_init(&state);
	CU_ASSERT_EQUAL(try_all(&state, true, false, 1, LENGTH), 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_limits_are_inclusive_and_an_inrush_is_forgiven),
		TAP(test_each_fault_switches_off_and_says_which),
		TAP(test_it_is_tried_again_with_back_off_and_tells_once),
		TAP(test_a_weaker_supply_is_a_smaller_limit),
		TAP(test_every_limit_of_the_table_trips_just_above_it_only),
		TAP(test_in_every_order_of_samples_switch_and_alarm_agree),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
