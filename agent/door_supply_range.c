/* Whether voltage and load of each supply are what they should be. */
#include "agent/door_supply_private.h"
#include "lib/util.h"

/* An overload is told before the branch that makes it is switched off for it, and once while that
 * is tried again. */
#define LOAD_RAISE_MS	 20
#define LOAD_CLEAR_MS	 10000
#define VOLTAGE_RAISE_MS 100
#define VOLTAGE_CLEAR_MS 1000
#define SLACK_MV	 200
#define SLACK_PER	 20 /* of a load: a twentieth */
#define DC_LOW_MV	 10800
#define DC_HIGH_MV	 13200
#define POE_LOW_MV	 44000
#define POE_HIGH_MV	 57000
#define VOLTAGE(low, high)                                               \
	{                                                                \
		low, high, SLACK_MV, VOLTAGE_RAISE_MS, VOLTAGE_CLEAR_MS, \
	}

/* By the number of the supply: IEEE 802.3af/at, and 12 V within a tenth. */
static const struct range voltages[SUPPLIES] = {
	VOLTAGE(POE_LOW_MV, POE_HIGH_MV), VOLTAGE(POE_LOW_MV, POE_HIGH_MV),
	VOLTAGE(DC_LOW_MV, DC_HIGH_MV),	  VOLTAGE(DC_LOW_MV, DC_HIGH_MV),
	VOLTAGE(DC_LOW_MV, DC_HIGH_MV),
};

static struct range
load_range(const struct supply *supply)
{
	int32_t max_mw = (int32_t) supply->row->max_mw;

	return (struct range){ INT32_MIN, max_mw, max_mw / SLACK_PER, LOAD_RAISE_MS,
			       LOAD_CLEAR_MS };
}

static void
judge_voltage(struct supplies *supplies, unsigned index, const struct meter_point *at,
	      uint64_t now_us)
{
	struct supply *supply = &supplies->all[index];
	const struct range *range = &voltages[index];
	bool is_watched = at->has_mv && supply->state != HW_INACTIVE;
	bool is_changed = is_watched ? range_step(range, &supply->voltage, (int32_t) at->mv, now_us)
				     : range_forget(&supply->voltage);

	if (is_changed)
		supplies_tell(supplies, supply,
			      supply->voltage.is_outside ? EV_SUPPLY_VOLTAGE
							 : EV_SUPPLY_VOLTAGE_CLEARED,
			      json_pack("{sI,si,si}", "mv", (json_int_t) at->mv, "low", range->low,
					"high", range->high));
}

static void
judge_load(struct supplies *supplies, struct supply *supply, const struct meter *meter,
	   uint64_t now_us)
{
	const struct range range = load_range(supply);
	uint32_t mw = meter_point_mw(meter, supply->row);

	if (range_step(&range, &supply->load, (int32_t) MIN_OF(mw, (uint32_t) INT32_MAX), now_us))
		supplies_tell(supplies, supply,
			      supply->load.is_outside ? EV_SUPPLY_OVERLOAD
						      : EV_SUPPLY_OVERLOAD_CLEARED,
			      json_pack("{sI,si}", "mw", (json_int_t) mw, "limit", range.high));
}

void
supplies_judge(struct supplies *supplies, const struct meter *meter, uint64_t now_us)
{
	for (unsigned i = 0; i < SUPPLIES; i++) {
		struct supply *supply = &supplies->all[i];
		judge_voltage(supplies, i, meter_point(meter, supply->row), now_us);
		judge_load(supplies, supply, meter, now_us);
	}
}

uint64_t
supplies_deadline_us(const struct supplies *supplies)
{
	uint64_t at_us = UINT64_MAX;

	for (unsigned i = 0; i < SUPPLIES; i++) {
		const struct supply *supply = &supplies->all[i];
		const struct range load = load_range(supply);
		at_us = MIN_OF(at_us, range_deadline_us(&voltages[i], &supply->voltage));
		at_us = MIN_OF(at_us, range_deadline_us(&load, &supply->load));
	}
	return at_us;
}

void
supplies_forget_ranges(struct supplies *supplies)
{
	for (unsigned i = 0; i < SUPPLIES; i++) {
		struct supply *supply = &supplies->all[i];
		if (range_forget(&supply->voltage))
			supplies_tell(supplies, supply, EV_SUPPLY_VOLTAGE_CLEARED,
				      json_pack("{si}", "mv", 0));
		if (range_forget(&supply->load))
			supplies_tell(supplies, supply, EV_SUPPLY_OVERLOAD_CLEARED,
				      json_pack("{si}", "mw", 0));
	}
}
