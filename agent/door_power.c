#include "agent/door_power.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_leds.h"
#include "agent/door_light.h"
#include "agent/door_rail.h"
#include "agent/door_supply.h"
#include "agent/door_trend.h"
#include "lib/clock.h"
#include "lib/history.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

/* A board that has just come tells all that it has within this time. */
#define BEGIN_US (250 * US_PER_MS)
/* One event of the hardware is told as several changes: PoE goes, PoE+ comes. */
#define SETTLE_US (20 * US_PER_MS)
/* Converters are noisy: what is only measured is shown this often. */
#define TICK_MS 500

#define DIRTY_POWER (1u << RAILS)

/* Plots: every rail, and what all of the controller and of the doors take. */
enum { PLOT_MAIN = RAILS, PLOT_DOORS, PLOTS };

struct door_power {
	struct door_role *role;
	struct meter meter;
	struct supplies supplies;
	struct rails rails;
	struct history plots[PLOTS];
	struct event *settle;
	struct event *deadline;
	struct event *tick;
	bool is_restarted; /* the board, and that is not yet told */
	bool is_urgent;	   /* something has changed that is not a mere number */
	unsigned dirty;	   /* rails by their place, DIRTY_POWER */
};

static void
on_tell(enum event_kind kind, const char *source, json_t *data, void *context)
{
	struct door_power *power = context;

	power->is_urgent = true;
	power->dirty = ~0u;
	door_tell(power->role, kind, source, NULL, NULL, data);
}

static void
on_set_branch(enum inventory_budget branch, bool is_on, void *context)
{
	struct door_power *power = context;

	power->is_urgent = true;
	power->dirty = ~0u;
	hw_set_branch(power->role->hw, branch, is_on);
}

static void
on_shed(enum inventory_budget branch, bool is_shed, void *context)
{
	struct door_power *power = context;

	rails_shed(&power->rails, branch, is_shed);
}

static const struct supply_ops supply_ops = { .tell = on_tell, .shed = on_shed };
static const struct rail_ops rail_ops = { .tell = on_tell, .set_branch = on_set_branch };

static uint32_t
supply_mw(const struct door_power *power, const struct supply *supply)
{
	return meter_point_mw(&power->meter, supply->row);
}

/* What the present supply gives: measured there, else the sum of what is measured behind it. */
static uint32_t
main_mw(const struct door_power *power)
{
	enum inventory_source source = power->supplies.power.source;
	const struct supply *supply =
		&power->supplies.all[source == SOURCE_ANY ? 0 : source - SOURCE_POE];

	return meter_point(&power->meter, supply->row)->has_ma ? supply_mw(power, supply)
							       : rails_main_mw(&power->rails);
}

static uint32_t
doors_mw(const struct door_power *power)
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

	return json_pack("{ss,ss,ss,sI,sI,sI,sI}", "state", supply_state_name(supply), "point",
			 supply->row->id, "label", supply->row->label, "mv", (json_int_t) at->mv,
			 "ma", (json_int_t) at->ma, "mw", (json_int_t) supply_mw(power, supply),
			 "max_mw", (json_int_t) supply->row->max_mw);
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
	return json_pack(
		"{ss,so,sI,sI,sI,so,sI,sI,sb,so}", "source", supplies_source_name(supplies),
		"sources", sources, "total_mw", (json_int_t) main_mw(power) + doors_mw(power),
		"main_mw", (json_int_t) main_mw(power), "capacity_mw",
		(json_int_t) power_capacity_mw(supplies->power.source), "door_mw", doors,
		"rs485_mw", (json_int_t) rail_mw(power, BUDGET_READERS), "relays_mw",
		(json_int_t) rail_mw(power, BUDGET_DOOR_RELAYS) + rail_mw(power, BUDGET_RELAY),
		"warned", supplies->load.is_warned, "shed", shed_names(power));
}

static json_t *
rail_state(const struct door_power *power, const struct rail *rail)
{
	return json_pack("{ss,ss,sI,sI,sI,sI}", "label", rail->label, "state",
			 rail_state_name(rail), "mv", (json_int_t) rails_mv(&power->rails, rail),
			 "ma", (json_int_t) rails_ma(&power->rails, rail), "mw",
			 (json_int_t) rails_mw(&power->rails, rail), "limit_ma",
			 (json_int_t) (rail->is_fed ? rail->config.limit_ma : 0));
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
		rail_key(&power->rails.all[i], key, sizeof(key));
		(void) json_object_set_new(objects, key, rail_state(power, &power->rails.all[i]));
	}
}

static void
push(struct door_power *power)
{
	char key[32];

	for (unsigned i = 0; i < RAILS; i++) {
		if (!(power->dirty & 1u << i))
			continue;
		rail_key(&power->rails.all[i], key, sizeof(key));
		door_rpc_push_state(power->role, key, rail_state(power, &power->rails.all[i]));
	}
	if (power->dirty & DIRTY_POWER)
		door_rpc_push_state(power->role, "power", power_state(power));
	power->dirty = 0;
}

/* The end of everything that moves something. */
static void
finish(struct door_power *power)
{
	loop_arm_at(power->deadline, MIN_OF(supplies_deadline_us(&power->supplies),
					    rails_deadline_us(&power->rails)));
	if (!power->is_urgent)
		return;
	power->is_urgent = false;
	push(power);
	door_light_update(power->role);
}

static void
set_limits(struct door_power *power)
{
	static const struct access_power nothing = { 0 };
	const struct rail_supply supply = {
		.source = power->supplies.power.source,
		.has_doors = supplies_have_doors(&power->supplies),
	};

	rails_configure(&power->rails,
			power->role->table ? access_power(power->role->table) : &nothing, &supply,
			clock_mono_us());
	power->dirty = ~0u;
	power->is_urgent = true;
}

