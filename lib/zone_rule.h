/*
 * The rule at the end of a zone's file, for all years behind its last transition: POSIX TZ with the
 * hours of RFC 8536, such as "CET-1CEST,M3.5.0,M10.5.0/3". Pure.
 */
#ifndef LIB_ZONE_RULE_H
#define LIB_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

enum zone_day { ZONE_WEEKDAY, ZONE_JULIAN, ZONE_DAY_OF_YEAR };

struct zone_change {
	enum zone_day kind;
	int month;
	int week;     /* 1..5, 5 is the last */
	int day;      /* weekday 0 for Sunday, or number of the day in the year */
	int32_t at_s; /* by the clock before the change */
};

struct zone_rule {
	int32_t standard_s; /* east of UTC */
	int32_t summer_s;
	bool has_summer;
	struct zone_change begin;
	struct zone_change end;
};

/* -EINVAL when it is none. */
int zone_rule_parse(const char *text, struct zone_rule *ret);
/* As zone_offset(). */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t at_s, int64_t *ret_until_s);

#endif
