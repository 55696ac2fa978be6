/* Points of the board that do not work: an event, an alarm, and whatever depends on them. */
#include <stdlib.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_power.h"
#include "lib/util.h"

static void
tell(struct door_role *role, const struct inventory_row *point, const char *why)
{
	door_tell(role, why ? EV_POINT_FAULT : EV_POINT_FAULT_CLEARED, point->id, NULL, NULL,
		  json_pack("{ss,ss,si,ss*}", "point", point->id, "name", point->label, "door",
			    (int) point->door, "error", why));
}

void
door_fault_take(const struct inventory_row *point, const char *why, void *context)
{
	struct door_role *role = context;
	char **fault = &role->faults[inventory_position(point)];
	unsigned input = inventory_input_number(point);
	bool was_faulty = *fault;

	free(*fault);
	*fault = why ? xstrdup(why) : NULL;
	if (input)
		door_line_break(role, input, why);
	if (why) {
		door_climate_lose(role, point);
		door_power_lose(role, point);
	}
	if (was_faulty != (bool) why)
		tell(role, point, why);
	door_rpc_push_state(role, "board", door_board_state(role));
}

json_t *
door_fault_list(const struct door_role *role)
{
	json_t *list = json_object();

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (role->faults[i])
			(void) json_object_set_new(list, inventory_at(i)->id,
						   json_string(role->faults[i]));
	return list;
}

json_t *
door_absent_list(const struct door_role *role)
{
	json_t *list = json_array();

	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (!hw_has(role->hw, inventory_at(i)))
			(void) json_array_append_new(list, json_string(inventory_at(i)->id));
	return list;
}
