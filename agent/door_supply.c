#include "agent/door_supply.h"

#include "agent/door_supply_private.h"
#include "lib/util.h"

/* A board that should have restarted by now was not powered by what we thought. */
#define RESTART_US (10 * US_PER_S)

void
supplies_init(struct supplies *supplies, const struct supply_ops *ops, void *context)
{
	*supplies = (struct supplies){ .ops = ops, .context = context };
	for (unsigned i = 0; i < SUPPLIES; i++)
		supplies->all[i].row = inventory_of_kind(INV_SUPPLY_IN, i + 1);
}

static bool
is_there(const struct supplies *supplies, enum inventory_source source)
{
	return supplies->all[source - SOURCE_POE].state == HW_ACTIVE;
}

bool
supplies_are_known(const struct supplies *supplies)
{
	for (unsigned i = 0; i < SUPPLY_DOORS - 1; i++)
		if (supplies->all[i].state != HW_UNKNOWN)
			return supplies->is_settled;
	return false;
}

bool
supplies_have_doors(const struct supplies *supplies)
{
	return supplies->all[SUPPLY_DOORS - 1].state != HW_INACTIVE;
}

const char *
supply_state_name(const struct supply *supply)
{
	static const char *const names[] = {
		[HW_UNKNOWN] = "unknown",
		[HW_INACTIVE] = "absent",
		[HW_ACTIVE] = "present",
		[HW_FAULT] = "unknown",
	};
	return supply->row->is_fitted ? names[supply->state] : "not_fitted";
}

const char *
supplies_source_name(const struct supplies *supplies)
{
	if (!supplies_are_known(supplies))
		return "unknown";
	return supplies->power.source == SOURCE_ANY ? "none"
						    : inventory_source_name(supplies->power.source);
}

static json_t *
data_of(const struct supply *supply)
{
	return json_pack("{ss,ss}", "point", supply->row->id, "name", supply->row->label);
}

static void
tell(struct supplies *supplies, enum event_kind kind, json_t *data)
{
	supplies->ops->tell(kind, "power", data, supplies->context);
}

void
supplies_tell(struct supplies *supplies, const struct supply *supply, enum event_kind kind,
	      json_t *more)
{
	json_t *data = data_of(supply);

	if (more)
		(void) json_object_update_new(data, more);
	supplies->ops->tell(kind, supply->row->id, data, supplies->context);
}

void
supplies_take_state(struct supplies *supplies, const struct inventory_row *point,
		    enum hw_state state)
{
	/* Of a point that does not work the last word stands: no supply has gone for that. */
	if (state != HW_FAULT && point->index <= SUPPLIES)
		supplies->all[point->index - 1].state = state;
}

static enum inventory_source
poe_of(const struct supplies *supplies)
{
	if (is_there(supplies, SOURCE_POE_PLUS))
		return SOURCE_POE_PLUS;
	return is_there(supplies, SOURCE_POE) ? SOURCE_POE : SOURCE_ANY;
}

/* Another supply than the last one that powered us; the first one is no news. */
static void
tell_source(struct supplies *supplies)
{
	enum inventory_source before = supplies->before;
	enum inventory_source source = supplies->power.source;

	if (source == SOURCE_ANY || source == before)
		return;
	supplies->before = source;
	if (before != SOURCE_ANY)
		tell(supplies, EV_POWER_SOURCE,
		     json_pack("{ss,ss}", "supply", inventory_source_name(source), "previous",
			       inventory_source_name(before)));
}

static void
tell_doors(struct supplies *supplies, bool is_lost)
{
	supplies_tell(supplies, &supplies->all[SUPPLY_DOORS - 1],
		      is_lost ? EV_POWER_DOORS_LOST : EV_POWER_DOORS_BACK, NULL);
}

/* Of DC IN DOOR 1-4 there is an alarm of its own. */
static void
tell_changes(struct supplies *supplies)
{
	for (unsigned i = 0; i < SUPPLIES; i++) {
		struct supply *supply = &supplies->all[i];
		bool is_news = supply->told != HW_UNKNOWN && supply->told != supply->state;
		if (is_news && i != SUPPLY_DOORS - 1)
			supplies_tell(supplies, supply,
				      supply->state == HW_ACTIVE ? EV_SUPPLY_BACK : EV_SUPPLY_LOST,
				      NULL);
		supply->told = supply->state;
	}
}

static void
step(struct supplies *supplies, const struct power_input *input)
{
	unsigned actions = power_step(&supplies->power, input);

	if (actions & POWER_TELL_SOURCE)
		tell_source(supplies);
	if (actions & POWER_TELL_LOST)
		tell(supplies, EV_POWER_LOST, NULL);
	if (actions & POWER_TELL_DOORS_LOST)
		tell_doors(supplies, true);
	if (actions & POWER_TELL_DOORS_BACK)
		tell_doors(supplies, false);
}

/* What comes counts before what goes: the board is alive, so it cannot have been without. */
static void
follow(struct supplies *supplies)
{
	const struct power_input poe = { .kind = POWER_INPUT_POE, .poe = poe_of(supplies) };
	const struct power_input dc_in = { .kind = POWER_INPUT_DC_IN,
					   .is_there = is_there(supplies, SOURCE_DC_IN) };
	const struct power_input doors = { .kind = POWER_INPUT_DOORS,
					   .is_there = supplies_have_doors(supplies) };

	step(supplies, dc_in.is_there ? &dc_in : &poe);
	step(supplies, dc_in.is_there ? &poe : &dc_in);
	step(supplies, &doors);
}

