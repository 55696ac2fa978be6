/* On which days a rule comes. */
#include "lib/rrule.h"

#include <stdlib.h>

#include "lib/calendar.h"
#include "lib/util.h"

/* The day that is looked at, and the first one. */
struct place {
	int32_t day;
	int weekday;
	int month_length;
	struct calendar_date date;
	int32_t start_day;
	int start_weekday;
	struct calendar_date start;
};

static int32_t
week_of(int32_t day, int weekday, int week_start)
{
	return day - (weekday - week_start + 7) % 7;
}

static bool
is_in_interval(const struct rrule *rule, const struct place *place)
{
	int years = place->date.year - place->start.year;

	switch (rule->frequency) {
	case RRULE_DAILY:
		return (place->day - place->start_day) % rule->interval == 0;
	case RRULE_WEEKLY:
		return (week_of(place->day, place->weekday, rule->week_start) -
			week_of(place->start_day, place->start_weekday, rule->week_start)) /
			       7 % rule->interval ==
		       0;
	case RRULE_MONTHLY:
		return (years * 12 + place->date.month - place->start.month) % rule->interval == 0;
	case RRULE_YEARLY:
		return years % rule->interval == 0;
	}
	return false;
}

/* Whether it is the number-th such weekday of the month, or of the year. */
static bool
is_numbered(const struct rrule *rule, const struct place *place, size_t index)
{
	bool in_year = rule->frequency == RRULE_YEARLY && !rule->months;
	int number = rule->numbered[index].number;
	int at = place->date.day;
	int length = place->month_length;

	if (rule->numbered[index].weekday != place->weekday)
		return false;
	if (in_year) {
		int32_t first = calendar_day_of(place->date.year, 1, 1);
		at = place->day - first + 1;
		length = calendar_day_of(place->date.year + 1, 1, 1) - first;
	}
	return (number > 0 ? (at - 1) / 7 + 1 : -((length - at) / 7 + 1)) == number;
}

static bool
is_weekday(const struct rrule *rule, const struct place *place)
{
	if (rule->weekdays & 1U << place->weekday)
		return true;
	for (size_t i = 0; i < rule->numbered_count; i++)
		if (is_numbered(rule, place, i))
			return true;
	return false;
}

/* What the rule leaves open is as on the first day. */
static bool
is_as_on_first_day(const struct rrule *rule, const struct place *place)
{
	switch (rule->frequency) {
	case RRULE_DAILY:
		return true;
	case RRULE_WEEKLY:
		return place->weekday == place->start_weekday;
	case RRULE_YEARLY:
		if (!rule->months && place->date.month != place->start.month)
			return false;
		break;
	case RRULE_MONTHLY:
		break;
	}
	return place->date.day == place->start.day;
}

static bool
comes_on(const struct rrule *rule, const struct place *place)
{
	bool has_month_days = rule->month_days || rule->month_days_back;
	bool has_weekdays = rule->weekdays || rule->numbered_count;

	if (rule->months && !(rule->months & 1U << place->date.month))
		return false;
	if (has_month_days && !(rule->month_days & 1U << place->date.day) &&
	    !(rule->month_days_back & 1U << (place->month_length - place->date.day + 1)))
		return false;
	if (has_weekdays && !is_weekday(rule, place))
		return false;
	if (!has_month_days && !has_weekdays && !is_as_on_first_day(rule, place))
		return false;
	return is_in_interval(rule, place);
}

static void
look_at(struct place *place, int32_t day)
{
	place->day = day;
	place->weekday = calendar_weekday(day);
	place->date = calendar_date_of(day);
	place->month_length = calendar_month_length(place->date.year, place->date.month);
}

void
rrule_each(const struct rrule *rule, const struct rrule_window *window,
	   void (*each)(int32_t day, void *context), void *context)
{
	struct place place = { .start_day = (int32_t) (window->start_s / CALENDAR_DAY_S) };
	int32_t start_s = (int32_t) (window->start_s % CALENDAR_DAY_S);
	int left = rule->count;
	/* What is counted has to be counted from the start. */
	int32_t day = rule->count ? place.start_day : MAX_OF(place.start_day, window->first_day);

	place.start = calendar_date_of(place.start_day);
	place.start_weekday = calendar_weekday(place.start_day);
	for (; day <= window->last_day; day++) {
		if ((int64_t) day * CALENDAR_DAY_S + start_s > rule->until_s)
			return;
		look_at(&place, day);
		if (!comes_on(rule, &place))
			continue;
		if (day >= window->first_day)
			each(day, context);
		if (left && !--left)
			return;
	}
}
