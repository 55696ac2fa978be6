#include "hw/bus_private.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

#define RETRY_MS 250

static void serve(struct bus *bus);

static void
lose_line(struct bus *bus)
{
	if (bus->readable)
		event_free(steal(&bus->readable));
	closep(&bus->fd);
	bus->fd = -1;
	osdp_cp_open(bus->cp, false);
	loop_arm_in(bus->retry, RETRY_MS * US_PER_MS);
}

static void
take_bytes(struct bus *bus, const uint8_t *bytes, size_t size)
{
	uint64_t now_us = clock_mono_us();

	bus_trace_heard(bus, bytes, size);
	if (bus->scan)
		osdp_scan_receive(bus->scan, bytes, size, now_us);
	else
		osdp_cp_receive(bus->cp, bytes, size, now_us);
}

static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct bus *bus = context;
	uint8_t bytes[2048];
	uint8_t foreign[ECHO_BYTES + sizeof(bytes)];
	ssize_t n = read(fd, bytes, sizeof(bytes));
	size_t size = n > 0 ? echo_receive(&bus->echo, bytes, (size_t) n, foreign) : 0;

	if (size)
		take_bytes(bus, foreign, size);
	else if (n > 0)
		return;
	else if (!n || (errno != EAGAIN && errno != EINTR))
		lose_line(bus);
	serve(bus);
}

static void
on_retry(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct bus *bus = context;

	bus->baud = osdp_cp_baud(bus->cp);
	bus->fd = bus->driver->open_bus(bus->board, bus->number, bus->baud);
	if (bus->fd < 0) {
		lose_line(bus);
		return;
	}
	osdp_cp_open(bus->cp, true);
	bus->readable = event_new(bus->base, bus->fd, EV_READ | EV_PERSIST, on_readable, bus);
	(void) event_add(bus->readable, NULL);
	serve(bus);
}

void
bus_set_speed(struct bus *bus, uint32_t baud)
{
	if (bus->baud == baud || bus->fd < 0)
		return;
	bus->baud = baud;
	if (bus->driver->set_baud && bus->driver->set_baud(bus->board, bus->fd, baud) < 0)
		lose_line(bus);
}

/* The panel retries what is lost. */
void
bus_send(struct bus *bus, const uint8_t *bytes, size_t size)
{
	if (!size || bus->fd < 0)
		return;
	bus_trace_said(bus, bytes, size);
	echo_send(&bus->echo, bytes, size);
	if (write(bus->fd, bytes, size) < 0 && errno != EAGAIN)
		lose_line(bus);
}

static void
flush_output(struct bus *bus)
{
	uint8_t bytes[ECHO_BYTES];
	size_t size = osdp_cp_take_output(bus->cp, bytes, sizeof(bytes));

	bus_set_speed(bus, osdp_cp_baud(bus->cp));
	bus_send(bus, bytes, size);
}

void
bus_take_events(struct bus *bus)
{
	struct osdp_event event = { 0 };

	while (osdp_cp_take_event(bus->cp, &event))
		bus_take_event(bus, &event);
	/* One of them may have carried a key. */
	explicit_bzero(&event, sizeof(event));
}

/* One round: time-outs, events, output, and when to come back. */
static void
serve(struct bus *bus)
{
	uint64_t now_us = clock_mono_us();

	if (bus->scan) {
		loop_arm_at(bus->timer, bus_scan_serve(bus, now_us));
		return;
	}
	osdp_cp_tick(bus->cp, now_us);
	bus_take_events(bus);
	bus_show_stale(bus);
	bus_modules_tick(bus, now_us);
	bus_test_serve(bus, now_us);
	osdp_cp_tick(bus->cp, now_us);
	flush_output(bus);
	loop_arm_at(bus->timer, MIN_OF(osdp_cp_deadline_us(bus->cp), bus_modules_deadline_us(bus)));
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	serve(context);
}

static int
fill_random(void *context UNUSED, uint8_t *bytes, size_t size)
{
	ssize_t n = getrandom(bytes, size, GRND_NONBLOCK);

	return n < 0 ? -errno : (size_t) n == size ? 0 : -EIO;
}

struct bus *
bus_new(struct event_base *base, const struct driver *driver, void *board, unsigned number,
	const struct profile_bus *profile, const struct hw_ops *ops, void *context)
{
	struct osdp_cp_config config = { .baud = profile->baud,
					 .pd_count = profile->count,
					 .fill_random = fill_random };
	struct bus *bus = xcalloc(1, sizeof(*bus));

	*bus = (struct bus){
		.base = base,
		.driver = driver,
		.board = board,
		.number = number,
		.profile = profile,
		.ops = ops,
		.context = context,
		.fd = -1,
	};
	for (unsigned i = 0; i < profile->count; i++) {
		config.address[i] = profile->readers[i].address;
		config.policy[i].protection = OSDP_SECURE_REQUIRED;
	}
	if (osdp_cp_new(&config, &bus->cp) < 0) {
		free(bus);
		return NULL;
	}
	osdp_cp_open(bus->cp, false);
	bus->trace = trace_new();
	bus->timer = evtimer_new(base, on_timer, bus);
	bus->retry = evtimer_new(base, on_retry, bus);
	event_active(bus->retry, 0, 0);
	return bus;
}

void
bus_free(struct bus *bus)
{
	if (!bus)
		return;
	if (bus->readable)
		event_free(bus->readable);
	event_free(bus->timer);
	event_free(bus->retry);
	closep(&bus->fd);
	osdp_scan_free(bus->scan);
	bus_test_drop(bus);
	trace_free(bus->trace);
	osdp_cp_free(bus->cp);
	explicit_bzero(bus->modules, sizeof(bus->modules));
	explicit_bzero(bus->heard, sizeof(bus->heard));
	free(bus);
}
