/*
 * Who the controller says it is in HOSTNAME (RFC 5424 section 6.2.4): its fully qualified name
 * when the resolver knows one, else its host name, else nothing. Found once, so that an event
 * that is sent again is the same record.
 */
#ifndef SYSLOG_IDENTITY_H
#define SYSLOG_IDENTITY_H

#include <stdbool.h>

#include "syslog/format.h"

struct resolver;

struct identity {
	struct format_identity format;
	char hostname[256];
	char procid[16];
	void (*done)(void *context);
	void *context;
};

/* Calls done when identity is complete, now or from the loop; it must stay where it is until then.
 */
void identity_find(struct identity *identity, struct resolver *resolver,
		   void (*done)(void *context), void *context);

/* Whether name is host with a domain behind it. Pure. */
bool identity_is_qualified(const char *name, const char *host);

#endif
