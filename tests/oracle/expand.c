/*
 * Expands schedules for tests/oracle: a JSON object a line in, {"from", "to", "zone", "schedule",
 * "special_days"}; a line out, the intervals as [[from,to],...] or the negative errno.
 */
#include "agent/store_schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static void
expand(const json_t *question)
{
	const struct store_schedule_world world = {
		.zone = json_string_or(question, "zone", ""),
		.from_s = json_integer_or(question, "from", 0),
		.to_s = json_integer_or(question, "to", 0),
		.special_days = json_object_get(question, "special_days"),
	};
	const json_t *schedule = json_object_get(question, "schedule");
	_cleanup_(freep) struct schedule_interval *intervals = NULL;
	struct field_error error;
	size_t count = 0;

	if (field_check_object(&model_find("schedule")->fields, schedule, &error) < 0 ||
	    model_check(model_find("schedule"), schedule, &error) < 0) {
		printf("\"%s: %s\"\n", error.field, error.message);
		return;
	}
	int r = store_schedule_expand(schedule, &world, &intervals, &count);
	if (r < 0) {
		printf("%d\n", r);
		return;
	}
	printf("[");
	for (size_t i = 0; i < count; i++)
		printf("%s[%u,%u]", i ? "," : "", intervals[i].from_s, intervals[i].to_s);
	printf("]\n");
}

int
main(void)
{
	_cleanup_(freep) char *line = NULL;
	size_t room = 0;
	ssize_t length;

	while ((length = getline(&line, &room, stdin)) > 0) {
		_cleanup_(json_decrefp) json_t *question = NULL;
		if (json_read(line, (size_t) length, &question) == 0)
			expand(question);
		else
			printf("\"no JSON\"\n");
		(void) fflush(stdout);
	}
	return 0;
}
