#include "hw/hw.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "hw/bus.h"
#include "hw/driver.h"
#include "hw/profile.h"
#include "lib/util.h"

/* What is wanted of a point, as far as anybody has said so. */
struct want {
	bool has_output;
	bool is_on;
	bool has_direction;
	bool is_output;
	bool has_led;
	struct hw_led led;
};

struct hw {
	struct profile profile;
	const struct driver *driver;
	void *board;
	const struct hw_ops *ops;
	void *context;
	struct bus *buses[PROFILE_BUSES];
	struct want wants[INVENTORY_ROWS];
	bool is_branch_off[BUDGETS];
	bool is_faulty[INVENTORY_ROWS];
};

static struct want *
want_of(struct hw *hw, const struct inventory_row *point)
{
	return &hw->wants[inventory_position(point)];
}

/* The direction first: a line must be an output before it can be set. */
static void
assert_point(struct hw *hw, const struct inventory_row *point)
{
	const struct want *want = want_of(hw, point);

	if (want->has_direction && hw->driver->set_direction)
		(void) hw->driver->set_direction(hw->board, point, want->is_output);
	if (want->has_output)
		(void) hw->driver->set_output(hw->board, point, want->is_on);
	if (want->has_led && hw->driver->set_led)
		(void) hw->driver->set_led(hw->board, point, &want->led);
}

static void
on_state(const struct inventory_row *point, enum hw_state state, void *context)
{
	struct hw *hw = context;

	hw->ops->on_state(point, state, hw->context);
}

static void
on_measure(const struct inventory_row *point, enum hw_quantity quantity, int32_t value,
	   void *context)
{
	struct hw *hw = context;

	hw->ops->on_measure(point, quantity, value, hw->context);
}

static void
on_output(const struct inventory_row *point, bool is_on, uint64_t at_mono_us, void *context)
{
	struct hw *hw = context;

	hw->ops->on_output(point, is_on, at_mono_us, hw->context);
}

static void
on_fault(const struct inventory_row *point, const char *why, void *context)
{
	struct hw *hw = context;
	bool *is_faulty = &hw->is_faulty[inventory_position(point)];

	if (!*is_faulty && !why)
		return;
	*is_faulty = why;
	hw->ops->on_fault(point, why, hw->context);
	if (!why)
		assert_point(hw, point);
}

static void
on_board(bool is_online, bool is_restarted, void *context)
{
	struct hw *hw = context;

	hw->ops->on_board(is_online, is_restarted, hw->context);
	if (!is_online)
		return;
	/* Whatever the board did meanwhile, it now does what is wanted. */
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		assert_point(hw, inventory_at(i));
	for (unsigned i = 0; i < BUDGETS; i++)
		if (hw->is_branch_off[i] && hw->driver->set_branch)
			(void) hw->driver->set_branch(hw->board, (enum inventory_budget) i, false);
}

static const struct driver_ops driver_ops = {
	.on_state = on_state,
	.on_measure = on_measure,
	.on_output = on_output,
	.on_fault = on_fault,
	.on_board = on_board,
};

static int
open_board(struct hw *hw, const struct driver_setup *setup)
{
	char **why = setup->ret_why;

	hw->driver = driver_find(hw->profile.driver);
	if (!hw->driver) {
		*why = xasprintf("there is no driver '%s'", hw->profile.driver);
		return -ENOENT;
	}
	int r = hw->driver->open(setup, &driver_ops, hw, &hw->board);
	if (r < 0 && !*why)
		*why = xasprintf("the driver '%s' cannot open the board: %s", hw->profile.driver,
				 strerror(-r));
	return r;
}

int
hw_open(struct event_base *base, const char *profile, const char *run_dir, const struct hw_ops *ops,
	void *context, struct hw **ret, char **ret_why)
{
	struct hw *hw = xcalloc(1, sizeof(*hw));
	_cleanup_(freep) char *why = NULL;
	struct driver_setup setup = { base, run_dir, &hw->profile, &why };
	int r = profile_read(profile, &hw->profile, ret_why);

	hw->ops = ops;
	hw->context = context;
	if (r == 0) {
		r = open_board(hw, &setup);
		if (r < 0)
			*ret_why = xasprintf("%s: %s", profile, why);
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
hw_colour_name(enum hw_colour colour)
{
	static const char *const names[] = { "dark", "green", "amber", "red" };

	return names[colour];
}

const char *
hw_name(const struct hw *hw)
{
	return hw->profile.name;
}

int
hw_find_seat(const struct hw *hw, unsigned reader, struct bus **ret)
{
	for (unsigned i = 0; i < hw->profile.bus_count; i++) {
		int seat = bus_seat_of(hw->buses[i], reader);
		if (seat < 0)
			continue;
		*ret = hw->buses[i];
		return seat;
	}
	return -ENOENT;
}

struct bus *
hw_bus(const struct hw *hw, unsigned bus)
{
	return bus >= 1 && bus <= hw->profile.bus_count ? hw->buses[bus - 1] : NULL;
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

bool
hw_has(const struct hw *hw, const struct inventory_row *point)
{
	return point->is_fitted && (!hw->driver->has || hw->driver->has(hw->board, point));
}

bool
hw_measures(const struct hw *hw, const struct inventory_row *point, enum hw_quantity quantity)
{
	static const unsigned parts[HW_QUANTITIES] = {
		[HW_MV] = PROFILE_VOLTAGE,
		[HW_MA] = PROFILE_CURRENT,
		[HW_MILLICELSIUS] = PROFILE_TEMPERATURE,
	};

	/* What has no profile of its points, the virtual board, measures all of them. */
	return hw_has(hw, point) &&
	       (!hw->driver->has || profile_point(&hw->profile, point)->parts & parts[quantity]);
}

bool
hw_is_faulty(const struct hw *hw, const struct inventory_row *point)
{
	return hw->is_faulty[inventory_position(point)];
}

void
hw_set_output(struct hw *hw, const struct inventory_row *point, bool is_on)
{
	struct want *want = want_of(hw, point);

	want->has_output = true;
	want->is_on = is_on;
	(void) hw->driver->set_output(hw->board, point, is_on);
}

void
hw_set_direction(struct hw *hw, const struct inventory_row *point, bool is_output)
{
	struct want *want = want_of(hw, point);

	want->has_direction = true;
	want->is_output = is_output;
	if (hw->driver->set_direction)
		(void) hw->driver->set_direction(hw->board, point, is_output);
}

void
hw_set_branch(struct hw *hw, enum inventory_budget branch, bool is_on)
{
	hw->is_branch_off[branch] = !is_on;
	if (hw->driver->set_branch)
		(void) hw->driver->set_branch(hw->board, branch, is_on);
}

void
hw_set_led(struct hw *hw, const struct inventory_row *point, const struct hw_led *led)
{
	struct want *want = want_of(hw, point);

	want->has_led = true;
	want->led = *led;
	if (hw->driver->set_led)
		(void) hw->driver->set_led(hw->board, point, led);
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
