/*
 * Who is behind a SET. AgentX does not say; snmpd's module does (agent/snmp_audit_module.c), on a
 * socket beside snmpd's configuration, before the SET itself comes. What it said last is remembered
 * by AgentX transaction; SETs that access control refused are told to refused().
 *
 * Only snmpd is heard: its user, root, and this process' own user. Nothing here blocks.
 */
#ifndef AGENT_SNMP_AUDIT_H
#define AGENT_SNMP_AUDIT_H

#include <stdint.h>

#include "agent/snmp_audit_line.h"

#define SNMP_AUDIT_NAME "audit.sock"

struct event_base;
struct snmp_audit;

struct snmp_audit_ops {
	/* left_out: how many more since the last one, which were too many to tell. */
	void (*refused)(const struct snmp_audit_line *line, uint32_t left_out, void *context);
};

/* NULL when dir is "", or after having logged why it cannot listen there. */
struct snmp_audit *snmp_audit_new(struct event_base *base, const char *dir,
				  const struct snmp_audit_ops *ops, void *context);
void snmp_audit_free(struct snmp_audit *audit);

/* "initial@192.0.2.7"; NULL when nobody has said. Good until the loop goes on. */
const char *snmp_audit_who(struct snmp_audit *audit, uint32_t transaction);
/* Another snmpd counts its transactions anew. */
void snmp_audit_forget(struct snmp_audit *audit);

#endif
