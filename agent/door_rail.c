#include "agent/door_rail.h"

#include <string.h>

#include "lib/util.h"

#define V12		  12000
#define OVERLOAD_RAISE_MS 50
#define OVERLOAD_CLEAR_MS 1000
#define OVERLOAD_PER	  10 /* clears a tenth below the rating */

/* Which jumper feeds a branch, by its index from 1; 0: none has to. */
static const struct {
	enum inventory_budget budget;
	unsigned jumper;
	bool is_of_doors; /* fed by DC IN DOOR 1-4, not by what powers the controller */
	const char *label;
} kinds[RAILS] = {
	{ BUDGET_READERS, 0, true, "Supply of readers" },
	{ BUDGET_DOOR_SENSORS, 0, true, "Supply of door sensors" },
	{ BUDGET_DOOR_RELAYS, 2, true, "Jumper supply of door relays" },
	{ BUDGET_RELAY, 1, false, "Jumper supply of the relay" },
	{ BUDGET_INPUT_12V, 0, false, "Supply of inputs" },
	{ BUDGET_AUX_12V, 0, false, "Supply of AUX devices" },
	{ BUDGET_AUX_IO, 0, false, "Supply of AUX outputs" },
};

void
rails_init(struct rails *rails, struct meter *meter, const struct rail_ops *ops, void *context)
{
	*rails = (struct rails){ .ops = ops, .context = context, .meter = meter };
	for (unsigned i = 0; i < RAILS; i++) {
		struct rail *rail = &rails->all[i];
		*rail = (struct rail){ .budget = kinds[i].budget, .label = kinds[i].label };
		branch_init(&rail->state);
	}
}

const struct rail *
rails_find(const struct rails *rails, enum inventory_budget budget)
{
	for (unsigned i = 0; i < RAILS; i++)
		if (rails->all[i].budget == budget)
			return &rails->all[i];
	return NULL;
}

static unsigned
jumper_of(const struct rails *rails, const struct rail *rail)
{
	return kinds[rail - rails->all].jumper;
}

/* What a rail has: at its points, else behind its jumper, else what it should have. */
static struct branch_sample
sample_of(const struct rails *rails, const struct rail *rail)
{
	unsigned jumper = jumper_of(rails, rail);
	struct branch_sample sample = { .mv = rail->config.rail_mv };
	struct meter_sum sum;

	meter_branch(rails->meter, rail->budget, &sum);
	sample.ma = sum.ma;
	if (sum.has_mv) {
		sample.mv = sum.mv;
	} else if (jumper && !rail->is_switched_off) {
		const struct meter_point *at =
			meter_point(rails->meter, inventory_of_kind(INV_JUMPER, jumper));
		if (at->has_mv)
			sample.mv = at->mv;
	}
	return sample;
}

uint32_t
rails_mv(const struct rails *rails, const struct rail *rail)
{
	return rail->is_fed && !rail->is_switched_off ? sample_of(rails, rail).mv : 0;
}

uint32_t
rails_ma(const struct rails *rails, const struct rail *rail)
{
	return rail->is_fed ? sample_of(rails, rail).ma : 0;
}

uint32_t
rails_mw(const struct rails *rails, const struct rail *rail)
{
	return (uint32_t) ((uint64_t) rails_mv(rails, rail) * rails_ma(rails, rail) / 1000);
}

uint32_t
rails_main_mw(const struct rails *rails)
{
	uint32_t mw = 0;

	for (unsigned i = 0; i < RAILS; i++)
		if (!kinds[i].is_of_doors)
			mw += rails_mw(rails, &rails->all[i]);
	return mw;
}

uint32_t
rails_door_mw(const struct rails *rails, unsigned door)
{
	uint64_t mw = 0;

	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		if (row->door != door)
			continue;
		for (unsigned j = 0; j < RAILS; j++)
			if (meter_is_of_branch(row, rails->all[j].budget))
				mw += (uint64_t) rails_mv(rails, &rails->all[j]) *
				      meter_point(rails->meter, row)->ma / 1000;
	}
	return (uint32_t) mw;
}

const char *
rail_state_name(const struct rail *rail)
{
	if (!rail->is_fed)
		return "off";
	return rail->is_shed ? "shed" : branch_fault_name(rail->state.fault);
}