void
door_power_configure(struct door_role *role)
{
	set_limits(role->power);
	finish(role->power);
}

static void
on_settle(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_power *power = context;

	supplies_settle(&power->supplies, &power->meter, power->is_restarted);
	power->is_restarted = false;
	supplies_judge(&power->supplies, &power->meter, clock_mono_us());
	set_limits(power);
	finish(power);
}

static void
on_deadline(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_power *power = context;
	uint64_t now_us = clock_mono_us();

	supplies_judge(&power->supplies, &power->meter, now_us);
	rails_tick(&power->rails, now_us);
	finish(power);
}

static void
remember(struct door_power *power)
{
	uint64_t at_s = clock_mono_us() / US_PER_S;

	for (unsigned i = 0; i < RAILS; i++)
		(void) history_add(&power->plots[i], at_s,
				   (int32_t) rails_mw(&power->rails, &power->rails.all[i]));
	(void) history_add(&power->plots[PLOT_MAIN], at_s, (int32_t) main_mw(power));
	(void) history_add(&power->plots[PLOT_DOORS], at_s, (int32_t) doors_mw(power));
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_power *power = context;

	if (!power->role->is_board_online)
		return;
	remember(power);
	supplies_weigh(&power->supplies, main_mw(power), clock_mono_us());
	push(power);
	finish(power);
}

void
door_power_open(struct door_role *role)
{
	struct door_power *power = xcalloc(1, sizeof(*power));
	struct timeval period = { .tv_usec = TICK_MS * 1000 };

	power->role = role;
	supplies_init(&power->supplies, &supply_ops, power);
	rails_init(&power->rails, &power->meter, &rail_ops, power);
	power->settle = evtimer_new(role->base, on_settle, power);
	power->deadline = evtimer_new(role->base, on_deadline, power);
	power->tick = event_new(role->base, -1, EV_PERSIST, on_tick, power);
	(void) event_add(power->tick, &period);
	role->power = power;
}

void
door_power_close(struct door_role *role)
{
	struct door_power *power = role->power;

	if (!power)
		return;
	event_free(power->settle);
	event_free(power->deadline);
	event_free(power->tick);
	free(power);
	role->power = NULL;
}

void
door_power_take_board(struct door_role *role, bool is_online, bool is_restarted)
{
	struct door_power *power = role->power;

	power->is_restarted |= is_restarted;
	if (is_online) {
		loop_arm_in(power->settle, BEGIN_US);
		return;
	}
	(void) evtimer_del(power->settle);
	supplies_lose(&power->supplies);
	rails_lose(&power->rails);
	power->meter = (struct meter){ 0 };
	power->dirty = ~0u;
	power->is_urgent = true;
	finish(power);
}

void
door_power_take_state(struct door_role *role, const struct inventory_row *point,
		      enum hw_state state)
{
	struct door_power *power = role->power;

	supplies_take_state(&power->supplies, point, state);
	if (!evtimer_pending(power->settle, NULL))
		loop_arm_in(power->settle, SETTLE_US);
}

void
door_power_take_measure(struct door_role *role, const struct inventory_row *point,
			enum hw_quantity quantity, int32_t value)
{
	struct door_power *power = role->power;
	uint64_t now_us = clock_mono_us();

	meter_take(&power->meter, point, quantity, value);
	power->dirty |= DIRTY_POWER;
	for (unsigned i = 0; i < RAILS; i++)
		if (point->budget == power->rails.all[i].budget)
			power->dirty |= 1u << i;
	if (point->kind == INV_SUPPLY_IN)
		supplies_judge(&power->supplies, &power->meter, now_us);
	else
		rails_judge(&power->rails, point, now_us);
	finish(power);
}

void
door_power_lose(struct door_role *role, const struct inventory_row *point)
{
	struct door_power *power = role->power;

	meter_forget_point(&power->meter, point);
	power->dirty = ~0u;
	finish(power);
}

uint32_t
door_power_facts(const struct door_role *role)
{
	const struct door_power *power = role->power;
	const struct rail *readers = rails_find(&power->rails, BUDGET_READERS);
	uint32_t facts = 0;

	if (strcmp(supplies_source_name(&power->supplies), "none") != 0)
		facts |= LED_FACT_POWER;
	if (supplies_have_doors(&power->supplies))
		facts |= LED_FACT_DOORS_POWER;
	if (readers->state.fault != BRANCH_GOOD)
		facts |= LED_FACT_READER_FAULT;
	if (rails_has_relay_fault(&power->rails))
		facts |= LED_FACT_RELAY_FAULT;
	return facts;
}

static const struct history *
find_plot(const struct door_role *role, const char *what)
{
	const struct door_power *power = role->power;

	if (!strcmp(what, "temperature"))
		return door_climate_plot(role);
	if (!strcmp(what, "main"))
		return &power->plots[PLOT_MAIN];
	if (!strcmp(what, "doors"))
		return &power->plots[PLOT_DOORS];
	for (unsigned i = 0; i < RAILS; i++)
		if (!strcmp(what, inventory_budget_name(power->rails.all[i].budget)))
			return &power->plots[i];
	return NULL;
}

void
door_power_history(struct door_role *role, struct rpc_request *request)
{
	const struct history *plot = find_plot(role, json_string_or(request->params, "what", ""));

	if (!plot)
		rpc_fail_field(request, RPC_BAD_PARAMS, "what", "there is no such plot");
	else
		door_trend_reply(request, plot);
}
