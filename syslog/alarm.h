/*
 * What RFC 5674 has to say of an alarm, in the words of the ITU (IANA-ITU-ALARM-TC-MIB). Pure.
 */
#ifndef SYSLOG_ALARM_H
#define SYSLOG_ALARM_H

#include "lib/events.h"

struct alarm_row {
	const char *key; /* name of an alarm in lib/events.h, or the letters of a MSGID */
	const char *probable_cause;
	const char *event_type;
};

/* Of an event that raises or clears an alarm; those without a row of their own have that of their
 * MSGID's letters. Never NULL. */
const struct alarm_row *alarm_find(const struct event_row *event);
/* "critical" .. "warning" by the event's severity (RFC 5674 table 1); "cleared" at the end. */
const char *alarm_severity(const struct event_row *event);
/* "moreSevere" at the beginning, "lessSevere" at the end. */
const char *alarm_trend(const struct event_row *event);
/* The console's page that shows a source such as "door.1". */
const char *alarm_page(const char *source, size_t size);

#endif
