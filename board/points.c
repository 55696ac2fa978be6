/* The points as people and the controller handle them: cables, relays, faults. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/play.h"
#include "lib/util.h"

#define TEMPERATURE_MC 35000

struct point *
board_point(struct board *board, const struct inventory_row *row)
{
	return &board->points[inventory_position(row)];
}

const struct point *
board_point_const(const struct board *board, const struct inventory_row *row)
{
	return &board->points[inventory_position(row)];
}

void
board_init(struct board *board)
{
	for (unsigned i = 0; i < INPUTS; i++) {
		const struct inventory_row *row = inventory_input(i + 1);
		cable_init(&board->cables[i], row->id);
		board->cables[i].is_closed = row->kind == INV_CONTACT;
	}
	board->temperature_mc = TEMPERATURE_MC;
	board_point(board, inventory_find("poe_plus"))->is_on = true;
	board_point(board, inventory_find("doors1_4.dc_in"))->is_on = true;
	struct power_supplies there = rails_supplies(board);
	(void) power_start(&board->rails.power, &there);
	board->rails.phase = DEVICE_RUNNING;
	board_on_driver(board, NULL);
}

void
board_done(struct board *board)
{
	play_stop(board);
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		free(steal(&board->points[i].why));
}

bool
board_is_output(const struct inventory_row *row)
{
	return row->kind == INV_LOCK_RELAY || row->kind == INV_AUX_RELAY ||
	       row->kind == INV_RELAY || row->kind == INV_OUTPUT || row->kind == INV_AUX_IO;
}

/* What people say of doors and buttons, in the words of their cable. */
static const struct {
	enum inventory_kind kind;
	const char *said;
	const char *meant;
} words[] = {
	{ INV_REX, "pressed", "closed" },
	{ INV_REX, "released", "open" },
};

int
board_set_input(struct board *board, const struct inventory_row *row, const char *value,
		const char *argument)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (words[i].kind == row->kind && !strcmp(words[i].said, value))
			value = words[i].meant;
	return cable_set(&board->cables[inventory_input_number(row) - 1], value, argument);
}

int
board_set_output(struct board *board, const char *id, bool is_on)
{
	const struct inventory_row *row = inventory_find(id);

	if (!row || !board_is_output(row))
		return -ENOENT;
	if (board_point(board, row)->why)
		return -EIO;
	board_point(board, row)->is_on = is_on;
	return 0;
}

void
board_settle(struct board *board)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		struct point *point = &board->points[i];
		if (!board_is_output(inventory_at(i)))
			continue;
		bool is_energised = rails_is_energised(board, inventory_at(i));
		point->moves += is_energised != point->was_energised;
		point->was_energised = is_energised;
	}
	for (unsigned i = 0; i < BUSES; i++)
		line_set_powered(board->lines[i], rails_feeds_readers(board, i + 1));
	board_report(board);
}

void
board_set_fault(struct board *board, const struct inventory_row *row, const char *why)
{
	struct point *point = board_point(board, row);
	unsigned input = inventory_input_number(row);

	free(point->why);
	point->why = why ? xstrdup(why) : NULL;
	if (!why && input && board->cables[input - 1].damage == CABLE_DEAD)
		board->cables[input - 1].damage = CABLE_INTACT;
}

void
board_step(struct board *board, uint64_t now_us)
{
	for (;;) {
		struct course *course = course_next(&board->courses);
		if (!course || course->at_us > now_us)
			break;
		uint64_t number = course->number;
		board->now_us = MAX_OF(board->now_us, course->at_us);
		/* A step may end or replace its own course. */
		if (!course->step(board, course) && course->number == number)
			*course = (struct course){ 0 };
		board_settle(board);
	}
	board->now_us = MAX_OF(board->now_us, now_us);
	board_settle(board);
}

uint64_t
board_deadline_us(struct board *board)
{
	const struct course *course = course_next(&board->courses);

	return course ? course->at_us : UINT64_MAX;
}
