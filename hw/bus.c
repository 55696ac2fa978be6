#include "hw/bus.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/cp.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

#define RETRY_MS 250

struct seat {
	struct osdp_pdid identity;
	bool has_identity;
	bool is_tampered;
	bool is_green; /* what it shows while nothing happens */
};

struct bus {
	struct event_base *base;
	const struct driver *driver;
	void *board;
	unsigned number;
	const struct profile_bus *profile;
	const struct hw_ops *ops;
	void *context;
	struct osdp_cp *cp;
	int fd;
	struct event *readable;
	struct event *timer;
	struct event *retry;
	struct seat seats[PROFILE_BUS_READERS];
};

static void serve(struct bus *bus);

static void
lose_line(struct bus *bus)
{
	if (bus->readable)
		event_free(steal(&bus->readable));
	closep(&bus->fd);
	bus->fd = -1;
	loop_arm_in(bus->retry, RETRY_MS * US_PER_MS);
}

static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct bus *bus = context;
	uint8_t bytes[2048];
	ssize_t n = read(fd, bytes, sizeof(bytes));

	if (n > 0)
		osdp_cp_receive(bus->cp, bytes, (size_t) n, clock_mono_us());
	else if (!n || (errno != EAGAIN && errno != EINTR))
		lose_line(bus);
	serve(bus);
}

static void
on_retry(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct bus *bus = context;

	bus->fd = bus->driver->open_bus(bus->board, bus->number);
	if (bus->fd < 0) {
		lose_line(bus);
		return;
	}
	bus->readable = event_new(bus->base, bus->fd, EV_READ | EV_PERSIST, on_readable, bus);
	(void) event_add(bus->readable, NULL);
	serve(bus);
}

static void
fill_reader(const struct bus *bus, unsigned i, struct hw_reader *ret)
{
	const struct seat *seat = &bus->seats[i];
	const struct osdp_counters *counters = osdp_cp_pd_counters(bus->cp, i);
	enum osdp_pd_state state = osdp_cp_pd_state(bus->cp, i);

	*ret = (struct hw_reader){
		.reader = bus->profile->readers[i].reader,
		.door = bus->profile->readers[i].door,
		.is_online = state == OSDP_PD_ONLINE || state == OSDP_PD_SUSPECT,
		.is_tampered = seat->is_tampered,
		.model = seat->identity.model,
		.serial = seat->identity.serial,
		.polls = counters->polls,
		.timeouts = counters->timeouts,
		.errors = counters->frame_errors,
		.cards = counters->cards,
	};
	hex_encode(seat->identity.vendor, sizeof(seat->identity.vendor), ret->vendor);
	(void) snprintf(ret->firmware, sizeof(ret->firmware), "%u.%u.%u",
			seat->identity.firmware[0], seat->identity.firmware[1],
			seat->identity.firmware[2]);
}

static void
show_idle(struct bus *bus, unsigned i)
{
	uint8_t colour = bus->seats[i].is_green ? OSDP_COLOUR_GREEN : OSDP_COLOUR_RED;
	struct osdp_led led = {
		.permanent = { .control = OSDP_LED_PERMANENT_SET,
			       .on_100ms = 1,
			       .on_colour = colour,
			       .off_colour = colour },
	};

	(void) osdp_cp_led(bus->cp, i, &led);
}

static void
take_card(struct bus *bus, const struct osdp_event *event)
{
	struct hw_card card = {
		.reader = bus->profile->readers[event->pd].reader,
		.bit_count = event->card.bit_count,
		.at_mono_us = event->at_mono_us,
	};

	_Static_assert(sizeof(card.data) == sizeof(event->card.data), "the same bytes");
	memcpy(card.data, event->card.data, sizeof(card.data));
	bus->ops->on_card(&card, bus->context);
}

static void
take_online(struct bus *bus, const struct osdp_event *event)
{
	struct seat *seat = &bus->seats[event->pd];
	struct hw_reader reader;

	seat->has_identity = event->online.has_identity;
	seat->identity = event->online.identity;
	show_idle(bus, event->pd);
	fill_reader(bus, event->pd, &reader);
	bus->ops->on_reader(&reader, bus->context);
}

