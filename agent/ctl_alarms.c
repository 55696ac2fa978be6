/* cardeactl alarms: what stands, and ending what nothing clears. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/ctl.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: alarms [list] | end ID\n");
	return 2;
}

static void
print_alarm(const struct ctl *ctl, const json_t *alarm)
{
	time_t at = (time_t) (json_integer_or(alarm, "time_us", 0) / (json_int_t) US_PER_S);
	struct tm local = { 0 };
	char when[32] = "?";

	if (ctl->is_json) {
		(void) ctl_print_json(alarm);
		return;
	}
	if (localtime_r(&at, &local))
		(void) strftime(when, sizeof(when), "%Y-%m-%d %H:%M:%S", &local);
	printf("%-8lld %-19s %-9s %s\n", (long long) json_integer_or(alarm, "id", 0), when,
	       events_severity_name((unsigned) json_integer_or(alarm, "severity", 7)),
	       json_string_or(alarm, "text", "?"));
}

static int
list(struct ctl *ctl)
{
	json_int_t after = 0;
	bool is_end = false;

	if (!ctl->is_json)
		printf("%-8s %-19s %-9s %s\n", "ID", "SINCE", "SEVERITY", "ALARM");
	while (!is_end) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		json_t *alarm;
		size_t i;
		if (ctl_call(ctl, "alarm.list", json_pack("{sI}", "after", after), &result))
			return 1;
		is_end = true;
		json_array_foreach (json_object_get(result, "alarms"), i, alarm) {
			print_alarm(ctl, alarm);
			after = json_integer_or(alarm, "id", after + 1);
			is_end = false;
		}
	}
	return 0;
}

int
ctl_alarms(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_int_t id = 0;

	if (!ctl->argc || (!strcmp(ctl->argv[0], "list") && ctl->argc == 1))
		return list(ctl);
	if (strcmp(ctl->argv[0], "end") != 0 || ctl->argc != 2 ||
	    parse_number(ctl->argv[1], &id) < 0)
		return misused();
	return ctl_call(ctl, "alarm.end", json_pack("{sI}", "alarm", id), &result);
}
