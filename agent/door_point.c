#include "agent/door_point.h"

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_light.h"
#include "agent/door_power.h"
#include "lib/util.h"

static void
take_line(struct door_role *role, const struct inventory_row *point, enum hw_state state)
{
	door_line_take_state(role, inventory_input_number(point), state);
}

static void
take_level(struct door_role *role, const struct inventory_row *point, enum hw_quantity quantity,
	   int32_t value)
{
	unsigned input = inventory_input_number(point);

	if (quantity == HW_MV && hw_input_is_measured(role->hw, input))
		door_line_take_level(role, input, value);
}

/* An AUX port is measured as an input, and its load as an output. */
static void
take_aux(struct door_role *role, const struct inventory_row *point, enum hw_quantity quantity,
	 int32_t value)
{
	take_level(role, point, quantity, value);
	if (quantity == HW_MA)
		door_power_take_measure(role, point, quantity, value);
}

static const struct {
	enum inventory_kind kind;
	void (*take_state)(struct door_role *role, const struct inventory_row *point,
			   enum hw_state state);
	void (*take_measure)(struct door_role *role, const struct inventory_row *point,
			     enum hw_quantity quantity, int32_t value);
} takers[] = {
	{ INV_CONTACT, take_line, take_level },
	{ INV_REX, take_line, take_level },
	{ INV_INPUT, take_line, take_level },
	{ INV_AUX_IO, take_line, take_aux },
	{ INV_TAMPER, take_line, take_level },
	{ INV_ALARM, take_line, take_level },
	{ INV_LOCK_RELAY, NULL, door_power_take_measure },
	{ INV_AUX_RELAY, NULL, door_power_take_measure },
	{ INV_RELAY, NULL, door_power_take_measure },
	{ INV_OUTPUT, NULL, door_power_take_measure },
	{ INV_SUPPLY_IN, door_power_take_state, door_power_take_measure },
	{ INV_SUPPLY_OUT, NULL, door_power_take_measure },
	{ INV_JUMPER, NULL, door_power_take_measure },
	{ INV_CASING, door_climate_take_casing, NULL },
	{ INV_MOTION, door_climate_take_motion, NULL },
	{ INV_TEMPERATURE, NULL, door_climate_take_temperature },
	{ INV_BUTTON, door_light_take_button, NULL },
};

void
door_point_on_state(const struct inventory_row *point, enum hw_state state, void *role)
{
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == point->kind && takers[i].take_state)
			takers[i].take_state(role, point, state);
}

void
door_point_on_measure(const struct inventory_row *point, enum hw_quantity quantity, int32_t value,
		      void *role)
{
	for (size_t i = 0; i < ARRAY_LEN(takers); i++)
		if (takers[i].kind == point->kind && takers[i].take_measure)
			takers[i].take_measure(role, point, quantity, value);
}
