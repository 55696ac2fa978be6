#include "hw/supervise.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define NOISE_MV (SUPERVISE_HYSTERESIS_MV / 2)

static const struct supervise_config serial_4k7 = { SUPERVISE_SERIAL_4K7, SUPERVISE_OPEN, 50 };
static const struct supervise_config bare = { SUPERVISE_OFF, SUPERVISE_OPEN, 50 };

/* An input that has seen nothing before: thresholds are exact. */
static enum supervise_state
first_state(const struct supervise_config *config, int mv)
{
	struct supervise input;
	struct supervise_change change;

	supervise_init(&input);
	supervise_sample(config, &input, mv, 0, &change);
	supervise_tick(config, &input, config->debounce_ms * US_PER_MS, &change);
	return input.state;
}

static void
test_levels_are_those_of_the_reference_table(void)
{
	static const struct {
		enum supervise_scheme scheme;
		int closed, open, shorted, split, cut, closed_from, closed_to, open_from, open_to;
	} expected[] = {
		{ SUPERVISE_PARALLEL_22K_4K7, 754, 1894, 377, 1324, 2345, 726, 788, 1862, 1924 },
		{ SUPERVISE_SERIAL_1K, 243, 448, 122, 346, 1622, 232, 265, 429, 476 },
		{ SUPERVISE_SERIAL_2K2, 485, 826, 242, 656, 1811, 465, 514, 797, 862 },
		{ SUPERVISE_SERIAL_4K7, 865, 1322, 433, 1094, 2059, 835, 901, 1286, 1359 },
		{ SUPERVISE_SERIAL_10K, 1365, 1834, 682, 1600, 2315, 1329, 1402, 1802, 1866 },
	};

	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		enum supervise_scheme scheme = expected[i].scheme;
		struct supervise_levels levels;
		supervise_levels(scheme, &levels);
		const int pairs[][2] = {
			{ supervise_mv(supervise_nominal_ohms(scheme, SUPERVISE_CLOSED)),
			  expected[i].closed },
			{ supervise_mv(supervise_nominal_ohms(scheme, SUPERVISE_OPEN)),
			  expected[i].open },
			{ levels.short_below, expected[i].shorted },
			{ levels.split, expected[i].split },
			{ levels.cut_above, expected[i].cut },
			{ levels.closed_from, expected[i].closed_from },
			{ levels.closed_to, expected[i].closed_to },
			{ levels.open_from, expected[i].open_from },
			{ levels.open_to, expected[i].open_to },
		};
		for (size_t k = 0; k < ARRAY_LEN(pairs); k++)
			CU_ASSERT(abs(pairs[k][0] - pairs[k][1]) <= 1);
	}
}

static void
test_every_threshold_decides_just_inside_and_just_outside(void)
{
	for (unsigned scheme = SUPERVISE_OFF + 1; scheme < SUPERVISE_SCHEMES; scheme++) {
		struct supervise_config config = { scheme, SUPERVISE_OPEN, 50 };
		struct supervise_levels at;
		supervise_levels(scheme, &at);
		const struct {
			int mv;
			enum supervise_state state;
		} edges[] = {
			{ -1000, SUPERVISE_SHORT },
			{ 0, SUPERVISE_SHORT },
			{ at.short_below - 1, SUPERVISE_SHORT },
			{ at.short_below, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.closed_from - 1, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.closed_from, SUPERVISE_CLOSED },
			{ at.closed_to, SUPERVISE_CLOSED },
			{ at.closed_to + 1, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.split, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.open_from - 1, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.open_from, SUPERVISE_OPEN },
			{ at.open_to, SUPERVISE_OPEN },
			{ at.open_to + 1, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.cut_above, SUPERVISE_OUT_OF_TOLERANCE },
			{ at.cut_above + 1, SUPERVISE_CUT },
			{ SUPERVISE_FULL_MV, SUPERVISE_CUT },
			{ INT32_MAX, SUPERVISE_CUT },
		};
		for (size_t i = 0; i < ARRAY_LEN(edges); i++)
			CU_ASSERT_EQUAL(first_state(&config, edges[i].mv), edges[i].state);
	}
	CU_ASSERT_EQUAL(first_state(&bare, SUPERVISE_UNSUPERVISED_MV - 1), SUPERVISE_CLOSED);
	CU_ASSERT_EQUAL(first_state(&bare, SUPERVISE_UNSUPERVISED_MV), SUPERVISE_OPEN);
}

