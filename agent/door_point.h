/*
 * What the board says of a point goes to the file of its kind: one table.
 */
#ifndef AGENT_DOOR_POINT_H
#define AGENT_DOOR_POINT_H

#include "hw/hw.h"

/* For struct hw_ops. */
void door_point_on_state(const struct inventory_row *point, enum hw_state state, void *role);
void door_point_on_measure(const struct inventory_row *point, enum hw_quantity quantity,
			   int32_t value, void *role);

#endif
