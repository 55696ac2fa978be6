/* How cardeactl shows things. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "agent/ctl.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

int
ctl_print_json(const json_t *value)
{
	_cleanup_(freep) char *text = json_canonical(value);
	printf("%s\n", text);
	return 0;
}

int
ctl_print_status(const struct ctl *ctl, const json_t *status)
{
	const json_t *log = json_object_get(status, "log");
	json_t *follower;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(status);
	printf("Cardea %s, up for %lld s\n", json_string_or(status, "version", "?"),
	       (long long) json_integer_or(status, "uptime_s", 0));
	printf("Door control: %s\n",
	       json_bool_or(json_object_get(status, "control"), "online", false)
		       ? "online"
		       : "does not answer");
	printf("Event log: %lld to %lld\n", (long long) json_integer_or(log, "first", 0),
	       (long long) json_integer_or(log, "head", 0));
	json_array_foreach (json_object_get(status, "followers"), i, follower)
		printf("Follower %-12s at %lld, %lld behind\n",
		       json_string_or(follower, "name", "?"),
		       (long long) json_integer_or(follower, "seq", 0),
		       (long long) json_integer_or(follower, "lag", 0));
	return 0;
}

int
ctl_print_doors(const struct ctl *ctl, const json_t *snapshot)
{
	_cleanup_(json_decrefp) json_t *doors = json_array();
	char key[16];

	for (int i = 1;; i++) {
		(void) snprintf(key, sizeof(key), "door.%d", i);
		json_t *door = json_object_get(json_object_get(snapshot, "objects"), key);
		if (!door)
			break;
		json_t *row = json_copy(door);
		(void) json_object_set_new(row, "id", json_integer(i));
		(void) json_array_append_new(doors, row);
	}
	if (ctl->is_json)
		return ctl_print_json(doors);
	const json_t *control = json_object_get(json_object_get(snapshot, "objects"), "control");
	if (!json_bool_or(control, "online", false))
		printf("Door control does not answer; this is what it said last.\n");
	printf("%-3s %-24s %-13s %-9s %-8s %-9s %s\n", "ID", "NAME", "MODE", "BY", "POSITION",
	       "LOCK", "ALARM");
	json_t *door;
	size_t i;
	json_array_foreach (doors, i, door)
		printf("%-3zu %-24s %-13s %-9s %-8s %-9s %s%s\n", i + 1,
		       json_string_or(door, "name", "?"), json_string_or(door, "mode", "?"),
		       json_string_or(door, "reason", "?"), json_string_or(door, "position", "?"),
		       json_string_or(door, "lock", "?"), json_string_or(door, "alarm", "?"),
		       json_bool_or(door, "warning", false) ? " (warning)" : "");
	return 0;
}

static void
print_value(const json_t *value)
{
	if (json_is_string(value)) {
		printf("%s", json_string_value(value));
		return;
	}
	_cleanup_(freep) char *text = json_canonical(value);
	printf("%s", text);
}

int
ctl_print_objects(const struct ctl *ctl, const json_t *objects)
{
	json_t *object;
	json_t *value;
	const char *name;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(objects);
	json_array_foreach (objects, i, object) {
		json_t *id = json_object_get(object, "id");
		if (id)
			printf("%lld:", (long long) json_integer_value(id));
		json_object_foreach (object, name, value) {
			if (value == id)
				continue;
			printf(" %s=", name);
			print_value(value);
		}
		printf("\n");
	}
	return 0;
}

int
ctl_print_values(const struct ctl *ctl, const json_t *values)
{
	json_t *value;
	const char *name;

	if (ctl->is_json)
		return ctl_print_json(values);
	json_object_foreach ((json_t *) values, name, value) {
		printf("%s = ", name);
		print_value(value);
		printf("\n");
	}
	return 0;
}

int
ctl_print_history(const struct ctl *ctl, const json_t *history, const char *unit)
{
	json_t *point;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(history);
	printf("%10s %8s %8s %8s (%s)\n", "AGO (s)", "LEAST", "MEAN", "MOST", unit);
	json_array_foreach (json_object_get(history, "points"), i, point)
		printf("%10lld %+8lld %+8lld %+8lld\n",
		       (long long) json_integer_or(point, "ago", 0),
		       (long long) json_integer_or(point, "min", 0),
		       (long long) json_integer_or(point, "mean", 0),
		       (long long) json_integer_or(point, "max", 0));
	return 0;
}

void
ctl_print_event(const struct ctl *ctl, const json_t *record)
{
	const json_t *event = json_object_get(record, "event");
	json_int_t time_us = json_integer_or(event, "time_us", 0);
	time_t seconds = (time_t) (time_us / 1000000);
	struct tm local;
	char stamp[32];

	if (ctl->is_json) {
		(void) ctl_print_json(record);
		return;
	}
	(void) localtime_r(&seconds, &local);
	(void) strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S", &local);
	printf("%6lld  %s.%03d  %-8s %s\n", (long long) json_integer_or(event, "seq", 0), stamp,
	       (int) (time_us / 1000 % 1000),
	       events_severity_name((unsigned) json_integer_or(event, "severity", 6)),
	       json_string_or(event, "text", ""));
}
