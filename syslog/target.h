/*
 * Where a destination sends, and what, and how: an object of the kind log_server as one value.
 */
#ifndef SYSLOG_TARGET_H
#define SYSLOG_TARGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/events.h"
#include "syslog/record.h"

enum target_transport { TARGET_OFF, TARGET_UDP, TARGET_TCP, TARGET_TLS, TARGET_RELP };
enum target_framing { TARGET_COUNTED, TARGET_LF };
/* What of the server's certificate counts. */
enum target_check { TARGET_BY_NAME, TARGET_BY_FINGERPRINT };

#define TARGET_CATEGORIES (EVENT_SYSTEM + 1)

/* One that the store keeps, and which one it is now. */
struct target_certificate {
	unsigned id; /* 0 for none */
	char version[65];
};

struct target {
	enum target_transport transport;
	enum record_format format;
	enum target_framing framing;
	enum target_check check;
	char name[65];
	char host[254];
	uint16_t port;
	struct target_certificate ca; /* in place of ca_file */
	char ca_file[256];
	char crl_file[256];
	struct target_certificate certificate; /* in place of certificate_file */
	char certificate_file[256];
	char key_file[256];
	char certificate_name[254]; /* "" for that of the host */
	char fingerprints[1025];
	unsigned facility[TARGET_CATEGORIES];
	bool takes[TARGET_CATEGORIES];
	size_t record_size; /* at most */
	unsigned severity;  /* events with a larger number are not sent */
	unsigned receipt_records;
	uint64_t receipt_us;
	uint64_t hold_us; /* so old is a receipt before it counts */
};

/*
 * Reads an object of the kind log_server. What is missing has its default; what makes no sense is
 * off: the store has checked it, and nothing is sent by guessing. NULL is off.
 */
void target_read(const json_t *object, struct target *ret);
/* Whether both send over the same connection; what is sent may differ. */
bool target_is_same_peer(const struct target *a, const struct target *b);
/* Whether there are CAs to trust, and a certificate to show, wherever they are. */
bool target_has_cas(const struct target *target);
bool target_has_certificate(const struct target *target);
bool target_takes(const struct target *target, enum event_category category, unsigned severity);
/* "off", "udp", "tcp", "tls", "relp". */
const char *target_transport_name(enum target_transport transport);

#endif
