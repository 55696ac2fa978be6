/*
 * The lights and the control button, as pure functions of facts and time: which pattern each LED
 * shows, and what 25 seconds on the button do at power-up. No clock, no hardware.
 *
 * Times are monotonic microseconds.
 */
#ifndef AGENT_DOOR_LEDS_H
#define AGENT_DOOR_LEDS_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

/* LED_LOCK and LED_AUX are there once for each door. */
enum led {
	LED_STAT,
	LED_NET,
	LED_PWR,
	LED_RELAY,
	LED_DOORS_STAT,
	LED_DOORS_PWR,
	LED_OC_READER,
	LED_OC_RELAY,
	LED_LOCK,
	LED_AUX,
	LEDS,
};

/* What the lights are about; those of a relay are given for the door whose LED is asked for. */
enum led_fact {
	LED_FACT_STARTING = 1 << 0,
	LED_FACT_RESTORING = 1 << 1, /* settings are being restored */
	LED_FACT_UPGRADING = 1 << 2,
	LED_FACT_UPGRADE_FAILED = 1 << 3,
	LED_FACT_LINK_10 = 1 << 4,  /* 10 Mbit/s */
	LED_FACT_LINK_100 = 1 << 5, /* 100 Mbit/s or more */
	LED_FACT_TRAFFIC = 1 << 6,
	LED_FACT_POWER = 1 << 7,
	LED_FACT_RELAY = 1 << 8,	 /* COM is connected to NO */
	LED_FACT_DOORS_POWER = 1 << 9,	 /* DC IN DOOR 1-4 is there */
	LED_FACT_DOORS_ONLINE = 1 << 10, /* the door part has its controller */
	LED_FACT_READER_FAULT = 1 << 11, /* over-current or under-voltage of any RS-485 port */
	LED_FACT_RELAY_FAULT = 1 << 12,	 /* the same of any relay port */
	LED_FACT_LOCK = 1 << 13,
	LED_FACT_AUX = 1 << 14,
	LED_FACT_BUTTON_SEEN = 1 << 15, /* held at power-up: amber for the first time */
	LED_FACT_BUTTON_WAITS = 1 << 16,
	LED_FACT_BUTTON_ARMED = 1 << 17, /* 25 s are over, or the reset runs: amber again */
};

/* The pattern of the most urgent fact; it is static, so that patterns can be compared by address.
 */
const struct hw_led *led_pattern(enum led led, uint32_t facts);

#define BUTTON_HOLD_US UINT64_C(25000000)

enum button_phase {
	BUTTON_IDLE,	  /* nothing to do until the next power-up */
	BUTTON_HELD,	  /* since power-up */
	BUTTON_ARMED,	  /* long enough: a release resets */
	BUTTON_RESETTING, /* to factory default, until button_done() */
};

struct button {
	enum button_phase phase;
	uint64_t since_us;
};

/* At power-up; a mere restart of the program starts with BUTTON_IDLE instead. */
void button_start(struct button *button, bool is_pressed, uint64_t now_us);
/* true once, when the reset to factory default is to begin. */
bool button_step(struct button *button, bool is_pressed, uint64_t now_us);
void button_done(struct button *button);
/* When button_step() is due, or its facts change, by themselves; UINT64_MAX for never. */
uint64_t button_deadline_us(const struct button *button, uint64_t now_us);
/* "idle", "held", "armed", "resetting". */
const char *button_phase_name(enum button_phase phase);
/* For a countdown; 0 unless it is held. */
uint32_t button_remaining_ms(const struct button *button, uint64_t now_us);
/* LED_FACT_BUTTON_... of this moment. */
uint32_t button_facts(const struct button *button, uint64_t now_us);

#endif
