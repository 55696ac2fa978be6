/* Words that only look. */
#include <stdio.h>
#include <string.h>

#include "board/board.h"
#include "board/play.h"
#include "board/table.h"
#include "lib/util.h"

#define CHANGES_MAX 32

int
do_show(struct board *board, const struct order *order UNUSED, struct outcome *outcome)
{
	outcome->result = board_show(board);
	return 0;
}

/* When its colour changed, in microseconds of the board's clock: patterns can be measured. */
static json_t *
changes_of(const struct board *board, const struct led *led)
{
	struct led_change changes[CHANGES_MAX];
	size_t count = led_changes(led, board->now_us, changes, CHANGES_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		(void) json_array_append_new(
			list, json_pack("{sI,ss}", "at_us", (json_int_t) changes[i].at_us, "colour",
					led_colour_word(changes[i].colour)));
	return list;
}

static json_t *
pattern_of(const struct led *led)
{
	const struct led_order *order = led_last(led);

	return json_pack("{ss,ss,si,si,sI}", "first", led_colour_word(order->first), "second",
			 led_colour_word(order->second), "first_ms", (int) order->first_ms,
			 "second_ms", (int) order->second_ms, "since_us",
			 (json_int_t) order->at_us);
}

int
do_show_point(struct board *board, const struct order *order, struct outcome *outcome)
{
	const struct inventory_row *row = order_point(order);
	const struct point *point = board_point(board, row);
	char text[96];

	board_say_state(board, row, text, sizeof(text));
	outcome->result = json_pack("{s{ss},si,sI}", "points", row->id, text, "moves",
				    (int) point->moves, "now_us", (json_int_t) board->now_us);
	if (row->kind == INV_LED) {
		(void) json_object_set_new(outcome->result, "pattern", pattern_of(&point->led));
		(void) json_object_set_new(outcome->result, "changes",
					   changes_of(board, &point->led));
	}
	return 0;
}

int
do_say(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	/* A script says its lines by itself. */
	if (!board->play)
		play_say(board, "%s", order_text(order, "TEXT..."));
	return 0;
}

int
do_stop(struct board *board, const struct order *order UNUSED, struct outcome *outcome UNUSED)
{
	play_stop(board);
	course_stop_stories(&board->courses);
	return 0;
}
