/* Expansion modules on a reader line: their seats are behind those of the readers. */
#include "hw/bus_private.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"

/* The module says so itself, but only when it is asked: some time behind the end of a pulse. */
#define ASK_LATER_MS 150
/* A pulse may begin as late as this behind its command. */
#define ASK_AGAIN_MS 1000

static struct bus_module *
at(struct bus *bus, unsigned seat)
{
	return &bus->modules[seat];
}

/* The panel has something to do, and its deadline is another one. */
static int
then_wake(struct bus *bus, int r)
{
	event_active(bus->timer, 0, 0);
	return r;
}

int
bus_module_seat(const struct bus *bus, unsigned module)
{
	for (unsigned i = bus->profile->count; i < OSDP_CP_PDS_MAX; i++)
		if (bus->modules[i].module == module)
			return (int) i;
	return -ENOENT;
}

int
bus_module_add(struct bus *bus, unsigned module, uint8_t address)
{
	static const struct osdp_policy policy = { .protection = OSDP_SECURE_REQUIRED };
	unsigned seat;

	bus_take_events(bus);
	int r = osdp_cp_add(bus->cp, address, &policy, clock_mono_us(), &seat);
	if (r < 0)
		return r;
	*at(bus, seat) = (struct bus_module){ .module = module, .address = address };
	return then_wake(bus, 0);
}

void
bus_module_remove(struct bus *bus, unsigned seat)
{
	(void) bus_file_cancel(bus, seat);
	bus_take_events(bus);
	(void) osdp_cp_remove(bus->cp, seat, clock_mono_us());
	bus_take_events(bus);
	explicit_bzero(at(bus, seat), sizeof(*at(bus, seat)));
	(void) then_wake(bus, 0);
}

static enum hw_security
security_of(const struct bus *bus, unsigned seat)
{
	const struct bus_module *module = &bus->modules[seat];
	enum osdp_pd_state state = osdp_cp_pd_state(bus->cp, seat);

	if (module->is_installing)
		return HW_SECURITY_INSTALLING;
	if (state == OSDP_PD_KEY_MISMATCH)
		return module->has_key ? HW_SECURITY_KEY_MISMATCH : HW_SECURITY_NO_KEY;
	if (state == OSDP_PD_ONLINE && osdp_cp_pd_is_secure(bus->cp, seat))
		return HW_SECURITY_SECURE;
	return module->has_key ? HW_SECURITY_NONE : HW_SECURITY_NO_KEY;
}

void
bus_module(const struct bus *bus, unsigned seat, struct hw_module *ret)
{
	const struct bus_module *module = &bus->modules[seat];
	const struct osdp_counters *counters = osdp_cp_pd_counters(bus->cp, seat);
	enum osdp_pd_state state = osdp_cp_pd_state(bus->cp, seat);

	*ret = (struct hw_module){
		.module = module->module,
		.place = { .bus = bus->number, .address = module->address },
		.is_online = state == OSDP_PD_ONLINE || state == OSDP_PD_SUSPECT,
		.is_tampered = module->is_tampered,
		.has_power_failure = module->has_power_failure,
		.security = security_of(bus, seat),
		.cause = module->cause,
		.wants_key = module->wants_key,
		.has_device = module->has_device,
		.model = module->identity.model,
		.serial = module->identity.serial,
		.input_count = module->input_count,
		.output_count = module->output_count,
		.outputs = module->outputs,
		.polls = counters->polls,
		.timeouts = counters->timeouts,
		.errors = counters->frame_errors,
	};
	memcpy(ret->cuid, module->cuid, sizeof(ret->cuid));
	memcpy(ret->inputs, module->inputs, sizeof(ret->inputs));
	if (!module->has_identity)
		return;
	hex_encode(module->identity.vendor, sizeof(module->identity.vendor), ret->vendor);
	(void) snprintf(ret->firmware, sizeof(ret->firmware), "%u.%u.%u",
			module->identity.firmware[0], module->identity.firmware[1],
			module->identity.firmware[2]);
}

bool
bus_module_has_key(const struct bus_module *module)
{
	return module->has_key && !memcmp(module->key_cuid, module->cuid, sizeof(module->cuid));
}

void
bus_module_open_window(struct bus *bus, unsigned seat)
{
	struct bus_module *module = at(bus, seat);
	uint64_t now_us = clock_mono_us();
	struct osdp_install install = { .is_replacement = true, .is_key_later = true };

	if (module->is_installing || now_us >= module->install_until_us)
		return;
	install.window_ms = (uint32_t) ((module->install_until_us - now_us) / US_PER_MS) + 1;
	module->is_installing = osdp_cp_install(bus->cp, seat, &install, now_us) == 0;
}

