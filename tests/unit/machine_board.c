/* The driver for real boards on a machine of tests, and what it says. */
#include <event2/event.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "hw/linux_private.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/unit.h"

static void PRINTF(2, 3) note(struct machine_board *board, const char *format, ...)
{
	size_t used = strlen(board->said);
	va_list args;

	va_start(args, format);
	(void) vsnprintf(board->said + used, sizeof(board->said) - used, format, args);
	va_end(args);
}

static void
on_state(const struct inventory_row *point, enum hw_state state, void *context)
{
	static const char *const names[] = { "unknown", "inactive", "active", "fault" };

	note(context, "%s %s\n", point->id, names[state]);
}

static void
on_measure(const struct inventory_row *point, enum hw_quantity quantity, int32_t value,
	   void *context)
{
	static const char *const names[] = { "mV", "mA", "mC" };

	note(context, "%s %d %s\n", point->id, value, names[quantity]);
}

static void
on_output(const struct inventory_row *point, bool is_on, uint64_t at_mono_us UNUSED, void *context)
{
	note(context, "%s %s\n", point->id, is_on ? "on" : "off");
}

static void
on_fault(const struct inventory_row *point, const char *why, void *context)
{
	note(context, "%s: %s\n", point->id, why ? why : "works");
}

static void
on_board(bool is_online, bool is_restarted, void *context)
{
	note(context, "board %s%s\n", is_online ? "online" : "offline",
	     is_restarted ? " restarted" : "");
}

static const struct driver_ops ops = {
	.on_state = on_state,
	.on_measure = on_measure,
	.on_output = on_output,
	.on_fault = on_fault,
	.on_board = on_board,
};

static void
start(struct machine_board *board)
{
	char *why = NULL;
	struct driver_setup setup = { board->base, "", &board->profile, &why };

	*board->said = 0;
	if (linux_open_at(machine_root, &setup, &ops, board, &board->board) < 0)
		abort();
	/* Nothing is called back from within opening. */
	if (*board->said)
		abort();
}

void
machine_board_open(struct machine_board *board, const char *points, const char *buses)
{
	_cleanup_(freep) char *text =
		xasprintf("board = { name = \"b\"; driver = \"linux\"; };\npoints = ( %s );\n%s",
			  points, buses);
	_cleanup_(freep) char *path = unit_path(machine_root, "board.conf");
	_cleanup_(freep) char *why = NULL;

	machine_write("board.conf", text);
	if (profile_read(path, &board->profile, &why) < 0) {
		printf("# %s\n", why);
		abort();
	}
	board->base = loop_new();
	start(board);
}

void
machine_board_close(struct machine_board *board)
{
	driver_linux.close(board->board);
	event_base_free(board->base);
}

void
machine_board_reopen(struct machine_board *board)
{
	driver_linux.close(board->board);
	start(board);
}

static bool
has_said(void *context)
{
	const struct machine_board *board = context;

	return strstr(board->said, board->awaited);
}

bool
machine_hears(struct machine_board *board, const char *said)
{
	board->awaited = said;
	if (!unit_wait(board->base, has_said, board)) {
		printf("# not '%s' but:\n# %s\n", said, board->said);
		return false;
	}
	char *end = strstr(board->said, said) + strlen(said);
	memmove(board->said, end, strlen(end) + 1);
	return true;
}

void
machine_forget(struct machine_board *board)
{
	*board->said = 0;
}
