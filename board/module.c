#include "board/module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/peripheral.h"
#include "lib/util.h"

#define MODEL	       2
#define RECEIVE_BUFFER 1024

struct module {
	struct peripheral peripheral;
	unsigned outputs;
	struct osdp_points inputs;
};

static const char *const states[] = {
	[OSDP_INPUT_INACTIVE] = "inactive", [OSDP_INPUT_ACTIVE] = "active",
	[OSDP_INPUT_SHORT] = "short",	    [OSDP_INPUT_OPEN] = "cut",
	[OSDP_INPUT_FAULT] = "fault",
};

static void
set_capabilities(struct osdp_pdcap *capabilities, unsigned inputs, unsigned outputs)
{
	/* Supervised inputs of four states; outputs with timers. */
	capabilities->compliance[OSDP_CAP_INPUTS] = 3;
	capabilities->items[OSDP_CAP_INPUTS] = (uint8_t) inputs;
	capabilities->compliance[OSDP_CAP_OUTPUTS] = 4;
	capabilities->items[OSDP_CAP_OUTPUTS] = (uint8_t) outputs;
	capabilities->compliance[OSDP_CAP_CHECK] = 1;
	capabilities->compliance[OSDP_CAP_SECURITY] = 1;
	capabilities->compliance[OSDP_CAP_VERSION] = 2;
	capabilities->compliance[OSDP_CAP_RECEIVE_BUFFER] = RECEIVE_BUFFER & 0xFF;
	capabilities->items[OSDP_CAP_RECEIVE_BUFFER] = RECEIVE_BUFFER >> 8;
}

struct module *
module_new(const char *memory_dir, unsigned bus, uint8_t address, unsigned inputs, unsigned outputs)
{
	struct module *module = xcalloc(1, sizeof(*module));
	struct osdp_pd_config *config = &module->peripheral.config;
	char name[32];

	module->outputs = outputs;
	module->inputs.count = (uint8_t) inputs;
	config->address = address;
	config->identity = (struct osdp_pdid){ .vendor = { 0x02, 0xca, 0x2d },
					       .model = MODEL,
					       .version = 1,
					       .serial = 2000 + bus * 128 + address,
					       .firmware = { 1, 0, 0 } };
	set_capabilities(&config->capabilities, inputs, outputs);
	(void) snprintf(name, sizeof(name), "module%u-%u", bus, address);
	peripheral_init(&module->peripheral, memory_dir, name);
	osdp_pd_set_inputs(module->peripheral.pd, &module->inputs);
	return module;
}

void
module_free(struct module *module)
{
	if (!module)
		return;
	peripheral_done(&module->peripheral);
	free(module);
}

uint8_t
module_address(const struct module *module)
{
	return module->peripheral.config.address;
}

struct peripheral *
module_peripheral(struct module *module)
{
	return &module->peripheral;
}

size_t
module_exchange(struct module *module, const uint8_t *bytes, size_t size, uint64_t now_us,
		uint8_t *reply, size_t reply_size)
{
	struct peripheral *peripheral = &module->peripheral;
	struct osdp_pd_event event;

	if (!peripheral->is_plugged)
		return 0;
	osdp_pd_receive(peripheral->pd, bytes, size, now_us);
	size_t used = osdp_pd_take_output(peripheral->pd, reply, reply_size);
	while (osdp_pd_take_event(peripheral->pd, &event))
		peripheral_take_event(peripheral, &event);
	if (peripheral->is_to_restart)
		module_power_up(module);
	return used;
}

void
module_power_up(struct module *module)
{
	peripheral_power_up(&module->peripheral);
	osdp_pd_set_inputs(module->peripheral.pd, &module->inputs);
}

int
module_set(struct module *module, const char *word, const char *argument)
{
	unsigned before = module->peripheral.power_ups;
	int r = peripheral_set(&module->peripheral, word, argument);

	if (module->peripheral.power_ups != before)
		osdp_pd_set_inputs(module->peripheral.pd, &module->inputs);
	return r;
}

int
module_set_input(struct module *module, unsigned input, const char *word)
{
	if (!input || input > module->inputs.count)
		return -ERANGE;
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (!strcmp(states[i], word)) {
			module->inputs.values[input - 1] = (uint8_t) i;
			osdp_pd_set_inputs(module->peripheral.pd, &module->inputs);
			return 0;
		}
	return -EINVAL;
}

bool
module_output(const struct module *module, unsigned output, uint64_t now_us)
{
	return output >= 1 && output <= module->outputs &&
	       osdp_pd_output(module->peripheral.pd, output - 1, now_us);
}

json_t *
module_show(const struct module *module, uint64_t now_us)
{
	json_t *inputs = json_array();
	json_t *outputs = json_array();
	json_t *shown = json_pack("{so,so}", "inputs", inputs, "outputs", outputs);

	for (unsigned i = 0; i < module->inputs.count; i++)
		(void) json_array_append_new(inputs, json_string(states[module->inputs.values[i]]));
	for (unsigned i = 1; i <= module->outputs; i++)
		(void) json_array_append_new(outputs,
					     json_boolean(module_output(module, i, now_us)));
	peripheral_show(&module->peripheral, shown);
	return shown;
}
