/*
 * Who the controller says it is in HOSTNAME (RFC 5424 section 6.2.4): its fully qualified name
 * when the resolver knows one, else its host name, else nothing. Found once, so that an event
 * that is sent again is the same record. Besides, what else a record says of its sender.
 */
#ifndef SYSLOG_IDENTITY_H
#define SYSLOG_IDENTITY_H

#include <stdbool.h>

#include "syslog/record.h"

struct resolver;

struct identity {
	struct record_sender sender;
	char hostname[256];
	char address[64];
	char procid[16];
	struct zone *zone;
	uint64_t renewed_us;
	void (*done)(void *context);
	void *context;
};

/* Calls done when identity is complete, now or from the loop; it must stay where it is until then.
 */
void identity_find(struct identity *identity, struct resolver *resolver,
		   void (*done)(void *context), void *context);
void identity_done(struct identity *identity);
/* The zone of formats with local time; "" is the machine's. */
void identity_set_zone(struct identity *identity, const char *name);
/* To be called before a record is written: what changes with time is looked at once a second. */
void identity_renew(struct identity *identity);

/* Whether name is host with a domain behind it. Pure. */
bool identity_is_qualified(const char *name, const char *host);

#endif
