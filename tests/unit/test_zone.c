#include "lib/util.h"
#include "lib/zone.h"
#include "lib/zone_rule.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define HOUR 3600

/* The offset of libc, which knows one zone at a time. */
static long
libc_offset(int64_t at_s)
{
	time_t at = (time_t) at_s;
	struct tm parts;

	(void) localtime_r(&at, &parts);
	return parts.tm_gmtoff;
}

static void
test_offsets_are_those_of_libc(void)
{
	static const char *const names[] = {
		"UTC",
		"Europe/Berlin",
		"America/New_York",
		"Australia/Lord_Howe",
		"Africa/Casablanca",
		"Pacific/Easter",
		"Pacific/Apia",
		"Asia/Kolkata",
		"America/St_Johns",
		"Europe/Dublin",
		"Antarctica/Troll",
		"Asia/Gaza",
	};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_(zone_freep) struct zone *zone = NULL;
		unsigned wrong = 0;
		int64_t until_s;
		CU_ASSERT_EQUAL_FATAL(zone_load(names[i], &zone), 0);
		(void) setenv("TZ", names[i], 1);
		tzset();
		/* Up to 2106: behind the table of the file its rule counts. */
		for (int64_t at_s = 0; at_s < UINT32_MAX; at_s += 7 * HOUR + 11)
			wrong += zone_offset(zone, at_s, &until_s) != libc_offset(at_s);
		CU_ASSERT_EQUAL(wrong, 0);
	}
	(void) unsetenv("TZ");
	tzset();
}

static void
test_an_offset_counts_until_the_clock_is_changed(void)
{
	_cleanup_(zone_freep) struct zone *zone = NULL;
	int64_t until_s;

	CU_ASSERT_EQUAL_FATAL(zone_load("Europe/Berlin", &zone), 0);
	/* 2026-03-29T01:00:00Z and 2026-10-25T01:00:00Z. */
	CU_ASSERT_EQUAL(zone_offset(zone, 1774745999, &until_s), HOUR);
	CU_ASSERT_EQUAL(until_s, 1774746000);
	CU_ASSERT_EQUAL(zone_offset(zone, 1774746000, &until_s), 2 * HOUR);
	CU_ASSERT_EQUAL(until_s, 1792890000);
	CU_ASSERT_EQUAL(zone_offset(zone, 1792890000, &until_s), HOUR);
	/* 2099-03-29T01:00:00Z, by the rule. */
	CU_ASSERT_EQUAL(zone_offset(zone, 4078429199, &until_s), HOUR);
	CU_ASSERT_EQUAL(until_s, 4078429200);
	CU_ASSERT_EQUAL(zone_offset(zone, 4078429200, &until_s), 2 * HOUR);
}

static void
test_a_zone_without_summer_counts_for_ever(void)
{
	_cleanup_(zone_freep) struct zone *zone = NULL;
	int64_t until_s;

	CU_ASSERT_EQUAL_FATAL(zone_load("UTC", &zone), 0);
	CU_ASSERT_EQUAL(zone_offset(zone, 1774745999, &until_s), 0);
	CU_ASSERT_EQUAL(until_s, INT64_MAX);
}

static void
test_names_lead_nowhere_else(void)
{
	static const char *const wrong[] = { "",
					     "/etc/localtime",
					     "../../../etc/passwd",
					     "Europe/../UTC",
					     "Europe",
					     "Europe/Atlantis",
					     "tzdata.zi",
					     "zone.tab",
					     "Europe/Berlin ",
					     "right/Europe/Berlin" };
	struct zone *zone = NULL;

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(zone_load(wrong[i], &zone), -EINVAL);
	CU_ASSERT_PTR_NULL(zone);
	CU_ASSERT_TRUE(zone_is_name("America/Argentina/Buenos_Aires"));
	CU_ASSERT_TRUE(zone_is_name("Etc/GMT+5"));
	CU_ASSERT_FALSE(
		zone_is_name("a0123456789012345678901234567890123456789012345678901234567890"
			     "12345"));
}

static void
test_the_machine_has_a_zone_that_can_be_loaded(void)
{
	_cleanup_(zone_freep) struct zone *zone = NULL;
	char name[ZONE_NAME_SIZE];

	(void) setenv("TZ", ":Asia/Kolkata", 1);
	zone_of_machine(name);
	CU_ASSERT_STRING_EQUAL(name, "Asia/Kolkata");
	(void) setenv("TZ", "/etc/passwd", 1);
	zone_of_machine(name);
	CU_ASSERT_STRING_EQUAL(name, "UTC");
	(void) unsetenv("TZ");
	zone_of_machine(name);
	CU_ASSERT_EQUAL(zone_load(name, &zone), 0);
}

