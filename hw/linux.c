/* The driver for real boards: GPIO lines, IIO, hwmon, LED class and serial ports of Linux. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "hw/fdstore.h"
#include "hw/linux_private.h"
#include "lib/loop.h"
#include "lib/util.h"

static bool
linux_has(const void *context, const struct inventory_row *row)
{
	const struct linux_board *board = context;

	return profile_has_point(board->profile, row);
}

static void
start_point(struct linux_board *board, size_t i)
{
	const struct inventory_row *row = inventory_at(i);
	unsigned parts = profile_point(board->profile, row)->parts;

	if (parts & PROFILE_LED)
		board->leds[i] = linux_led_new(board, row);
	if (!(parts & PROFILE_LINE))
		return;
	if (profile_is_output(row->kind) || row->kind == INV_AUX_IO)
		board->outputs[i] = linux_output_new(board, row);
	if (!profile_is_output(row->kind))
		board->inputs[i] = linux_input_new(board, row);
	if (board->outputs[i] && linux_output_adopt(board->outputs[i]))
		return;
	/* What may be either is an input until somebody says otherwise. */
	if (board->inputs[i])
		linux_input_start(board->inputs[i]);
	else
		linux_output_start(board->outputs[i]);
}

static void
on_start(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_board *board = context;

	board->ops->on_board(true, false, board->context);
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (board->profile->points[i].parts & PROFILE_PRESENT)
			board->ops->on_state(inventory_at(i), HW_ACTIVE, board->context);
}

static void
on_watch(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_board *board = context;

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		if (board->inputs[i])
			linux_input_watch(board->inputs[i]);
		if (board->outputs[i])
			linux_output_watch(board->outputs[i]);
	}
	loop_arm_in(board->watch, LINUX_WATCH_MS * US_PER_MS);
}

int
linux_open_at(const char *root, const struct driver_setup *setup, const struct driver_ops *ops,
	      void *context, void **ret)
{
	const struct profile *profile = setup->profile;

	for (unsigned i = 0; i < profile->bus_count; i++)
		if (!*profile->buses[i].tty) {
			*setup->ret_why =
				xasprintf("bus '%s' has no 'tty'", profile->buses[i].name);
			return -EINVAL;
		}
	struct linux_board *board = xcalloc(1, sizeof(*board));
	*board = (struct linux_board){
		.base = setup->base,
		.profile = profile,
		.ops = ops,
		.context = context,
		.root = root,
		.fdstore = fdstore_open(),
	};
	board->start = evtimer_new(board->base, on_start, board);
	board->watch = evtimer_new(board->base, on_watch, board);
	/* First of all: whoever hears of a point has heard that there is a board. */
	event_active(board->start, 0, 0);
	loop_arm_in(board->watch, LINUX_WATCH_MS * US_PER_MS);
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		start_point(board, i);
	/* Lines that the profile no longer has, or has otherwise. */
	fdstore_drop(board->fdstore, "line/");
	linux_sample_open(board);
	for (unsigned i = 0; i < profile->bus_count; i++)
		board->buses[i] = linux_bus_new(board, i + 1);
	*ret = board;
	return 0;
}

static int
linux_open(const struct driver_setup *setup, const struct driver_ops *ops, void *context,
	   void **ret)
{
	return linux_open_at("", setup, ops, context, ret);
}

static void
linux_close(void *context)
{
	struct linux_board *board = context;

	linux_sample_close(board);
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		linux_input_free(board->inputs[i]);
		linux_output_free(board->outputs[i]);
		linux_led_free(board->leds[i]);
	}
	for (unsigned i = 0; i < PROFILE_BUSES; i++)
		linux_bus_free(board->buses[i]);
	event_free(board->start);
	event_free(board->watch);
	fdstore_free(board->fdstore);
	free(board);
}

static int
linux_set_output(void *context, const struct inventory_row *row, bool is_on)
{
	const struct linux_board *board = context;
	struct linux_output *output = board->outputs[inventory_position(row)];

	return output ? linux_output_set(output, is_on) : -ENODEV;
}

static int
linux_set_direction(void *context, const struct inventory_row *row, bool is_output)
{
	const struct linux_board *board = context;
	struct linux_output *output = board->outputs[inventory_position(row)];
	struct linux_input *input = board->inputs[inventory_position(row)];

	if (!input || !output)
		return -ENODEV;
	if (is_output == linux_output_is_started(output))
		return 0;
	if (is_output) {
		linux_input_stop(input);
		linux_output_start(output);
	} else {
		linux_output_stop(output);
		linux_input_start(input);
	}
	return 0;
}

static int
linux_set_branch(void *context, enum inventory_budget branch, bool is_on)
{
	const struct linux_board *board = context;
	int r = 0;

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		if (row->budget != branch || !board->outputs[i] ||
		    (row->kind != INV_SUPPLY_OUT && row->kind != INV_JUMPER))
			continue;
		int set = linux_output_set(board->outputs[i], is_on);
		r = set < 0 ? set : r;
	}
	return r;
}

static int
linux_set_led(void *context, const struct inventory_row *row, const struct hw_led *pattern)
{
	const struct linux_board *board = context;
	struct linux_led *led = board->leds[inventory_position(row)];

	return led ? linux_led_set(led, pattern) : -ENODEV;
}

static int
linux_open_bus(void *context, unsigned bus, uint32_t baud)
{
	const struct linux_board *board = context;

	return linux_bus_open(board->buses[bus - 1], baud);
}

static int
linux_set_baud(void *context, int fd, uint32_t baud)
{
	const struct linux_board *board = context;
	int r = -EBADF;

	for (unsigned i = 0; i < board->profile->bus_count && r == -EBADF; i++)
		r = linux_bus_set_baud(board->buses[i], fd, baud);
	return r;
}

const struct driver driver_linux = {
	.name = "linux",
	.open = linux_open,
	.close = linux_close,
	.set_output = linux_set_output,
	.has = linux_has,
	.set_direction = linux_set_direction,
	.set_branch = linux_set_branch,
	.set_led = linux_set_led,
	.open_bus = linux_open_bus,
	.set_baud = linux_set_baud,
};
