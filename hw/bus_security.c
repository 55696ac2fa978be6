#include "hw/bus_private.h"

#include <string.h>

#include "lib/util.h"

/* The words of hw_reader_cause_text(). */
static const char *const mismatches[] = {
	[OSDP_MISMATCH_NO_KEY] = "no_key",
	[OSDP_MISMATCH_NO_RANDOM] = "no_random",
	[OSDP_MISMATCH_SECURITY] = "refused_security",
	[OSDP_MISMATCH_ENCRYPTION] = "wants_encryption",
	[OSDP_MISMATCH_REFUSED] = "refused",
	[OSDP_MISMATCH_KEY_FLAG] = "key_kind",
	[OSDP_MISMATCH_CUID] = "device",
	[OSDP_MISMATCH_CRYPTOGRAM] = "key",
	[OSDP_MISMATCH_RMAC_STATUS] = "not_accepted",
	[OSDP_MISMATCH_RMAC_VALUE] = "proof",
	[OSDP_MISMATCH_DOWNGRADE] = "downgrade",
};

static const char *const suspicions[] = {
	[OSDP_SUSPECT_SILENT] = "silent",	    [OSDP_SUSPECT_RESTARTED] = "restarted",
	[OSDP_SUSPECT_SEQUENCE] = "sequence",	    [OSDP_SUSPECT_SECURITY] = "security",
	[OSDP_SUSPECT_CLEAR_REPLY] = "clear_reply", [OSDP_SUSPECT_MAC] = "mac",
	[OSDP_SUSPECT_POLICY] = "policy",	    [OSDP_SUSPECT_PLAIN] = "plain",
};

const char *
bus_mismatch_word(enum osdp_mismatch cause)
{
	return mismatches[cause];
}

enum hw_security
bus_security(const struct bus *bus, unsigned number)
{
	const struct bus_seat *seat = &bus->seats[number];

	if (seat->is_installing)
		return HW_SECURITY_INSTALLING;
	if (osdp_cp_pd_state(bus->cp, number) == OSDP_PD_KEY_MISMATCH)
		return seat->has_key || seat->is_clear ? HW_SECURITY_KEY_MISMATCH
						       : HW_SECURITY_NO_KEY;
	if (seat->is_clear)
		return HW_SECURITY_CLEAR;
	if (osdp_cp_pd_state(bus->cp, number) == OSDP_PD_ONLINE &&
	    osdp_cp_pd_is_secure(bus->cp, number))
		return HW_SECURITY_SECURE;
	return seat->has_key ? HW_SECURITY_NONE : HW_SECURITY_NO_KEY;
}

static struct hw_reader_event
make(const struct bus *bus, const struct osdp_event *event, enum hw_reader_event_type type)
{
	const struct profile_reader *reader = &bus->profile->readers[event->pd];

	return (struct hw_reader_event){ .type = type,
					 .reader = reader->reader,
					 .door = reader->door };
}

static void
add_device(struct hw_reader_event *told, const struct osdp_pdid *identity)
{
	told->has_device =
		osdp_pack_pdid(identity, told->pdid, sizeof(told->pdid)) == sizeof(told->pdid);
	memcpy(told->cuid, told->pdid, sizeof(told->cuid));
}

static void
tell(struct bus *bus, struct hw_reader_event *told)
{
	bus->ops->on_reader_event(told, bus->context);
	explicit_bzero(told, sizeof(*told));
}

static void
on_established(struct bus *bus, const struct osdp_event *event)
{
	struct bus_seat *seat = &bus->seats[event->pd];

	memcpy(seat->cuid, event->established.cuid, sizeof(seat->cuid));
	seat->has_cuid = true;
	seat->cause = NULL;
}

void
bus_security_on_online(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_SECURED);

	if (!osdp_cp_pd_is_secure(bus->cp, event->pd))
		return;
	add_device(&told, &event->online.identity);
	told.has_device = told.has_device && event->online.has_identity;
	memcpy(told.cuid, bus->seats[event->pd].cuid, sizeof(told.cuid));
	tell(bus, &told);
}