static void
test_other_resistors_than_those_of_the_scheme_are_out_of_tolerance(void)
{
	static const uint32_t wrong[] = { 2700, 3300, 3900, 5600, 6800, 12000, 22000 };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(first_state(&serial_4k7, supervise_mv(wrong[i])),
				SUPERVISE_OUT_OF_TOLERANCE);
	CU_ASSERT_EQUAL(first_state(&serial_4k7, supervise_mv(4700 * 105 / 100 + 50)),
			SUPERVISE_CLOSED);
}

static void
test_a_sweep_passes_the_states_once_in_order_in_both_directions(void)
{
	static const enum supervise_state order[] = {
		SUPERVISE_SHORT,  SUPERVISE_OUT_OF_TOLERANCE,
		SUPERVISE_CLOSED, SUPERVISE_OUT_OF_TOLERANCE,
		SUPERVISE_OPEN,	  SUPERVISE_OUT_OF_TOLERANCE,
		SUPERVISE_CUT,
	};

	for (unsigned scheme = SUPERVISE_OFF + 1; scheme < SUPERVISE_SCHEMES; scheme++) {
		struct supervise_config config = { scheme, SUPERVISE_OPEN, 0 };
		struct supervise input;
		struct supervise_change change;
		size_t at = 0;
		uint64_t now_us = 0;
		supervise_init(&input);
		for (int mv = 0; mv <= SUPERVISE_FULL_MV; mv++) {
			supervise_sample(&config, &input, mv, now_us++, &change);
			at += input.state != order[at];
			CU_ASSERT_EQUAL(input.state, order[at]);
		}
		CU_ASSERT_EQUAL(at, ARRAY_LEN(order) - 1);
		for (int mv = SUPERVISE_FULL_MV; mv >= 0; mv--) {
			supervise_sample(&config, &input, mv, now_us++, &change);
			at -= input.state != order[at];
			CU_ASSERT_EQUAL(input.state, order[at]);
		}
		CU_ASSERT_EQUAL(at, 0);
	}
}

/* Noise of less than half the hysteresis, whatever the level is: one change at most. */
static void
test_noise_within_the_hysteresis_never_chatters(void)
{
	uint32_t random = 1;

	for (unsigned scheme = SUPERVISE_OFF; scheme < SUPERVISE_SCHEMES; scheme++) {
		struct supervise_config config = { scheme, SUPERVISE_OPEN, 0 };
		for (int level = 0; level <= SUPERVISE_FULL_MV; level += 3) {
			struct supervise input;
			struct supervise_change change;
			unsigned changes = 0;
			supervise_init(&input);
			for (unsigned i = 0; i < 60; i++) {
				random = random * 1664525 + 1013904223;
				int mv = level + (int) (random >> 16) % (2 * NOISE_MV + 1) -
					 NOISE_MV;
				supervise_sample(&config, &input, mv, i, &change);
				changes += change.is_state;
			}
			CU_ASSERT(changes <= 2);
		}
	}
}

static void
test_a_bounce_shorter_than_the_debounce_is_nothing(void)
{
	struct supervise input;
	struct supervise_change change;
	int closed = supervise_mv(4700);
	int open = supervise_mv(9400);

	supervise_init(&input);
	supervise_sample(&serial_4k7, &input, closed, 0, &change);
	CU_ASSERT_EQUAL(supervise_deadline_us(&serial_4k7, &input), 50000);
	supervise_tick(&serial_4k7, &input, 49999, &change);
	CU_ASSERT_EQUAL(input.state, SUPERVISE_UNKNOWN);
	supervise_tick(&serial_4k7, &input, 50000, &change);
	CU_ASSERT(change.is_state && input.state == SUPERVISE_CLOSED);
	CU_ASSERT_EQUAL(supervise_deadline_us(&serial_4k7, &input), UINT64_MAX);
	for (uint64_t us = 100000; us < 1000000; us += 40000)
		for (int part = 0; part < 2; part++) {
			supervise_sample(&serial_4k7, &input, part ? closed : open,
					 us + (uint64_t) part * 20000, &change);
			CU_ASSERT_FALSE(change.is_state);
		}
	supervise_sample(&serial_4k7, &input, open, 2000000, &change);
	/* The time that passed settles it, even when a new level comes with it. */
	supervise_sample(&serial_4k7, &input, closed, 2050000, &change);
	CU_ASSERT(change.is_state && input.state == SUPERVISE_OPEN);
}

