/* The formats, and what they share. */
#ifndef SYSLOG_RECORD_PRIVATE_H
#define SYSLOG_RECORD_PRIVATE_H

#include "syslog/record.h"
#include "syslog/text.h"

#define RECORD_APP_NAME "cardea"
#define RECORD_CUT_MARK "[...]"

/* A civil time; seconds are 59 at most, whatever the zone's files make of leap seconds. */
struct record_time {
	unsigned year;
	unsigned month; /* from 1 */
	unsigned day;
	unsigned hour;
	unsigned minute;
	unsigned second;
	unsigned microsecond;
	int offset_s; /* east of UTC */
};

/* In the zone, or in UTC without one. */
void record_split_time(uint64_t time_us, const struct zone *zone, struct record_time *ret);
/* RFC 3339 up to the point behind the seconds. */
void record_put_time(struct text *text, const struct record_time *time);
/* "<86>" */
void record_put_priority(struct text *text, const struct record_sender *sender,
			 const struct message *message);
/* Up to limit, cut with a mark; with_bom: a byte order mark before what is not ASCII. */
void record_put_text(struct text *text, const struct slice *message, size_t limit, bool with_bom);
struct slice record_procid(const struct record_sender *sender, const struct message *message);

void record_5424(struct text *text, const struct record_sender *sender,
		 const struct message *message, size_t max);
void record_3164(struct text *text, const struct record_sender *sender,
		 const struct message *message, size_t max);
void record_vendor(struct text *text, const struct record_sender *sender,
		   const struct message *message, size_t max);

#endif
