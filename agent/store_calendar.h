/*
 * Reads the holidays of an iCalendar file (RFC 5545) for a group of special days. Foreign bytes: a
 * file whose structure is broken is refused with the line; an event of another sort than one of
 * whole days is passed over, with the reason.
 *
 * The one place that knows libical. Pure.
 */
#ifndef AGENT_STORE_CALENDAR_H
#define AGENT_STORE_CALENDAR_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_TEXT_MAX (512 * 1024)

struct store_calendar {
	json_t *days; /* as the field of a group */
	size_t taken; /* events */
	size_t passed_over;
	json_t *reasons; /* [{line, summary, reason}] of the first that were passed over */
};

struct store_calendar_error {
	unsigned line;
	char message[120];
};

/*
 * What ended before since_day and does not recur is passed over too. Free with
 * store_calendar_done(). -EINVAL fills error.
 */
int store_calendar_read(const char *text, int32_t since_day, struct store_calendar *ret,
			struct store_calendar_error *error);
void store_calendar_done(struct store_calendar *calendar);

#endif
