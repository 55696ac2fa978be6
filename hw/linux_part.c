/* What does not work: told once, tried again with growing pauses, told when it works. */
#include <event2/event.h>

#include "hw/linux_private.h"
#include "lib/loop.h"
#include "lib/util.h"

void
linux_tell_fault(struct linux_board *board, const struct inventory_row *row, unsigned part,
		 const char *why)
{
	unsigned *broken = &board->broken[inventory_position(row)];
	unsigned before = *broken;

	*broken = why ? before | part : before & ~part;
	if (!before && *broken) {
		board->ops->on_fault(row, why, board->context);
	} else if (before && !*broken) {
		board->ops->on_fault(row, NULL, board->context);
		linux_sample_refresh(board, row);
	}
}

static void
arm(struct linux_part *part)
{
	loop_arm_in(part->timer, part->delay_ms * US_PER_MS);
	part->delay_ms = MIN_OF(part->delay_ms * 2, LINUX_RETRY_MS_MAX);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct linux_part *part = context;

	if (part->is_untold) {
		part->is_untold = false;
		linux_tell_fault(part->board, part->row, part->part, part->why);
		arm(part);
		return;
	}
	if (part->is_broken && part->open(part->owner, part->why, sizeof(part->why)) < 0) {
		arm(part);
		return;
	}
	part->is_broken = false;
	part->delay_ms = LINUX_RETRY_MS;
	linux_tell_fault(part->board, part->row, part->part, NULL);
	part->report(part->owner);
}

void
linux_part_init(struct linux_part *part)
{
	part->timer = evtimer_new(part->board->base, on_timer, part);
	part->delay_ms = LINUX_RETRY_MS;
}

void
linux_part_done(struct linux_part *part)
{
	event_free(part->timer);
}

void
linux_part_start(struct linux_part *part)
{
	if (part->open(part->owner, part->why, sizeof(part->why)) < 0)
		linux_part_fail(part, NULL);
	else
		linux_part_report(part);
}

void
linux_part_stop(struct linux_part *part)
{
	(void) event_del(part->timer);
	part->is_broken = false;
	part->is_untold = false;
	part->delay_ms = LINUX_RETRY_MS;
}

void
linux_part_fail(struct linux_part *part, const char *why)
{
	if (why)
		(void) copy_string(part->why, sizeof(part->why), why);
	part->is_broken = true;
	part->is_untold = true;
	event_active(part->timer, 0, 0);
}

void
linux_part_report(struct linux_part *part)
{
	event_active(part->timer, 0, 0);
}
