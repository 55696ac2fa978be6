/* Inputs of real boards: a line each. An edge, or the time, says look; the level is what counts. */
#include <event2/event.h>
#include <stdlib.h>

#include "hw/gpio_in.h"
#include "hw/linux_private.h"
#include "lib/loop.h"
#include "lib/util.h"

struct linux_input {
	struct linux_part part;
	const struct profile_line *line;
	struct gpio_in *in;
	struct event *readable;
	struct event *settled;
	bool is_active;
};

static void
let_go(struct linux_input *input)
{
	if (input->readable)
		event_free(steal(&input->readable));
	(void) evtimer_del(input->settled);
	gpio_in_free(steal(&input->in));
}

static void
fail(struct linux_input *input, int error)
{
	char why[LINUX_WHY];

	gpio_explain(error, input->line, why, sizeof(why));
	let_go(input);
	linux_part_fail(&input->part, why);
}

static void
report(void *context)
{
	struct linux_input *input = context;
	struct linux_board *board = input->part.board;

	board->ops->on_state(input->part.row, input->is_active ? HW_ACTIVE : HW_INACTIVE,
			     board->context);
}

static void
look(struct linux_input *input)
{
	bool is_active;
	int r = gpio_in_level(input->in, &is_active);

	if (r < 0) {
		fail(input, r);
	} else if (is_active != input->is_active) {
		input->is_active = is_active;
		report(input);
	}
}

static void
on_settled(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	look(context);
}

static void
on_readable(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_input *input = context;
	int r = gpio_in_drain(input->in);

	if (r < 0)
		fail(input, r);
	else if (input->line->debounce_ms)
		loop_arm_in(input->settled, input->line->debounce_ms * US_PER_MS);
	else
		look(input);
}

static int
open_line(void *context, char *why, size_t size)
{
	struct linux_input *input = context;
	struct linux_board *board = input->part.board;
	struct gpio_place place;
	int r = gpio_find(board->root, input->line, &place);

	if (r == 0)
		r = gpio_in_open(&place, input->line, input->part.row->id, &input->in);
	if (r == 0)
		r = gpio_in_level(input->in, &input->is_active);
	if (r < 0) {
		let_go(input);
		gpio_explain(r, input->line, why, size);
		return r;
	}
	input->readable = event_new(board->base, gpio_in_fd(input->in), EV_READ | EV_PERSIST,
				    on_readable, input);
	(void) event_add(input->readable, NULL);
	return 0;
}

struct linux_input *
linux_input_new(struct linux_board *board, const struct inventory_row *row)
{
	struct linux_input *input = xcalloc(1, sizeof(*input));

	input->line = &profile_point(board->profile, row)->line;
	input->part = (struct linux_part){
		.board = board,
		.row = row,
		.part = PROFILE_LINE,
		.owner = input,
		.open = open_line,
		.report = report,
	};
	linux_part_init(&input->part);
	input->settled = evtimer_new(board->base, on_settled, input);
	return input;
}

void
linux_input_free(struct linux_input *input)
{
	if (!input)
		return;
	linux_input_stop(input);
	linux_part_done(&input->part);
	event_free(input->settled);
	free(input);
}

void
linux_input_start(struct linux_input *input)
{
	linux_part_start(&input->part);
}

void
linux_input_stop(struct linux_input *input)
{
	let_go(input);
	linux_part_stop(&input->part);
}

void
linux_input_watch(struct linux_input *input)
{
	/* What has just changed is looked at when it has settled. */
	if (input->in && !evtimer_pending(input->settled, NULL))
		look(input);
}
