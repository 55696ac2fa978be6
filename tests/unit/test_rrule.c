#include "lib/calendar.h"
#include "lib/rrule.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

static char found[1024];

static void
note(int32_t day, void *context UNUSED)
{
	size_t used = strlen(found);
	char date[11];

	calendar_format_date(day, date);
	(void) snprintf(found + used, sizeof(found) - used, "%s%s", used ? " " : "", date);
}

/* The days from first to last on which a rule comes that began at start. */
static const char *
days(const char *text, const char *start, const char *first, const char *last)
{
	struct rrule_window window;
	char message[RRULE_MESSAGE_SIZE];
	struct rrule rule;

	CU_ASSERT_EQUAL_FATAL(rrule_parse(text, &rule, message), 0);
	CU_ASSERT_EQUAL_FATAL(calendar_parse_wall(start, &window.start_s), 0);
	CU_ASSERT_EQUAL_FATAL(calendar_parse_date(first, &window.first_day), 0);
	CU_ASSERT_EQUAL_FATAL(calendar_parse_date(last, &window.last_day), 0);
	found[0] = 0;
	rrule_each(&rule, &window, note, NULL);
	return found;
}

/* Of RFC 5545, section 3.8.5.3: its examples as far as they are within the subset. */
static void
test_the_examples_of_the_standard_come_as_it_says(void)
{
	static const struct {
		const char *rule;
		const char *start;
		const char *last;
		const char *days;
	} rows[] = {
		{ "FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", "1998-09-02",
		  "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12" },
		{ "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02", "1997-11-01",
		  "1997-09-02 1997-09-16 1997-09-30 1997-10-14 1997-10-28" },
		{ "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09-02", "1998-01-01",
		  "1997-09-02 1997-09-04 1997-09-09 1997-09-11 1997-09-16 1997-09-18 "
		  "1997-09-23 1997-09-25 1997-09-30 1997-10-02" },
		{ "FREQ=MONTHLY;COUNT=4;BYDAY=1FR", "1997-09-05", "1998-06-01",
		  "1997-09-05 1997-10-03 1997-11-07 1997-12-05" },
		{ "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07", "1998-12-01",
		  "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04 1998-01-25 "
		  "1998-03-01 1998-03-29 1998-05-03 1998-05-31" },
		{ "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22", "1998-12-01",
		  "1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1998-02-28",
		  "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26" },
		{ "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", "1997-09-30", "1999-01-01",
		  "1997-09-30 1997-10-01 1997-10-31 1997-11-01 1997-11-30 1997-12-01 "
		  "1997-12-31 1998-01-01 1998-01-31 1998-02-01" },
		{ "FREQ=YEARLY;COUNT=4;BYMONTH=6,7", "1997-06-10", "1999-01-01",
		  "1997-06-10 1997-07-10 1998-06-10 1998-07-10" },
		{ "FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1999-12-01",
		  "1997-05-19 1998-05-18 1999-05-17" },
		{ "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "2000-12-01",
		  "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13" },
		{ "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", "1998-01-15",
		  "1997-09-13 1997-10-11 1997-11-08 1997-12-13 1998-01-10" },
		{ "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
		  "1996-11-05", "2005-01-01", "1996-11-05 2000-11-07 2004-11-02" },
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1998-01-01",
		  "1997-08-05 1997-08-10 1997-08-19 1997-08-24" },
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1998-01-01",
		  "1997-08-05 1997-08-17 1997-08-19 1997-08-31" },
		{ "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", "2008-01-01",
		  "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		_cleanup_(freep) char *start = xasprintf("%sT09:00:00", rows[i].start);
		CU_ASSERT_STRING_EQUAL(days(rows[i].rule, start, rows[i].start, rows[i].last),
				       rows[i].days);
	}
}

static void
test_a_leap_day_and_the_31st_come_where_there_are_such_days(void)
{
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=YEARLY", "2024-02-29T08:00:00", "2024-01-01", "2036-12-31"),
		"2024-02-29 2028-02-29 2032-02-29 2036-02-29");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=MONTHLY", "2026-01-31T08:00:00", "2026-01-01", "2026-08-30"),
		"2026-01-31 2026-03-31 2026-05-31 2026-07-31");
	CU_ASSERT_STRING_EQUAL(days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "2026-02-01T08:00:00",
				    "2026-01-01", "2028-12-31"),
			       "2026-02-28 2027-02-28 2028-02-29");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;INTERVAL=366", "2023-12-31T08:00:00", "2023-01-01", "2027-12-31"),
		"2023-12-31 2024-12-31 2026-01-01 2027-01-02");
}

static void
test_the_end_includes_its_day_or_what_begins_by_then(void)
{
	static const char *const start = "2026-12-29T08:00:00";

	CU_ASSERT_STRING_EQUAL(days("FREQ=DAILY;UNTIL=20261231", start, "2026-01-01", "2027-12-31"),
			       "2026-12-29 2026-12-30 2026-12-31");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;UNTIL=20261231T080000", start, "2026-01-01", "2027-12-31"),
		"2026-12-29 2026-12-30 2026-12-31");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;UNTIL=20261231T075959", start, "2026-01-01", "2027-12-31"),
		"2026-12-29 2026-12-30");
}

