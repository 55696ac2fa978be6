/*
 * What snmpd's module says of a SET, one datagram each:
 *
 *     1 TRANSACTION RESULT MODEL LEVEL NAME ADDRESS OID
 *
 * TRANSACTION is that of AgentX; RESULT 0 when access control lets it through, else its code; MODEL
 * 1 or 2 for a community, 3 for a user; LEVEL 1 noAuth, 2 auth, 3 authPriv; NAME the security name
 * in hexadecimal digits, "-" without one. A community itself is never in it.
 *
 * The bytes are foreign: nothing here trusts them.
 */
#ifndef AGENT_SNMP_AUDIT_LINE_H
#define AGENT_SNMP_AUDIT_LINE_H

#include <stddef.h>
#include <stdint.h>

#define SNMP_AUDIT_LINE_MAX 1024
#define SNMP_AUDIT_NAME_MAX 32 /* octets, RFC 3414 */
#define SNMP_AUDIT_OID_SIZE 400

struct snmp_audit_line {
	uint32_t transaction;
	unsigned result;
	unsigned model;
	unsigned level;
	char name[SNMP_AUDIT_NAME_MAX + 1]; /* what is no printable ASCII is a question mark */
	char address[46];
	char oid[SNMP_AUDIT_OID_SIZE];
};

/* -EBADMSG. */
int snmp_audit_parse(const void *bytes, size_t size, struct snmp_audit_line *ret);

#endif
