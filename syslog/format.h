/*
 * An event as an RFC 5424 record. Pure: the same event and identity give the same bytes, so that
 * a record that is sent again is the same record. tests/golden/syslog.txt freezes the form.
 */
#ifndef SYSLOG_FORMAT_H
#define SYSLOG_FORMAT_H

#include <jansson.h>
#include <stddef.h>

#include "syslog/target.h"

/* Receivers must take 480 octets and should take 2048 (RFC 5424 section 6.1); those of Debian
 * take 8192. */
#define FORMAT_MAX 8192

/* Who sends; strings are borrowed. */
struct format_identity {
	const char *hostname; /* "" when the controller has no name */
	const char *procid;
	const char *version;
};

/*
 * In the format of target, with its facilities. hash is the event's in the chain, in hex. to must
 * hold FORMAT_MAX bytes; it is not ended by NUL. Returns the size.
 */
size_t format_record(const struct format_identity *identity, const struct target *target,
		     const json_t *event, const char *hash, char *to);

#endif
