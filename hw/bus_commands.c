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
		.bus = bus->number,
		.address = osdp_cp_address(bus->cp, i),
		.is_online = state == OSDP_PD_ONLINE || state == OSDP_PD_SUSPECT,
		.is_tampered = seat->is_tampered,
		.has_power_failure = seat->has_power_failure,
		.model = seat->identity.model,
		.serial = seat->identity.serial,
		.polls = counters->polls,
		.timeouts = counters->timeouts,
		.errors = counters->frame_errors,
		.cards = counters->cards,
		.reply_mean_us = osdp_delay_mean_us(&counters->delay),
		.reply_p99_us = osdp_delay_p99_us(&counters->delay),
		.baud = osdp_cp_baud(bus->cp),
		.has_text = seat->capabilities.compliance[OSDP_CAP_TEXT] > 0,
		.outputs = seat->capabilities.items[OSDP_CAP_OUTPUTS],
		.inputs = seat->capabilities.items[OSDP_CAP_INPUTS],
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

int
bus_seat_of(const struct bus *bus, unsigned reader)
{
	for (unsigned i = 0; i < bus->profile->count; i++)
		if (bus->profile->readers[i].reader == reader)
			return (int) i;
	return -ENOENT;
}
