#include "hw/bus_private.h"

#include <errno.h>

#include "lib/util.h"

void
bus_reader(const struct bus *bus, unsigned i, struct hw_reader *ret)
{
	const struct bus_seat *seat = &bus->seats[i];
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
		.security = bus_security(bus, i),
		.cause = seat->cause,
	};
	hex_encode(seat->identity.vendor, sizeof(seat->identity.vendor), ret->vendor);
	(void) snprintf(ret->firmware, sizeof(ret->firmware), "%u.%u.%u",
			seat->identity.firmware[0], seat->identity.firmware[1],
			seat->identity.firmware[2]);
	if (seat->has_cuid)
		hex_encode(seat->cuid, sizeof(seat->cuid), ret->cuid);
}

void
bus_show_idle(struct bus *bus, unsigned i)
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

int
bus_seat_of(const struct bus *bus, unsigned reader)
{
	for (unsigned i = 0; i < bus->profile->count; i++)
		if (bus->profile->readers[i].reader == reader)
			return (int) i;
	return -ENOENT;
}

void
bus_give_feedback(struct bus *bus, unsigned seat, enum hw_feedback feedback)
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

	(void) osdp_cp_led(bus->cp, seat, &led);
	(void) osdp_cp_buzzer(bus->cp, seat, &buzzer);
}

void
bus_show_lock(struct bus *bus, unsigned door, bool is_released)
{
	for (unsigned i = 0; i < bus->profile->count; i++) {
		if (bus->profile->readers[i].door != door)
			continue;
		bus->seats[i].is_green = is_released;
		bus_show_idle(bus, i);
	}
}
