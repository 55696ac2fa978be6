#include "agent/door_leds.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

#define S US_PER_S
#define D LED_FACT_DOORS_POWER

/* Every line of the manual's two tables; dark is LED_DARK for all time. */
static void
test_every_pattern_is_the_manuals_to_the_millisecond(void)
{
	static const struct {
		enum led led;
		uint32_t facts;
		enum led_colour first, second;
		uint32_t first_ms, second_ms;
	} expected[] = {
		{ LED_STAT, 0, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_STAT, LED_FACT_STARTING, LED_AMBER, LED_AMBER, 0, 0 },
		{ LED_STAT, LED_FACT_RESTORING, LED_AMBER, LED_AMBER, 0, 0 },
		{ LED_STAT, LED_FACT_UPGRADE_FAILED, LED_RED, LED_DARK, 1000, 1000 },
		{ LED_NET, 0, LED_DARK, LED_DARK, 0, 0 },
		{ LED_NET, LED_FACT_TRAFFIC, LED_DARK, LED_DARK, 0, 0 },
		{ LED_NET, LED_FACT_LINK_100, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_NET, LED_FACT_LINK_100 | LED_FACT_TRAFFIC, LED_GREEN, LED_DARK, 50, 50 },
		{ LED_NET, LED_FACT_LINK_10, LED_AMBER, LED_AMBER, 0, 0 },
		{ LED_NET, LED_FACT_LINK_10 | LED_FACT_TRAFFIC, LED_AMBER, LED_DARK, 50, 50 },
		{ LED_PWR, LED_FACT_POWER, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_PWR, LED_FACT_POWER | LED_FACT_UPGRADING, LED_GREEN, LED_AMBER, 500, 500 },
		{ LED_PWR, 0, LED_DARK, LED_DARK, 0, 0 },
		{ LED_RELAY, LED_FACT_RELAY, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_RELAY, LED_FACT_LOCK | LED_FACT_AUX, LED_DARK, LED_DARK, 0, 0 },
		{ LED_DOORS_STAT, D, LED_GREEN, LED_DARK, 1000, 1000 },
		{ LED_DOORS_STAT, D | LED_FACT_DOORS_ONLINE, LED_GREEN, LED_DARK, 200, 2000 },
		{ LED_DOORS_STAT, D | LED_FACT_UPGRADING, LED_GREEN, LED_RED, 500, 500 },
		{ LED_DOORS_STAT, LED_FACT_UPGRADING, LED_DARK, LED_DARK, 0, 0 },
		{ LED_DOORS_PWR, D, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_DOORS_PWR, LED_FACT_POWER, LED_DARK, LED_DARK, 0, 0 },
		{ LED_OC_READER, LED_FACT_READER_FAULT, LED_RED, LED_RED, 0, 0 },
		{ LED_OC_READER, LED_FACT_RELAY_FAULT, LED_DARK, LED_DARK, 0, 0 },
		{ LED_OC_RELAY, LED_FACT_RELAY_FAULT, LED_RED, LED_RED, 0, 0 },
		{ LED_OC_RELAY, LED_FACT_READER_FAULT, LED_DARK, LED_DARK, 0, 0 },
		{ LED_LOCK, LED_FACT_LOCK, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_LOCK, LED_FACT_AUX | LED_FACT_RELAY, LED_DARK, LED_DARK, 0, 0 },
		{ LED_AUX, LED_FACT_AUX, LED_GREEN, LED_GREEN, 0, 0 },
		{ LED_AUX, LED_FACT_LOCK | LED_FACT_RELAY, LED_DARK, LED_DARK, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct led_pattern *is = led_pattern(expected[i].led, expected[i].facts);
		CU_ASSERT_EQUAL(is->first, expected[i].first);
		CU_ASSERT_EQUAL(is->second, expected[i].second);
		CU_ASSERT_EQUAL(is->first_ms, expected[i].first_ms);
		CU_ASSERT_EQUAL(is->second_ms, expected[i].second_ms);
	}
}

static void
test_the_most_urgent_fact_is_shown(void)
{
	uint32_t all = (LED_FACT_BUTTON_ARMED << 1) - 1;

	CU_ASSERT_EQUAL(led_pattern(LED_STAT, all)->first, LED_AMBER);
	CU_ASSERT_EQUAL(led_pattern(LED_STAT, LED_FACT_BUTTON_WAITS | LED_FACT_STARTING)->first,
			LED_DARK);
	CU_ASSERT_EQUAL(led_pattern(LED_STAT, LED_FACT_STARTING | LED_FACT_UPGRADE_FAILED)->first,
			LED_AMBER);
	CU_ASSERT_EQUAL(led_pattern(LED_NET, LED_FACT_LINK_10 | LED_FACT_LINK_100)->first,
			LED_GREEN);
	CU_ASSERT_EQUAL(led_pattern(LED_DOORS_STAT, all)->second, LED_RED);
}

/* Runs a pattern by its own deadlines for a while and compares with the wall. */
static void
test_a_blinking_led_changes_exactly_at_its_deadlines(void)
{
	uint32_t facts = D | LED_FACT_DOORS_ONLINE;
	struct led_state state = { 0 };
	uint64_t now_us = 123456789;

	CU_ASSERT_EQUAL(led_colour(&state, now_us), LED_DARK);
	led_step(LED_DOORS_STAT, &state, facts, now_us);
	for (unsigned round = 0; round < 1000; round++) {
		uint64_t begin_us = 123456789 + round * 2200 * US_PER_MS;
		CU_ASSERT_EQUAL(now_us, begin_us);
		CU_ASSERT_EQUAL(led_colour(&state, now_us), LED_GREEN);
		CU_ASSERT_EQUAL(led_colour(&state, now_us + 200 * US_PER_MS - 1), LED_GREEN);
		now_us = led_deadline_us(&state, now_us);
		CU_ASSERT_EQUAL(now_us, begin_us + 200 * US_PER_MS);
		CU_ASSERT_EQUAL(led_colour(&state, now_us), LED_DARK);
		led_step(LED_DOORS_STAT, &state, facts, now_us);
		now_us = led_deadline_us(&state, now_us);
	}
	led_step(LED_DOORS_STAT, &state, D, now_us + 70);
	CU_ASSERT_EQUAL(led_deadline_us(&state, now_us + 70), now_us + 70 + S);
	led_step(LED_DOORS_STAT, &state, 0, now_us + 70);
	CU_ASSERT_EQUAL(led_deadline_us(&state, now_us + 70), UINT64_MAX);
}

static void
test_25_seconds_from_power_up_reset_and_24_do_nothing(void)
{
	struct button button;

	button_start(&button, true, S);
	CU_ASSERT_FALSE(button_step(&button, true, 25 * S));
	CU_ASSERT_FALSE(button_step(&button, false, 25 * S));
	CU_ASSERT_EQUAL(button.phase, BUTTON_IDLE);
	button_start(&button, true, S);
	CU_ASSERT_FALSE(button_step(&button, false, 26 * S - 1));
	CU_ASSERT_EQUAL(button.phase, BUTTON_IDLE);
	button_start(&button, true, S);
	CU_ASSERT_EQUAL(button_deadline_us(&button), 26 * S);
	CU_ASSERT_FALSE(button_step(&button, true, 26 * S));
	CU_ASSERT_EQUAL(button.phase, BUTTON_ARMED);
	CU_ASSERT_TRUE(button_step(&button, false, 40 * S));
	CU_ASSERT_FALSE(button_step(&button, false, 41 * S));
	CU_ASSERT_FALSE(button_step(&button, true, 42 * S));
	button_done(&button);
	CU_ASSERT_EQUAL(button.phase, BUTTON_IDLE);
}

static void
test_a_button_pressed_after_power_up_does_nothing(void)
{
	struct button button;

	button_start(&button, false, S);
	for (uint64_t s = 1; s < 100; s++)
		CU_ASSERT_FALSE(button_step(&button, s < 99, s * S));
	CU_ASSERT_EQUAL(button.phase, BUTTON_IDLE);
	CU_ASSERT_EQUAL(button_deadline_us(&button), UINT64_MAX);
	/* Let go once, it counts no more before the next power-up. */
	button_start(&button, true, S);
	CU_ASSERT_FALSE(button_step(&button, false, 2 * S));
	CU_ASSERT_FALSE(button_step(&button, true, 3 * S));
	CU_ASSERT_FALSE(button_step(&button, false, 90 * S));
}

static void
test_status_turns_amber_twice_and_green_when_it_is_done(void)
{
	struct button button;
	struct led_state stat = { 0 };
	enum led_colour before = LED_DARK;
	unsigned ambers = 0;
	uint64_t second_us = 0;

	button_start(&button, true, 0);
	for (uint64_t now_us = 0; now_us <= 30 * S; now_us += US_PER_MS) {
		(void) button_step(&button, now_us < 28 * S, now_us);
		led_step(LED_STAT, &stat, button_facts(&button, now_us) | LED_FACT_STARTING,
			 now_us);
		enum led_colour colour = led_colour(&stat, now_us);
		if (colour == LED_AMBER && before != LED_AMBER && ++ambers == 2)
			second_us = now_us;
		before = colour;
	}
	CU_ASSERT_EQUAL(ambers, 2);
	CU_ASSERT_EQUAL(second_us, 25 * S);
	CU_ASSERT_EQUAL(button.phase, BUTTON_RESETTING);
	CU_ASSERT_EQUAL(led_colour(&stat, 30 * S), LED_AMBER);
	button_done(&button);
	led_step(LED_STAT, &stat, button_facts(&button, 31 * S), 31 * S);
	CU_ASSERT_EQUAL(led_colour(&stat, 31 * S), LED_GREEN);
}

static void
test_the_countdown_ends_with_the_hold(void)
{
	struct button button;

	button_start(&button, true, S);
	CU_ASSERT_EQUAL(button_remaining_ms(&button, S), 25000);
	CU_ASSERT_EQUAL(button_remaining_ms(&button, 26 * S - 1), 1);
	CU_ASSERT_EQUAL(button_remaining_ms(&button, 26 * S), 0);
	(void) button_step(&button, true, 26 * S);
	CU_ASSERT_EQUAL(button_remaining_ms(&button, 26 * S), 0);
}

static void
test_names_are_those_on_the_wire(void)
{
	CU_ASSERT_STRING_EQUAL(led_name(LED_STAT), "stat");
	CU_ASSERT_STRING_EQUAL(led_name(LED_AUX), "aux");
	CU_ASSERT_STRING_EQUAL(led_colour_name(LED_RED), "red");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_pattern_is_the_manuals_to_the_millisecond),
		TAP(test_the_most_urgent_fact_is_shown),
		TAP(test_a_blinking_led_changes_exactly_at_its_deadlines),
		TAP(test_25_seconds_from_power_up_reset_and_24_do_nothing),
		TAP(test_a_button_pressed_after_power_up_does_nothing),
		TAP(test_status_turns_amber_twice_and_green_when_it_is_done),
		TAP(test_the_countdown_ends_with_the_hold),
		TAP(test_names_are_those_on_the_wire),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
