#include "agent/door_climate.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_range.h"
#include "lib/clock.h"
#include "lib/history.h"
#include "lib/loop.h"
#include "lib/util.h"

#define HYSTERESIS_MC 3000
#define MC	      1000 /* of a degree */

/* Alarms that are raised while something is so, and their events. */
enum { ALARM_CASING, ALARM_MOTION, ALARM_TAMPER, ALARMS };

static const struct {
	const char *name;
	const char *source;
	enum event_kind raise;
	enum event_kind clear;
} alarms[ALARMS] = {
	{ "casing", "casing", EV_CASING_OPEN, EV_CASING_CLOSED },
	{ "motion", "motion", EV_MOTION, EV_MOTION_CLEARED },
	{ "tamper", "tamper", EV_TAMPER, EV_TAMPER_CLEARED },
};

/* Thresholds of the temperature, and their events. */
enum { LEVEL_WARNING, LEVEL_CRITICAL, LEVELS };

static const struct {
	const char *name;
	enum event_kind raise;
	enum event_kind clear;
} levels[LEVELS] = {
	{ "temperature_warning", EV_TEMPERATURE_WARNING, EV_TEMPERATURE_WARNING_CLEARED },
	{ "temperature_critical", EV_TEMPERATURE_CRITICAL, EV_TEMPERATURE_CRITICAL_CLEARED },
};

struct door_climate {
	struct door_role *role;
	struct access_alarms config;
	bool is_so[ALARMS];
	bool is_raised[ALARMS];
	const char *tamper; /* the state of its line */
	enum hw_state casing;
	bool has_moved;
	struct event *rest; /* the end of the hold-off */
	bool has_temperature;
	int32_t mc;
	struct range_state levels[LEVELS];
	struct history plot;
	bool is_dirty;
};

/* Until the store has compiled a table: as the settings' defaults. */
static const struct access_alarms defaults = {
	.motion_hold_off_ms = 10000,
	.warning_mc = 65 * MC,
	.critical_mc = 75 * MC,
};

static json_t *
raised_names(const struct door_climate *climate)
{
	json_t *names = json_array();

	for (unsigned i = 0; i < ALARMS; i++)
		if (climate->is_raised[i])
			(void) json_array_append_new(names, json_string(alarms[i].name));
	for (unsigned i = 0; i < LEVELS; i++)
		if (climate->levels[i].is_outside)
			(void) json_array_append_new(names, json_string(levels[i].name));
	return names;
}

json_t *
door_climate_live_state(const struct door_role *role)
{
	static const char *const casings[] = {
		[HW_UNKNOWN] = "unknown",
		[HW_INACTIVE] = "closed",
		[HW_ACTIVE] = "open",
	};
	const struct door_climate *climate = role->climate;
	json_t *temperature = climate->has_temperature ? json_integer(climate->mc) : json_null();

	return json_pack("{so,ss,sb,sb,ss,so,si,si}", "temperature_mc", temperature, "casing",
			 casings[climate->casing], "motion", climate->is_so[ALARM_MOTION],
			 "tampered", climate->is_so[ALARM_TAMPER], "tamper", climate->tamper,
			 "alarms", raised_names(climate), "warning_mc", climate->config.warning_mc,
			 "critical_mc", climate->config.critical_mc);
}

static void
push(struct door_climate *climate)
{
	climate->is_dirty = false;
	door_rpc_push_state(climate->role, "climate", door_climate_live_state(climate->role));
}

static bool
is_wanted(const struct door_climate *climate, unsigned alarm)
{
	const bool wanted[ALARMS] = {
		[ALARM_CASING] = climate->config.has_casing,
		[ALARM_MOTION] = climate->config.has_motion,
		[ALARM_TAMPER] = climate->config.has_tamper,
	};
	return wanted[alarm];
}

/* Raises or clears what is not as it should be. */
static void
judge_alarm(struct door_climate *climate, unsigned alarm)
{
	bool is_due = climate->is_so[alarm] && is_wanted(climate, alarm);

	if (climate->is_raised[alarm] == is_due)
		return;
	climate->is_raised[alarm] = is_due;
	door_tell(climate->role, is_due ? alarms[alarm].raise : alarms[alarm].clear,
		  alarms[alarm].source, NULL, NULL,
		  alarm == ALARM_TAMPER ? json_pack("{ss}", "state", climate->tamper) : NULL);
}

