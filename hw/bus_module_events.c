/* What an expansion module's events mean. */
#include "hw/bus_private.h"

#include <string.h>

#include "lib/util.h"

static struct bus_module *
at(struct bus *bus, unsigned seat)
{
	return &bus->modules[seat];
}

static void
tell(struct bus *bus, unsigned seat)
{
	struct hw_module module;

	bus_module(bus, seat, &module);
	bus->ops->on_module(&module, bus->context);
}

/* Which device is there: by its handshake, or as long as there is none by what it claims. */
static void
note_device(struct bus_module *module, const uint8_t *cuid)
{
	memcpy(module->cuid, cuid, sizeof(module->cuid));
	module->has_device = true;
	module->wants_key = !bus_module_has_key(module);
}

static void
note_identity(struct bus_module *module, const struct osdp_pdid *identity)
{
	module->identity = *identity;
	module->has_identity = true;
}

static void
take_claim(struct bus_module *module, const struct osdp_pdid *claim)
{
	uint8_t pdid[OSDP_PDID_SIZE];

	note_identity(module, claim);
	if (osdp_pack_pdid(claim, pdid, sizeof(pdid)) == sizeof(pdid))
		note_device(module, pdid);
}

static void
on_mismatch(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	struct bus_module *module = at(bus, seat);
	enum osdp_mismatch cause = event->mismatch.cause;

	module->cause = bus_mismatch_word(cause);
	if (cause >= OSDP_MISMATCH_KEY_FLAG)
		note_device(module, event->mismatch.cuid);
	else if (event->mismatch.has_claim)
		take_claim(module, &event->mismatch.claim);
	/* It has not the key that it should have. One with another key is not new. */
	if (!module->wants_key && cause != OSDP_MISMATCH_NO_KEY &&
	    cause != OSDP_MISMATCH_CRYPTOGRAM)
		bus_module_open_window(bus, seat);
	tell(bus, seat);
}

static void
on_pairing(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	struct bus_module *module = at(bus, seat);

	if (event->online.has_identity)
		note_identity(module, &event->online.identity);
	if (bus_module_has_key(module))
		(void) osdp_cp_give_key(bus->cp, seat, module->key);
	tell(bus, seat);
}

static void
on_established(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	note_device(at(bus, seat), event->established.cuid);
}

static void
on_online(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	struct bus_module *module = at(bus, seat);
	const uint8_t *items = event->online.capabilities.items;

	module->cause = NULL;
	module->wants_key = false;
	if (event->online.has_identity)
		note_identity(module, &event->online.identity);
	module->input_count = MIN_OF(items[OSDP_CAP_INPUTS], (uint8_t) HW_MODULE_POINTS);
	module->output_count = MIN_OF(items[OSDP_CAP_OUTPUTS], (uint8_t) HW_MODULE_POINTS);
	/* Whatever it did meanwhile, it now does what is wanted. */
	for (unsigned is_on = 0; is_on < 2; is_on++)
		(void) bus_module_set_outputs(
			bus, seat,
			module->wanted & (is_on ? module->wanted_on : ~module->wanted_on), is_on,
			0);
	tell(bus, seat);
}

static void
on_gone(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	struct bus_module *module = at(bus, seat);

	if (event->type == OSDP_EV_OFFLINE)
		for (unsigned i = 0; i < HW_MODULE_POINTS; i++)
			module->inputs[i] = HW_MODULE_UNKNOWN;
	tell(bus, seat);
}

static void
on_status(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	if (event->type == OSDP_EV_TAMPER)
		at(bus, seat)->is_tampered = event->is_active;
	else
		at(bus, seat)->has_power_failure = event->is_active;
	tell(bus, seat);
}

