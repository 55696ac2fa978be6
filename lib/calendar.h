/*
 * Days and hours as they stand on a wall: the Gregorian calendar without any zone. Days are counted
 * from 1970-01-01, seconds of the wall likewise. Pure.
 */
#ifndef LIB_CALENDAR_H
#define LIB_CALENDAR_H

#include <stdint.h>

#define CALENDAR_DAY_S 86400
/* The years of which dates are read: up to the last whole one of 32 bits. */
#define CALENDAR_YEAR_MIN 1970
#define CALENDAR_YEAR_MAX 2105

struct calendar_date {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

int32_t calendar_day_of(int year, int month, int day);
struct calendar_date calendar_date_of(int32_t day);
/* ISO: 1 for Monday .. 7 for Sunday. */
int calendar_weekday(int32_t day);
int calendar_month_length(int year, int month);

/* "2026-12-31" and nothing else, a day that there is; -EINVAL. */
int calendar_parse_date(const char *text, int32_t *ret_day);
/* "07:30" or "07:30:15" as seconds of the day, up to "24:00"; -EINVAL. */
int calendar_parse_time(const char *text, int32_t *ret_s);
/* "2026-12-31T07:30:15" as seconds of the wall; -EINVAL. */
int calendar_parse_wall(const char *text, int64_t *ret_s);

/* "2026-12-31"; to must hold 11 bytes. */
void calendar_format_date(int32_t day, char *to);
/* RFC 3339 with the offset, "2026-12-31T07:30:15+01:00"; to must hold 26 bytes. */
void calendar_format_wall(int64_t at_s, int32_t offset_s, char *to);

#endif
