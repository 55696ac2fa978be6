#include "agent/door_range.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>

static const struct range supply = {
	.low = 44000, .high = 57000, .slack = 200, .raise_ms = 100, .clear_ms = 1000
};

static void
test_the_ends_are_inside(void)
{
	struct range_state state = { 0 };

	CU_ASSERT_FALSE(range_step(&supply, &state, 44000, 1));
	CU_ASSERT_FALSE(range_step(&supply, &state, 57000, 2));
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), UINT64_MAX);
}

static void
test_outside_is_told_when_it_has_lasted(void)
{
	struct range_state state = { 0 };

	CU_ASSERT_FALSE(range_step(&supply, &state, 43999, 1000));
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), 101000);
	CU_ASSERT_FALSE(range_step(&supply, &state, 57001, 100999));
	CU_ASSERT_TRUE(range_step(&supply, &state, 57001, 101000));
	CU_ASSERT_TRUE(state.is_outside);
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), UINT64_MAX);
	CU_ASSERT_FALSE(range_step(&supply, &state, 60000, 900000));
}

static void
test_a_dip_is_forgiven(void)
{
	struct range_state state = { 0 };

	CU_ASSERT_FALSE(range_step(&supply, &state, 0, 1000));
	CU_ASSERT_FALSE(range_step(&supply, &state, 48000, 100000));
	CU_ASSERT_FALSE(range_step(&supply, &state, 0, 150000));
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), 250000);
}

static void
test_it_clears_only_inside_by_the_slack_and_for_long_enough(void)
{
	struct range_state state = { .is_outside = true };

	CU_ASSERT_FALSE(range_step(&supply, &state, 44199, 1000));
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), UINT64_MAX);
	CU_ASSERT_FALSE(range_step(&supply, &state, 44200, 2000));
	CU_ASSERT_EQUAL(range_deadline_us(&supply, &state), 1002000);
	CU_ASSERT_FALSE(range_step(&supply, &state, 56800, 1001999));
	CU_ASSERT_TRUE(range_step(&supply, &state, 56800, 1002000));
	CU_ASSERT_FALSE(state.is_outside);
}

static void
test_an_end_that_is_open_is_never_left(void)
{
	const struct range load = { INT32_MIN, 36000, 1800, 0, 0 };
	const struct range all = { INT32_MIN, INT32_MAX, 5, 0, 0 };
	struct range_state state = { 0 };

	CU_ASSERT_FALSE(range_step(&load, &state, INT32_MIN, 1));
	CU_ASSERT_TRUE(range_step(&load, &state, 36001, 2));
	CU_ASSERT_FALSE(range_step(&load, &state, 34201, 3));
	CU_ASSERT_TRUE(range_step(&load, &state, 34200, 4));
	state.is_outside = true;
	CU_ASSERT_TRUE(range_step(&all, &state, INT32_MAX, 5));
	CU_ASSERT_FALSE(range_step(&all, &state, INT32_MIN, 6));
}

static void
test_what_is_forgotten_was_told_once(void)
{
	struct range_state state = { .is_outside = true, .value = 9 };

	CU_ASSERT_TRUE(range_forget(&state));
	CU_ASSERT_FALSE(range_forget(&state));
	CU_ASSERT_FALSE(state.is_outside);
}

/* Raises and clears alternate, whatever comes. */
static void
test_with_any_values_nothing_is_told_twice(void)
{
	struct range_state state = { 0 };
	bool is_told = false;
	uint64_t now_us = 1;
	unsigned seed = 7;

	for (unsigned i = 0; i < 100000; i++) {
		int32_t value = 43000 + (int32_t) (rand_r(&seed) % 15000u);
		now_us += (unsigned) rand_r(&seed) % 200000u;
		if (range_step(&supply, &state, value, now_us))
			is_told = !is_told;
		CU_ASSERT_EQUAL(is_told, state.is_outside);
		if (is_told != state.is_outside)
			return;
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_ends_are_inside),
		TAP(test_outside_is_told_when_it_has_lasted),
		TAP(test_a_dip_is_forgiven),
		TAP(test_it_clears_only_inside_by_the_slack_and_for_long_enough),
		TAP(test_an_end_that_is_open_is_never_left),
		TAP(test_what_is_forgotten_was_told_once),
		TAP(test_with_any_values_nothing_is_told_twice),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
