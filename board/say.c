/* How a point is, in the words of a person who looks at it. */
#include <stdio.h>
#include <stdlib.h>

#include "board/board.h"
#include "lib/util.h"

static void
say_input(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	const struct cable *cable = &board->cables[inventory_input_number(row) - 1];
	bool is_closed = cable_is_closed(cable);
	const char *state = is_closed ? "closed" : "open";

	if (row->kind == INV_REX) {
		(void) snprintf(to, size, "%s", is_closed ? "pressed" : "released");
		return;
	}
	if (cable->damage != CABLE_INTACT)
		state = cable_damage_name(cable->damage);
	(void) snprintf(to, size, "%s, %u ohms", state, cable_ohms(cable));
}

static void
say_output(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	(void) snprintf(to, size, "%s", rails_is_energised(board, row) ? "on" : "off");
}

static void
say_aux(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	if (board_point_const(board, row)->is_output)
		say_output(board, row, to, size);
	else
		say_input(board, row, to, size);
}

static void
say_supply(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	bool is_on = rails_mv(board, row) > 0;

	(void) snprintf(to, size, "%s, %u mV, %u mA", is_on ? "on" : "off", rails_mv(board, row),
			rails_ma(board, row));
}

static void
say_jumper(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	uint32_t mv = rails_mv(board, row);

	if (mv)
		(void) snprintf(to, size, "%u V", mv / 1000);
	else
		(void) snprintf(to, size, "none");
}

static void
say_led(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	const struct led *led = &board_point_const(board, row)->led;
	const struct led_order *order = led_last(led);
	const char *colour = led_colour_word(led_colour_at(led, board->now_us));

	if (order->first_ms && order->second_ms)
		(void) snprintf(to, size, "%s (%s %u ms, %s %u ms)", colour,
				led_colour_word(order->first), order->first_ms,
				led_colour_word(order->second), order->second_ms);
	else
		(void) snprintf(to, size, "%s", colour);
}

static void
say_temperature(const struct board *board, const struct inventory_row *row UNUSED, char *to,
		size_t size)
{
	int32_t mc = board->temperature_mc;

	(void) snprintf(to, size, "%s%d.%d C", mc < 0 ? "-" : "", abs(mc) / 1000,
			abs(mc) % 1000 / 100);
}

static void
say_casing(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	(void) snprintf(to, size, "%s", board_point_const(board, row)->is_on ? "open" : "closed");
}

static void
say_motion(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	(void) snprintf(to, size, "%s", board_point_const(board, row)->is_on ? "moved" : "still");
}

static void
say_button(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	(void) snprintf(to, size, "%s",
			board_point_const(board, row)->is_on ? "pressed" : "released");
}

static const struct {
	enum inventory_kind kind;
	void (*say)(const struct board *board, const struct inventory_row *row, char *to,
		    size_t size);
} sayings[] = {
	{ INV_CONTACT, say_input },
	{ INV_REX, say_input },
	{ INV_INPUT, say_input },
	{ INV_TAMPER, say_input },
	{ INV_ALARM, say_input },
	{ INV_AUX_IO, say_aux },
	{ INV_LOCK_RELAY, say_output },
	{ INV_AUX_RELAY, say_output },
	{ INV_RELAY, say_output },
	{ INV_OUTPUT, say_output },
	{ INV_SUPPLY_IN, say_supply },
	{ INV_SUPPLY_OUT, say_supply },
	{ INV_JUMPER, say_jumper },
	{ INV_LED, say_led },
	{ INV_TEMPERATURE, say_temperature },
	{ INV_CASING, say_casing },
	{ INV_MOTION, say_motion },
	{ INV_BUTTON, say_button },
};

void
board_say_state(const struct board *board, const struct inventory_row *row, char *to, size_t size)
{
	const char *why = board_point_const(board, row)->why;

	*to = 0;
	if (why) {
		(void) snprintf(to, size, "fault: %s", why);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(sayings); i++)
		if (sayings[i].kind == row->kind)
			sayings[i].say(board, row, to, size);
}