static void
tell(const struct rails *rails, const struct rail *rail, enum event_kind kind)
{
	const struct branch_sample sample = sample_of(rails, rail);
	const char *name = inventory_budget_name(rail->budget);
	_cleanup_(freep) char *source = xasprintf("rail.%s", name);

	rails->ops->tell(kind, source,
			 json_pack("{ss,ss,ss,sI,sI,sI,ss}", "rail", name, "name", rail->label,
				   "fault", branch_fault_name(rail->state.fault), "ma",
				   (json_int_t) sample.ma, "mv", (json_int_t) sample.mv, "limit",
				   (json_int_t) rail->config.limit_ma, "supply",
				   inventory_source_name(rails->supply.source)),
			 rails->context);
}

/* The switch follows; what was measured before it moved is of no use any longer. */
static void
move_switch(struct rails *rails, struct rail *rail)
{
	bool is_off = rail->is_shed || rail->state.phase == BRANCH_TRIPPED;

	if (is_off == rail->is_switched_off)
		return;
	rail->is_switched_off = is_off;
	meter_forget_branch(rails->meter, rail->budget);
	if (jumper_of(rails, rail))
		meter_forget_point(rails->meter,
				   inventory_of_kind(INV_JUMPER, jumper_of(rails, rail)));
	rails->ops->set_branch(rail->budget, !is_off, rails->context);
}

static void
forget(struct rails *rails, struct rail *rail)
{
	bool was_faulty = rail->state.fault != BRANCH_GOOD;

	branch_init(&rail->state);
	if (was_faulty)
		tell(rails, rail, EV_RAIL_FAULT_CLEARED);
	move_switch(rails, rail);
}

static void
step(struct rails *rails, struct rail *rail, bool has_sample, uint64_t now_us)
{
	const struct branch_sample sample = sample_of(rails, rail);

	if (!rail->is_fed || rail->is_shed)
		return;
	unsigned actions =
		branch_step(&rail->config, &rail->state, has_sample ? &sample : NULL, now_us);
	if (actions & BRANCH_TELL_FAULT)
		tell(rails, rail, EV_RAIL_FAULT);
	if (actions & BRANCH_TELL_RECOVERED)
		tell(rails, rail, EV_RAIL_FAULT_CLEARED);
	move_switch(rails, rail);
}

static uint32_t
said_jumper_mv(const struct rails *rails, unsigned jumper)
{
	return jumper == 1 ? rails->said.relay_jumper_mv : rails->said.door_relay_jumper_mv;
}

/* A jumper that is measured is what the board says; a rail that is off says nothing of it. */
static void
find_jumpers(struct rails *rails)
{
	for (unsigned i = 0; i < RAILS; i++) {
		unsigned jumper = kinds[i].jumper;
		if (!jumper || rails->all[i].is_switched_off)
			continue;
		const struct meter_point *at =
			meter_point(rails->meter, inventory_of_kind(INV_JUMPER, jumper));
		uint32_t *mv = &rails->jumper_mv[jumper - 1];
		bool *is_measured = &rails->is_jumper_measured[jumper - 1];
		*is_measured |= at->has_mv;
		if (at->has_mv)
			*mv = meter_jumper_mv(*mv, at->mv);
		else if (!*is_measured)
			*mv = said_jumper_mv(rails, jumper);
	}
}

static void
set_limits(struct rails *rails, unsigned index, uint64_t now_us)
{
	struct rail *rail = &rails->all[index];
	uint32_t mv = kinds[index].jumper ? rails->jumper_mv[kinds[index].jumper - 1] : V12;
	bool has_supply = !kinds[index].is_of_doors || rails->supply.has_doors;
	bool is_own = rail->budget == BUDGET_AUX_IO && rails->said.is_aux_external;
	struct branch_config config = { .rail_mv = mv };

	rail->is_fed = has_supply && !is_own && mv &&
		       branch_configure(rail->budget, rails->supply.source, mv, &config) == 0;
	/* Another rail: what was wrong with the one before is over. */
	if (!rail->is_fed || config.rail_mv != rail->config.rail_mv)
		forget(rails, rail);
	rail->config = config;
	step(rails, rail, true, now_us);
}

static void
configure(struct rails *rails, uint64_t now_us)
{
	find_jumpers(rails);
	for (unsigned i = 0; i < RAILS; i++)
		set_limits(rails, i, now_us);
}

