/*
 * Where a destination sends and what: the settings syslog.N.* as one value.
 */
#ifndef SYSLOG_TARGET_H
#define SYSLOG_TARGET_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum target_transport { TARGET_OFF, TARGET_UDP, TARGET_TCP, TARGET_TLS };

struct target {
	enum target_transport transport;
	char host[254];
	uint16_t port;
	char ca_file[256];
	unsigned facility;
	unsigned severity; /* events with a larger number are not sent */
};

/*
 * Reads destination index, counted from 1, from an object of all settings. What is missing or
 * makes no sense is off: the store has checked them, and nothing is sent by guessing.
 */
void target_read(unsigned index, const json_t *settings, struct target *ret);
/* Whether both send over the same connection; facility and severity may differ. */
bool target_is_same_peer(const struct target *a, const struct target *b);
/* "off", "udp", "tcp", "tls". */
const char *target_transport_name(enum target_transport transport);

#endif