/* A device that does not answer to the new key, or to none, starts over by itself. */
static void
use_key(struct bus *bus, unsigned seat)
{
	struct bus_module *module = at(bus, seat);
	struct osdp_policy policy = { .protection = OSDP_SECURE_REQUIRED,
				      .has_key = module->has_key };

	memcpy(policy.key, module->key, sizeof(policy.key));
	(void) osdp_cp_set_policy(bus->cp, seat, &policy, clock_mono_us());
	explicit_bzero(&policy, sizeof(policy));
}

int
bus_module_set_key(struct bus *bus, unsigned seat, const uint8_t *cuid, const uint8_t *key)
{
	struct bus_module *module = at(bus, seat);

	module->has_key = key;
	explicit_bzero(module->key, sizeof(module->key));
	if (key) {
		memcpy(module->key, key, sizeof(module->key));
		memcpy(module->key_cuid, cuid, sizeof(module->key_cuid));
	}
	module->wants_key = module->has_device && !bus_module_has_key(module);
	if (!key || osdp_cp_give_key(bus->cp, seat, key) < 0)
		use_key(bus, seat);
	return then_wake(bus, 0);
}

int
bus_module_install(struct bus *bus, unsigned seat, uint32_t window_ms)
{
	struct bus_module *module = at(bus, seat);

	if (bus->test)
		return -EBUSY;
	module->install_until_us = window_ms ? clock_mono_us() + window_ms * US_PER_MS : 0;
	if (!window_ms && module->is_installing)
		osdp_cp_install_cancel(bus->cp, clock_mono_us());
	else if (window_ms && osdp_cp_pd_state(bus->cp, seat) == OSDP_PD_KEY_MISMATCH &&
		 bus_module_has_key(module))
		bus_module_open_window(bus, seat);
	return then_wake(bus, 0);
}

static void
note_wanted(struct bus_module *module, uint32_t mask, bool is_on)
{
	module->wanted |= mask;
	module->wanted_on = is_on ? module->wanted_on | mask : module->wanted_on & ~mask;
}

int
bus_module_set_outputs(struct bus *bus, unsigned seat, uint32_t mask, bool is_on, uint32_t ms)
{
	struct bus_module *module = at(bus, seat);
	struct osdp_output outputs[HW_MODULE_POINTS];
	unsigned count = 0;

	if (ms > HW_MODULE_PULSE_MS_MAX || mask >> module->output_count)
		return -EINVAL;
	for (unsigned i = 0; i < module->output_count; i++)
		if (mask >> i & 1)
			outputs[count++] = (struct osdp_output){
				.output = (uint8_t) i,
				.code = ms	? OSDP_OUTPUT_TIMED_ON
					: is_on ? OSDP_OUTPUT_ON
						: OSDP_OUTPUT_OFF,
				.timer_100ms = (uint16_t) ((ms + 99) / 100),
			};
	if (!count)
		return 0;
	int r = osdp_cp_output(bus->cp, seat, outputs, count);
	if (r < 0)
		return r;
	if (!ms)
		note_wanted(module, mask, is_on);
	(void) osdp_cp_ask(bus->cp, seat, OSDP_CMD_OSTAT);
	if (ms)
		module->ask_until_us = MAX_OF(module->ask_until_us,
					      clock_mono_us() + (ms + ASK_AGAIN_MS) * US_PER_MS);
	module->ask_at_us = clock_mono_us() + ASK_LATER_MS * US_PER_MS;
	return then_wake(bus, 0);
}

void
bus_modules_tick(struct bus *bus, uint64_t now_us)
{
	for (unsigned i = bus->profile->count; i < OSDP_CP_PDS_MAX; i++) {
		struct bus_module *module = at(bus, i);
		if (!module->module || !module->ask_at_us || now_us < module->ask_at_us)
			continue;
		(void) osdp_cp_ask(bus->cp, i, OSDP_CMD_OSTAT);
		module->ask_at_us =
			now_us < module->ask_until_us ? now_us + ASK_LATER_MS * US_PER_MS : 0;
	}
}

uint64_t
bus_modules_deadline_us(const struct bus *bus)
{
	uint64_t deadline_us = UINT64_MAX;

	for (unsigned i = bus->profile->count; i < OSDP_CP_PDS_MAX; i++)
		if (bus->modules[i].module && bus->modules[i].ask_at_us)
			deadline_us = MIN_OF(deadline_us, bus->modules[i].ask_at_us);
	return deadline_us;
}
