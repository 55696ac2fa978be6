#include "lib/zone_rule.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>

#include "lib/calendar.h"

/* "CEST" or "<+0330>". */
static int
skip_name(const char **at)
{
	const char *c = *at;
	const char *begin = c;

	if (*c == '<') {
		while (*c && *c != '>')
			c++;
		if (*c++ != '>')
			return -EINVAL;
	} else {
		while (isalpha((unsigned char) *c))
			c++;
	}
	*at = c;
	return c - begin >= 3 ? 0 : -EINVAL;
}

static int
read_number(const char **at, int most, int *ret)
{
	int number = 0;

	if (!isdigit((unsigned char) **at))
		return -EINVAL;
	for (; isdigit((unsigned char) **at); (*at)++) {
		number = number * 10 + **at - '0';
		if (number > most)
			return -EINVAL;
	}
	*ret = number;
	return 0;
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static int
read_time(const char **at, int hours_max, int32_t *ret_s)
{
	int sign = **at == '-' ? -1 : 1;
	int part;
	int32_t sum;

	if (**at == '-' || **at == '+')
		(*at)++;
	if (read_number(at, hours_max, &part) < 0)
		return -EINVAL;
	sum = part * 3600;
	for (int unit = 60; unit && **at == ':'; unit /= 60) {
		(*at)++;
		if (read_number(at, 59, &part) < 0)
			return -EINVAL;
		sum += part * unit;
	}
	*ret_s = sign * sum;
	return 0;
}

/* "M3.5.0" behind the M. */
static int
read_weekday(const char **at, struct zone_change *ret)
{
	if (read_number(at, 12, &ret->month) < 0 || !ret->month || *(*at)++ != '.' ||
	    read_number(at, 5, &ret->week) < 0 || !ret->week || *(*at)++ != '.' ||
	    read_number(at, 6, &ret->day) < 0)
		return -EINVAL;
	ret->kind = ZONE_WEEKDAY;
	return 0;
}

static int
read_change(const char **at, struct zone_change *ret)
{
	int r;

	*ret = (struct zone_change){ .at_s = 2 * 3600 };
	if (*(*at)++ != ',')
		return -EINVAL;
	if (**at == 'M') {
		(*at)++;
		r = read_weekday(at, ret);
	} else {
		ret->kind = **at == 'J' ? ZONE_JULIAN : ZONE_DAY_OF_YEAR;
		*at += **at == 'J';
		r = read_number(at, 365, &ret->day);
		if (r == 0 && ret->kind == ZONE_JULIAN && !ret->day)
			r = -EINVAL;
	}
	if (r == 0 && **at == '/') {
		(*at)++;
		r = read_time(at, 167, &ret->at_s);
	}
	return r;
}

int
zone_rule_parse(const char *text, struct zone_rule *ret)
{
	struct zone_rule rule = { 0 };
	int32_t west_s;

	if (skip_name(&text) < 0 || read_time(&text, 24, &west_s) < 0)
		return -EINVAL;
	rule.standard_s = -west_s;
	if (*text) {
		rule.has_summer = true;
		rule.summer_s = rule.standard_s + 3600;
		if (skip_name(&text) < 0)
			return -EINVAL;
		if (*text && *text != ',') {
			if (read_time(&text, 24, &west_s) < 0)
				return -EINVAL;
			rule.summer_s = -west_s;
		}
		if (read_change(&text, &rule.begin) < 0 || read_change(&text, &rule.end) < 0)
			return -EINVAL;
	}
	if (*text)
		return -EINVAL;
	*ret = rule;
	return 0;
}

/* Seconds of the wall at which the change comes in a year. */
static int64_t
change_in(const struct zone_change *change, int year)
{
	int32_t first = calendar_day_of(year, 1, 1);
	int32_t day = first + change->day;

	if (change->kind == ZONE_JULIAN) {
		/* February 29 is never counted. */
		bool is_leap = calendar_month_length(year, 2) == 29;
		day = first + change->day - 1 + (is_leap && change->day >= 60);
	} else if (change->kind == ZONE_WEEKDAY) {
		first = calendar_day_of(year, change->month, 1);
		day = first + (change->day + 7 - calendar_weekday(first) % 7) % 7 +
		      (change->week - 1) * 7;
		while (day - first >= calendar_month_length(year, change->month))
			day -= 7;
	}
	return (int64_t) day * CALENDAR_DAY_S + change->at_s;
}

int32_t
zone_rule_offset(const struct zone_rule *rule, int64_t at_s, int64_t *ret_until_s)
{
	int year = calendar_date_of((int32_t) (at_s / CALENDAR_DAY_S)).year;
	int32_t offset_s = rule->standard_s;
	int64_t since_s = INT64_MIN;

	*ret_until_s = INT64_MAX;
	for (int y = year - 1; y <= year + 1 && rule->has_summer; y++) {
		/* Where summer ends as the next begins, the beginning counts: it comes second. */
		const struct {
			int64_t at_s;
			int32_t offset_s;
		} changes[] = {
			{ change_in(&rule->end, y) - rule->summer_s, rule->standard_s },
			{ change_in(&rule->begin, y) - rule->standard_s, rule->summer_s },
		};
		for (size_t i = 0; i < 2; i++) {
			if (changes[i].at_s > at_s && changes[i].at_s < *ret_until_s)
				*ret_until_s = changes[i].at_s;
			if (changes[i].at_s <= at_s && changes[i].at_s >= since_s) {
				since_s = changes[i].at_s;
				offset_s = changes[i].offset_s;
			}
		}
	}
	return offset_s;
}
