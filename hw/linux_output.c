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
	bool is_readable; /* some chips do not say what an output is */
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
}

/*
 * Only a line whose chip has gone is let go of. One whose chip does not answer for now stays where
 * it is, which may be a lock's.
 */
static void
fail(struct linux_output *output, int error)
{
	char why[LINUX_WHY];

	gpio_explain(error, output->line, why, sizeof(why));
	if (error == -ENODEV)
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

/* Whether the chip says that the line is something else. One side may be pulled by others. */
static bool
is_otherwise(const struct linux_output *output)
{
	bool is_on = output->is_on;

	return output->line->drive == PROFILE_PUSH_PULL && gpio_out_get(output->fd, &is_on) == 0 &&
	       is_on != output->is_on;
}

/* Tells a chip that may have been reset everything again, direction and all. */
static int
restore_line(struct linux_output *output, char *why, size_t size)
{
	int r = gpio_out_restore(output->fd, output->line, output->is_on);

	if (r == 0 && is_otherwise(output)) {
		(void) snprintf(why, size, "the line does not do what it is told");
		return -EIO;
	}
	if (r == -ENODEV)
		let_go(output);
	if (r < 0)
		gpio_explain(r, output->line, why, size);
	return r;
}

/* A line that comes back is what was wanted of it last. */
static int
open_line(void *context, char *why, size_t size)
{
	struct linux_output *output = context;
	struct gpio_place place;
	bool is_on;

	if (output->fd >= 0)
		return restore_line(output, why, size);
	int r = gpio_find(output->part.board->root, output->line, &place);
	if (r == 0)
		r = gpio_out_open(&place, output->line, output->part.row->id, output->is_on,
				  &output->fd);
	if (r < 0) {
		gpio_explain(r, output->line, why, size);
		return r;
	}
	output->is_readable = gpio_out_get(output->fd, &is_on) == 0;
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
	/* The service manager's copy keeps the line where it is; without one nobody drives it now.
	 */
	if (output->fd >= 0 && !fdstore_is_kept(output->part.board->fdstore))
		(void) gpio_out_set(output->fd, output->line->is_safe_on);
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
	output->is_on = output->line->is_safe_on;
	int r = gpio_out_get(fd, &output->is_on);
	/* A chip that cannot be read has kept the line all the same. */
	if (r < 0 && r != -EIO) {
		fdstore_remove(output->name);
		(void) close(fd);
		return false;
	}
	output->is_readable = r == 0;
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

/* Whether the line is still there and as it was set: few kernels tell, and a reset chip forgets. */
void
linux_output_watch(struct linux_output *output)
{
	bool is_on;

	if (output->fd < 0 || output->part.is_broken || !output->is_readable)
		return;
	int r = gpio_out_get(output->fd, &is_on);
	if (r < 0) {
		fail(output, r);
	} else if (is_on != output->is_on && output->line->drive == PROFILE_PUSH_PULL) {
		(void) gpio_out_restore(output->fd, output->line, output->is_on);
		linux_part_fail(&output->part, "the line was not as it had been set");
	}
}
