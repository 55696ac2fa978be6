/* Who may speak how on a reader bus: policies, install windows, new keys. */
#include "hw/bus_private.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"

/* The panel has something to do or to tell, and its deadline is another one. */
static int
then_wake(struct bus *bus, int r)
{
	event_active(bus->timer, 0, 0);
	return r;
}

static struct osdp_policy
osdp_policy_of(const struct hw_policy *policy)
{
	const struct reader_key *key = policy->key;
	struct osdp_policy ret = {
		.protection = policy->is_clear ? OSDP_CLEAR_ALLOWED : OSDP_SECURE_REQUIRED,
		.has_key = key->has_key,
		.has_pending = key->has_pending,
		.has_former = key->has_former,
		.has_cuid = key->has_device,
	};

	_Static_assert(sizeof(ret.key) == sizeof(key->key), "the same key");
	_Static_assert(sizeof(ret.cuid) == sizeof(key->cuid), "the same device");
	memcpy(ret.key, key->key, sizeof(ret.key));
	memcpy(ret.pending, key->pending, sizeof(ret.pending));
	memcpy(ret.former, key->former, sizeof(ret.former));
	memcpy(ret.cuid, key->cuid, sizeof(ret.cuid));
	ret.has_identity = key->has_device &&
			   osdp_unpack_pdid(key->pdid, sizeof(key->pdid), &ret.identity) == 0;
	return ret;
}

int
bus_set_policy(struct bus *bus, unsigned number, const struct hw_policy *policy)
{
	struct bus_seat *seat = &bus->seats[number];
	struct osdp_policy wanted = osdp_policy_of(policy);
	int r = osdp_cp_set_policy(bus->cp, number, &wanted, clock_mono_us());

	explicit_bzero(&wanted, sizeof(wanted));
	seat->is_clear = policy->is_clear;
	seat->has_key = policy->key->has_key;
	return then_wake(bus, r);
}

int
bus_install(struct bus *bus, unsigned number, const struct hw_install *install)
{
	struct osdp_install wanted = {
		.is_replacement = install->is_replacement,
		.window_ms = install->window_ms,
		.own_key = install->key,
	};
	/* While the line is searched nobody would hear it. */
	int r = bus->scan || bus->test ? -EBUSY
				       : osdp_cp_install(bus->cp, number, &wanted, clock_mono_us());

	if (r == 0)
		bus->seats[number].is_installing = true;
	return then_wake(bus, r);
}

int
bus_install_cancel(struct bus *bus, unsigned number)
{
	if (!bus->seats[number].is_installing)
		return -EALREADY;
	osdp_cp_install_cancel(bus->cp, clock_mono_us());
	return then_wake(bus, 0);
}

int
bus_rotate(struct bus *bus, unsigned number, const uint8_t *key)
{
	if (bus->test)
		return -EBUSY;
	return then_wake(bus, osdp_cp_rotate(bus->cp, number, key, clock_mono_us()));
}

int
bus_key_stored(struct bus *bus, unsigned number)
{
	int r = osdp_cp_key_stored(bus->cp, number);

	return then_wake(bus, r == -ENOENT ? -EALREADY : r);
}

int
bus_accept(struct bus *bus, unsigned number)
{
	return then_wake(bus, osdp_cp_accept_device(bus->cp, number));
}
