/*
 * One LED of the board: the pattern it was told last, its colour of this moment, and when its
 * colour changed. Pure; times are the board's.
 */
#ifndef BOARD_LED_H
#define BOARD_LED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LED_ORDERS_MAX 16
#define LED_PERIOD_MAX 60000 /* ms of each colour */

/* As an order has it: one colour for first_ms, another for second_ms; 0 and 0: first for ever. */
struct led_order {
	unsigned first;
	unsigned second;
	uint32_t first_ms;
	uint32_t second_ms;
	uint64_t at_us;
};

/* All zero is dark. */
struct led {
	unsigned count; /* of orders, all that ever came */
	struct led_order orders[LED_ORDERS_MAX];
};

struct led_change {
	uint64_t at_us;
	unsigned colour;
};

/* "dark", "green", "amber", "red"; -EINVAL when it is none of them. */
int led_find_colour(const char *name);
const char *led_colour_word(unsigned colour);
/* An order that is no other than the last one changes nothing. */
void led_order(struct led *led, const struct led_order *order);
/* The last order; dark for ever when there was none. */
const struct led_order *led_last(const struct led *led);
unsigned led_colour_at(const struct led *led, uint64_t now_us);
/* The last changes of colour until now_us, the oldest first; returns how many, at most max. */
size_t led_changes(const struct led *led, uint64_t now_us, struct led_change *ret, size_t max);

#endif