static void
on_inputs(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	static const enum hw_module_input states[] = {
		[OSDP_INPUT_INACTIVE] = HW_MODULE_INACTIVE,
		[OSDP_INPUT_ACTIVE] = HW_MODULE_ACTIVE,
		[OSDP_INPUT_SHORT] = HW_MODULE_SHORT,
		[OSDP_INPUT_OPEN] = HW_MODULE_CUT,
		[OSDP_INPUT_FAULT] = HW_MODULE_FAULT,
		[OSDP_INPUT_UNKNOWN] = HW_MODULE_UNKNOWN,
	};
	unsigned count = MIN_OF(event->points.count, (uint8_t) HW_MODULE_POINTS);

	for (unsigned i = 0; i < count; i++) {
		uint8_t value = event->points.values[i];
		at(bus, seat)->inputs[i] =
			value < ARRAY_LEN(states) ? states[value] : HW_MODULE_UNKNOWN;
	}
	tell(bus, seat);
}

static void
on_outputs(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	struct bus_module *module = at(bus, seat);
	unsigned count = MIN_OF(event->points.count, (uint8_t) HW_MODULE_POINTS);

	module->outputs = 0;
	for (unsigned i = 0; i < count; i++)
		module->outputs |= (uint32_t) (event->points.values[i] == 1) << i;
	tell(bus, seat);
}

static void
on_committed(struct bus *bus, unsigned seat, const struct osdp_event *event UNUSED)
{
	at(bus, seat)->cause = NULL;
}

static void
on_install_ended(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	at(bus, seat)->is_installing = false;
	if (event->is_paired)
		at(bus, seat)->install_until_us = 0;
	tell(bus, seat);
}

/* What somebody on the line does, in one word; see the door role for its text. */
static void
on_trouble(struct bus *bus, unsigned seat, const struct osdp_event *event)
{
	static const char *const words[] = {
		[OSDP_EV_DEFAULT_KEY_SEEN] = "default_key",
		[OSDP_EV_DOWNGRADE] = "downgrade",
		[OSDP_EV_MAC_ERROR] = "mac_error",
		[OSDP_EV_PLAIN_DATA] = "plain_data",
		[OSDP_EV_INTERFERENCE] = "interference",
		[OSDP_EV_FOREIGN_TALKER] = "foreign_talker",
		[OSDP_EV_CUID_DIFFERS] = "cuid",
		[OSDP_EV_CAPABILITIES_CHANGED] = "capabilities",
	};

	bus->ops->on_module_trouble(at(bus, seat)->module, words[event->type], bus->context);
}

static void (*const handlers[])(struct bus *bus, unsigned seat, const struct osdp_event *event) = {
	[OSDP_EV_ONLINE] = on_online,
	[OSDP_EV_SUSPECT] = on_gone,
	[OSDP_EV_OFFLINE] = on_gone,
	[OSDP_EV_TAMPER] = on_status,
	[OSDP_EV_POWER] = on_status,
	[OSDP_EV_SC_ESTABLISHED] = on_established,
	[OSDP_EV_KEY_MISMATCH] = on_mismatch,
	[OSDP_EV_DEFAULT_KEY_SEEN] = on_trouble,
	[OSDP_EV_DOWNGRADE] = on_trouble,
	[OSDP_EV_MAC_ERROR] = on_trouble,
	[OSDP_EV_PLAIN_DATA] = on_trouble,
	[OSDP_EV_INTERFERENCE] = on_trouble,
	[OSDP_EV_FOREIGN_TALKER] = on_trouble,
	[OSDP_EV_CUID_DIFFERS] = on_trouble,
	[OSDP_EV_CAPABILITIES_CHANGED] = on_trouble,
	[OSDP_EV_PAIRING] = on_pairing,
	[OSDP_EV_KEY_COMMITTED] = on_committed,
	[OSDP_EV_INSTALL_ENDED] = on_install_ended,
	[OSDP_EV_INPUTS] = on_inputs,
	[OSDP_EV_OUTPUTS] = on_outputs,
};

void
bus_module_take_event(struct bus *bus, const struct osdp_event *event)
{
	if (!at(bus, event->pd)->module)
		return;
	if (event->type == OSDP_EV_FILE_PROGRESS || event->type == OSDP_EV_FILE_ENDED)
		bus_work_handler(event->type)(bus, event);
	else if (event->type < ARRAY_LEN(handlers) && handlers[event->type])
		handlers[event->type](bus, event->pd, event);
}