static void
take_event(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader reader;

	switch (event->type) {
	case OSDP_EV_CARD:
		take_card(bus, event);
		return;
	case OSDP_EV_ONLINE:
		take_online(bus, event);
		return;
	case OSDP_EV_IDENTITY_CHANGED:
		bus->seats[event->pd].identity = event->identity.after;
		fill_reader(bus, event->pd, &reader);
		bus->ops->on_reader_replaced(&reader, bus->context);
		return;
	case OSDP_EV_TAMPER:
		bus->seats[event->pd].is_tampered = event->is_active;
		break;
	case OSDP_EV_FRAME_ERROR:
		bus->ops->on_frame_error(bus->profile->readers[event->pd].door,
					 event->frame_error.count, bus->context);
		return;
	case OSDP_EV_OFFLINE:
		break;
	default:
		return;
	}
	fill_reader(bus, event->pd, &reader);
	bus->ops->on_reader(&reader, bus->context);
}

static void
flush_output(struct bus *bus)
{
	uint8_t bytes[1500];
	size_t size = osdp_cp_take_output(bus->cp, bytes, sizeof(bytes));

	/* A line that takes no bytes loses the frame, as a cut wire does: the panel retries. */
	if (size && bus->fd >= 0 && write(bus->fd, bytes, size) < 0 && errno != EAGAIN)
		lose_line(bus);
}

/* One round: time-outs, events, output, and when to come back. */
static void
serve(struct bus *bus)
{
	struct osdp_event event;
	uint64_t now_us = clock_mono_us();

	osdp_cp_tick(bus->cp, now_us);
	while (osdp_cp_take_event(bus->cp, &event))
		take_event(bus, &event);
	osdp_cp_tick(bus->cp, now_us);
	flush_output(bus);
	loop_arm_at(bus->timer, osdp_cp_deadline_us(bus->cp));
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	serve(context);
}

struct bus *
bus_new(struct event_base *base, const struct driver *driver, void *board, unsigned number,
	const struct profile_bus *profile, const struct hw_ops *ops, void *context)
{
	struct osdp_cp_config config = { .baud = profile->baud, .pd_count = profile->count };
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
	for (unsigned i = 0; i < profile->count; i++)
		config.address[i] = profile->readers[i].address;
	if (osdp_cp_new(&config, &bus->cp) < 0) {
		free(bus);
		return NULL;
	}
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
	osdp_cp_free(bus->cp);
	free(bus);
}

static int
index_of(const struct bus *bus, unsigned reader)
{
	for (unsigned i = 0; i < bus->profile->count; i++)
		if (bus->profile->readers[i].reader == reader)
			return (int) i;
	return -ENOENT;
}

int
bus_reader(const struct bus *bus, unsigned reader, struct hw_reader *ret)
{
	int i = index_of(bus, reader);

	if (i < 0)
		return i;
	fill_reader(bus, (unsigned) i, ret);
	return 0;
}

void
bus_give_feedback(struct bus *bus, unsigned reader, enum hw_feedback feedback)
{
	bool is_granted = feedback == HW_FEEDBACK_GRANTED;
	uint8_t colour = is_granted ? OSDP_COLOUR_GREEN : OSDP_COLOUR_RED;
	struct osdp_led led = {
		.temporary = { .control = OSDP_LED_TEMPORARY_SET,
			       .on_100ms = is_granted ? 10 : 2,
			       .off_100ms = is_granted ? 0 : 2,
			       .on_colour = colour,
			       .off_colour = OSDP_COLOUR_BLACK },
		.timer_100ms = is_granted ? 20 : 12,
	};
	struct osdp_buzzer buzzer = {
		.tone = OSDP_TONE_DEFAULT,
		.on_100ms = 1,
		.off_100ms = 1,
		.count = is_granted ? 1 : 3,
	};
	int i = index_of(bus, reader);

	if (i < 0)
		return;
	(void) osdp_cp_led(bus->cp, (unsigned) i, &led);
	(void) osdp_cp_buzzer(bus->cp, (unsigned) i, &buzzer);
}

void
bus_show_lock(struct bus *bus, unsigned door, bool is_released)
{
	for (unsigned i = 0; i < bus->profile->count; i++) {
		if (bus->profile->readers[i].door != door)
			continue;
		bus->seats[i].is_green = is_released;
		show_idle(bus, i);
	}
}
