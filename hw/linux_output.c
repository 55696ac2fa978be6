/* Outputs of real boards: a line each, whose descriptor the service manager keeps as well. */
#include <errno.h>
#include <stdlib.h>

#include "hw/fdstore.h"
#include "hw/gpio_out.h"
#include "hw/linux_private.h"
#include "lib/clock.h"
#include "lib/util.h"

struct linux_output {
	struct linux_part part;
	const struct profile_line *line;
	char name[200]; /* of the descriptor in the store */
	int fd;
	bool is_started;
	bool is_on;
	bool is_lost; /* the line was not as it had been set, which has been told */
	uint64_t moved_us;
};

static void
let_go(struct linux_output *output)
{
	if (output->fd < 0)
		return;
	fdstore_remove(output->name);
	(void) close(output->fd);
	output->fd = -1;
	output->is_lost = false;
}

static void
fail(struct linux_output *output, int error)
{
	char why[LINUX_WHY];

	gpio_explain(error, output->line, why, sizeof(why));
	let_go(output);
	linux_part_fail(&output->part, why);
}

/* A supply is told of by what is measured behind it. */
static void
report(void *context)
{
	const struct linux_output *output = context;
	const struct linux_board *board = output->part.board;
	enum inventory_kind kind = output->part.row->kind;

	if (kind != INV_SUPPLY_OUT && kind != INV_JUMPER)
		board->ops->on_output(output->part.row, output->is_on, output->moved_us,
				      board->context);
}

/* A line that comes back is what was wanted of it last. */
static int
open_line(void *context, char *why, size_t size)
{
	struct linux_output *output = context;
	struct gpio_place place;
	int r = gpio_find(output->part.board->root, output->line, &place);

	if (r == 0)
		r = gpio_out_open(&place, output->line, output->part.row->id, output->is_on,
				  &output->fd);
	if (r < 0) {
		gpio_explain(r, output->line, why, size);
		return r;
	}
	output->moved_us = clock_mono_us();
	fdstore_put(output->name, output->fd);
	return 0;
}

struct linux_output *
linux_output_new(struct linux_board *board, const struct inventory_row *row)
{
	struct linux_output *output = xcalloc(1, sizeof(*output));

	output->line = &profile_point(board->profile, row)->line;
	output->fd = -1;
	output->part = (struct linux_part){
		.board = board,
		.row = row,
		.part = PROFILE_LINE,
		.owner = output,
		.open = open_line,
		.report = report,
	};
	linux_part_init(&output->part);
	gpio_out_name(row->id, output->line, output->name, sizeof(output->name));
	return output;
}

void
linux_output_free(struct linux_output *output)
{
	if (!output)
		return;
	/* The service manager's copy keeps the line where it is. */
	closep(&output->fd);
	linux_part_done(&output->part);
	free(output);
}

bool
linux_output_adopt(struct linux_output *output)
{
	int fd = fdstore_take(output->part.board->fdstore, output->name);

	if (fd < 0)
		return false;
	if (gpio_out_get(fd, &output->is_on) < 0) {
		fdstore_remove(output->name);
		(void) close(fd);
		return false;
	}
	output->fd = fd;
	output->is_started = true;
	output->moved_us = clock_mono_us();
	linux_part_report(&output->part);
	return true;
}

void
linux_output_start(struct linux_output *output)
{
	output->is_on = output->line->is_safe_on;
	output->is_started = true;
	linux_part_start(&output->part);
}

void
linux_output_stop(struct linux_output *output)
{
	output->is_started = false;
	let_go(output);
	linux_part_stop(&output->part);
}

bool
linux_output_is_started(const struct linux_output *output)
{
	return output->is_started;
}

int
linux_output_set(struct linux_output *output, bool is_on)
{
	if (!output->is_started)
		return -EPERM;
	output->is_on = is_on;
	if (output->fd < 0)
		return -ENODEV;
	int r = gpio_out_set(output->fd, is_on);
	if (r < 0) {
		fail(output, r);
		return r;
	}
	output->moved_us = clock_mono_us();
	linux_part_report(&output->part);
	return 0;
}

/*
 * Whether the chip still drives the line as it was told. One that has been reset does not, and is
 * told again, direction and all. Somebody else may pull a line low that only one side drives.
 */
void
linux_output_watch(struct linux_output *output)
{
	struct linux_board *board = output->part.board;
	bool is_on;

	if (output->fd < 0)
		return;
	int r = gpio_out_get(output->fd, &is_on);
	bool is_wrong =
		r == 0 && is_on != output->is_on && output->line->drive == PROFILE_PUSH_PULL;
	if (is_wrong)
		r = gpio_out_restore(output->fd, output->line, output->is_on);
	if (r < 0) {
		fail(output, r);
		return;
	}
	if (is_wrong || output->is_lost)
		linux_tell_fault(board, output->part.row, PROFILE_LINE,
				 is_wrong ? "the line was not as it had been set" : NULL);
	output->is_lost = is_wrong;
}
