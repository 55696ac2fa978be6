/* The board for people: what each point is, how it is, and what can be done to it. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/table.h"
#include "lib/json.h"
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

json_t *
board_points(const struct board *board)
{
	json_t *points = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		char text[96];
		board_say_state(board, inventory_at(i), text, sizeof(text));
		if (*text && inventory_at(i)->is_fitted)
			(void) json_object_set_new(points, inventory_at(i)->id,
						   json_string_cut(text));
	}
	return points;
}

/* Every word about it, with its name in place. */
static json_t *
words_about(const struct inventory_row *row)
{
	json_t *words = json_array();

	for (size_t i = 0; i < board_words.count; i++) {
		const struct word *word = &board_words.rows[i];
		char type[16] = "";
		size_t size;
		const char *name = words_point_type(word, &size);
		if (!words_suit_point(word, row))
			continue;
		(void) snprintf(type, sizeof(type), "%.*s", name ? (int) size : 0,
				name ? name : "");
		_cleanup_(freep) char *filled =
			name ? words_fill(word, type, row->id) : xstrdup(word->pattern);
		(void) json_array_append_new(words, json_string(filled));
	}
	return words;
}

static json_t *
describe_point(const struct board *board, const struct inventory_row *row)
{
	char text[96];

	board_say_state(board, row, text, sizeof(text));
	return json_pack("{ss,ss,ss,ss,si,so,sb,so}", "id", row->id, "kind",
			 inventory_kind_name(row->kind), "place", inventory_place(row->place)->name,
			 "label", row->label, "door", (int) row->door, "state",
			 json_string_cut(text), "fault", board_point_const(board, row)->why != NULL,
			 "words", words_about(row));
}

/* What is about no point in particular. */
static json_t *
general_words(void)
{
	json_t *words = json_array();

	for (size_t i = 0; i < board_words.count; i++) {
		const struct word *word = &board_words.rows[i];
		(void) json_array_append_new(
			words, json_pack("{ss,ss}", "words", word->pattern, "help", word->help));
	}
	return words;
}

json_t *
board_describe(struct board *board)
{
	json_t *points = json_array();
	json_t *object = board_show(board);

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (inventory_at(i)->is_fitted)
			(void) json_array_append_new(points,
						     describe_point(board, inventory_at(i)));
	(void) json_object_set_new(object, "points", points);
	(void) json_object_set_new(object, "words", general_words());
	return object;
}

json_t *
board_show(struct board *board)
{
	static const char *const phases[] = { "off", "starting", "running" };
	const struct rails *rails = &board->rails;
	json_t *readers = json_object();
	json_t *moves = json_object();
	json_t *modules = json_array();

	for (unsigned i = 1; i <= READERS && board->lines[0]; i++) {
		char key[8];
		(void) snprintf(key, sizeof(key), "%u", i);
		(void) json_object_set_new(readers, key,
					   reader_show(board_reader(board, i), board->now_us));
	}
	for (unsigned i = 0; i < BUSES && board->lines[i]; i++) {
		_cleanup_(json_decrefp) json_t *shown =
			line_show_modules(board->lines[i], board->now_us);
		(void) json_array_extend(modules, shown);
	}
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (board_is_output(inventory_at(i)))
			(void) json_object_set_new(moves, inventory_at(i)->id,
						   json_integer(board->points[i].moves));
	return json_pack(
		"{so,so,so,so,sb,s{ss,ss,ss}}", "points", board_points(board), "readers", readers,
		"modules", modules, "moves", moves, "attached", board->controller != NULL, "power",
		"device", phases[rails->phase], "source",
		rails->power.source == SOURCE_ANY ? "none"
						  : inventory_source_name(rails->power.source),
		"boot", board->boot);
}
