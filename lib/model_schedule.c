/* When something counts: weekly hours, events that recur, special days. */
#include "lib/model_fields.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/rrule.h"
#include "lib/util.h"

/* An event reaches no further than this, so that one that began before is found. */
#define EVENT_DAYS_MAX 366
/* The audit event of a change has a list twice, and has to fit a line of the protocol. */
#define LIST_BYTES_MAX 28000

#define ADMINISTRATOR(n, l) .name = n, .role = ROLE_ADMINISTRATOR, .label = l
#define NAME                                                                                  \
	{                                                                                     \
		ADMINISTRATOR("name", "Name"), .type = FIELD_STRING, .flags = FIELD_REQUIRED, \
					       .min = 1, .max = 64                            \
	}
#define FROM                                                                                   \
	{                                                                                      \
		ADMINISTRATOR("from", "From"), .type = FIELD_STRING, .flags = FIELD_REQUIRED,  \
					       .min = 5, .max = 8, .doc = "07:30 or 07:30:15." \
	}
#define TO                                                                                      \
	{                                                                                       \
		ADMINISTRATOR("to", "To"),                                                      \
			.type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 5, .max = 8,      \
			.doc = "The first instant at which it is over; 24:00 for the end of "   \
			       "the day. Not behind the beginning means on the following day, " \
			       "across midnight."                                               \
	}
#define EXCEPT                                                                          \
	{                                                                               \
		ADMINISTRATOR("except", "Except"),                                      \
			.type = FIELD_STRING, .max = 1000, .fallback = "\"\"",          \
			.doc = "Dates on which it does not begin, with commas between." \
	}
#define RULE(text)                                                                       \
	{                                                                                \
		ADMINISTRATOR("rule", "Rule"), .type = FIELD_STRING, .fallback = "\"\"", \
					       .max = RRULE_SIZE_MAX, .doc = text        \
	}

static const struct field weekly_fields[] = {
	{ ADMINISTRATOR("days", "Days"), .type = FIELD_NUMBERS, .flags = FIELD_REQUIRED, .max = 7,
	  .doc = "1 for Monday to 7 for Sunday: the days on which it begins." },
	FROM,
	TO,
};
static const struct field_table weekly = { weekly_fields, ARRAY_LEN(weekly_fields) };

static const struct field event_fields[] = {
	{ ADMINISTRATOR("end", "End"), .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 19,
	  .max = 19, .doc = "The first instant at which it is over, likewise." },
	EXCEPT,
	RULE("When it begins again: an RRULE of RFC 5545, such as FREQ=WEEKLY;BYDAY=MO,FR. Empty "
	     "for once."),
	{ ADMINISTRATOR("start", "Start"), .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 19,
	  .max = 19,
	  .doc = "When it begins, such as 2026-12-24T18:00:00, by the device's clock on the wall. "
		 "No occurrence is before it." },
};
static const struct field_table events = { event_fields, ARRAY_LEN(event_fields) };

static const struct field time_fields[] = { FROM, TO };
static const struct field_table times = { time_fields, ARRAY_LEN(time_fields) };

static const struct field special_fields[] = {
	{ ADMINISTRATOR("group", "Group"), .type = FIELD_REF, .flags = FIELD_REQUIRED,
	  .max = SPECIAL_DAYS, .kind = "special_days" },
	{ ADMINISTRATOR("times", "Times"), .type = FIELD_LIST, .max = 8, .items = &times,
	  .fallback = "[]",
	  .doc = "What counts on a day of the group, instead of weekly times and events; empty for "
		 "nothing." },
};
static const struct field_table specials = { special_fields, ARRAY_LEN(special_fields) };

static const struct field schedule_fields[] = {
	{ ADMINISTRATOR("events", "Events"), .type = FIELD_LIST, .max = 32, .items = &events,
	  .fallback = "[]" },
	NAME,
	{ ADMINISTRATOR("special", "Special days"), .type = FIELD_LIST, .max = 16,
	  .items = &specials, .fallback = "[]",
	  .doc = "The first entry whose group has the day counts." },
	{ ADMINISTRATOR("weekly", "Weekly"), .type = FIELD_LIST, .max = 32, .items = &weekly,
	  .fallback = "[]" },
};

static const struct field day_fields[] = {
	{ ADMINISTRATOR("date", "Date"), .type = FIELD_STRING, .flags = FIELD_REQUIRED, .min = 10,
	  .max = 10, .doc = "Such as 2026-12-25." },
	{ ADMINISTRATOR("days", "Days"), .type = FIELD_INTEGER, .min = 1, .max = 366,
	  .fallback = "1", .unit = "days" },
	EXCEPT,
	{ ADMINISTRATOR("label", "Label"), .type = FIELD_STRING, .fallback = "\"\"", .max = 48 },
	RULE("When it comes again: an RRULE with FREQ=YEARLY, such as "
	     "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO. Empty for once."),
};
static const struct field_table days = { day_fields, ARRAY_LEN(day_fields) };

static const struct field group_fields[] = {
	{ ADMINISTRATOR("days", "Days"), .type = FIELD_LIST, .max = 366, .items = &days,
	  .fallback = "[]" },
	NAME,
};

const struct model_kind model_schedule = {
	.name = "schedule",
	.plural = "schedules",
	.max = SCHEDULES,
	.fields = { schedule_fields, ARRAY_LEN(schedule_fields) },
};
const struct model_kind model_special_days = {
	.name = "special_days",
	.plural = "special_day_groups",
	.max = SPECIAL_DAYS,
	.fields = { group_fields, ARRAY_LEN(group_fields) },
};

