#include "agent/store_schedule.h"
#include "lib/calendar.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define DAY CALENDAR_DAY_S

static struct store_schedule_world world = { .zone = "Europe/Berlin" };
static char text[4096];

/* JSON with ' in place of ". */
static json_t *
quoted(const char *members)
{
	_cleanup_(freep) char *copy = xstrdup(members);

	for (char *c = copy; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_t *value = json_loads(copy, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	return value;
}

static void
set_window(const char *from, const char *to)
{
	CU_ASSERT_EQUAL_FATAL(clock_parse(from, &world.from_s), 0);
	CU_ASSERT_EQUAL_FATAL(clock_parse(to, &world.to_s), 0);
}

/* The intervals in UTC, "12-31T22:00:00/01-01T06:00:00 ...". */
static const char *
intervals_of(const char *members)
{
	_cleanup_(json_decrefp) json_t *schedule = quoted(members);
	_cleanup_(freep) struct schedule_interval *intervals = NULL;
	size_t count = 0;

	CU_ASSERT_EQUAL_FATAL(store_schedule_expand(schedule, &world, &intervals, &count), 0);
	text[0] = 0;
	for (size_t i = 0; i < count; i++) {
		char from[21];
		char to[21];
		size_t used = strlen(text);
		clock_format_s(intervals[i].from_s, from);
		clock_format_s(intervals[i].to_s, to);
		(void) snprintf(text + used, sizeof(text) - used, "%s%.14s/%.14s", i ? " " : "",
				from + 5, to + 5);
	}
	return text;
}

#define EVERY_DAY "'days':[1,2,3,4,5,6,7]"

static void
test_the_hour_that_autumn_repeats_counts_on_both_passes(void)
{
	/* At 01:00 UTC the clock goes back from 03:00 to 02:00. */
	set_window("2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{" EVERY_DAY ",'from':'02:15','to':'02:45'}]}"),
		"10-25T00:15:00/10-25T00:45:00 10-25T01:15:00/10-25T01:45:00");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{" EVERY_DAY ",'from':'01:30','to':'02:30'}]}"),
		"10-24T23:30:00/10-25T00:30:00 10-25T01:00:00/10-25T01:30:00");
}

static void
test_the_hour_that_spring_leaves_out_never_counts(void)
{
	/* At 01:00 UTC the clock goes from 02:00 to 03:00. */
	set_window("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{" EVERY_DAY ",'from':'02:15','to':'02:45'}]}"), "");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{" EVERY_DAY ",'from':'01:30','to':'03:30'}]}"),
		"03-29T00:30:00/03-29T01:30:00");
}

static void
test_a_whole_day_has_no_gap_when_the_clock_changes(void)
{
	static const char *const always =
		"{'weekly':[{" EVERY_DAY ",'from':'00:00','to':'24:00'}]}";

	set_window("2026-03-01T00:00:00Z", "2026-12-01T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of(always), "03-01T00:00:00/12-01T00:00:00");
	world.zone = "Australia/Lord_Howe";
	CU_ASSERT_STRING_EQUAL(intervals_of(always), "03-01T00:00:00/12-01T00:00:00");
	world.zone = "Europe/Berlin";
}

static void
test_half_an_hour_of_summer_moves_what_is_active_by_half_an_hour(void)
{
	static const char *const morning =
		"{'weekly':[{" EVERY_DAY ",'from':'08:00','to':'09:00'}]}";

	/* From 11:00 to 10:30 hours east of UTC on the 5th of April. */
	world.zone = "Australia/Lord_Howe";
	set_window("2026-04-03T12:00:00Z", "2026-04-05T12:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of(morning),
			       "04-03T21:00:00/04-03T22:00:00 04-04T21:30:00/04-04T22:30:00");
	world.zone = "Europe/Berlin";
}

static void
test_across_midnight_belongs_to_the_day_on_which_it_begins(void)
{
	/* The 30th of December 2026 is a Wednesday. */
	set_window("2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{'days':[4],'from':'22:00','to':'06:00'}]}"),
		"12-31T21:00:00/01-01T05:00:00");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{'days':[4],'from':'22:00','to':'00:00'}]}"),
		"12-31T21:00:00/12-31T23:00:00");
	/* The window begins within it. */
	set_window("2027-01-01T03:00:00Z", "2027-01-04T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{'days':[4],'from':'22:00','to':'06:00'}]}"),
		"01-01T03:00:00/01-01T05:00:00");
}

