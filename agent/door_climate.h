/*
 * What happens to the controller itself, in the door role: casing, motion, the external tamper
 * contact and temperature. Which of it is an alarm, the settings say.
 */
#ifndef AGENT_DOOR_CLIMATE_H
#define AGENT_DOOR_CLIMATE_H

#include <jansson.h>
#include <stdbool.h>

#include "hw/hw.h"

struct door_role;
struct history;

void door_climate_open(struct door_role *role);
void door_climate_close(struct door_role *role);
/* Takes the alarms of the access table; alarms that are switched off end. */
void door_climate_configure(struct door_role *role);

void door_climate_take_casing(struct door_role *role, const struct inventory_row *point,
			      enum hw_state state);
void door_climate_take_motion(struct door_role *role, const struct inventory_row *point,
			      enum hw_state state);
void door_climate_take_temperature(struct door_role *role, const struct inventory_row *point,
				   enum hw_quantity quantity, int32_t value);
/* The TAMPER input as its line was judged; name is the state's: "closed", "cut". */
void door_climate_take_tamper(struct door_role *role, bool is_active, const char *name);

/* A point does not work, or the board is away (NULL): what it said last is no longer so. */
void door_climate_lose(struct door_role *role, const struct inventory_row *point);
/* Time passes for the plot, and noisy values are shown. */
void door_climate_refresh(struct door_role *role);
/* The live object "climate", a new reference. */
json_t *door_climate_live_state(const struct door_role *role);
/* Temperature in thousandths of a degree. */
const struct history *door_climate_plot(const struct door_role *role);

#endif
