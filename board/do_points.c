/* Words about inputs, casing, motion, temperature, button, and points that break. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/play.h"
#include "board/table.h"
#include "board/types.h"
#include "lib/util.h"

#define PRESS_US     (200 * US_PER_MS)
#define SHAKE_US     US_PER_S
#define RAMP_STEP_US (100 * US_PER_MS)
#define WHY_DEFAULT  "it does not answer"

static int
too_many(struct outcome *outcome)
{
	return outcome_refuse(outcome, RPC_TOO_MANY, NULL, "%d things go on already", COURSES_MAX);
}

int
do_set_input(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return board_set_input(board, order_point(order), order_choice(order, 0), "");
}

static int
set_with(struct board *board, const struct order *order, const char *what, const char *type)
{
	const char *text = order_text(order, type);
	char number[24];

	if (!strcmp(type, "PERCENT")) {
		(void) snprintf(number, sizeof(number), "%lld", order_number(order, type, 0));
		text = number;
	}
	return board_set_input(board, order_point(order), what, text);
}

int
do_set_ohms(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return set_with(board, order, "ohms", "OHMS");
}

static bool
step_splice(struct board *board, struct course *course)
{
	struct cable *cable = &board->cables[course->subject];

	if (cable->drift_percent < course->target)
		cable->drift_percent++;
	course->at_us += course->period_us;
	return cable->drift_percent < course->target;
}

int
do_set_drift(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	course_stop(&board->courses, step_splice, inventory_input_number(order_point(order)) - 1);
	return set_with(board, order, "drift", "PERCENT");
}

int
do_set_wired(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return set_with(board, order, "wired", "SCHEME");
}

/* One per cent after the other; the first one when its time is over. */
int
do_splice(struct board *board, const struct order *order, struct outcome *outcome)
{
	uint64_t thousandths = (uint64_t) order_number(order, "RATE", 1);
	uint64_t period_us = MAX_OF(1000 * US_PER_S / thousandths, US_PER_MS);
	struct course *course = course_start(&board->courses, step_splice,
					     inventory_input_number(order_point(order)) - 1,
					     board->now_us + period_us);

	if (!course)
		return too_many(outcome);
	course->period_us = period_us;
	course->target = order_number(order, "PERCENT", 0);
	return 0;
}

static bool
step_bounce(struct board *board, struct course *course)
{
	struct cable *cable = &board->cables[course->subject];

	(void) cable_set(cable, cable->is_closed ? "open" : "closed", "");
	course->at_us += course->period_us;
	return --course->left > 0;
}

/* There and back so many times before it stays: all edges within the time, at equal distances. */
int
do_bounce(struct board *board, const struct order *order, struct outcome *outcome)
{
	unsigned edges = 2 * (unsigned) order_number(order, "COUNT", 1) + 1;
	struct course *course =
		course_start(&board->courses, step_bounce,
			     inventory_input_number(order_point(order)) - 1, board->now_us);

	if (!course)
		return too_many(outcome);
	course->left = edges;
	course->period_us = (uint64_t) order_number(order, "PERIOD", 0) / (edges - 1);
	return 0;
}

int
do_casing(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board_point(board, inventory_find("casing"))->is_on =
		!strcmp(order_choice(order, 0), "open");
	return 0;
}

static bool
step_release(struct board *board, struct course *course)
{
	board->points[course->subject].is_on = false;
	return false;
}

static size_t
place(const char *id)
{
	return inventory_position(inventory_find(id));
}

int
do_button(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	course_stop(&board->courses, step_release, place("button"));
	board->points[place("button")].is_on = !strcmp(order_choice(order, 0), "pressed");
	return 0;
}

static int
hold(struct board *board, const char *id, uint64_t for_us, struct outcome *outcome)
{
	if (!course_start(&board->courses, step_release, place(id), board->now_us + for_us))
		return too_many(outcome);
	board->points[place(id)].is_on = true;
	return 0;
}

static const char *
stat_colour(struct board *board)
{
	return led_colour_word(led_colour_at(&board->points[place("led.stat")].led, board->now_us));
}

/* What somebody sees who holds the button and counts. */
static bool
step_countdown(struct board *board, struct course *course)
{
	if (!course->left || !board->points[place("button")].is_on) {
		play_say(board, "the control button is released, STAT is %s", stat_colour(board));
		play_tell_over(board, "press", 0);
		return false;
	}
	play_say(board, "the control button is held, %u s left, STAT is %s", course->left,
		 stat_colour(board));
	course->left--;
	course->at_us += US_PER_S;
	return true;
}

int
do_press(struct board *board, const struct order *order, struct outcome *outcome)
{
	uint64_t for_us = (uint64_t) order_number(order, "DURATION", PRESS_US);
	int r = hold(board, "button", for_us, outcome);
	struct course *course;

	if (r < 0 || for_us < US_PER_S)
		return r;
	course = course_start(&board->courses, step_countdown, 0, board->now_us);
	if (!course)
		return too_many(outcome);
	course->left = (unsigned) (for_us / US_PER_S);
	outcome->is_lasting = true;
	return 0;
}

int
do_shake(struct board *board, const struct order *order, struct outcome *outcome)
{
	return hold(board, "motion", (uint64_t) order_number(order, "DURATION", SHAKE_US), outcome);
}

/* Where it is now follows from the time alone, so that no step is lost by rounding. */
static bool
step_ramp(struct board *board, struct course *course)
{
	uint64_t spent_us = MIN_OF(course->at_us - course->started_us, course->period_us);

	board->temperature_mc =
		(int32_t) (course->value + (course->target - course->value) * (int64_t) spent_us /
						   (int64_t) course->period_us);
	course->at_us =
		MIN_OF(course->at_us + RAMP_STEP_US, course->started_us + course->period_us);
	return spent_us < course->period_us;
}

int
do_temperature(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	course_stop(&board->courses, step_ramp, 0);
	board->temperature_mc = (int32_t) order_number(order, "CELSIUS", 0);
	return 0;
}

int
do_ramp(struct board *board, const struct order *order, struct outcome *outcome)
{
	const char *last = strstr(order_text(order, "RANGE"), "..") + 2;
	struct course *course = course_start(&board->courses, step_ramp, 0, board->now_us);
	long long target;

	if (!course)
		return too_many(outcome);
	(void) parse_thousandths(last, strlen(last), &target);
	course->started_us = board->now_us;
	course->period_us = (uint64_t) order_number(order, "PERIOD", 1);
	course->value = order_number(order, "RANGE", 0);
	course->target = target;
	return 0;
}

int
do_fault(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	const char *why = order_text(order, "TEXT...");

	board_set_fault(board, order_point(order), why ? why : WHY_DEFAULT);
	return 0;
}

int
do_works(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	board_set_fault(board, order_point(order), NULL);
	return 0;
}