/* Which entry of which list is looked at, for what is said of it. */
struct place {
	const char *field;
	size_t index;
	size_t inner; /* from 1; 0 without one */
	struct field_error *error;
};

static int PRINTF(3, 4)
	refuse(const struct place *place, const char *member, const char *format, ...)
{
	char message[sizeof(place->error->message)];
	char inner[32] = "";
	va_list args;

	va_start(args, format);
	(void) vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (place->inner)
		(void) snprintf(inner, sizeof(inner), "time %zu, ", place->inner);
	place->error->field = place->field;
	(void) snprintf(place->error->message, sizeof(place->error->message),
			"entry %zu, %s%s: %.100s", place->index + 1, inner, member, message);
	return -EINVAL;
}

static int
check_time(const json_t *entry, const struct place *place)
{
	int32_t from_s;
	int32_t to_s;

	if (calendar_parse_time(json_string_or(entry, "from", ""), &from_s) < 0 ||
	    from_s == CALENDAR_DAY_S)
		return refuse(place, "from", "a time of the day such as 07:30");
	if (calendar_parse_time(json_string_or(entry, "to", ""), &to_s) < 0)
		return refuse(place, "to", "a time of the day such as 17:30, up to 24:00");
	if (from_s == to_s)
		return refuse(place, "to", "another than from; a whole day is 00:00 to 24:00");
	return 0;
}

static int
check_rule(const json_t *entry, bool is_yearly, const struct place *place)
{
	const char *rule = json_string_or(entry, "rule", "");
	char message[RRULE_MESSAGE_SIZE];
	struct rrule parsed = { .frequency = RRULE_YEARLY };

	if (*rule && rrule_parse(rule, &parsed, message) < 0)
		return refuse(place, "rule", "%s", message);
	if (is_yearly && parsed.frequency != RRULE_YEARLY)
		return refuse(place, "rule", "FREQ: YEARLY");
	return 0;
}

/* "2026-12-24,2026-12-31". */
static int
check_exceptions(const json_t *entry, const struct place *place)
{
	const char *text = json_string_or(entry, "except", "");
	char date[11];
	int32_t day;

	for (const char *at = text; *at;) {
		size_t length = strcspn(at, ",");
		(void) snprintf(date, sizeof(date), "%.*s", (int) MIN_OF(length, 10), at);
		if (length != 10 || calendar_parse_date(date, &day) < 0 ||
		    (at[length] && !at[length + 1]))
			return refuse(place, "except",
				      "dates such as 2026-12-31 with commas between");
		at += length + (at[length] ? 1 : 0);
	}
	return 0;
}

static int
check_event(const json_t *entry, const struct place *place)
{
	static const char *const want = "a date with a time such as 2026-12-31T07:30:00";
	int64_t start_s;
	int64_t end_s;

	if (calendar_parse_wall(json_string_or(entry, "start", ""), &start_s) < 0)
		return refuse(place, "start", "%s", want);
	if (calendar_parse_wall(json_string_or(entry, "end", ""), &end_s) < 0)
		return refuse(place, "end", "%s", want);
	if (end_s <= start_s)
		return refuse(place, "end", "behind start");
	if (end_s - start_s > (int64_t) EVENT_DAYS_MAX * CALENDAR_DAY_S)
		return refuse(place, "end", "at most %d days behind start", EVENT_DAYS_MAX);
	int r = check_rule(entry, false, place);
	return r < 0 ? r : check_exceptions(entry, place);
}

static int
check_special(const json_t *entry, const struct place *place)
{
	struct place inner = *place;
	json_t *time;
	size_t i;

	json_array_foreach (json_object_get(entry, "times"), i, time) {
		inner.inner = i + 1;
		if (check_time(time, &inner) < 0)
			return -EINVAL;
	}
	return 0;
}

static int
check_weekly(const json_t *entry, const struct place *place)
{
	if (!json_array_size(json_object_get(entry, "days")))
		return refuse(place, "days", "one at least");
	return check_time(entry, place);
}

static int
check_day(const json_t *entry, const struct place *place)
{
	int32_t day;

	if (calendar_parse_date(json_string_or(entry, "date", ""), &day) < 0)
		return refuse(place, "date", "a date such as 2026-12-25");
	int r = check_rule(entry, true, place);
	return r < 0 ? r : check_exceptions(entry, place);
}

static int
check_list(const json_t *object, const char *field, struct field_error *error,
	   int (*check)(const json_t *entry, const struct place *place))
{
	struct place place = { .field = field, .error = error };
	json_t *entry;

	json_array_foreach (json_object_get(object, field), place.index, entry)
		if (check(entry, &place) < 0)
			return -EINVAL;
	if (json_dumpb(json_object_get(object, field), NULL, 0, JSON_COMPACT) > LIST_BYTES_MAX)
		return model_refuse(error, field, "less text: all of it is more than 28000 bytes");
	return 0;
}

int
model_schedule_check(const json_t *object, struct field_error *error)
{
	int r = check_list(object, "weekly", error, check_weekly);

	if (r == 0)
		r = check_list(object, "events", error, check_event);
	return r == 0 ? check_list(object, "special", error, check_special) : r;
}

int
model_special_days_check(const json_t *object, struct field_error *error)
{
	return check_list(object, "days", error, check_day);
}