static void
test_the_longest_debounce_still_sees_a_pulse_of_400_ms(void)
{
	struct supervise_config slow = { SUPERVISE_OFF, SUPERVISE_OPEN, SUPERVISE_DEBOUNCE_MS_MAX };
	struct supervise input;
	struct supervise_change change;

	supervise_init(&input);
	supervise_sample(&slow, &input, 2796, 0, &change);
	supervise_sample(&slow, &input, 0, 1000000, &change);
	supervise_sample(&slow, &input, 2796, 1400000, &change);
	CU_ASSERT(change.is_state && input.state == SUPERVISE_CLOSED);
}

static void
test_active_is_every_state_but_the_normal_one(void)
{
	struct supervise_config nc = { SUPERVISE_OFF, SUPERVISE_CLOSED, 50 };

	CU_ASSERT_TRUE(supervise_is_active(&serial_4k7, SUPERVISE_CLOSED));
	CU_ASSERT_FALSE(supervise_is_active(&serial_4k7, SUPERVISE_OPEN));
	CU_ASSERT_TRUE(supervise_is_active(&nc, SUPERVISE_OPEN));
	CU_ASSERT_FALSE(supervise_is_active(&nc, SUPERVISE_CLOSED));
	CU_ASSERT_TRUE(supervise_is_active(&nc, SUPERVISE_CUT));
	CU_ASSERT_FALSE(supervise_is_active(&nc, SUPERVISE_UNKNOWN));
	CU_ASSERT_TRUE(supervise_is_fault(SUPERVISE_SHORT));
	CU_ASSERT_TRUE(supervise_is_fault(SUPERVISE_CUT));
	CU_ASSERT_TRUE(supervise_is_fault(SUPERVISE_OUT_OF_TOLERANCE));
	CU_ASSERT_FALSE(supervise_is_fault(SUPERVISE_OPEN));
	CU_ASSERT_FALSE(supervise_is_fault(SUPERVISE_UNKNOWN));
}

/* Holds a resistance for a while, with a tick every two seconds; counts changes of the warning. */
static unsigned
hold(struct supervise *input, uint32_t ohms, unsigned seconds, uint64_t *now_us)
{
	struct supervise_change change;
	unsigned changes = 0;

	supervise_sample(&serial_4k7, input, supervise_mv(ohms), *now_us, &change);
	for (unsigned i = 0; i < seconds; i += 2) {
		*now_us += 2 * US_PER_S;
		supervise_tick(&serial_4k7, input, *now_us, &change);
		changes += change.is_drift;
	}
	return changes;
}

static void
test_a_corroding_splice_warns_before_the_input_alarms(void)
{
	struct supervise input;
	uint64_t now_us = 0;
	uint32_t warned_at = 0;
	unsigned changes = 0;

	supervise_init(&input);
	(void) hold(&input, 4700, 60, &now_us);
	CU_ASSERT_FALSE(supervise_is_drifting(&input));
	for (uint32_t ohms = 4700; input.state == SUPERVISE_CLOSED && ohms < 6000; ohms += 2) {
		changes += hold(&input, ohms, 60, &now_us);
		if (changes && !warned_at)
			warned_at = ohms;
	}
	CU_ASSERT_EQUAL(changes, 1);
	CU_ASSERT_EQUAL(input.state, SUPERVISE_OUT_OF_TOLERANCE);
	/* 60 % of 5 % and 50 ohms are 171; the filter lags by a minute of 2 ohms a minute. */
	CU_ASSERT(warned_at >= 4866 && warned_at <= 4890);
}

static void
test_a_touch_on_the_wire_is_no_drift_and_a_mended_splice_clears_it(void)
{
	struct supervise input;
	uint64_t now_us = 0;

	supervise_init(&input);
	(void) hold(&input, 4700, 600, &now_us);
	CU_ASSERT_EQUAL(hold(&input, 4930, 10, &now_us), 0);
	CU_ASSERT_EQUAL(hold(&input, 4700, 600, &now_us), 0);
	CU_ASSERT_EQUAL(hold(&input, 4930, 600, &now_us), 1);
	CU_ASSERT_TRUE(supervise_is_drifting(&input));
	CU_ASSERT(abs(supervise_drift_permille(&serial_4k7, &input) - 48) <= 2);
	CU_ASSERT_EQUAL(hold(&input, 4700, 600, &now_us), 1);
	CU_ASSERT_FALSE(supervise_is_drifting(&input));
	CU_ASSERT(abs(supervise_drift_permille(&serial_4k7, &input)) <= 1);
}

