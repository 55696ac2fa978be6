/* Who is on a bus: while it is searched, the line belongs to the search and not to the panel. */
#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "hw/bus_private.h"
#include "lib/clock.h"
#include "lib/util.h"

/* Between two reports of progress. */
#define PROGRESS_US (250 * US_PER_MS)

void
bus_line(const struct bus *bus, struct hw_line *ret)
{
	*ret = (struct hw_line){
		.bus = bus->number,
		.baud = osdp_cp_baud(bus->cp),
		.is_scanning = bus->scan != NULL,
		.asked = bus->asked,
		.questions = bus->questions,
		.count = bus->find_count,
	};
	(void) copy_string(ret->name, sizeof(ret->name), bus->profile->name);
	memcpy(ret->finds, bus->finds, sizeof(ret->finds));
}

static void
tell(struct bus *bus)
{
	struct hw_line line;

	bus_line(bus, &line);
	bus->ops->on_line(&line, bus->context);
}

static void
take_find(struct bus *bus, const struct osdp_scan_result *result)
{
	struct hw_line_find find = {
		.baud = result->baud,
		.address = result->address,
		.is_clash = result->find == OSDP_SCAN_CLASH,
		.has_identity = result->has_identity,
		.model = result->identity.model,
		.serial = result->identity.serial,
	};

	if (bus->find_count == HW_LINE_FINDS_MAX)
		return;
	if (result->has_identity) {
		hex_encode(result->identity.vendor, sizeof(result->identity.vendor), find.vendor);
		(void) snprintf(find.firmware, sizeof(find.firmware), "%u.%u.%u",
				result->identity.firmware[0], result->identity.firmware[1],
				result->identity.firmware[2]);
	}
	bus->finds[bus->find_count++] = find;
}

static void
finish(struct bus *bus)
{
	osdp_scan_free(steal(&bus->scan));
	bus_set_speed(bus, osdp_cp_baud(bus->cp));
	tell(bus);
}

/* As serve() of the panel. */
uint64_t
bus_scan_serve(struct bus *bus, uint64_t now_us)
{
	uint8_t bytes[64];
	struct osdp_scan_result result;

	if (bus->fd < 0) {
		finish(bus);
		return now_us;
	}
	osdp_scan_tick(bus->scan, now_us);
	while (osdp_scan_take_result(bus->scan, &result)) {
		take_find(bus, &result);
		osdp_scan_tick(bus->scan, now_us);
	}
	osdp_scan_progress(bus->scan, &bus->asked, &bus->questions);
	if (osdp_scan_is_over(bus->scan)) {
		finish(bus);
		return now_us;
	}
	bus_set_speed(bus, osdp_scan_baud(bus->scan));
	size_t size = osdp_scan_take_output(bus->scan, bytes, sizeof(bytes));
	bus_send(bus, bytes, size);
	if (now_us >= bus->told_us + PROGRESS_US) {
		bus->told_us = now_us;
		tell(bus);
	}
	return bus->scan ? osdp_scan_deadline_us(bus->scan) : now_us;
}

int
bus_scan(struct bus *bus, const struct hw_line_scan *scan)
{
	struct osdp_scan_config config = {
		.last_address = (uint8_t) scan->last_address,
		.is_single = scan->is_single,
	};

	if (bus->fd < 0 || bus_is_busy(bus))
		return -EBUSY;
	/* A stream without a speed would find everybody at each. */
	if (!bus->driver->set_baud) {
		config.speed_count = 1;
		config.speeds[0] = osdp_cp_baud(bus->cp);
	}
	int r = osdp_scan_new(&config, clock_mono_us(), &bus->scan);
	if (r < 0)
		return r;
	bus->find_count = bus->asked = 0;
	osdp_scan_progress(bus->scan, &bus->asked, &bus->questions);
	event_active(bus->timer, 0, 0);
	return 0;
}

int
bus_scan_stop(struct bus *bus)
{
	if (!bus->scan)
		return -EALREADY;
	finish(bus);
	event_active(bus->timer, 0, 0);
	return 0;
}
