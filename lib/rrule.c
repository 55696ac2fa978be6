#include "lib/rrule.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/calendar.h"
#include "lib/util.h"

/* A rule as it is read. */
struct reading {
	struct rrule rule;
	unsigned seen; /* bits of enum part */
};

static int PRINTF(2, 3) refuse(char *message, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void) vsnprintf(message, RRULE_MESSAGE_SIZE, format, args);
	va_end(args);
	return -EINVAL;
}

static int
read_number(const char *text, int least, int most, int *ret)
{
	const char *digits = text + (*text == '-' || *text == '+');
	char *end;

	if (!isdigit((unsigned char) *digits) || strlen(digits) > 6)
		return -EINVAL;
	long number = strtol(text, &end, 10);
	if (*end || number < least || number > most)
		return -EINVAL;
	*ret = (int) number;
	return 0;
}

static int
read_word(const char *text, const char *const *words, size_t count, int *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(text, words[i]) != 0)
			continue;
		*ret = (int) i;
		return 0;
	}
	return -EINVAL;
}

static int
read_weekday(const char *text, int *ret)
{
	static const char *const names[] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };
	int r = read_word(text, names, ARRAY_LEN(names), ret);
	*ret += r == 0;
	return r;
}

/* "MO", "1MO", "-1FR". */
static int
take_day(const char *text, struct rrule *rule)
{
	char number[4] = "";
	size_t length = strlen(text);
	int ordinal;
	int day;

	if (length < 2 || length > 2 + sizeof(number) - 1 ||
	    read_weekday(text + length - 2, &day) < 0)
		return -EINVAL;
	if (length == 2) {
		rule->weekdays |= 1U << day;
		return 0;
	}
	memcpy(number, text, length - 2);
	if (read_number(number, -53, 53, &ordinal) < 0 || !ordinal ||
	    rule->numbered_count == RRULE_NUMBERED_MAX)
		return -EINVAL;
	rule->numbered[rule->numbered_count].number = (int8_t) ordinal;
	rule->numbered[rule->numbered_count++].weekday = (int8_t) day;
	return 0;
}

static int
take_month_day(const char *text, struct rrule *rule)
{
	int number;

	if (read_number(text, -31, 31, &number) < 0 || !number)
		return -EINVAL;
	*(number > 0 ? &rule->month_days : &rule->month_days_back) |= 1U << abs(number);
	return 0;
}

static int
take_month(const char *text, struct rrule *rule)
{
	int number;

	if (read_number(text, 1, 12, &number) < 0)
		return -EINVAL;
	rule->months |= 1U << number;
	return 0;
}

static int
take_frequency(const char *text, struct rrule *rule)
{
	static const char *const names[] = { "DAILY", "WEEKLY", "MONTHLY", "YEARLY" };
	int index;

	if (read_word(text, names, ARRAY_LEN(names), &index) < 0)
		return -EINVAL;
	rule->frequency = (enum rrule_frequency) index;
	return 0;
}

static int
take_interval(const char *text, struct rrule *rule)
{
	return read_number(text, 1, 999, &rule->interval);
}

static int
take_count(const char *text, struct rrule *rule)
{
	return read_number(text, 1, 9999, &rule->count);
}

/* "20261231", which includes the day, or "20261231T235959", both of the wall as the start is. */
static int
take_until(const char *text, struct rrule *rule)
{
	char wall[20];

	if (strlen(text) == 8)
		(void) snprintf(wall, sizeof(wall), "%.4s-%.2s-%.2sT23:59:59", text, text + 4,
				text + 6);
	else if (strlen(text) == 15)
		(void) snprintf(wall, sizeof(wall), "%.4s-%.2s-%.2s%c%.2s:%.2s:%.2s", text,
				text + 4, text + 6, text[8], text + 9, text + 11, text + 13);
	else
		return -EINVAL;
	return calendar_parse_wall(wall, &rule->until_s);
}

static int
take_week_start(const char *text, struct rrule *rule)
{
	return read_weekday(text, &rule->week_start);
}

enum part { FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH, WKST };

