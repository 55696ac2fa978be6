/* Serial ports of real boards, one a reader bus. */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "hw/linux_private.h"
#include "hw/tty.h"
#include "lib/util.h"

struct linux_bus {
	struct linux_board *board;
	const struct inventory_row *row; /* NULL: a bus that the inventory does not know */
	const struct profile_bus *profile;
	struct event *tell;
	struct tty *tty;
	int fd; /* what was returned last; somebody else's */
	char why[LINUX_WHY];
};

static void
on_tell(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	const struct linux_bus *bus = context;

	if (bus->row)
		linux_tell_fault(bus->board, bus->row, LINUX_BUS, *bus->why ? bus->why : NULL);
}

struct linux_bus *
linux_bus_new(struct linux_board *board, unsigned number)
{
	struct linux_bus *bus = xcalloc(1, sizeof(*bus));

	*bus = (struct linux_bus){
		.board = board,
		.row = inventory_of_kind(INV_BUS, number),
		.profile = &board->profile->buses[number - 1],
		.fd = -1,
	};
	bus->tell = evtimer_new(board->base, on_tell, bus);
	return bus;
}

void
linux_bus_free(struct linux_bus *bus)
{
	if (!bus)
		return;
	tty_free(bus->tty);
	event_free(bus->tell);
	free(bus);
}

int
linux_bus_open(struct linux_bus *bus, uint32_t baud)
{
	/* A port that was pulled out is let go of before it is looked for. */
	tty_free(steal(&bus->tty));
	bus->fd = -1;
	*bus->why = 0;
	int r = tty_open(bus->profile, baud, &bus->tty, bus->why, sizeof(bus->why));
	event_active(bus->tell, 0, 0);
	if (r == 0)
		r = bus->fd = tty_dup(bus->tty);
	return r;
}

int
linux_bus_set_baud(struct linux_bus *bus, int fd, uint32_t baud)
{
	return bus->tty && fd == bus->fd ? tty_set_baud(bus->tty, baud) : -EBADF;
}
