/*
 * The lines of an iCalendar file, before a library sees them: it would take whatever comes and say
 * nothing of where it was wrong.
 */
#ifndef AGENT_STORE_CALENDAR_LINES_H
#define AGENT_STORE_CALENDAR_LINES_H

#include "agent/store_calendar.h"

#define CALENDAR_EVENTS_MAX 4000

struct calendar_lines {
	/* On which lines events of the calendar begin. */
	unsigned events[CALENDAR_EVENTS_MAX];
	size_t count;
};

/* -EINVAL fills error. */
int calendar_lines_check(const char *text, struct calendar_lines *ret,
			 struct store_calendar_error *error);

#endif