static const struct {
	const char *name;
	int (*take)(const char *text, struct rrule *rule);
	bool is_list;
	const char *want;
} parts[] = {
	[FREQ] = { "FREQ", take_frequency, false, "DAILY, WEEKLY, MONTHLY or YEARLY" },
	[INTERVAL] = { "INTERVAL", take_interval, false, "a number from 1 to 999" },
	[COUNT] = { "COUNT", take_count, false, "a number from 1 to 9999" },
	[UNTIL] = { "UNTIL", take_until, false, "20261231 or 20261231T235959, local time" },
	[BYDAY] = { "BYDAY", take_day, true, "days such as MO,TU or -1SU" },
	[BYMONTHDAY] = { "BYMONTHDAY", take_month_day, true, "numbers from -31 to 31, not 0" },
	[BYMONTH] = { "BYMONTH", take_month, true, "numbers from 1 to 12" },
	[WKST] = { "WKST", take_week_start, false, "a day such as MO" },
};

static int
take_value(enum part part, char *text, struct rrule *rule)
{
	int r = 0;

	while (parts[part].is_list && strchr(text, ',') && r == 0) {
		char *comma = strchr(text, ',');
		*comma = 0;
		r = parts[part].take(text, rule);
		text = comma + 1;
	}
	return r == 0 ? parts[part].take(text, rule) : r;
}

/* "NAME=VALUE" of length bytes. */
static int
take_part(const char *text, size_t length, struct reading *reading, char *message)
{
	char part[RRULE_SIZE_MAX + 1];

	memcpy(part, text, length);
	part[length] = 0;
	char *value = strchr(part, '=');
	if (!value)
		return refuse(message, "FREQ=..., with semicolons between the parts");
	*value++ = 0;
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (strcmp(parts[i].name, part) != 0)
			continue;
		if (reading->seen & 1U << i)
			return refuse(message, "%s is there twice", parts[i].name);
		reading->seen |= 1U << i;
		return take_value((enum part) i, value, &reading->rule) == 0
			       ? 0
			       : refuse(message, "%s: %s", parts[i].name, parts[i].want);
	}
	return refuse(message, "'%.20s' is not known here", part);
}

/* The 30th of February is waited for in vain. */
static bool
has_any_day(const struct rrule *rule)
{
	uint32_t days = rule->month_days | rule->month_days_back;

	for (int month = 1; month <= 12; month++)
		if ((!rule->months || rule->months & 1U << month) &&
		    days & ((UINT32_C(2) << calendar_month_length(2000, month)) - 1))
			return true;
	return !days;
}

static int
check_numbered(const struct rrule *rule, char *message)
{
	int most = rule->frequency == RRULE_YEARLY && !rule->months ? 53 : 5;

	if (!rule->numbered_count)
		return 0;
	if (rule->frequency < RRULE_MONTHLY)
		return refuse(message, "BYDAY: numbers need FREQ=MONTHLY or YEARLY");
	if (rule->month_days || rule->month_days_back)
		return refuse(message, "BYDAY: numbers do not go with BYMONTHDAY");
	for (size_t i = 0; i < rule->numbered_count; i++)
		if (abs(rule->numbered[i].number) > most)
			return refuse(message, "BYDAY: a month has five such days at most");
	return 0;
}

static int
check(const struct reading *reading, char *message)
{
	const struct rrule *rule = &reading->rule;

	if (!(reading->seen & 1U << FREQ))
		return refuse(message, "FREQ is missing");
	if (reading->seen & 1U << COUNT && reading->seen & 1U << UNTIL)
		return refuse(message, "COUNT and UNTIL exclude each other");
	if (rule->frequency == RRULE_WEEKLY && reading->seen & 1U << BYMONTHDAY)
		return refuse(message, "BYMONTHDAY does not go with FREQ=WEEKLY");
	if (!has_any_day(rule))
		return refuse(message, "BYMONTHDAY: no month of BYMONTH has such a day");
	return check_numbered(rule, message);
}

int
rrule_parse(const char *text, struct rrule *ret, char message[static RRULE_MESSAGE_SIZE])
{
	struct reading reading = {
		.rule = { .interval = 1, .until_s = INT64_MAX, .week_start = 1 },
	};

	if (strlen(text) > RRULE_SIZE_MAX)
		return refuse(message, "at most %d bytes", RRULE_SIZE_MAX);
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ";");
		if (take_part(at, length, &reading, message) < 0)
			return -EINVAL;
		at += length;
		if (!*at)
			break;
	}
	if (check(&reading, message) < 0)
		return -EINVAL;
	*ret = reading.rule;
	return 0;
}
