/*
 * One expansion module: an OSDP device with inputs and outputs on a reader bus. It keeps its key
 * as a reader does.
 */
#ifndef BOARD_MODULE_H
#define BOARD_MODULE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODULES_MAX	   16 /* of the board; all of them may be on one bus */
#define MODULE_CHANNEL_MAX 32

struct module;
struct peripheral;

struct module *module_new(const char *memory_dir, unsigned bus, uint8_t address, unsigned inputs,
			  unsigned outputs);
void module_free(struct module *module);
uint8_t module_address(const struct module *module);
struct peripheral *module_peripheral(struct module *module);

void module_power_up(struct module *module);
/* As peripheral_set(). */
int module_set(struct module *module, const char *word, const char *argument);

/* As reader_exchange(). */
size_t module_exchange(struct module *module, const uint8_t *bytes, size_t size, uint64_t now_us,
		       uint8_t *reply, size_t reply_size);
/* input counts from 1; word is "inactive", "active", "short", "cut" or "fault". -ERANGE, -EINVAL.
 */
int module_set_input(struct module *module, unsigned input, const char *word);
bool module_output(const struct module *module, unsigned output, uint64_t now_us);
/* {"inputs": ["inactive", ...], "outputs": [false, ...], ...}; a new reference. */
json_t *module_show(const struct module *module, uint64_t now_us);

#endif
