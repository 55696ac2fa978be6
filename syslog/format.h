/*
 * An event as an RFC 5424 record. Pure: the same event and identity give the same bytes, so that
 * a record that is sent again is the same record. tests/golden/syslog.txt freezes the form.
 */
#ifndef SYSLOG_FORMAT_H
#define SYSLOG_FORMAT_H

#include <jansson.h>
#include <stddef.h>

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
 * facility is that of access and audit events, 0 to 23. hash is the event's in the chain, in hex.
 * to must hold FORMAT_MAX bytes; it is not ended by NUL. Returns the size.
 */
size_t format_record(const struct format_identity *identity, unsigned facility, const json_t *event,
		     const char *hash, char *to);

#endif
