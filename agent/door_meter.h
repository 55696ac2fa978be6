/*
 * What the board measures of its power: the newest millivolts and milliamperes of each point, and
 * what they add up to for a branch. Pure; no clock, no hardware.
 */
#ifndef AGENT_DOOR_METER_H
#define AGENT_DOOR_METER_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/hw.h"

struct meter_point {
	bool has_mv;
	bool has_ma;
	uint32_t mv;
	uint32_t ma;
};

/* All zero: nothing is known. */
struct meter {
	struct meter_point points[INVENTORY_ROWS];
};

struct meter_sum {
	bool has_mv;
	bool has_ma;
	uint32_t mv; /* the lowest of its points */
	uint32_t ma;
};

/* What is below nothing is nothing: converters have an offset. */
void meter_take(struct meter *meter, const struct inventory_row *point, enum hw_quantity quantity,
		int32_t value);
const struct meter_point *meter_point(const struct meter *meter, const struct inventory_row *point);
/* 0 when it is not measured. */
uint32_t meter_point_mw(const struct meter *meter, const struct inventory_row *point);

/* Whether a point's current is that of a branch. */
bool meter_is_of_branch(const struct inventory_row *point, enum inventory_budget branch);
void meter_branch(const struct meter *meter, enum inventory_budget branch, struct meter_sum *ret);
void meter_forget_point(struct meter *meter, const struct inventory_row *point);
/* A branch was switched: what was measured before says nothing about it. */
void meter_forget_branch(struct meter *meter, enum inventory_budget branch);

/*
 * The position of a jumper (0, 12000 or 24000 mV) by the voltage that is measured there and the
 * position before: a rail that sags is still of the voltage it had.
 */
uint32_t meter_jumper_mv(uint32_t before_mv, uint32_t mv);

#endif