static void
on_lost(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_UNSECURED);

	told.cause = suspicions[event->suspect];
	tell(bus, &told);
}

static void
on_mismatch(struct bus *bus, const struct osdp_event *event)
{
	struct bus_seat *seat = &bus->seats[event->pd];
	struct hw_reader_event told = make(bus, event, HW_READER_MISMATCH);

	seat->cause = mismatches[event->mismatch.cause];
	memcpy(seat->cuid, event->mismatch.cuid, sizeof(seat->cuid));
	seat->has_cuid = event->mismatch.cause >= OSDP_MISMATCH_KEY_FLAG;
	told.cause = seat->cause;
	told.count = event->mismatch.count;
	if (event->mismatch.has_claim)
		add_device(&told, &event->mismatch.claim);
	tell(bus, &told);
}

static void
on_interference(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_INTERFERENCE);

	told.cause = suspicions[event->interference.reason];
	tell(bus, &told);
}

static void
on_cuid_differs(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_DIFFERS);

	told.cause = "cuid";
	tell(bus, &told);
}

static void
on_capabilities_changed(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_DIFFERS);

	told.cause = "capabilities";
	tell(bus, &told);
}

/* Those that are counted. */
static void
on_odd(struct bus *bus, const struct osdp_event *event)
{
	static const enum hw_reader_event_type types[] = {
		[OSDP_EV_DEFAULT_KEY_SEEN] = HW_READER_DEFAULT_KEY,
		[OSDP_EV_MAC_ERROR] = HW_READER_MAC_ERROR,
		[OSDP_EV_PLAIN_DATA] = HW_READER_PLAIN_DATA,
		[OSDP_EV_FOREIGN_TALKER] = HW_READER_FOREIGN_TALKER,
	};
	struct hw_reader_event told = make(bus, event, types[event->type]);

	told.count = event->odd.count;
	tell(bus, &told);
}

static void
on_downgrade(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_DOWNGRADE);

	tell(bus, &told);
}

static void
on_pairing(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_PAIRING);

	if (event->online.has_identity)
		add_device(&told, &event->online.identity);
	tell(bus, &told);
}

static void
on_key_pending(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_KEY_PENDING);

	memcpy(told.key, event->key, sizeof(told.key));
	tell(bus, &told);
}

static void
on_key_committed(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_KEY_COMMITTED);

	bus->seats[event->pd].has_key = true;
	tell(bus, &told);
}

static void
on_key_dropped(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_KEY_DROPPED);

	tell(bus, &told);
}

static void
on_install_ended(struct bus *bus, const struct osdp_event *event)
{
	struct hw_reader_event told = make(bus, event, HW_READER_INSTALL_ENDED);

	bus->seats[event->pd].is_installing = false;
	told.is_paired = event->is_paired;
	tell(bus, &told);
}

static bus_handler_fn *const handlers[] = {
	[OSDP_EV_SC_ESTABLISHED] = on_established,
	[OSDP_EV_SC_LOST] = on_lost,
	[OSDP_EV_KEY_MISMATCH] = on_mismatch,
	[OSDP_EV_DEFAULT_KEY_SEEN] = on_odd,
	[OSDP_EV_DOWNGRADE] = on_downgrade,
	[OSDP_EV_MAC_ERROR] = on_odd,
	[OSDP_EV_PLAIN_DATA] = on_odd,
	[OSDP_EV_INTERFERENCE] = on_interference,
	[OSDP_EV_FOREIGN_TALKER] = on_odd,
	[OSDP_EV_CUID_DIFFERS] = on_cuid_differs,
	[OSDP_EV_CAPABILITIES_CHANGED] = on_capabilities_changed,
	[OSDP_EV_PAIRING] = on_pairing,
	[OSDP_EV_KEY_PENDING] = on_key_pending,
	[OSDP_EV_KEY_COMMITTED] = on_key_committed,
	[OSDP_EV_KEY_DROPPED] = on_key_dropped,
	[OSDP_EV_INSTALL_ENDED] = on_install_ended,
};

bus_handler_fn *
bus_security_handler(enum osdp_event_type type)
{
	return type < ARRAY_LEN(handlers) ? handlers[type] : NULL;
}
