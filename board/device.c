/* The controller as a machine: power comes and goes, it restarts, and nobody may drive it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "lib/util.h"

bool
board_is_running(const struct board *board)
{
	return board->rails.phase == DEVICE_RUNNING;
}

static void
new_boot(struct board *board)
{
	char *dot = strchr(board->boot, '.');
	size_t used = dot ? (size_t) (dot - board->boot) : strlen(board->boot);

	(void) snprintf(board->boot + used, sizeof(board->boot) - used, ".%u", ++board->boots);
}

static bool
step_unattended(struct board *board, struct course *course UNUSED)
{
	board->is_safe = true;
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (board_is_output(inventory_at(i)))
			board->points[i].is_on = board->points[i].is_safe_on;
	return false;
}

static void
schedule(struct board *board, course_step *step, uint64_t at_us)
{
	struct course *course = course_start(&board->courses, step, 0, at_us);

	if (course)
		course->is_device = true;
}

void
board_on_driver(struct board *board, struct rpc_connection *controller)
{
	board->controller = controller;
	course_stop(&board->courses, step_unattended, 0);
	if (controller)
		board->is_safe = false;
	else if (board_is_running(board))
		schedule(board, step_unattended, board->now_us + board->safe_after_us);
}

/* Outputs are open and lights are out until the device has started and is told otherwise. */
static void
stop_device(struct board *board, enum device_phase phase)
{
	struct rpc_connection *controller = board->controller;

	board->rails.phase = phase;
	memset(board->rails.is_branch_off, 0, sizeof(board->rails.is_branch_off));
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct led_order dark = { .at_us = board->now_us };
		if (board_is_output(inventory_at(i)))
			board->points[i].is_on = false;
		else if (inventory_at(i)->kind == INV_LED)
			led_order(&board->points[i].led, &dark);
	}
	board_on_driver(board, NULL);
	if (controller)
		rpc_close(controller);
	for (unsigned i = 0; i < BUSES; i++)
		line_hang_up(board->lines[i]);
}

static void follow(struct board *board, unsigned actions, enum power_phase before);

static bool
step_started(struct board *board, struct course *course UNUSED)
{
	const struct power_input started = { .kind = POWER_INPUT_STARTED };
	enum power_phase before = board->rails.power.phase;

	if (before == POWER_RESTARTING)
		follow(board, power_step(&board->rails.power, &started), POWER_RUNNING);
	if (board->rails.power.phase != POWER_RUNNING)
		return false;
	board->rails.phase = DEVICE_RUNNING;
	new_boot(board);
	board_on_driver(board, NULL);
	return false;
}

static void
follow(struct board *board, unsigned actions, enum power_phase before)
{
	bool is_start = before == POWER_OFF && board->rails.power.phase == POWER_RUNNING;

	if (actions & POWER_TELL_LOST) {
		stop_device(board, DEVICE_OFF);
		course_stop(&board->courses, step_started, 0);
	} else if (is_start || actions & POWER_RESTART) {
		stop_device(board, DEVICE_STARTING);
		board->rails.starts_at_us = board->now_us + board->start_up_us;
		schedule(board, step_started, board->rails.starts_at_us);
	}
}

static void
feed(struct board *board, const struct power_input *input)
{
	enum power_phase before = board->rails.power.phase;

	follow(board, power_step(&board->rails.power, input), before);
}

void
board_repower(struct board *board)
{
	struct power_supplies there = rails_supplies(board);

	feed(board, &(struct power_input){ .kind = POWER_INPUT_POE, .poe = there.poe });
	feed(board,
	     &(struct power_input){ .kind = POWER_INPUT_DC_IN, .is_there = there.has_dc_in });
	feed(board,
	     &(struct power_input){ .kind = POWER_INPUT_DOORS, .is_there = there.has_doors });
}