static void
test_rules_are_read_whole_or_not_at_all(void)
{
	static const char *const right[] = { "UTC0",
					     "<+0330>-3:30",
					     "EST5EDT",
					     "CET-1CEST,M3.5.0,M10.5.0/3",
					     "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
					     "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
					     "XXX3YYY,J60/2,300/26:30:15" };
	static const char *const wrong[] = { "",
					     "C0",
					     "UTC",
					     "<UTC0",
					     "CET-1CEST,M3.5",
					     "CET-1CEST,M13.5.0,M10.5.0",
					     "CET-1CEST,M3.6.0,M10.5.0",
					     "CET-1CEST,M3.5.7,M10.5.0",
					     "CET-1CEST,J0,J5",
					     "CET-1CEST,J366,J5",
					     "UTC25",
					     "UTC0 ",
					     "CET-1CEST,M3.5.0",
					     "CET-1CEST,M3.5.0/168,M10.5.0" };
	struct zone_rule rule;

	/* Without days it is no rule for a year, which POSIX leaves to the system. */
	CU_ASSERT_EQUAL(zone_rule_parse(right[2], &rule), -EINVAL);
	for (size_t i = 0; i < ARRAY_LEN(right); i++)
		if (i != 2)
			CU_ASSERT_EQUAL(zone_rule_parse(right[i], &rule), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(zone_rule_parse(wrong[i], &rule), -EINVAL);
}

static void
test_days_of_the_year_are_counted_with_and_without_the_leap_day(void)
{
	struct zone_rule rule;
	int64_t until_s;

	/* J60 is the 1st of March always, 59 from 0 is the 29th of February of a leap year. */
	CU_ASSERT_EQUAL_FATAL(zone_rule_parse("XXX0YYY,J60/0,J300/0", &rule), 0);
	CU_ASSERT_EQUAL(zone_rule_offset(&rule, 1704067200, &until_s), 0);
	CU_ASSERT_EQUAL(until_s, 1709251200);
	CU_ASSERT_EQUAL_FATAL(zone_rule_parse("XXX0YYY,59/0,J300/0", &rule), 0);
	CU_ASSERT_EQUAL(zone_rule_offset(&rule, 1704067200, &until_s), 0);
	CU_ASSERT_EQUAL(until_s, 1709164800);
}

static void
test_a_summer_of_the_whole_year_never_ends(void)
{
	struct zone_rule rule;
	int64_t until_s;

	CU_ASSERT_EQUAL_FATAL(zone_rule_parse("EST5EDT,0/0,J365/25", &rule), 0);
	for (int64_t at_s = 1704067200; at_s < 1735776000; at_s += HOUR)
		CU_ASSERT_EQUAL(zone_rule_offset(&rule, at_s, &until_s), -4 * HOUR);
}

static void
test_a_file_that_is_cut_or_changed_is_no_zone(void)
{
	char bytes[8192];
	int size = read_file("/usr/share/zoneinfo/Europe/Berlin", bytes, sizeof(bytes));

	CU_ASSERT_FATAL(size > 44);
	for (int length = 0; length < size; length++) {
		struct zone *zone = NULL;
		/* In a block of its own, so that a sanitizer sees what is read behind it. */
		_cleanup_(freep) uint8_t *piece = xcalloc(1, (size_t) length + 1);
		memcpy(piece, bytes, (size_t) length);
		if (zone_parse(piece, (size_t) length, &zone) != -EINVAL) {
			CU_FAIL("a piece is taken for the whole");
			zone_free(zone);
			return;
		}
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_offsets_are_those_of_libc),
		TAP(test_an_offset_counts_until_the_clock_is_changed),
		TAP(test_a_zone_without_summer_counts_for_ever),
		TAP(test_names_lead_nowhere_else),
		TAP(test_the_machine_has_a_zone_that_can_be_loaded),
		TAP(test_rules_are_read_whole_or_not_at_all),
		TAP(test_days_of_the_year_are_counted_with_and_without_the_leap_day),
		TAP(test_a_summer_of_the_whole_year_never_ends),
		TAP(test_a_file_that_is_cut_or_changed_is_no_zone),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