static void
test_resistors_that_are_off_from_the_start_warn_at_once(void)
{
	struct supervise input;
	uint64_t now_us = 0;

	supervise_init(&input);
	CU_ASSERT_EQUAL(hold(&input, 9000, 2, &now_us), 1);
	CU_ASSERT_EQUAL(hold(&input, 9000, 60, &now_us), 0);
	CU_ASSERT_EQUAL(input.state, SUPERVISE_OPEN);
	CU_ASSERT(supervise_drift_permille(&serial_4k7, &input) < -30);
}

static void
test_forgetting_keeps_the_state_until_another_is_settled(void)
{
	struct supervise_config other = { SUPERVISE_SERIAL_2K2, SUPERVISE_OPEN, 50 };
	struct supervise input;
	struct supervise_change change;
	uint64_t now_us = 0;

	supervise_init(&input);
	(void) hold(&input, 9400, 4, &now_us);
	CU_ASSERT_EQUAL(input.state, SUPERVISE_OPEN);
	supervise_forget(&input);
	CU_ASSERT_EQUAL(input.state, SUPERVISE_OPEN);
	supervise_tick(&other, &input, now_us, &change);
	CU_ASSERT_FALSE(change.is_state);
	supervise_sample(&other, &input, supervise_mv(9400), now_us, &change);
	CU_ASSERT_FALSE(change.is_state);
	supervise_tick(&other, &input, now_us + 50000, &change);
	CU_ASSERT(change.is_state && input.state == SUPERVISE_OUT_OF_TOLERANCE);
}

static void
test_ohms_and_millivolts_are_inverse_and_bounded(void)
{
	for (uint32_t ohms = 100; ohms < 60000; ohms += 37) {
		uint32_t back = supervise_ohms(supervise_mv(ohms));
		CU_ASSERT(abs((int) back - (int) ohms) <= 8 + (int) (ohms / 200));
	}
	CU_ASSERT_EQUAL(supervise_ohms(-5), 0);
	CU_ASSERT_EQUAL(supervise_ohms(0), 0);
	CU_ASSERT_EQUAL(supervise_ohms(SUPERVISE_FULL_MV - 1), SUPERVISE_OHMS_MAX);
	CU_ASSERT_EQUAL(supervise_ohms(SUPERVISE_FULL_MV), SUPERVISE_OHMS_MAX);
	CU_ASSERT_EQUAL(supervise_ohms(INT32_MAX), SUPERVISE_OHMS_MAX);
	CU_ASSERT_EQUAL(supervise_mv(0), 0);
}

static void
test_names_find_their_schemes(void)
{
	enum supervise_scheme found;

	for (unsigned i = 0; i < SUPERVISE_SCHEMES; i++) {
		CU_ASSERT_EQUAL(supervise_scheme_find(supervise_scheme_name(i), &found), 0);
		CU_ASSERT_EQUAL(found, i);
	}
	CU_ASSERT(supervise_scheme_find("serial_3k3", &found) < 0);
	CU_ASSERT_STRING_EQUAL(supervise_state_name(SUPERVISE_OUT_OF_TOLERANCE),
			       "out_of_tolerance");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_levels_are_those_of_the_reference_table),
		TAP(test_every_threshold_decides_just_inside_and_just_outside),
		TAP(test_other_resistors_than_those_of_the_scheme_are_out_of_tolerance),
		TAP(test_a_sweep_passes_the_states_once_in_order_in_both_directions),
		TAP(test_noise_within_the_hysteresis_never_chatters),
		TAP(test_a_bounce_shorter_than_the_debounce_is_nothing),
		TAP(test_the_longest_debounce_still_sees_a_pulse_of_400_ms),
		TAP(test_active_is_every_state_but_the_normal_one),
		TAP(test_a_corroding_splice_warns_before_the_input_alarms),
		TAP(test_a_touch_on_the_wire_is_no_drift_and_a_mended_splice_clears_it),
		TAP(test_resistors_that_are_off_from_the_start_warn_at_once),
		TAP(test_forgetting_keeps_the_state_until_another_is_settled),
		TAP(test_ohms_and_millivolts_are_inverse_and_bounded),
		TAP(test_names_find_their_schemes),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
