/*
 * A message as the bytes of a record. Pure: the same message and sender give the same bytes, so
 * that a record that is sent again is the same record, but for the accuracy of the clock.
 * tests/golden/syslog.txt freezes the forms.
 */
#ifndef SYSLOG_RECORD_H
#define SYSLOG_RECORD_H

#include <stddef.h>

#include "syslog/message.h"

/*
 * Receivers must take 480 octets and should take 2048 (RFC 5424 section 6.1); those of Debian take
 * 8192 unless they are set to take more.
 */
#define RECORD_MIN	480
#define RECORD_DATAGRAM 2048
#define RECORD_STREAM	8192
#define RECORD_MAX	65536

enum record_format { RECORD_RFC5424, RECORD_RFC3164, RECORD_VENDOR, RECORD_FORMATS };

struct zone;

/* Who sends, and how; strings are borrowed. */
struct record_sender {
	const char *hostname; /* "" when the controller has no name */
	const char *address;  /* an IP address of it, or "" */
	const char *procid;
	const char *version;
	const struct zone *zone; /* of formats with local time; NULL is UTC */
	const char *boot;	 /* of the present; "" when nothing is known of the clock */
	uint64_t mono_us;
	uint64_t accuracy_us; /* that the clock is right within now; 0: nobody knows */
	unsigned facility[MESSAGE_CATEGORIES];
};

/* "rfc5424", "rfc3164", "vendor"; that of RFC 5424 for another name. */
enum record_format record_find(const char *name);

/*
 * Writes a record of at most max bytes, RECORD_MIN to RECORD_MAX, to to, which is not ended by
 * NUL. What does not fit is left out, or cut between two characters, and that is said in the
 * record. Returns the size.
 */
size_t record_write(enum record_format format, const struct record_sender *sender,
		    const struct message *message, size_t max, char *to);

#endif
