/*
 * Recurrence rules of RFC 5545 (section 3.3.10), as far as a schedule may have them: FREQ DAILY,
 * WEEKLY, MONTHLY or YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and WKST; and
 * the days on which they come. None of them has hours of its own, so days are enough.
 *
 * Not by libical's iterator, which passes over days of some rules (FREQ=DAILY;BYMONTHDAY=-1) and
 * for one that never comes searches for seconds or more. Here every day is looked at once. Pure.
 */
#ifndef LIB_RRULE_H
#define LIB_RRULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RRULE_SIZE_MAX	   200
#define RRULE_MESSAGE_SIZE 80
#define RRULE_NUMBERED_MAX 32

enum rrule_frequency { RRULE_DAILY, RRULE_WEEKLY, RRULE_MONTHLY, RRULE_YEARLY };

struct rrule {
	enum rrule_frequency frequency;
	int interval;
	int count;	 /* 0 without */
	int64_t until_s; /* of the wall, inclusive; INT64_MAX without */
	int week_start;	 /* 1 for Monday .. 7 */
	/* Bits of their numbers; 0 without. */
	uint32_t month_days;
	uint32_t month_days_back; /* from the end, 1 is the last */
	uint32_t months;
	uint32_t weekdays;
	/* The second Monday, the last Friday, of the month or the year. */
	struct {
		int8_t number;
		int8_t weekday;
	} numbered[RRULE_NUMBERED_MAX];
	size_t numbered_count;
};

/* -EINVAL fills message with what is wrong. */
int rrule_parse(const char *text, struct rrule *ret, char message[static RRULE_MESSAGE_SIZE]);

/*
 * Calls each() for every day from first_day to last_day on which something comes that first began
 * at start_s of the wall, in order. On its first day it comes only if the rule says so.
 */
struct rrule_window {
	int64_t start_s;
	int32_t first_day;
	int32_t last_day;
};
void rrule_each(const struct rrule *rule, const struct rrule_window *window,
		void (*each)(int32_t day, void *context), void *context);

#endif