void
rails_configure(struct rails *rails, const struct access_power *said,
		const struct rail_supply *supply, uint64_t now_us)
{
	rails->said = *said;
	rails->supply = *supply;
	configure(rails, now_us);
}

static bool
is_rated(const struct inventory_row *point)
{
	switch (point->kind) {
	case INV_LOCK_RELAY:
	case INV_AUX_RELAY:
	case INV_RELAY:
	case INV_OUTPUT:
	case INV_AUX_IO:
		return point->max_ma;
	default:
		return false;
	}
}

static struct range
rating(const struct inventory_row *point)
{
	int32_t max_ma = (int32_t) point->max_ma;

	return (struct range){ INT32_MIN, max_ma, max_ma / OVERLOAD_PER, OVERLOAD_RAISE_MS,
			       OVERLOAD_CLEAR_MS };
}

static void
tell_overload(struct rails *rails, const struct inventory_row *point)
{
	const struct range_state *state = &rails->overloads[inventory_position(point)];

	rails->ops->tell(
		state->is_outside ? EV_POINT_OVERLOAD : EV_POINT_OVERLOAD_CLEARED, point->id,
		json_pack("{ss,ss,si,si,si}", "point", point->id, "name", point->label, "door",
			  (int) point->door, "ma", state->value, "limit", (int) point->max_ma),
		rails->context);
}

static void
judge_rating(struct rails *rails, const struct inventory_row *point, uint64_t now_us)
{
	const struct meter_point *at = meter_point(rails->meter, point);
	const struct range range = rating(point);
	int32_t ma = (int32_t) MIN_OF(at->ma, (uint32_t) INT32_MAX);

	if (range_step(&range, &rails->overloads[inventory_position(point)], ma, now_us))
		tell_overload(rails, point);
}

void
rails_judge(struct rails *rails, const struct inventory_row *point, uint64_t now_us)
{
	if (point->kind == INV_JUMPER) {
		configure(rails, now_us);
		return;
	}
	if (is_rated(point))
		judge_rating(rails, point, now_us);
	for (unsigned i = 0; i < RAILS; i++)
		if (meter_is_of_branch(point, rails->all[i].budget))
			step(rails, &rails->all[i], true, now_us);
}

void
rails_tick(struct rails *rails, uint64_t now_us)
{
	for (unsigned i = 0; i < RAILS; i++)
		step(rails, &rails->all[i], rails->all[i].state.wrong_since_us != 0, now_us);
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (rails->overloads[i].since_us)
			judge_rating(rails, inventory_at(i), now_us);
}

uint64_t
rails_deadline_us(const struct rails *rails)
{
	uint64_t at_us = UINT64_MAX;

	for (unsigned i = 0; i < RAILS; i++)
		if (rails->all[i].is_fed && !rails->all[i].is_shed)
			at_us = MIN_OF(at_us, branch_deadline_us(&rails->all[i].state));
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct range range = rating(inventory_at(i));
		at_us = MIN_OF(at_us, range_deadline_us(&range, &rails->overloads[i]));
	}
	return at_us;
}

void
rails_shed(struct rails *rails, enum inventory_budget branch, bool is_shed)
{
	for (unsigned i = 0; i < RAILS; i++) {
		struct rail *rail = &rails->all[i];
		if (rail->budget != branch || rail->is_shed == is_shed)
			continue;
		rail->is_shed = is_shed;
		tell(rails, rail, is_shed ? EV_POWER_SHED : EV_POWER_RESTORED);
		forget(rails, rail);
	}
}

void
rails_lose(struct rails *rails)
{
	for (unsigned i = 0; i < RAILS; i++) {
		forget(rails, &rails->all[i]);
		rails->all[i].is_fed = false;
	}
	rails->supply = (struct rail_supply){ 0 };
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (range_forget(&rails->overloads[i]))
			tell_overload(rails, inventory_at(i));
	memset(rails->is_jumper_measured, 0, sizeof(rails->is_jumper_measured));
}

bool
rails_has_relay_fault(const struct rails *rails)
{
	const struct rail *relays = rails_find(rails, BUDGET_DOOR_RELAYS);

	if (relays && relays->state.fault != BRANCH_GOOD)
		return true;
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		if (inventory_at(i)->door && rails->overloads[i].is_outside)
			return true;
	return false;
}
