#include "hw/hw.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>

#include "hw/bus.h"
#include "hw/driver.h"
#include "hw/profile.h"
#include "lib/util.h"

struct hw {
	struct profile profile;
	const struct driver *driver;
	void *board;
	const struct hw_ops *ops;
	void *context;
	struct bus *buses[PROFILE_BUSES];
	bool wanted[DOORS][HW_OUTPUTS];
};

static void
on_input(unsigned door, enum hw_input input, enum hw_input_state state, void *context)
{
	struct hw *hw = context;

	hw->ops->on_input(door, input, state, hw->context);
}

static void
on_level(unsigned input, int mv, void *context)
{
	struct hw *hw = context;

	if (hw_input_is_measured(hw, input))
		hw->ops->on_level(input, mv, hw->context);
}

static void
on_output(unsigned door, enum hw_output output, bool is_on, uint64_t at_mono_us, void *context)
{
	struct hw *hw = context;

	hw->ops->on_output(door, output, is_on, at_mono_us, hw->context);
}

static void
on_board(bool is_online, void *context)
{
	struct hw *hw = context;

	hw->ops->on_board(is_online, hw->context);
	/* Whatever the outputs did meanwhile, they now do what is wanted. */
	for (unsigned door = 1; is_online && door <= DOORS; door++)
		for (unsigned output = 0; output < HW_OUTPUTS; output++)
			(void) hw->driver->set_output(hw->board, door, (enum hw_output) output,
						      hw->wanted[door - 1][output]);
}

static const struct driver_ops driver_ops = {
	.on_input = on_input,
	.on_level = on_level,
	.on_output = on_output,
	.on_board = on_board,
};

int
hw_open(struct event_base *base, const char *profile, const char *run_dir, const struct hw_ops *ops,
	void *context, struct hw **ret, char **ret_why)
{
	struct hw *hw = xcalloc(1, sizeof(*hw));
	int r = profile_read(profile, &hw->profile, ret_why);

	hw->ops = ops;
	hw->context = context;
	if (r == 0) {
		hw->driver = driver_find(hw->profile.driver);
		if (!hw->driver) {
			*ret_why = xasprintf("%s: there is no driver '%s'", profile,
					     hw->profile.driver);
			r = -ENOENT;
		}
	}
	if (r == 0) {
		r = hw->driver->open(base, run_dir, &driver_ops, hw, &hw->board);
		if (r < 0)
			*ret_why = xasprintf("%s: the driver '%s' cannot open the board", profile,
					     hw->profile.driver);
	}
	if (r < 0) {
		free(hw);
		return r;
	}
	for (unsigned i = 0; i < hw->profile.bus_count; i++)
		hw->buses[i] = bus_new(base, hw->driver, hw->board, i + 1, &hw->profile.buses[i],
				       ops, context);
	*ret = hw;
	return 0;
}

void
hw_close(struct hw *hw)
{
	if (!hw)
		return;
	for (unsigned i = 0; i < hw->profile.bus_count; i++)
		bus_free(hw->buses[i]);
	hw->driver->close(hw->board);
	free(hw);
}

const char *
hw_name(const struct hw *hw)
{
	return hw->profile.name;
}

int
hw_reader(const struct hw *hw, unsigned reader, struct hw_reader *ret)
{
	for (unsigned i = 0; i < hw->profile.bus_count; i++)
		if (bus_reader(hw->buses[i], reader, ret) == 0)
			return 0;
	return -ENOENT;
}

unsigned
hw_reader_door(const struct hw *hw, unsigned reader)
{
	struct hw_reader found;

	return hw_reader(hw, reader, &found) == 0 ? found.door : 0;
}

bool
hw_input_is_measured(const struct hw *hw, unsigned input)
{
	return hw->profile.inputs[input - 1].is_measured;
}

enum supervise_scheme
hw_input_scheme(const struct hw *hw, unsigned input)
{
	return hw->profile.inputs[input - 1].scheme;
}

void
hw_set_output(struct hw *hw, unsigned door, enum hw_output output, bool is_on)
{
	hw->wanted[door - 1][output] = is_on;
	(void) hw->driver->set_output(hw->board, door, output, is_on);
}

void
hw_give_feedback(struct hw *hw, unsigned reader, enum hw_feedback feedback)
{
	for (unsigned i = 0; i < hw->profile.bus_count; i++)
		bus_give_feedback(hw->buses[i], reader, feedback);
}

void
hw_show_lock(struct hw *hw, unsigned door, bool is_released)
{
	for (unsigned i = 0; i < hw->profile.bus_count; i++)
		bus_show_lock(hw->buses[i], door, is_released);
}

bool
hw_has_console(const struct hw *hw)
{
	return hw->driver->console;
}

void
hw_console(struct hw *hw, const json_t *request,
	   void (*done)(json_t *result, const struct rpc_error *error, void *context),
	   void *context)
{
	hw->driver->console(hw->board, request, done, context);
}
