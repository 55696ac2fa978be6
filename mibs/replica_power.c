#include "mibs/replica_power.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

static const char *const sources[] = { "none", "poe", "poe_plus", "dc_in" };
static const char *const presences[] = { "unknown", "present", "absent", "not_fitted" };
static const char *const rail_states[] = { "unknown",	    "good", "over_current",
					   "under_voltage", "off",  "shed" };
static const char *const colours[] = { "dark", "green", "amber", "red" };
/* By cardeaSourceIndex. */
static const char *const source_names[REPLICA_SOURCES] = { "poe", "poe_plus", "dc_in", "doors1_4",
							   "doors5_8" };

/* Enumerations of the MIB count from 1. */
static unsigned char
word(const json_t *object, const char *key, const char *const *words, size_t count)
{
	return (unsigned char) (json_word(object, key, words, count) + 1);
}

static uint32_t
gauge(const json_t *object, const char *key)
{
	int64_t value = json_integer_or(object, key, 0);

	return value < 0 ? 0 : (uint32_t) MIN_OF(value, (int64_t) UINT32_MAX);
}

static void
set_source(struct replica_source *source, const json_t *value)
{
	*source = (struct replica_source){
		.stamp = source->stamp,
		.is_there = json_is_object(value),
		.state = word(value, "state", presences, ARRAY_LEN(presences)),
		.mv = gauge(value, "mv"),
		.ma = gauge(value, "ma"),
		.mw = gauge(value, "mw"),
		.max_mw = gauge(value, "max_mw"),
		.measures_mv = json_bool_or(value, "measures_mv", true),
		.measures_ma = json_bool_or(value, "measures_ma", true),
	};
	(void) copy_string(source->name, sizeof(source->name), json_string_or(value, "label", ""));
}

static void
set_power(struct replica_power *power, const json_t *value)
{
	const json_t *all = json_object_get(value, "sources");

	power->source = word(value, "source", sources, ARRAY_LEN(sources));
	power->used_mw = gauge(value, "main_mw");
	power->total_mw = gauge(value, "total_mw");
	power->capacity_mw = gauge(value, "capacity_mw");
	power->is_low = json_bool_or(value, "warned", false);
	for (size_t i = 0; i < REPLICA_SOURCES; i++)
		set_source(&power->sources[i + 1], json_object_get(all, source_names[i]));
}

static void
set_rail(struct replica_power *power, const char *name, const json_t *value)
{
	enum inventory_budget budget = inventory_budget_find(name);
	struct replica_rail *rail = &power->rails[budget];

	if (budget == BUDGET_NONE)
		return;
	*rail = (struct replica_rail){
		.stamp = rail->stamp,
		.is_there = json_is_object(value),
		.state = word(value, "state", rail_states, ARRAY_LEN(rail_states)),
		.mv = gauge(value, "mv"),
		.ma = gauge(value, "ma"),
		.mw = gauge(value, "mw"),
		.limit_ma = gauge(value, "limit_ma"),
		.measures_mv = json_bool_or(value, "measures_mv", true),
		.measures_ma = json_bool_or(value, "measures_ma", true),
	};
	(void) copy_string(rail->name, sizeof(rail->name), json_string_or(value, "label", ""));
}

static void
set_led(struct replica_power *power, const char *name, const json_t *value)
{
	const struct inventory_row *point = inventory_find(name);

	if (!point || point->kind != INV_LED || point->index > REPLICA_LEDS)
		return;
	struct replica_led *led = &power->leds[point->index];
	*led = (struct replica_led){
		.stamp = led->stamp,
		.is_there = json_is_object(value),
		.first = word(value, "first", colours, ARRAY_LEN(colours)),
		.second = word(value, "second", colours, ARRAY_LEN(colours)),
		.first_ms = gauge(value, "first_ms"),
		.second_ms = gauge(value, "second_ms"),
	};
	(void) copy_string(led->name, sizeof(led->name), point->id);
}

void
replica_power_init(struct replica_power *power)
{
	*power = (struct replica_power){
		.source = 1,
		.temperature_state = REPLICA_TEMPERATURE_UNKNOWN,
	};
}

static bool
has_alarm(const json_t *alarms, const char *name)
{
	const json_t *each;
	size_t i;

	json_array_foreach (alarms, i, each)
		if (json_is_string(each) && !strcmp(json_string_value(each), name))
			return true;
	return false;
}

/* Which of the two thresholds is passed. */
static void
set_alarms(struct replica_power *power, const json_t *value)
{
	const json_t *alarms = json_object_get(value, "alarms");

	power->is_casing_raised = has_alarm(alarms, "casing");
	power->is_motion_raised = has_alarm(alarms, "motion");
	power->is_tamper_raised = has_alarm(alarms, "tamper");
	power->warning_mc = (uint64_t) json_integer_or(value, "warning_mc", 0);
	power->critical_mc = (uint64_t) json_integer_or(value, "critical_mc", 0);
	power->temperature_state = REPLICA_TEMPERATURE_NORMAL;
	if (!json_is_integer(json_object_get(value, "temperature_mc")))
		power->temperature_state = REPLICA_TEMPERATURE_UNKNOWN;
	else if (has_alarm(alarms, "temperature_critical"))
		power->temperature_state = REPLICA_TEMPERATURE_CRITICAL;
	else if (has_alarm(alarms, "temperature_warning"))
		power->temperature_state = REPLICA_TEMPERATURE_WARNING;
}

bool
replica_power_update(struct replica_power *power, const char *key, const json_t *value)
{
	if (!strcmp(key, "power")) {
		set_power(power, value);
	} else if (!strcmp(key, "climate")) {
		power->temperature_mc = (uint64_t) json_integer_or(value, "temperature_mc", 0);
		power->is_casing_open = !strcmp(json_string_or(value, "casing", ""), "open");
		power->is_moved = json_bool_or(value, "motion", false);
		power->is_tampered = json_bool_or(value, "tampered", false);
		set_alarms(power, value);
	} else if (!strncmp(key, "rail.", 5)) {
		set_rail(power, key + 5, value);
	} else if (!strncmp(key, "led.", 4)) {
		set_led(power, key + 4, value);
	} else {
		return false;
	}
	return true;
}
