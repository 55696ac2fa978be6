/* cardeactl power and led: supplies, rails, temperature, and what the LEDs show. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

/* Of the live state what begins with a prefix, without that; a new reference. */
static json_t *
select_keys(const json_t *objects, const char *prefix)
{
	json_t *found = json_object();
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *) objects, key, value)
		if (!strncmp(key, prefix, strlen(prefix)))
			(void) json_object_set(found, key + strlen(prefix), value);
	return found;
}

static void
print_numbers(const json_t *row)
{
	printf("%8lld %8lld %8lld", (long long) json_integer_or(row, "mv", 0),
	       (long long) json_integer_or(row, "ma", 0),
	       (long long) json_integer_or(row, "mw", 0));
}

static void
print_supplies(const json_t *power)
{
	const char *name;
	json_t *row;

	printf("Powered by %s: %lld mW of %lld mW\n", json_string_or(power, "source", "?"),
	       (long long) json_integer_or(power, "main_mw", 0),
	       (long long) json_integer_or(power, "capacity_mw", 0));
	printf("\n%-14s %-14s %8s %8s %8s %9s\n", "SUPPLY", "STATE", "MV", "MA", "MW", "MAX");
	json_object_foreach (json_object_get(power, "sources"), name, row) {
		printf("%-14s %-14s ", name, json_string_or(row, "state", "?"));
		print_numbers(row);
		printf(" %6lld mW\n", (long long) json_integer_or(row, "max_mw", 0));
	}
}

static void
print_rails(const json_t *rails)
{
	const char *name;
	json_t *row;

	printf("\n%-14s %-14s %8s %8s %8s %9s\n", "RAIL", "STATE", "MV", "MA", "MW", "MAX");
	json_object_foreach ((json_t *) rails, name, row) {
		printf("%-14s %-14s ", name, json_string_or(row, "state", "?"));
		print_numbers(row);
		printf(" %6lld mA\n", (long long) json_integer_or(row, "limit_ma", 0));
	}
}

static void
print_climate(const json_t *power, const json_t *climate)
{
	const json_t *temperature = json_object_get(climate, "temperature_mc");
	json_int_t mc = json_integer_value(temperature);
	json_t *value;
	size_t i;

	json_array_foreach (json_object_get(power, "door_mw"), i, value)
		printf("%sDoor %zu takes %lld mW\n", i ? "" : "\n", i + 1,
		       (long long) json_integer_value(value));
	if (json_is_integer(temperature))
		printf("Temperature: %s%lld.%lld degrees Celsius\n", mc < 0 ? "-" : "",
		       (long long) (mc < 0 ? -mc : mc) / 1000,
		       (long long) (mc < 0 ? -mc : mc) / 100 % 10);
	printf("Casing: %s\n", json_string_or(climate, "casing", "?"));
	json_array_foreach (json_object_get(climate, "alarms"), i, value)
		printf("Alarm: %s\n", json_string_value(value));
}

static int
show(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "snapshot", NULL, &result))
		return 1;
	const json_t *objects = json_object_get(result, "objects");
	const json_t *power = json_object_get(objects, "power");
	const json_t *climate = json_object_get(objects, "climate");
	_cleanup_(json_decrefp) json_t *rails = select_keys(objects, "rail.");
	if (ctl->is_json) {
		_cleanup_(json_decrefp) json_t *all = json_pack("{sO?,sO,sO?}", "power", power,
								"rails", rails, "climate", climate);
		return ctl_print_json(all);
	}
	print_supplies(power);
	print_rails(rails);
	print_climate(power, climate);
	return 0;
}

static int
history(struct ctl *ctl, const char *what, json_int_t seconds)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "power.history", json_pack("{ss,sI}", "what", what, "seconds", seconds),
		     &result))
		return 1;
	return ctl_print_history(ctl, result,
				 strcmp(what, "temperature") ? "mW" : "thousandths of a degree");
}

int
ctl_power(struct ctl *ctl)
{
	json_int_t seconds = 3600;

	if (!ctl->argc)
		return show(ctl);
	if (!strcmp(ctl->argv[0], "history") && (ctl->argc == 2 || ctl->argc == 3) &&
	    (ctl->argc == 2 || parse_number(ctl->argv[2], &seconds) == 0))
		return history(ctl, ctl->argv[1], seconds);
	(void) fprintf(stderr, "cardeactl: power, or power history main|doors|RAIL|temperature "
			       "[SECONDS]\n");
	return 2;
}

static void
print_led(const char *name, const json_t *led)
{
	const char *first = json_string_or(led, "first", "?");
	json_int_t first_ms = json_integer_or(led, "first_ms", 0);

	if (first_ms)
		printf("%-22s %s for %lld ms, %s for %lld ms\n", name, first, (long long) first_ms,
		       json_string_or(led, "second", "?"),
		       (long long) json_integer_or(led, "second_ms", 0));
	else
		printf("%-22s %s\n", name, first);
}

int
ctl_led(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *name;
	json_t *led;

	if (ctl->argc) {
		(void) fprintf(stderr, "cardeactl: led takes no arguments\n");
		return 2;
	}
	if (ctl_call(ctl, "snapshot", NULL, &result))
		return 1;
	_cleanup_(json_decrefp) json_t *leds =
		select_keys(json_object_get(result, "objects"), "led.");
	if (ctl->is_json)
		return ctl_print_json(leds);
	json_object_foreach (leds, name, led)
		print_led(name, led);
	return 0;
}
