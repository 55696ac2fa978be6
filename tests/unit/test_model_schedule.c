#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

/* What is said of an object, "" when it is taken; JSON with ' in place of ". */
static const char *
said_of(const char *kind_name, const char *members)
{
	static char said[256];
	const struct model_kind *kind = model_find(kind_name);
	struct field_error error = { 0 };
	_cleanup_(freep) char *copy = xstrdup(members);

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	_cleanup_(json_decrefp) json_t *object = json_loads(copy, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	(void) json_object_set_new(object, "name", json_string("Work"));
	field_fill(&kind->fields, object);
	said[0] = 0;
	if (field_check_object(&kind->fields, object, &error) < 0 ||
	    model_check(kind, object, &error) < 0)
		(void) snprintf(said, sizeof(said), "%s: %s", error.field, error.message);
	return said;
}

struct row {
	const char *object;
	const char *said;
};

static void
check_rows(const char *kind, const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_STRING_EQUAL(said_of(kind, rows[i].object), rows[i].said);
}

static void
test_weekly_times_are_days_and_times_that_there_are(void)
{
	static const struct row rows[] = {
		{ "{}", "" },
		{ "{'weekly':[{'days':[1,7],'from':'08:00','to':'24:00'}]}", "" },
		{ "{'weekly':[{'days':[1],'from':'22:00:30','to':'06:00'}]}", "" },
		{ "{'weekly':[{'days':[],'from':'08:00','to':'17:00'}]}",
		  "weekly: entry 1, days: one at least" },
		{ "{'weekly':[{'days':[8],'from':'08:00','to':'17:00'}]}",
		  "weekly: entry 1, days: day numbers from 1 to 7" },
		{ "{'weekly':[{'days':[1],'from':'24:00','to':'17:00'}]}",
		  "weekly: entry 1, from: a time of the day such as 07:30" },
		{ "{'weekly':[{'days':[1],'from':'08:00','to':'24:01'}]}",
		  "weekly: entry 1, to: a time of the day such as 17:30, up to 24:00" },
		{ "{'weekly':[{'days':[1],'from':'08:00','to':'09:00'},"
		  "{'days':[1],'from':'08:00','to':'08:00:00'}]}",
		  "weekly: entry 2, to: another than from; a whole day is 00:00 to 24:00" },
	};

	check_rows("schedule", rows, ARRAY_LEN(rows));
}

#define EVENT(start, end, rule, except)                                                            \
	"{'events':[{'start':'" start "','end':'" end "','rule':'" rule "','except':'" except "'}" \
	"]}"

static void
test_events_are_dates_rules_and_exceptions_that_there_are(void)
{
	static const struct row rows[] = {
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T06:00:00", "FREQ=YEARLY",
			"2027-12-31,2028-12-31"),
		  "" },
		{ EVENT("2026-02-29T22:00:00", "2027-01-01T06:00:00", "", ""),
		  "events: entry 1, start: a date with a time such as 2026-12-31T07:30:00" },
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T24:00:00", "", ""),
		  "events: entry 1, end: a date with a time such as 2026-12-31T07:30:00" },
		{ EVENT("2026-12-31T22:00:00", "2026-12-31T22:00:00", "", ""),
		  "events: entry 1, end: behind start" },
		{ EVENT("2026-01-01T00:00:00", "2027-01-02T00:00:01", "", ""),
		  "events: entry 1, end: at most 366 days behind start" },
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T06:00:00", "FREQ=SECONDLY", ""),
		  "events: entry 1, rule: FREQ: DAILY, WEEKLY, MONTHLY or YEARLY" },
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T06:00:00", "", "2026-12-31,"),
		  "events: entry 1, except: dates such as 2026-12-31 with commas between" },
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T06:00:00", "", "2026-12-310"),
		  "events: entry 1, except: dates such as 2026-12-31 with commas between" },
		{ EVENT("2026-12-31T22:00:00", "2027-01-01T06:00:00", "", "2026-02-30"),
		  "events: entry 1, except: dates such as 2026-12-31 with commas between" },
	};

	check_rows("schedule", rows, ARRAY_LEN(rows));
}

static void
test_special_entries_name_a_group_and_times(void)
{
	static const struct row rows[] = {
		{ "{'special':[{'group':1},{'group':1,'times':[{'from':'08:00','to':'12:00'}]}]}",
		  "" },
		{ "{'special':[{'times':[]}]}", "special: entry 1, group: missing" },
		{ "{'special':[{'group':17}]}",
		  "special: entry 1, group: a number of kind special_days" },
		{ "{'special':[{'group':1,'times':[{'from':'08:00','to':'12:00'},"
		  "{'from':'08:00','to':'08:00'}]}]}",
		  "special: entry 1, time 2, to: another than from; a whole day is 00:00 to "
		  "24:00" },
	};

	check_rows("schedule", rows, ARRAY_LEN(rows));
}

static void
test_special_days_are_dates_that_come_yearly_or_once(void)
{
	static const struct row rows[] = {
		{ "{'days':[{'date':'2026-12-25'},{'date':'2020-02-29','days':366,"
		  "'rule':'FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO'}]}",
		  "" },
		{ "{'days':[{'date':'2026-02-29'}]}",
		  "days: entry 1, date: a date such as 2026-12-25" },
		{ "{'days':[{'date':'2026-02-28','days':367}]}",
		  "days: entry 1, days: a whole number from 1 to 366 days" },
		{ "{'days':[{'date':'2026-02-28','rule':'FREQ=DAILY'}]}",
		  "days: entry 1, rule: FREQ: YEARLY" },
		{ "{'days':[{'date':'2026-02-28','except':'x'}]}",
		  "days: entry 1, except: dates such as 2026-12-31 with commas between" },
	};

	check_rows("special_days", rows, ARRAY_LEN(rows));
}

/* The event of a change has a list twice in a line of 64 KiB. */
static void
test_a_list_is_no_longer_than_its_event_may_be(void)
{
	const struct model_kind *kind = model_find("special_days");
	_cleanup_(json_decrefp) json_t *group = json_pack("{ss,s[]}", "name", "All", "days");
	json_t *days = json_object_get(group, "days");
	struct field_error error;

	for (int i = 0; i < 366; i++)
		(void) json_array_append_new(days, json_pack("{ss}", "date", "2026-01-01"));
	field_fill(&kind->fields, group);
	CU_ASSERT_EQUAL(field_check_object(&kind->fields, group, &error), 0);
	CU_ASSERT_EQUAL(model_check(kind, group, &error), 0);
	for (int i = 0; i < 366; i++)
		(void) json_object_set_new(json_array_get(days, (size_t) i), "rule",
					   json_string("FREQ=YEARLY;WKST=MO"));
	CU_ASSERT(model_check(kind, group, &error) < 0);
	CU_ASSERT_STRING_EQUAL(error.message, "less text: all of it is more than 28000 bytes");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_weekly_times_are_days_and_times_that_there_are),
		TAP(test_events_are_dates_rules_and_exceptions_that_there_are),
		TAP(test_special_entries_name_a_group_and_times),
		TAP(test_special_days_are_dates_that_come_yearly_or_once),
		TAP(test_a_list_is_no_longer_than_its_event_may_be),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