static void
judge_level(struct door_climate *climate, unsigned level)
{
	int32_t limit_mc =
		level == LEVEL_WARNING ? climate->config.warning_mc : climate->config.critical_mc;
	const struct range range = { INT32_MIN, limit_mc, HYSTERESIS_MC, 0, 0 };
	struct range_state *state = &climate->levels[level];

	if (!climate->has_temperature || !range_step(&range, state, climate->mc, clock_mono_us()))
		return;
	door_tell(climate->role, state->is_outside ? levels[level].raise : levels[level].clear,
		  "temperature", NULL, NULL,
		  json_pack("{si,si}", "celsius", climate->mc / MC, "limit", limit_mc / MC));
	climate->is_dirty = true;
	push(climate);
}

/* The worse one is raised after, and cleared before, the other. */
static void
judge_levels(struct door_climate *climate)
{
	bool is_falling = climate->levels[LEVEL_CRITICAL].is_outside;

	judge_level(climate, is_falling ? LEVEL_CRITICAL : LEVEL_WARNING);
	judge_level(climate, is_falling ? LEVEL_WARNING : LEVEL_CRITICAL);
}

void
door_climate_configure(struct door_role *role)
{
	struct door_climate *climate = role->climate;

	climate->config = role->table ? *access_alarms(role->table) : defaults;
	for (unsigned i = 0; i < ALARMS; i++)
		judge_alarm(climate, i);
	judge_levels(climate);
	push(climate);
}

static void
take(struct door_climate *climate, unsigned alarm, bool is_so)
{
	climate->is_so[alarm] = is_so;
	judge_alarm(climate, alarm);
	push(climate);
}

void
door_climate_take_casing(struct door_role *role, const struct inventory_row *point UNUSED,
			 enum hw_state state)
{
	if (state != HW_ACTIVE && state != HW_INACTIVE)
		return;
	role->climate->casing = state;
	take(role->climate, ALARM_CASING, state == HW_ACTIVE);
}

static void
on_rest(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct door_climate *climate = context;

	take(climate, ALARM_MOTION, false);
}

/* It moves until it has been at rest for the hold-off time. */
void
door_climate_take_motion(struct door_role *role, const struct inventory_row *point UNUSED,
			 enum hw_state state)
{
	struct door_climate *climate = role->climate;
	bool had_moved = climate->has_moved;

	climate->has_moved = state == HW_ACTIVE;
	if (climate->has_moved) {
		(void) evtimer_del(climate->rest);
		take(climate, ALARM_MOTION, true);
	} else if (had_moved) {
		loop_arm_in(climate->rest, climate->config.motion_hold_off_ms * US_PER_MS);
	}
}

void
door_climate_take_tamper(struct door_role *role, bool is_active, const char *name)
{
	struct door_climate *climate = role->climate;

	if (climate->is_so[ALARM_TAMPER] == is_active && !strcmp(climate->tamper, name))
		return;
	climate->tamper = name;
	take(climate, ALARM_TAMPER, is_active);
}

void
door_climate_take_temperature(struct door_role *role, const struct inventory_row *point UNUSED,
			      enum hw_quantity quantity, int32_t value)
{
	struct door_climate *climate = role->climate;

	if (quantity != HW_MILLICELSIUS)
		return;
	climate->has_temperature = true;
	climate->mc = value;
	climate->is_dirty = true;
	judge_levels(climate);
}

/* Alarms stay: who breaks a switch must not end what it has raised. */
void
door_climate_lose(struct door_role *role, const struct inventory_row *point)
{
	struct door_climate *climate = role->climate;
	bool is_temperature = !point || point->kind == INV_TEMPERATURE;
	bool is_casing = !point || point->kind == INV_CASING;

	if (is_temperature)
		climate->has_temperature = false;
	if (is_casing)
		climate->casing = HW_UNKNOWN;
	if (is_temperature || is_casing)
		push(climate);
}

void
door_climate_refresh(struct door_role *role)
{
	struct door_climate *climate = role->climate;

	if (!climate->has_temperature || !role->is_board_online)
		return;
	(void) history_add(&climate->plot, clock_mono_us() / US_PER_S, climate->mc);
	if (climate->is_dirty)
		push(climate);
}

const struct history *
door_climate_plot(const struct door_role *role)
{
	return &role->climate->plot;
}

void
door_climate_open(struct door_role *role)
{
	struct door_climate *climate = xcalloc(1, sizeof(*climate));

	climate->role = role;
	climate->config = defaults;
	climate->tamper = "unknown";
	climate->rest = evtimer_new(role->base, on_rest, climate);
	role->climate = climate;
}

void
door_climate_close(struct door_role *role)
{
	if (!role->climate)
		return;
	event_free(role->climate->rest);
	free(role->climate);
	role->climate = NULL;
}
