#include "hw/bus_private.h"

#include <string.h>

#include "lib/util.h"

static void
tell_reader(struct bus *bus, unsigned seat)
{
	struct hw_reader reader;

	bus_reader(bus, seat, &reader);
	bus->ops->on_reader(&reader, bus->context);
}

static void
on_online(struct bus *bus, const struct osdp_event *event)
{
	struct bus_seat *seat = &bus->seats[event->pd];

	seat->has_identity = event->online.has_identity;
	seat->identity = event->online.identity;
	seat->capabilities = event->online.capabilities;
	bus_show_again(bus, event->pd);
	tell_reader(bus, event->pd);
	bus_security_on_online(bus, event);
}

static void
on_offline(struct bus *bus, const struct osdp_event *event)
{
	tell_reader(bus, event->pd);
}

static void
on_identity_changed(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader reader;

	bus->seats[event->pd].identity = event->identity.after;
	bus_reader(bus, event->pd, &reader);
	bus->ops->on_reader_replaced(&reader, bus->context);
}

static void
on_card(struct bus *bus, const struct osdp_event *event)
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
on_tamper(struct bus *bus, const struct osdp_event *event)
{
	bus->seats[event->pd].is_tampered = event->is_active;
	tell_reader(bus, event->pd);
}

static void
on_power(struct bus *bus, const struct osdp_event *event)
{
	bus->seats[event->pd].has_power_failure = event->is_active;
	tell_reader(bus, event->pd);
}

static void
on_keypad(struct bus *bus, const struct osdp_event *event)
{
	struct hw_keys keys = {
		.reader = bus->profile->readers[event->pd].reader,
		.count = event->keys.count,
		.at_mono_us = event->at_mono_us,
	};

	_Static_assert(sizeof(keys.keys) == sizeof(event->keys.keys), "the same keys");
	memcpy(keys.keys, event->keys.keys, sizeof(keys.keys));
	bus->ops->on_keys(&keys, bus->context);
	explicit_bzero(&keys, sizeof(keys));
}

static void
on_frame_error(struct bus *bus, const struct osdp_event *event)
{
	bus->ops->on_frame_error(bus->profile->readers[event->pd].door, event->frame_error.count,
				 bus->context);
}

/* What is not here nobody waits for yet. */
static bus_handler_fn *const handlers[] = {
	[OSDP_EV_ONLINE] = on_online,
	[OSDP_EV_OFFLINE] = on_offline,
	[OSDP_EV_IDENTITY_CHANGED] = on_identity_changed,
	[OSDP_EV_CARD] = on_card,
	[OSDP_EV_TAMPER] = on_tamper,
	[OSDP_EV_POWER] = on_power,
	[OSDP_EV_KEYPAD] = on_keypad,
	[OSDP_EV_FRAME_ERROR] = on_frame_error,
};

void
bus_take_event(struct bus *bus, const struct osdp_event *event)
{
	bus_handler_fn *handle = bus_security_handler(event->type);

	if (event->pd >= bus->profile->count) {
		bus_module_take_event(bus, event);
		return;
	}
	if (!handle)
		handle = bus_work_handler(event->type);
	if (!handle && event->type < ARRAY_LEN(handlers))
		handle = handlers[event->type];
	if (handle)
		handle(bus, event);
}
