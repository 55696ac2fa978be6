/* What power shows: the live objects "power" and "rail.NAME". */
#include <stdio.h>

#include "agent/door.h"
#include "agent/door_power_private.h"
#include "lib/util.h"

static uint32_t
supply_mw(const struct door_power *power, const struct supply *supply)
{
	return meter_point_mw(&power->meter, supply->row);
}

uint32_t
door_power_main_mw(const struct door_power *power)
{
	enum inventory_source source = power->supplies.power.source;
	const struct supply *supply =
		&power->supplies.all[source == SOURCE_ANY ? 0 : source - SOURCE_POE];

	return meter_point(&power->meter, supply->row)->has_ma ? supply_mw(power, supply)
							       : rails_main_mw(&power->rails);
}

uint32_t
door_power_doors_mw(const struct door_power *power)
{
	const struct supply *supply = &power->supplies.all[SUPPLY_DOORS - 1];
	uint32_t mw = 0;

	if (meter_point(&power->meter, supply->row)->has_ma)
		return supply_mw(power, supply);
	for (unsigned i = 1; i <= DOORS; i++)
		mw += rails_door_mw(&power->rails, i);
	return mw;
}

static json_t *
supply_state(const struct door_power *power, const struct supply *supply)
{
	const struct meter_point *at = meter_point(&power->meter, supply->row);

	return json_pack("{ss,ss,ss,sI,sI,sI,sI,sb,sb}", "state", supply_state_name(supply),
			 "point", supply->row->id, "label", supply->row->label, "mv",
			 (json_int_t) at->mv, "ma", (json_int_t) at->ma, "mw",
			 (json_int_t) supply_mw(power, supply), "max_mw",
			 (json_int_t) supply->row->max_mw, "measures_mv",
			 hw_measures(power->role->hw, supply->row, HW_MV), "measures_ma",
			 hw_measures(power->role->hw, supply->row, HW_MA));
}

static json_t *
shed_names(const struct door_power *power)
{
	json_t *names = json_array();

	for (unsigned i = 0; i < RAILS; i++)
		if (power->rails.all[i].is_shed)
			(void) json_array_append_new(names, json_string(inventory_budget_name(
								    power->rails.all[i].budget)));
	return names;
}

static uint32_t
rail_mw(const struct door_power *power, enum inventory_budget budget)
{
	return rails_mw(&power->rails, rails_find(&power->rails, budget));
}

static json_t *
power_state(const struct door_power *power)
{
	static const char *const keys[SUPPLIES] = { "poe", "poe_plus", "dc_in", "doors1_4",
						    "doors5_8" };
	const struct supplies *supplies = &power->supplies;
	json_t *sources = json_object();
	json_t *doors = json_array();

	for (unsigned i = 0; i < SUPPLIES; i++)
		(void) json_object_set_new(sources, keys[i],
					   supply_state(power, &supplies->all[i]));
	for (unsigned i = 1; i <= DOORS; i++)
		(void) json_array_append_new(doors, json_integer(rails_door_mw(&power->rails, i)));
	return json_pack("{ss,so,sI,sI,sI,so,sI,sI,sb,so}", "source",
			 supplies_source_name(supplies), "sources", sources, "total_mw",
			 (json_int_t) door_power_main_mw(power) + door_power_doors_mw(power),
			 "main_mw", (json_int_t) door_power_main_mw(power), "capacity_mw",
			 (json_int_t) power_capacity_mw(supplies->power.source), "door_mw", doors,
			 "rs485_mw", (json_int_t) rail_mw(power, BUDGET_READERS), "relays_mw",
			 (json_int_t) rail_mw(power, BUDGET_DOOR_RELAYS) +
				 rail_mw(power, BUDGET_RELAY),
			 "warned", supplies->load.is_warned, "shed", shed_names(power));
}

static bool
measures(const struct door_power *power, const struct rail *rail, enum hw_quantity quantity)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (meter_is_of_branch(inventory_at(i), rail->budget) &&
		    hw_measures(power->role->hw, inventory_at(i), quantity))
			return true;
	return false;
}

static json_t *
rail_state(const struct door_power *power, const struct rail *rail)
{
	return json_pack("{ss,ss,sI,sI,sI,sI,sb,sb}", "label", rail->label, "state",
			 rail_state_name(rail), "mv", (json_int_t) rails_mv(&power->rails, rail),
			 "ma", (json_int_t) rails_ma(&power->rails, rail), "mw",
			 (json_int_t) rails_mw(&power->rails, rail), "limit_ma",
			 (json_int_t) (rail->is_fed ? rail->config.limit_ma : 0), "measures_mv",
			 measures(power, rail, HW_MV), "measures_ma", measures(power, rail, HW_MA));
}

/* A board without any point of a rail has no such rail. */
static bool
has_rail(const struct door_power *power, const struct rail *rail)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (meter_is_of_branch(inventory_at(i), rail->budget) &&
		    hw_has(power->role->hw, inventory_at(i)))
			return true;
	return false;
}

static void
rail_key(const struct rail *rail, char *key, size_t size)
{
	(void) snprintf(key, size, "rail.%s", inventory_budget_name(rail->budget));
}

void
door_power_live_state(const struct door_role *role, json_t *objects)
{
	const struct door_power *power = role->power;
	char key[32];

	(void) json_object_set_new(objects, "power", power_state(power));
	for (unsigned i = 0; i < RAILS; i++) {
		if (!has_rail(power, &power->rails.all[i]))
			continue;
		rail_key(&power->rails.all[i], key, sizeof(key));
		(void) json_object_set_new(objects, key, rail_state(power, &power->rails.all[i]));
	}
}

void
door_power_push(struct door_power *power)
{
	char key[32];

	for (unsigned i = 0; i < RAILS; i++) {
		if (!(power->dirty & 1u << i) || !has_rail(power, &power->rails.all[i]))
			continue;
		rail_key(&power->rails.all[i], key, sizeof(key));
		door_rpc_push_state(power->role, key, rail_state(power, &power->rails.all[i]));
	}
	if (power->dirty & DIRTY_POWER)
		door_rpc_push_state(power->role, "power", power_state(power));
	power->dirty = 0;
}