static void
test_what_is_counted_is_counted_from_the_start(void)
{
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;COUNT=3", "2026-12-29T08:00:00", "2026-12-31", "2027-12-31"),
		"2026-12-31");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;COUNT=3", "2026-12-29T08:00:00", "2027-01-01", "2027-12-31"), "");
	/* The first day counts only when the rule says it. */
	CU_ASSERT_STRING_EQUAL(days("FREQ=WEEKLY;BYDAY=FR;COUNT=2", "2026-12-29T08:00:00",
				    "2026-12-01", "2027-12-31"),
			       "2027-01-01 2027-01-08");
}

static void
test_a_rule_that_never_comes_ends(void)
{
	/* libical's iterator knows no end of such, and not the last day of the month below. */
	CU_ASSERT_STRING_EQUAL(days("FREQ=YEARLY;BYDAY=53MO;INTERVAL=999", "2026-01-01T00:00:00",
				    "2026-01-01", "2027-12-31"),
			       "");
	CU_ASSERT_STRING_EQUAL(days("FREQ=YEARLY;INTERVAL=4;BYMONTH=2;BYMONTHDAY=29",
				    "2025-01-01T00:00:00", "2025-01-01", "2105-12-31"),
			       "");
	CU_ASSERT_STRING_EQUAL(
		days("FREQ=DAILY;BYMONTHDAY=-1", "2026-01-01T00:00:00", "2026-01-01", "2026-03-31"),
		"2026-01-31 2026-02-28 2026-03-31");
}

/* What is said of a rule, "" when it is taken. */
static const char *
said_of(const char *text)
{
	static char message[RRULE_MESSAGE_SIZE];
	struct rrule rule;

	message[0] = 0;
	if (rrule_parse(text, &rule, message) == 0)
		CU_ASSERT_STRING_EQUAL(message, "");
	return message;
}

static void
test_what_is_wrong_is_said(void)
{
	static const struct {
		const char *text;
		const char *message;
	} rows[] = {
		{ "", "FREQ=..., with semicolons between the parts" },
		{ "FREQ", "FREQ=..., with semicolons between the parts" },
		{ "FREQ=HOURLY", "FREQ: DAILY, WEEKLY, MONTHLY or YEARLY" },
		{ "FREQ=daily", "FREQ: DAILY, WEEKLY, MONTHLY or YEARLY" },
		{ "INTERVAL=2", "FREQ is missing" },
		{ "FREQ=DAILY;", "FREQ=..., with semicolons between the parts" },
		{ "FREQ=DAILY;FREQ=DAILY", "FREQ is there twice" },
		{ "FREQ=DAILY;BYHOUR=3", "'BYHOUR' is not known here" },
		{ "FREQ=DAILY;INTERVAL=0", "INTERVAL: a number from 1 to 999" },
		{ "FREQ=DAILY;INTERVAL=1x", "INTERVAL: a number from 1 to 999" },
		{ "FREQ=DAILY;COUNT=10000", "COUNT: a number from 1 to 9999" },
		{ "FREQ=DAILY;COUNT=1;UNTIL=20261231", "COUNT and UNTIL exclude each other" },
		{ "FREQ=DAILY;UNTIL=20261231T235959Z",
		  "UNTIL: 20261231 or 20261231T235959, local time" },
		{ "FREQ=DAILY;UNTIL=20260230", "UNTIL: 20261231 or 20261231T235959, local time" },
		{ "FREQ=DAILY;BYDAY=1MO", "BYDAY: numbers need FREQ=MONTHLY or YEARLY" },
		{ "FREQ=WEEKLY;BYDAY=", "BYDAY: days such as MO,TU or -1SU" },
		{ "FREQ=WEEKLY;BYDAY=MO,", "BYDAY: days such as MO,TU or -1SU" },
		{ "FREQ=YEARLY;BYDAY=0MO", "BYDAY: days such as MO,TU or -1SU" },
		{ "FREQ=YEARLY;BYDAY=54MO", "BYDAY: days such as MO,TU or -1SU" },
		{ "FREQ=MONTHLY;BYDAY=6MO", "BYDAY: a month has five such days at most" },
		{ "FREQ=YEARLY;BYMONTH=1;BYDAY=6MO", "BYDAY: a month has five such days at most" },
		{ "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=1",
		  "BYDAY: numbers do not go with BYMONTHDAY" },
		{ "FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY does not go with FREQ=WEEKLY" },
		{ "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY: numbers from -31 to 31, not 0" },
		{ "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY: numbers from -31 to 31, not 0" },
		{ "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31",
		  "BYMONTHDAY: no month of BYMONTH has such a day" },
		{ "FREQ=YEARLY;BYMONTH=13", "BYMONTH: numbers from 1 to 12" },
		{ "FREQ=DAILY;WKST=XX", "WKST: a day such as MO" },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "" },
		{ "FREQ=YEARLY;BYDAY=-53SU", "" },
		{ "WKST=SU;UNTIL=20261231T235959;BYDAY=MO,-1TU;FREQ=MONTHLY;INTERVAL=999", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT_STRING_EQUAL(said_of(rows[i].text), rows[i].message);
	char long_rule[400] = "FREQ=DAILY;BYDAY=MO";
	while (strlen(long_rule) < 300)
		memcpy(long_rule + strlen(long_rule), ",MO", 4);
	CU_ASSERT_STRING_EQUAL(said_of(long_rule), "at most 200 bytes");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_examples_of_the_standard_come_as_it_says),
		TAP(test_a_leap_day_and_the_31st_come_where_there_are_such_days),
		TAP(test_the_end_includes_its_day_or_what_begins_by_then),
		TAP(test_what_is_counted_is_counted_from_the_start),
		TAP(test_a_rule_that_never_comes_ends),
		TAP(test_what_is_wrong_is_said),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