/*
 * Both are there and nobody saw which came first: the one that gives current powers us, else the
 * rule of the start holds.
 */
static enum inventory_source
find_source(const struct supplies *supplies, const struct meter *meter)
{
	enum inventory_source poe = poe_of(supplies);
	const struct meter_point *dc_in = meter_point(meter, supplies->all[2].row);

	if (poe == SOURCE_ANY || !is_there(supplies, SOURCE_DC_IN))
		return supplies->power.source;
	const struct meter_point *at = meter_point(meter, supplies->all[poe - SOURCE_POE].row);
	return dc_in->ma && at->has_ma && !at->ma ? SOURCE_DC_IN : supplies->power.source;
}

static const char *
why_restarted(const struct supplies *supplies)
{
	enum inventory_source before = supplies->before;

	if (supplies->was_lost)
		return "there was no supply left";
	if (supplies->was_restarting || (before == SOURCE_DC_IN && !is_there(supplies, before)))
		return "DC IN was lost";
	if (before != SOURCE_ANY && !is_there(supplies, before))
		return "PoE was lost";
	return "it was without power, or was reset";
}

/* The first settling: what is there is no news but that the doors' supply is missing. */
static void
begin(struct supplies *supplies, const struct meter *meter, bool is_restarted)
{
	const struct power_supplies there = {
		.poe = poe_of(supplies),
		.has_dc_in = is_there(supplies, SOURCE_DC_IN),
		.has_doors = supplies_have_doors(supplies),
	};
	bool had_doors = supplies->power.there.has_doors || !supplies->has_begun;
	enum inventory_source kept = is_restarted ? SOURCE_ANY : supplies->before;

	(void) power_start(&supplies->power, &there);
	/* Only our connection to the board was lost: what powered it still does. */
	if (kept != SOURCE_ANY && is_there(supplies, kept))
		supplies->power.source = kept;
	else
		supplies->power.source = find_source(supplies, meter);
	supplies->is_settled = true;
	supplies->has_begun = true;
	if (is_restarted)
		tell(supplies, EV_POWER_RESTARTED,
		     json_pack("{ss,ss}", "why", why_restarted(supplies), "supply",
			       supplies_source_name(supplies)));
	tell_source(supplies);
	if (had_doors != there.has_doors)
		tell_doors(supplies, !there.has_doors);
}

void
supplies_settle(struct supplies *supplies, const struct meter *meter, bool is_restarted)
{
	if (supplies->is_settled)
		follow(supplies);
	else
		begin(supplies, meter, is_restarted);
	tell_changes(supplies);
}

static json_t *
weight(const struct supplies *supplies, uint32_t used_mw)
{
	return json_pack("{ss,sI,sI}", "supply", supplies_source_name(supplies), "mw",
			 (json_int_t) used_mw, "capacity",
			 (json_int_t) power_capacity_mw(supplies->power.source));
}

void
supplies_weigh(struct supplies *supplies, uint32_t used_mw, uint64_t now_us)
{
	enum inventory_budget next = power_load_branch(&supplies->load);

	if (!supplies_are_known(supplies))
		return;
	if (supplies->power.phase != POWER_RESTARTING)
		supplies->restarting_since_us = 0;
	else if (!supplies->restarting_since_us)
		supplies->restarting_since_us = now_us;
	else if (now_us - supplies->restarting_since_us >= RESTART_US)
		step(supplies, &(struct power_input){ .kind = POWER_INPUT_STARTED });
	unsigned actions =
		power_load_step(supplies->power.source, &supplies->load, used_mw, now_us);
	if (actions & POWER_LOAD_WARN)
		tell(supplies, EV_POWER_LOW, weight(supplies, used_mw));
	if (actions & POWER_LOAD_SHED)
		supplies->ops->shed(next, true, supplies->context);
	if (actions & POWER_LOAD_RESTORE)
		supplies->ops->shed(power_load_branch(&supplies->load), false, supplies->context);
	if (actions & POWER_LOAD_CLEAR)
		tell(supplies, EV_POWER_LOW_CLEARED, weight(supplies, used_mw));
}

/* A board that comes back starts with all branches on. */
static void
forget_load(struct supplies *supplies)
{
	while (supplies->load.shed) {
		supplies->load.shed--;
		supplies->ops->shed(power_load_branch(&supplies->load), false, supplies->context);
	}
	if (supplies->load.is_warned)
		tell(supplies, EV_POWER_LOW_CLEARED, weight(supplies, 0));
	supplies->load = (struct power_load){ 0 };
}

void
supplies_lose(struct supplies *supplies)
{
	if (supplies->is_settled) {
		/* The last gasp may have come in the same breath. */
		follow(supplies);
		tell_changes(supplies);
	}
	supplies->was_lost = supplies->is_settled && supplies->power.phase == POWER_OFF;
	supplies->was_restarting = supplies->power.phase == POWER_RESTARTING;
	forget_load(supplies);
	supplies->is_settled = false;
	for (unsigned i = 0; i < SUPPLIES; i++)
		supplies->all[i].state = HW_UNKNOWN;
	supplies_forget_ranges(supplies);
}
