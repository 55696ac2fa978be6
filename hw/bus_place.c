/* Where a reader is on its bus, and what else it is told to do. */
#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "hw/bus_private.h"
#include "lib/clock.h"
#include "lib/util.h"

static int
then_wake(struct bus *bus, int r)
{
	event_active(bus->timer, 0, 0);
	return r;
}

int
bus_move(struct bus *bus, unsigned seat, unsigned address, uint32_t baud)
{
	struct osdp_comset comset = { .address = (uint8_t) address,
				      .baud = baud ? baud : osdp_cp_baud(bus->cp) };

	if (address > UINT8_MAX)
		return -EINVAL;
	if (bus->scan || bus->test)
		return -EBUSY;
	return then_wake(bus, osdp_cp_comset(bus->cp, seat, &comset));
}

int
bus_place(struct bus *bus, unsigned seat, unsigned address, uint32_t baud)
{
	struct osdp_comset line = { .address = (uint8_t) address,
				    .baud = baud ? baud : osdp_cp_baud(bus->cp) };

	if (address > UINT8_MAX)
		return -EINVAL;
	if (bus->test)
		return -EBUSY;
	return then_wake(bus, osdp_cp_place(bus->cp, seat, &line, clock_mono_us()));
}

void
bus_standard_place(const struct bus *bus, unsigned seat, unsigned *ret_address, uint32_t *ret_baud)
{
	*ret_address = bus->profile->readers[seat].address;
	*ret_baud = bus->profile->baud;
}

int
bus_output(struct bus *bus, unsigned seat, unsigned output, bool is_on, unsigned ms)
{
	struct osdp_output command = {
		.output = (uint8_t) output,
		.code = is_on ? OSDP_OUTPUT_ON : OSDP_OUTPUT_OFF,
	};

	if (output >= bus->seats[seat].capabilities.items[OSDP_CAP_OUTPUTS])
		return -ENOTSUP;
	if (ms) {
		command.code = is_on ? OSDP_OUTPUT_TIMED_ON : OSDP_OUTPUT_TIMED_OFF;
		command.timer_100ms = (uint16_t) MIN_OF((ms + 99) / 100, (unsigned) UINT16_MAX);
	}
	return then_wake(bus, osdp_cp_output(bus->cp, seat, &command, 1));
}

int
bus_file_send(struct bus *bus, unsigned seat, const uint8_t *data, uint32_t size)
{
	struct osdp_file file = { .type = 1, .size = size, .data = data };

	if (bus->scan || bus->test)
		return -EBUSY;
	int r = osdp_cp_file_send(bus->cp, seat, &file, clock_mono_us());
	if (r == 0)
		bus->files++;
	return then_wake(bus, r);
}

int
bus_file_cancel(struct bus *bus, unsigned seat)
{
	int r = osdp_cp_file_cancel(bus->cp, seat, clock_mono_us());

	/* That the reader is not there to hear ABORT does not matter. */
	return then_wake(bus, r == -ENOENT ? -EALREADY : 0);
}

static void
tell(struct bus *bus, const struct osdp_event *event, struct hw_work *work)
{
	if (event->pd < bus->profile->count)
		work->reader = bus->profile->readers[event->pd].reader;
	else
		work->module = bus->modules[event->pd].module;
	bus->ops->on_work(work, bus->context);
}

static void
on_comset(struct bus *bus, const struct osdp_event *event)
{
	struct hw_work work = {
		.type = HW_WORK_MOVED,
		.is_done = event->comset.is_done,
		.is_test = bus->test != NULL,
		.address = event->comset.line.address,
		.baud = event->comset.line.baud,
	};

	if (bus->test)
		bus_test_on_moved(bus, work.is_done);
	tell(bus, event, &work);
}

static void
on_file(struct bus *bus, const struct osdp_event *event)
{
	bool has_ended = event->type == OSDP_EV_FILE_ENDED;
	struct hw_work work = {
		.type = has_ended ? HW_WORK_FILE_ENDED : HW_WORK_FILE_PROGRESS,
		.is_done = has_ended && !event->file.error,
		.offset = event->file.offset,
		.total = event->file.total,
		.error = event->file.error,
		.status = event->file.status,
	};

	bus->files -= has_ended && bus->files;
	tell(bus, event, &work);
}

bus_handler_fn *
bus_work_handler(enum osdp_event_type type)
{
	switch (type) {
	case OSDP_EV_COMSET_ENDED:
		return on_comset;
	case OSDP_EV_FILE_PROGRESS:
	case OSDP_EV_FILE_ENDED:
		return on_file;
	default:
		return NULL;
	}
}
