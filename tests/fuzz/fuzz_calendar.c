/* sources: agent/store_calendar.c agent/store_calendar_lines.c */
/* sources: lib/calendar.c lib/rrule.c lib/json.c lib/util.c */
/* libs: libical jansson */
/* seeds: tests/fuzz/holidays.ics */
/*
 * A calendar of holidays from anywhere. What is taken of it must be days as a group of special days
 * has them.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/store_calendar.h"
#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/rrule.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const json_t *entry)
{
	const char *rule = json_string_or(entry, "rule", "?");
	int64_t days = json_integer_or(entry, "days", 0);
	const char *label = json_string_or(entry, "label", NULL);
	char message[RRULE_MESSAGE_SIZE];
	struct rrule parsed;
	int32_t day;

	if (calendar_parse_date(json_string_or(entry, "date", ""), &day) < 0 || days < 1 ||
	    days > 366 || !label || strlen(label) > 48)
		abort();
	if (*rule && (rrule_parse(rule, &parsed, message) < 0 || parsed.frequency != RRULE_YEARLY))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_calendar_error error = { 0 };
	struct store_calendar calendar;
	_cleanup_(freep) char *text = xcalloc(1, size + 1);
	json_t *entry;
	size_t i;

	memcpy(text, data, size);
	if (store_calendar_read(text, 20000, &calendar, &error) < 0) {
		if (!*error.message)
			abort();
		return 0;
	}
	json_array_foreach (calendar.days, i, entry)
		look_at(entry);
	store_calendar_done(&calendar);
	return 0;
}
