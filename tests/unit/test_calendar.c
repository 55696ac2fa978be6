#include "lib/calendar.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static void
test_every_day_has_a_date_and_back_as_libc_says(void)
{
	unsigned wrong = 0;

	for (int32_t day = -1000; day < 60000; day++) {
		time_t at = (time_t) day * CALENDAR_DAY_S;
		struct calendar_date date = calendar_date_of(day);
		struct tm parts;
		(void) gmtime_r(&at, &parts);
		wrong += date.year != parts.tm_year + 1900 || date.month != parts.tm_mon + 1 ||
			 date.day != parts.tm_mday;
		wrong += calendar_weekday(day) % 7 != parts.tm_wday;
		wrong += calendar_day_of(date.year, date.month, date.day) != day;
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void
test_months_are_as_long_as_they_are_in_leap_years_too(void)
{
	CU_ASSERT_EQUAL(calendar_month_length(2024, 2), 29);
	CU_ASSERT_EQUAL(calendar_month_length(2026, 2), 28);
	CU_ASSERT_EQUAL(calendar_month_length(2000, 2), 29);
	CU_ASSERT_EQUAL(calendar_month_length(2100, 2), 28);
	CU_ASSERT_EQUAL(calendar_month_length(2026, 12), 31);
}

static void
test_dates_that_there_are_are_read_and_no_others(void)
{
	static const char *const wrong[] = { "",	   "2026-1-1",	 "2026-02-29",
					     "2100-02-29", "2026-13-01", "2026-00-10",
					     "2026-04-31", "2026-01-00", "2026-01-01 ",
					     "26-01-01",   "1969-12-31", "2106-01-01",
					     "2026/01/01", "2026-01-0x", "+026-01-01" };
	int32_t day = 7;

	CU_ASSERT_EQUAL(calendar_parse_date("1970-01-01", &day), 0);
	CU_ASSERT_EQUAL(day, 0);
	CU_ASSERT_EQUAL(calendar_parse_date("2024-02-29", &day), 0);
	CU_ASSERT_EQUAL(day, 19782);
	CU_ASSERT_EQUAL(calendar_parse_date("2105-12-31", &day), 0);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(calendar_parse_date(wrong[i], &day), -EINVAL);
}

static void
test_times_of_the_day_go_up_to_its_end(void)
{
	static const char *const wrong[] = { "",	 "7:30",   "24:01",   "24:00:01", "07:60",
					     "07:30:60", "07:30:", "07:30:1", "25:00",	  "-1:00" };
	int32_t at_s;

	CU_ASSERT_EQUAL(calendar_parse_time("00:00", &at_s), 0);
	CU_ASSERT_EQUAL(at_s, 0);
	CU_ASSERT_EQUAL(calendar_parse_time("07:30:15", &at_s), 0);
	CU_ASSERT_EQUAL(at_s, 27015);
	CU_ASSERT_EQUAL(calendar_parse_time("24:00", &at_s), 0);
	CU_ASSERT_EQUAL(at_s, CALENDAR_DAY_S);
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		CU_ASSERT_EQUAL(calendar_parse_time(wrong[i], &at_s), -EINVAL);
}

static void
test_a_date_with_a_time_is_read_to_the_second(void)
{
	int64_t at_s;

	CU_ASSERT_EQUAL(calendar_parse_wall("2026-12-31T23:59:59", &at_s), 0);
	CU_ASSERT_EQUAL(at_s, INT64_C(1798761599));
	CU_ASSERT_EQUAL(calendar_parse_wall("2026-12-31T24:00:00", &at_s), -EINVAL);
	CU_ASSERT_EQUAL(calendar_parse_wall("2026-12-31T23:59:59Z", &at_s), -EINVAL);
	CU_ASSERT_EQUAL(calendar_parse_wall("2026-12-31 23:59:59", &at_s), -EINVAL);
	CU_ASSERT_EQUAL(calendar_parse_wall("2026-12-31T23:59", &at_s), -EINVAL);
}

static void
test_an_instant_is_written_with_its_offset(void)
{
	char text[26];

	calendar_format_wall(INT64_C(1798761599), 3600, text);
	CU_ASSERT_STRING_EQUAL(text, "2027-01-01T00:59:59+01:00");
	calendar_format_wall(INT64_C(1798761599), -12600, text);
	CU_ASSERT_STRING_EQUAL(text, "2026-12-31T20:29:59-03:30");
	calendar_format_wall(0, -1, text);
	CU_ASSERT_STRING_EQUAL(text, "1969-12-31T23:59:59-00:00");
	calendar_format_date(calendar_day_of(2024, 2, 29), text);
	CU_ASSERT_STRING_EQUAL(text, "2024-02-29");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_day_has_a_date_and_back_as_libc_says),
		TAP(test_months_are_as_long_as_they_are_in_leap_years_too),
		TAP(test_dates_that_there_are_are_read_and_no_others),
		TAP(test_times_of_the_day_go_up_to_its_end),
		TAP(test_a_date_with_a_time_is_read_to_the_second),
		TAP(test_an_instant_is_written_with_its_offset),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
