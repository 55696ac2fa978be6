#include "lib/calendar.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

/* Years begin in March here, so that the leap day is the last one (Hinnant, days_from_civil). */
#define ERA_DAYS	146097 /* of 400 years */
#define DAYS_UNTIL_1970 719468 /* from 0000-03-01 */

int32_t
calendar_day_of(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = (y >= 0 ? y : y - 399) / 400;
	int of_era = y - era * 400;
	int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year -
	       DAYS_UNTIL_1970;
}

struct calendar_date
calendar_date_of(int32_t day)
{
	int z = day + DAYS_UNTIL_1970;
	int era = (z >= 0 ? z : z - ERA_DAYS + 1) / ERA_DAYS;
	int of_era = z - era * ERA_DAYS;
	int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int of_year = of_era - (365 * year + year / 4 - year / 100);
	int month = (5 * of_year + 2) / 153;
	struct calendar_date date = {
		.year = year + era * 400 + (month >= 10 ? 1 : 0),
		.month = month < 10 ? month + 3 : month - 9,
		.day = of_year - (153 * month + 2) / 5 + 1,
	};

	return date;
}

int
calendar_weekday(int32_t day)
{
	/* 1970-01-01 was a Thursday. */
	int since_monday = (day + 3) % 7;

	return (since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}

int
calendar_month_length(int year, int month)
{
	return calendar_day_of(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
	       calendar_day_of(year, month, 1);
}

/* Whether text is digits where the pattern has '0' and the pattern's own characters elsewhere. */
static bool
fits(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? !isdigit((unsigned char) *text) : *text != *pattern)
			return false;
	return !*text;
}

static int
two_digits(const char *text)
{
	return (text[0] - '0') * 10 + text[1] - '0';
}

int
calendar_parse_date(const char *text, int32_t *ret_day)
{
	if (!fits(text, "0000-00-00"))
		return -EINVAL;
	int year = two_digits(text) * 100 + two_digits(text + 2);
	int month = two_digits(text + 5);
	int day = two_digits(text + 8);
	if (year < CALENDAR_YEAR_MIN || year > CALENDAR_YEAR_MAX || month < 1 || month > 12 ||
	    day < 1 || day > calendar_month_length(year, month))
		return -EINVAL;
	*ret_day = calendar_day_of(year, month, day);
	return 0;
}

int
calendar_parse_time(const char *text, int32_t *ret_s)
{
	bool has_seconds = fits(text, "00:00:00");

	if (!has_seconds && !fits(text, "00:00"))
		return -EINVAL;
	int minute = two_digits(text + 3);
	int second = has_seconds ? two_digits(text + 6) : 0;
	int32_t at_s = two_digits(text) * 3600 + minute * 60 + second;
	if (minute > 59 || second > 59 || at_s > CALENDAR_DAY_S)
		return -EINVAL;
	*ret_s = at_s;
	return 0;
}

int
calendar_parse_wall(const char *text, int64_t *ret_s)
{
	char date[11];
	int32_t day;
	int32_t time_s;

	if (!fits(text, "0000-00-00T00:00:00"))
		return -EINVAL;
	(void) copy_string(date, sizeof(date), text);
	if (calendar_parse_date(date, &day) < 0 || calendar_parse_time(text + 11, &time_s) < 0 ||
	    time_s == CALENDAR_DAY_S)
		return -EINVAL;
	*ret_s = (int64_t) day * CALENDAR_DAY_S + time_s;
	return 0;
}

void
calendar_format_date(int32_t day, char *to)
{
	struct calendar_date date = calendar_date_of(day);

	(void) snprintf(to, 11, "%04u-%02u-%02u", (unsigned) date.year % 10000,
			(unsigned) date.month % 100, (unsigned) date.day % 100);
}

void
calendar_format_wall(int64_t at_s, int32_t offset_s, char *to)
{
	int64_t wall_s = at_s + offset_s;
	int64_t day = wall_s / CALENDAR_DAY_S - (wall_s % CALENDAR_DAY_S < 0);
	unsigned of_day = (unsigned) (wall_s - day * CALENDAR_DAY_S);
	unsigned offset = (unsigned) abs(offset_s) / 60;
	char date[11];

	calendar_format_date((int32_t) day, date);
	(void) snprintf(to, 26, "%sT%02u:%02u:%02u%c%02u:%02u", date, of_day / 3600 % 100,
			of_day / 60 % 60, of_day % 60, offset_s < 0 ? '-' : '+', offset / 60 % 100,
			offset % 60);
}
