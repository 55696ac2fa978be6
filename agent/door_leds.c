#include "agent/door_leds.h"

#include <stddef.h>

#include "lib/util.h"

#define FIRST_AMBER_US (2 * US_PER_S)

static const struct led_pattern dark = { LED_DARK, LED_DARK, 0, 0 };
static const struct led_pattern green = { LED_GREEN, LED_GREEN, 0, 0 };
static const struct led_pattern amber = { LED_AMBER, LED_AMBER, 0, 0 };
static const struct led_pattern red = { LED_RED, LED_RED, 0, 0 };
static const struct led_pattern red_slow = { LED_RED, LED_DARK, 1000, 1000 };
static const struct led_pattern green_traffic = { LED_GREEN, LED_DARK, 50, 50 };
static const struct led_pattern amber_traffic = { LED_AMBER, LED_DARK, 50, 50 };
static const struct led_pattern green_amber = { LED_GREEN, LED_AMBER, 500, 500 };
static const struct led_pattern green_red = { LED_GREEN, LED_RED, 500, 500 };
static const struct led_pattern offline = { LED_GREEN, LED_DARK, 1000, 1000 };
static const struct led_pattern online = { LED_GREEN, LED_DARK, 200, 2000 };

/* The first row of an LED whose facts all hold decides; each LED ends with a row without any. */
static const struct {
	enum led led;
	uint32_t facts;
	const struct led_pattern *pattern;
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

const struct led_pattern *
led_pattern(enum led led, uint32_t facts)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].led == led && (rules[i].facts & facts) == rules[i].facts)
			return rules[i].pattern;
	return &dark;
}

void
led_step(enum led led, struct led_state *state, uint32_t facts, uint64_t now_us)
{
	const struct led_pattern *pattern = led_pattern(led, facts);

	if (pattern == state->pattern)
		return;
	state->pattern = pattern;
	state->since_us = now_us;
}

/* How long the pattern has run since it last began anew. */
static uint64_t
position_us(const struct led_state *state, uint64_t now_us)
{
	uint64_t period_us = (state->pattern->first_ms + state->pattern->second_ms) * US_PER_MS;

	return (now_us - state->since_us) % period_us;
}

static bool
is_steady(const struct led_state *state)
{
	return !state->pattern || !state->pattern->first_ms;
}

enum led_colour
led_colour(const struct led_state *state, uint64_t now_us)
{
	if (is_steady(state))
		return state->pattern ? state->pattern->first : LED_DARK;
	return position_us(state, now_us) < state->pattern->first_ms * US_PER_MS
		       ? state->pattern->first
		       : state->pattern->second;
}

uint64_t
led_deadline_us(const struct led_state *state, uint64_t now_us)
{
	if (is_steady(state))
		return UINT64_MAX;
	uint64_t at_us = position_us(state, now_us);
	uint64_t first_us = state->pattern->first_ms * US_PER_MS;
	uint64_t end_us = first_us + state->pattern->second_ms * US_PER_MS;
	return now_us + (at_us < first_us ? first_us : end_us) - at_us;
}

const char *
led_name(enum led led)
{
	static const char *const names[LEDS] = { "stat",       "net",	    "pwr",	 "relay",
						 "doors_stat", "doors_pwr", "oc_reader", "oc_relay",
						 "lock",       "aux" };
	return names[led];
}

const char *
led_colour_name(enum led_colour colour)
{
	static const char *const names[] = { "dark", "green", "amber", "red" };
	return names[colour];
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
button_deadline_us(const struct button *button)
{
	return button->phase == BUTTON_HELD ? button->since_us + BUTTON_HOLD_US : UINT64_MAX;
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
