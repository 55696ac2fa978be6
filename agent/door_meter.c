#include "agent/door_meter.h"

#include "lib/util.h"

#define V12	 12000
#define V24	 24000
#define OPEN_MV	 1000 /* less is what a jumper that is not fitted picks up */
#define FITS_PER 10   /* a fitted one is within a tenth of its voltage */

static struct meter_point *
find(struct meter *meter, const struct inventory_row *point)
{
	return &meter->points[inventory_position(point)];
}

void
meter_take(struct meter *meter, const struct inventory_row *point, enum hw_quantity quantity,
	   int32_t value)
{
	struct meter_point *at = find(meter, point);
	uint32_t positive = (uint32_t) MAX_OF(value, 0);

	if (quantity == HW_MV) {
		at->has_mv = true;
		at->mv = positive;
	} else if (quantity == HW_MA) {
		at->has_ma = true;
		at->ma = positive;
	}
}

const struct meter_point *
meter_point(const struct meter *meter, const struct inventory_row *point)
{
	return &meter->points[inventory_position(point)];
}

static uint32_t
milliwatts(uint32_t mv, uint32_t ma)
{
	return (uint32_t) ((uint64_t) mv * ma / 1000);
}

uint32_t
meter_point_mw(const struct meter *meter, const struct inventory_row *point)
{
	const struct meter_point *at = meter_point(meter, point);

	return milliwatts(at->mv, at->ma);
}

bool
meter_is_of_branch(const struct inventory_row *point, enum inventory_budget branch)
{
	switch (point->kind) {
	case INV_SUPPLY_OUT:
	case INV_LOCK_RELAY:
	case INV_RELAY:
	case INV_AUX_IO:
		return point->budget == branch;
	default:
		return false;
	}
}

void
meter_branch(const struct meter *meter, enum inventory_budget branch, struct meter_sum *ret)
{
	*ret = (struct meter_sum){ 0 };
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct meter_point *at = &meter->points[i];
		if (!meter_is_of_branch(inventory_at(i), branch))
			continue;
		/* The level of an AUX I/O is that of its line, not of what feeds it. */
		if (at->has_mv && inventory_at(i)->kind != INV_AUX_IO) {
			ret->mv = ret->has_mv ? MIN_OF(ret->mv, at->mv) : at->mv;
			ret->has_mv = true;
		}
		ret->has_ma |= at->has_ma;
		ret->ma += at->has_ma ? at->ma : 0;
	}
}

void
meter_forget_point(struct meter *meter, const struct inventory_row *point)
{
	*find(meter, point) = (struct meter_point){ 0 };
}

void
meter_forget_branch(struct meter *meter, enum inventory_budget branch)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (meter_is_of_branch(inventory_at(i), branch))
			meter->points[i] = (struct meter_point){ 0 };
}

static bool
fits(uint32_t mv, uint32_t nominal_mv)
{
	return mv >= nominal_mv - nominal_mv / FITS_PER && mv <= nominal_mv + nominal_mv / FITS_PER;
}

uint32_t
meter_jumper_mv(uint32_t before_mv, uint32_t mv)
{
	if (mv < OPEN_MV)
		return 0;
	if (fits(mv, V12))
		return V12;
	if (fits(mv, V24))
		return V24;
	return before_mv ? before_mv : mv > (V12 + V24) / 2 ? V24 : V12;
}
