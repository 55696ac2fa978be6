#include "hw/module.h"

#include <errno.h>

#include "hw/bus.h"

const char *
hw_module_input_name(enum hw_module_input state)
{
	static const char *const names[] = { "inactive", "active", "short",
					     "cut",	 "fault",  "unknown" };

	return names[state];
}

/* The line that a module is on and its seat there, or -ENOENT. */
static int
find(const struct hw *hw, unsigned module, struct bus **ret)
{
	for (unsigned i = 1; (*ret = hw_bus(hw, i)); i++) {
		int seat = bus_module_seat(*ret, module);
		if (seat >= 0)
			return seat;
	}
	return -ENOENT;
}

int
hw_set_module(struct hw *hw, unsigned module, const struct hw_module_place *place)
{
	struct bus *bus;
	struct hw_module now;
	int seat = find(hw, module, &bus);

	if (seat >= 0) {
		bus_module(bus, (unsigned) seat, &now);
		if (place && now.place.bus == place->bus && now.place.address == place->address)
			return 0;
		bus_module_remove(bus, (unsigned) seat);
	}
	if (!place)
		return 0;
	bus = hw_bus(hw, place->bus);
	return bus ? bus_module_add(bus, module, place->address) : -ENOENT;
}

int
hw_module(const struct hw *hw, unsigned module, struct hw_module *ret)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	if (seat < 0)
		return seat;
	bus_module(bus, (unsigned) seat, ret);
	return 0;
}

int
hw_module_set_key(struct hw *hw, unsigned module, const uint8_t cuid[READER_CUID_BYTES],
		  const uint8_t *key)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	return seat < 0 ? seat : bus_module_set_key(bus, (unsigned) seat, cuid, key);
}

int
hw_module_install(struct hw *hw, unsigned module, uint32_t window_ms)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	return seat < 0 ? seat : bus_module_install(bus, (unsigned) seat, window_ms);
}

int
hw_module_set_outputs(struct hw *hw, unsigned module, uint32_t mask, bool is_on, uint32_t ms)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	return seat < 0 ? seat : bus_module_set_outputs(bus, (unsigned) seat, mask, is_on, ms);
}

int
hw_module_file_send(struct hw *hw, unsigned module, const uint8_t *data, uint32_t size)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	return seat < 0 ? seat : bus_file_send(bus, (unsigned) seat, data, size);
}

int
hw_module_file_cancel(struct hw *hw, unsigned module)
{
	struct bus *bus;
	int seat = find(hw, module, &bus);

	return seat < 0 ? seat : bus_file_cancel(bus, (unsigned) seat);
}
