#include "board/line_private.h"

#include <errno.h>

#include "board/peripheral.h"

int
line_add_module(struct line *line, uint8_t address, unsigned inputs, unsigned outputs)
{
	for (unsigned i = 0; i < READERS_PER_BUS; i++)
		if (reader_peripheral(line->readers[i])->config.address == address)
			return -EEXIST;
	if (line_module(line, address))
		return -EEXIST;
	for (unsigned i = 0; i < MODULES_MAX; i++)
		if (!line->modules[i]) {
			line->modules[i] = module_new(line->board->memory_dir, line->number,
						      address, inputs, outputs);
			return 0;
		}
	return -ENOSPC;
}

unsigned
line_module_count(const struct line *line)
{
	unsigned count = 0;

	for (unsigned i = 0; i < MODULES_MAX; i++)
		count += line->modules[i] != NULL;
	return count;
}

struct module *
line_module(const struct line *line, unsigned address)
{
	for (unsigned i = 0; i < MODULES_MAX; i++)
		if (line->modules[i] && module_address(line->modules[i]) == address)
			return line->modules[i];
	return NULL;
}

void
line_remove_module(struct line *line, struct module *module)
{
	for (unsigned i = 0; i < MODULES_MAX; i++)
		if (line->modules[i] == module)
			line->modules[i] = NULL;
	peripheral_forget(module_peripheral(module));
	module_free(module);
}

json_t *
line_show_modules(const struct line *line, uint64_t now_us)
{
	json_t *modules = json_array();

	for (unsigned i = 0; i < MODULES_MAX; i++) {
		if (!line->modules[i])
			continue;
		json_t *shown = module_show(line->modules[i], now_us);
		(void) json_object_set_new(shown, "bus", json_integer(line->number));
		(void) json_array_append_new(modules, shown);
	}
	return modules;
}