static void
test_the_leap_day_is_a_day(void)
{
	set_window("2028-02-28T00:00:00Z", "2028-03-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'events':[{'start':'2024-02-29T08:00:00',"
			     "'end':'2024-02-29T09:00:00','rule':'FREQ=YEARLY','except':''}]}"),
		"02-29T07:00:00/02-29T08:00:00");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{" EVERY_DAY ",'from':'12:00','to':'13:00'}]}"),
		"02-28T11:00:00/02-28T12:00:00 02-29T11:00:00/02-29T12:00:00 "
		"03-01T11:00:00/03-01T12:00:00");
}

static void
test_the_last_day_of_the_year_goes_into_the_next(void)
{
	set_window("2026-12-31T00:00:00Z", "2027-01-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'events':[{'start':'2025-12-31T20:00:00',"
			     "'end':'2026-01-01T04:00:00','rule':'FREQ=YEARLY','except':''}]}"),
		"12-31T19:00:00/01-01T03:00:00");
}

static void
test_an_event_that_began_long_ago_still_lasts(void)
{
	set_window("2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of("{'events':[{'start':'2025-06-01T12:00:00',"
					    "'end':'2026-06-01T12:00:00','rule':'','except':''}]}"),
			       "06-01T00:00:00/06-01T10:00:00");
}

static void
test_another_zone_moves_what_is_active(void)
{
	static const char *const work = "{'weekly':[{" EVERY_DAY ",'from':'08:00','to':'17:00'}]}";

	set_window("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of(work), "07-01T06:00:00/07-01T15:00:00");
	world.zone = "America/New_York";
	CU_ASSERT_STRING_EQUAL(intervals_of(work), "07-01T12:00:00/07-01T21:00:00");
	world.zone = "Asia/Kolkata";
	CU_ASSERT_STRING_EQUAL(intervals_of(work), "07-01T02:30:00/07-01T11:30:00");
	world.zone = "Europe/Berlin";
}

/* Samoa had no 30th of December 2011. */
static void
test_a_day_that_a_zone_leaves_out_is_never_active(void)
{
	world.zone = "Pacific/Apia";
	set_window("2011-12-29T00:00:00Z", "2012-01-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{'days':[5],'from':'08:00','to':'09:00'}]}"), "");
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'weekly':[{'days':[4,6],'from':'08:00','to':'09:00'}]}"),
		"12-29T18:00:00/12-29T19:00:00 12-30T18:00:00/12-30T19:00:00");
	world.zone = "Europe/Berlin";
}

