#include "agent/door_leds.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#define S US_PER_S
#define D LED_FACT_DOORS_POWER

/* Every line of the manual's two tables; dark is HW_DARK for all time. */
static void
test_every_pattern_is_the_manuals_to_the_millisecond(void)
{
	static const struct {
		enum led led;
		uint32_t facts;
		enum hw_colour first, second;
		uint32_t first_ms, second_ms;
	} expected[] = {
		{ LED_STAT, 0, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_STAT, LED_FACT_STARTING, HW_AMBER, HW_AMBER, 0, 0 },
		{ LED_STAT, LED_FACT_RESTORING, HW_AMBER, HW_AMBER, 0, 0 },
		{ LED_STAT, LED_FACT_UPGRADE_FAILED, HW_RED, HW_DARK, 1000, 1000 },
		{ LED_NET, 0, HW_DARK, HW_DARK, 0, 0 },
		{ LED_NET, LED_FACT_TRAFFIC, HW_DARK, HW_DARK, 0, 0 },
		{ LED_NET, LED_FACT_LINK_100, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_NET, LED_FACT_LINK_100 | LED_FACT_TRAFFIC, HW_GREEN, HW_DARK, 50, 50 },
		{ LED_NET, LED_FACT_LINK_10, HW_AMBER, HW_AMBER, 0, 0 },
		{ LED_NET, LED_FACT_LINK_10 | LED_FACT_TRAFFIC, HW_AMBER, HW_DARK, 50, 50 },
		{ LED_PWR, LED_FACT_POWER, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_PWR, LED_FACT_POWER | LED_FACT_UPGRADING, HW_GREEN, HW_AMBER, 500, 500 },
		{ LED_PWR, 0, HW_DARK, HW_DARK, 0, 0 },
		{ LED_RELAY, LED_FACT_RELAY, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_RELAY, LED_FACT_LOCK | LED_FACT_AUX, HW_DARK, HW_DARK, 0, 0 },
		{ LED_DOORS_STAT, D, HW_GREEN, HW_DARK, 1000, 1000 },
		{ LED_DOORS_STAT, D | LED_FACT_DOORS_ONLINE, HW_GREEN, HW_DARK, 200, 2000 },
		{ LED_DOORS_STAT, D | LED_FACT_UPGRADING, HW_GREEN, HW_RED, 500, 500 },
		{ LED_DOORS_STAT, LED_FACT_UPGRADING, HW_DARK, HW_DARK, 0, 0 },
		{ LED_DOORS_PWR, D, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_DOORS_PWR, LED_FACT_POWER, HW_DARK, HW_DARK, 0, 0 },
		{ LED_OC_READER, LED_FACT_READER_FAULT, HW_RED, HW_RED, 0, 0 },
		{ LED_OC_READER, LED_FACT_RELAY_FAULT, HW_DARK, HW_DARK, 0, 0 },
		{ LED_OC_RELAY, LED_FACT_RELAY_FAULT, HW_RED, HW_RED, 0, 0 },
		{ LED_OC_RELAY, LED_FACT_READER_FAULT, HW_DARK, HW_DARK, 0, 0 },
		{ LED_LOCK, LED_FACT_LOCK, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_LOCK, LED_FACT_AUX | LED_FACT_RELAY, HW_DARK, HW_DARK, 0, 0 },
		{ LED_AUX, LED_FACT_AUX, HW_GREEN, HW_GREEN, 0, 0 },
		{ LED_AUX, LED_FACT_LOCK | LED_FACT_RELAY, HW_DARK, HW_DARK, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		const struct hw_led *is = led_pattern(expected[i].led, expected[i].facts);
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

	CU_ASSERT_EQUAL(led_pattern(LED_STAT, all)->first, HW_AMBER);
	CU_ASSERT_EQUAL(led_pattern(LED_STAT, LED_FACT_BUTTON_WAITS | LED_FACT_STARTING)->first,
			HW_DARK);
	CU_ASSERT_EQUAL(led_pattern(LED_STAT, LED_FACT_STARTING | LED_FACT_UPGRADE_FAILED)->first,
			HW_AMBER);
	CU_ASSERT_EQUAL(led_pattern(LED_NET, LED_FACT_LINK_10 | LED_FACT_LINK_100)->first,
			HW_GREEN);
	CU_ASSERT_EQUAL(led_pattern(LED_DOORS_STAT, all)->second, HW_RED);
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
	CU_ASSERT_EQUAL(button_deadline_us(&button, 4 * S), 26 * S);
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
	CU_ASSERT_EQUAL(button_deadline_us(&button, S), UINT64_MAX);
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
	enum hw_colour before = HW_DARK;
	unsigned ambers = 0;
	uint64_t second_us = 0;

	button_start(&button, true, 0);
	for (uint64_t now_us = 0; now_us <= 30 * S; now_us += US_PER_MS) {
		(void) button_step(&button, now_us < 28 * S, now_us);
		uint32_t facts = button_facts(&button, now_us) | LED_FACT_STARTING;
		enum hw_colour colour = led_pattern(LED_STAT, facts)->first;
		if (colour == HW_AMBER && before != HW_AMBER && ++ambers == 2)
			second_us = now_us;
		before = colour;
	}
	CU_ASSERT_EQUAL(ambers, 2);
	CU_ASSERT_EQUAL(second_us, 25 * S);
	CU_ASSERT_EQUAL(button.phase, BUTTON_RESETTING);
	CU_ASSERT_EQUAL(before, HW_AMBER);
	button_done(&button);
	CU_ASSERT_EQUAL(led_pattern(LED_STAT, button_facts(&button, 31 * S))->first, HW_GREEN);
}

/* Who sleeps until each deadline sees every change. */
static void
test_what_a_held_button_shows_changes_at_its_deadlines_only(void)
{
	struct button button;
	uint64_t now_us = 3 * S;
	uint64_t changes_us[4];
	unsigned count = 0;

	button_start(&button, true, now_us);
	while (now_us != UINT64_MAX && count < ARRAY_LEN(changes_us)) {
		uint64_t next_us = button_deadline_us(&button, now_us);
		if (next_us != UINT64_MAX) {
			CU_ASSERT_EQUAL(button_facts(&button, now_us),
					button_facts(&button, next_us - 1));
			(void) button_step(&button, true, next_us);
			changes_us[count++] = next_us;
		}
		now_us = next_us;
	}
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_EQUAL(changes_us[0], 5 * S);
	CU_ASSERT_EQUAL(changes_us[1], 28 * S);
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

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_pattern_is_the_manuals_to_the_millisecond),
		TAP(test_the_most_urgent_fact_is_shown),
		TAP(test_25_seconds_from_power_up_reset_and_24_do_nothing),
		TAP(test_a_button_pressed_after_power_up_does_nothing),
		TAP(test_status_turns_amber_twice_and_green_when_it_is_done),
		TAP(test_the_countdown_ends_with_the_hold),
		TAP(test_what_a_held_button_shows_changes_at_its_deadlines_only),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
