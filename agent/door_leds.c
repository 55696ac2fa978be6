#include "agent/door_leds.h"

#include <stddef.h>

#include "lib/util.h"

#define FIRST_AMBER_US (2 * US_PER_S)

static const struct hw_led dark = { HW_DARK, HW_DARK, 0, 0 };
static const struct hw_led green = { HW_GREEN, HW_GREEN, 0, 0 };
static const struct hw_led amber = { HW_AMBER, HW_AMBER, 0, 0 };
static const struct hw_led red = { HW_RED, HW_RED, 0, 0 };
static const struct hw_led red_slow = { HW_RED, HW_DARK, 1000, 1000 };
static const struct hw_led green_traffic = { HW_GREEN, HW_DARK, 50, 50 };
static const struct hw_led amber_traffic = { HW_AMBER, HW_DARK, 50, 50 };
static const struct hw_led green_amber = { HW_GREEN, HW_AMBER, 500, 500 };
static const struct hw_led green_red = { HW_GREEN, HW_RED, 500, 500 };
static const struct hw_led offline = { HW_GREEN, HW_DARK, 1000, 1000 };
static const struct hw_led online = { HW_GREEN, HW_DARK, 200, 2000 };

/* The first row of an LED whose facts all hold decides; each LED ends with a row without any. */
static const struct {
	enum led led;
	uint32_t facts;
	const struct hw_led *pattern;
} rules[] = {
	{ LED_STAT, LED_FACT_BUTTON_ARMED, &amber },
	{ LED_STAT, LED_FACT_BUTTON_SEEN, &amber },
	{ LED_STAT, LED_FACT_BUTTON_WAITS, &dark },
	{ LED_STAT, LED_FACT_STARTING, &amber },
	{ LED_STAT, LED_FACT_RESTORING, &amber },
	{ LED_STAT, LED_FACT_UPGRADE_FAILED, &red_slow },
	{ LED_STAT, 0, &green },
	{ LED_NET, LED_FACT_LINK_100 | LED_FACT_TRAFFIC, &green_traffic },
	{ LED_NET, LED_FACT_LINK_100, &green },
	{ LED_NET, LED_FACT_LINK_10 | LED_FACT_TRAFFIC, &amber_traffic },
	{ LED_NET, LED_FACT_LINK_10, &amber },
	{ LED_NET, 0, &dark },
	{ LED_PWR, LED_FACT_POWER | LED_FACT_UPGRADING, &green_amber },
	{ LED_PWR, LED_FACT_POWER, &green },
	{ LED_PWR, 0, &dark },
	{ LED_RELAY, LED_FACT_RELAY, &green },
	{ LED_RELAY, 0, &dark },
	{ LED_DOORS_STAT, LED_FACT_DOORS_POWER | LED_FACT_UPGRADING, &green_red },
	{ LED_DOORS_STAT, LED_FACT_DOORS_POWER | LED_FACT_DOORS_ONLINE, &online },
	{ LED_DOORS_STAT, LED_FACT_DOORS_POWER, &offline },
	{ LED_DOORS_STAT, 0, &dark },
	{ LED_DOORS_PWR, LED_FACT_DOORS_POWER, &green },
	{ LED_DOORS_PWR, 0, &dark },
	{ LED_OC_READER, LED_FACT_READER_FAULT, &red },
	{ LED_OC_READER, 0, &dark },
	{ LED_OC_RELAY, LED_FACT_RELAY_FAULT, &red },
	{ LED_OC_RELAY, 0, &dark },
	{ LED_LOCK, LED_FACT_LOCK, &green },
	{ LED_LOCK, 0, &dark },
	{ LED_AUX, LED_FACT_AUX, &green },
	{ LED_AUX, 0, &dark },
};

const struct hw_led *
led_pattern(enum led led, uint32_t facts)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].led == led && (rules[i].facts & facts) == rules[i].facts)
			return rules[i].pattern;
	return &dark;
}

void
button_start(struct button *button, bool is_pressed, uint64_t now_us)
{
	*button = (struct button){ .phase = is_pressed ? BUTTON_HELD : BUTTON_IDLE,
				   .since_us = now_us };
}

bool
button_step(struct button *button, bool is_pressed, uint64_t now_us)
{
	if (button->phase == BUTTON_HELD && now_us - button->since_us >= BUTTON_HOLD_US)
		button->phase = BUTTON_ARMED;
	if (is_pressed)
		return false;
	if (button->phase == BUTTON_HELD)
		button->phase = BUTTON_IDLE;
	if (button->phase != BUTTON_ARMED)
		return false;
	button->phase = BUTTON_RESETTING;
	return true;
}

void
button_done(struct button *button)
{
	button->phase = BUTTON_IDLE;
}

uint64_t
button_deadline_us(const struct button *button, uint64_t now_us)
{
	if (button->phase != BUTTON_HELD)
		return UINT64_MAX;
	return button->since_us +
	       (now_us - button->since_us < FIRST_AMBER_US ? FIRST_AMBER_US : BUTTON_HOLD_US);
}

const char *
button_phase_name(enum button_phase phase)
{
	static const char *const names[] = { "idle", "held", "armed", "resetting" };
	return names[phase];
}

uint32_t
button_remaining_ms(const struct button *button, uint64_t now_us)
{
	uint64_t held_us = now_us - button->since_us;

	if (button->phase != BUTTON_HELD || held_us >= BUTTON_HOLD_US)
		return 0;
	return (uint32_t) ((BUTTON_HOLD_US - held_us + US_PER_MS - 1) / US_PER_MS);
}

uint32_t
button_facts(const struct button *button, uint64_t now_us)
{
	switch (button->phase) {
	case BUTTON_IDLE:
		return 0;
	case BUTTON_HELD:
		return now_us - button->since_us < FIRST_AMBER_US ? LED_FACT_BUTTON_SEEN
								  : LED_FACT_BUTTON_WAITS;
	case BUTTON_ARMED:
	case BUTTON_RESETTING:
		return LED_FACT_BUTTON_ARMED;
	}
	return 0;
}