/* Whatever the clock said before: only the window moves, not when something is active. */
static void
test_a_clock_jump_changes_the_window_and_nothing_else(void)
{
	_cleanup_(json_decrefp) json_t *schedule =
		quoted("{'weekly':[{" EVERY_DAY ",'from':'22:00','to':'06:00'}],"
		       "'events':[{'start':'2026-01-01T12:00:00','end':'2026-01-01T13:00:00',"
		       "'rule':'FREQ=DAILY;INTERVAL=3','except':''}]}");
	struct schedule_interval *whole = NULL;
	size_t count = 0;
	unsigned wrong = 0;

	set_window("2026-01-01T00:00:00Z", "2027-12-31T00:00:00Z");
	struct store_schedule_world moved = world;
	CU_ASSERT_EQUAL_FATAL(store_schedule_expand(schedule, &world, &whole, &count), 0);
	for (int64_t jump_s = -3 * DAY; jump_s < 300 * DAY; jump_s += 17 * DAY + 12345) {
		_cleanup_(freep) struct schedule_interval *part = NULL;
		size_t part_count = 0;
		moved.from_s = world.from_s + 10 * DAY + jump_s;
		moved.to_s = moved.from_s + 40 * DAY;
		CU_ASSERT_EQUAL_FATAL(store_schedule_expand(schedule, &moved, &part, &part_count),
				      0);
		for (int64_t at_s = moved.from_s; at_s < moved.to_s; at_s += 617)
			wrong += schedule_is_active(part, part_count, at_s) !=
				 schedule_is_active(whole, count, at_s);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	free(whole);
}

static void
test_special_days_count_instead_of_all_else(void)
{
	_cleanup_(json_decrefp) json_t *groups =
		quoted("{'1':{'days':[{'date':'2026-12-24','days':3,'rule':'','except':''}]},"
		       "'2':{'days':[{'date':'2020-12-26','days':1,'rule':'FREQ=YEARLY',"
		       "'except':''}]}}");

	world.special_days = groups;
	set_window("2026-12-23T00:00:00Z", "2026-12-28T00:00:00Z");
	/* Nothing, but what began on the day before ends as it should. */
	CU_ASSERT_STRING_EQUAL(intervals_of("{'weekly':[{" EVERY_DAY
					    ",'from':'22:00','to':'06:00'}],"
					    "'special':[{'group':1,'times':[]}]}"),
			       "12-23T00:00:00/12-23T05:00:00 12-23T21:00:00/12-24T05:00:00 "
			       "12-27T21:00:00/12-28T00:00:00");
	/* The first entry counts on a day of both. */
	CU_ASSERT_STRING_EQUAL(
		intervals_of("{'events':[{'start':'2026-12-01T08:00:00',"
			     "'end':'2026-12-01T09:00:00','rule':'FREQ=DAILY','except':''}],"
			     "'special':[{'group':2,'times':[{'from':'10:00','to':'11:00'}]},"
			     "{'group':1,'times':[{'from':'12:00','to':'13:00'}]}]}"),
		"12-23T07:00:00/12-23T08:00:00 12-24T11:00:00/12-24T12:00:00 "
		"12-25T11:00:00/12-25T12:00:00 12-26T09:00:00/12-26T10:00:00 "
		"12-27T07:00:00/12-27T08:00:00");
	/* A group that is not there has no days. */
	set_window("2026-12-24T00:00:00Z", "2026-12-25T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of("{'weekly':[{" EVERY_DAY
					    ",'from':'08:00','to':'09:00'}],"
					    "'special':[{'group':9,'times':[]}]}"),
			       "12-24T07:00:00/12-24T08:00:00");
	world.special_days = NULL;
}

static void
test_what_overlaps_or_touches_is_one_interval(void)
{
	set_window("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z");
	CU_ASSERT_STRING_EQUAL(intervals_of("{'weekly':[{" EVERY_DAY
					    ",'from':'12:00','to':'13:00'},"
					    "{" EVERY_DAY ",'from':'08:00','to':'10:00'},"
					    "{" EVERY_DAY ",'from':'09:00','to':'12:00'},"
					    "{" EVERY_DAY ",'from':'12:15','to':'12:30'}]}"),
			       "07-01T06:00:00/07-01T11:00:00");
	CU_ASSERT_STRING_EQUAL(intervals_of("{}"), "");
}

static int
expand(const char *members)
{
	_cleanup_(json_decrefp) json_t *schedule = quoted(members);
	struct schedule_interval *intervals = NULL;
	size_t count = 0;
	int r = store_schedule_expand(schedule, &world, &intervals, &count);

	free(intervals);
	return r;
}

static void
test_what_cannot_be_worked_out_is_refused(void)
{
	set_window("2026-07-01T00:00:00Z", "2026-07-02T00:00:00Z");
	world.zone = "Europe/Atlantis";
	CU_ASSERT_EQUAL(expand("{}"), -EINVAL);
	world.zone = "Europe/Berlin";
	CU_ASSERT_EQUAL(expand("{'weekly':[{'days':[1],'from':'x','to':'09:00'}]}"), -EINVAL);
	CU_ASSERT_EQUAL(expand("{'events':[{'start':'2026-01-01T00:00:00',"
			       "'end':'2026-01-01T01:00:00','rule':'FREQ=HOURLY'}]}"),
			-EINVAL);
}

/* 51 intervals a day for 400 days. */
static void
test_too_many_intervals_are_refused(void)
{
	_cleanup_(json_decrefp) json_t *schedule = json_pack("{s[],s[]}", "weekly", "events");
	struct schedule_interval *intervals = NULL;
	size_t count;

	set_window("2026-01-01T00:00:00Z", "2027-02-05T00:00:00Z");
	for (int i = 0; i < 51; i++) {
		char from[9];
		char to[9];
		(void) snprintf(from, sizeof(from), "%02u:%02u:00", (unsigned) i / 4 % 24,
				(unsigned) i % 4 * 15);
		(void) snprintf(to, sizeof(to), "%02u:%02u:00", (unsigned) i / 4 % 24,
				(unsigned) i % 4 * 15 + 5);
		(void) json_array_append_new(json_object_get(schedule, "weekly"),
					     json_pack("{s[iiiiiii],ss,ss}", "days", 1, 2, 3, 4, 5,
						       6, 7, "from", from, "to", to));
	}
	CU_ASSERT_EQUAL(store_schedule_expand(schedule, &world, &intervals, &count), -E2BIG);
	(void) json_array_remove(json_object_get(schedule, "weekly"), 50);
	(void) json_array_remove(json_object_get(schedule, "weekly"), 49);
	CU_ASSERT_EQUAL(store_schedule_expand(schedule, &world, &intervals, &count), 0);
	CU_ASSERT_EQUAL(count, 49 * 400);
	free(intervals);
}

static void
test_the_zone_is_the_setting_or_the_machine(void)
{
	_cleanup_(json_decrefp) json_t *set = json_pack("{ss}", "time.zone", "Asia/Kolkata");
	_cleanup_(json_decrefp) json_t *unset = json_pack("{ss}", "time.zone", "");
	char name[ZONE_NAME_SIZE];

	(void) setenv("TZ", "America/New_York", 1);
	store_schedule_zone(set, name);
	CU_ASSERT_STRING_EQUAL(name, "Asia/Kolkata");
	store_schedule_zone(unset, name);
	CU_ASSERT_STRING_EQUAL(name, "America/New_York");
	(void) unsetenv("TZ");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_hour_that_autumn_repeats_counts_on_both_passes),
		TAP(test_the_hour_that_spring_leaves_out_never_counts),
		TAP(test_a_whole_day_has_no_gap_when_the_clock_changes),
		TAP(test_half_an_hour_of_summer_moves_what_is_active_by_half_an_hour),
		TAP(test_across_midnight_belongs_to_the_day_on_which_it_begins),
		TAP(test_the_leap_day_is_a_day),
		TAP(test_the_last_day_of_the_year_goes_into_the_next),
		TAP(test_an_event_that_began_long_ago_still_lasts),
		TAP(test_another_zone_moves_what_is_active),
		TAP(test_a_day_that_a_zone_leaves_out_is_never_active),
		TAP(test_a_clock_jump_changes_the_window_and_nothing_else),
		TAP(test_special_days_count_instead_of_all_else),
		TAP(test_what_overlaps_or_touches_is_one_interval),
		TAP(test_what_cannot_be_worked_out_is_refused),
		TAP(test_too_many_intervals_are_refused),
		TAP(test_the_zone_is_the_setting_or_the_machine),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
