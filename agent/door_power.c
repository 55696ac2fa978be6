#include "agent/door_power.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_leds.h"
#include "agent/door_light.h"
#include "agent/door_power_private.h"
#include "agent/door_trend.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

/* A board that has just come tells all that it has within this time. */
#define BEGIN_US (250 * US_PER_MS)
/* One event of the hardware is told as several changes: PoE goes, PoE+ comes. */
#define SETTLE_US (20 * US_PER_MS)
/* Converters are noisy: what is only measured is shown this often. */
#define TICK_MS 500

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

/* The end of everything that moves something. */
static void
finish(struct door_power *power)
{
	loop_arm_at(power->deadline, MIN_OF(supplies_deadline_us(&power->supplies),
					    rails_deadline_us(&power->rails)));
	if (!power->is_urgent)
		return;
	power->is_urgent = false;
	door_power_push(power);
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
	(void) history_add(&power->plots[PLOT_MAIN], at_s, (int32_t) door_power_main_mw(power));
	(void) history_add(&power->plots[PLOT_DOORS], at_s, (int32_t) door_power_doors_mw(power));
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_power *power = context;

	if (!power->role->is_board_online)
		return;
	remember(power);
	supplies_weigh(&power->supplies, door_power_main_mw(power), clock_mono_us());
	door_power_push(power);
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
