/*
 * AgentX (RFC 2741) as libnetsnmpmibs speaks it. The library exports its packet functions for its
 * own master and subagent but installs no header for them; their prototypes are those of
 * agent/mibgroup/agentx/protocol.h of Net-SNMP 5.9.
 *
 * The library's own subagent is not used: it opens, registers, pings and closes synchronously,
 * cannot be told when to connect again, and its notifications are neither confirmed nor paced.
 */
#ifndef AGENT_SNMP_AGENTX_H
#define AGENT_SNMP_AGENTX_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "mibs/mib.h"

#define AGENTX_VERSION 0xc1

enum agentx_command {
	AGENTX_OPEN = 1,
	AGENTX_CLOSE = 2,
	AGENTX_REGISTER = 3,
	AGENTX_GET = 5,
	AGENTX_GETNEXT = 6,
	AGENTX_TESTSET = 8,
	AGENTX_COMMITSET = 9,
	AGENTX_UNDOSET = 10,
	AGENTX_CLEANUPSET = 11,
	AGENTX_NOTIFY = 12,
	AGENTX_PING = 13,
	AGENTX_RESPONSE = 18,
};

/* RFC 2741, section 6.2.16: errors of the protocol beside those of SNMP. */
enum agentx_error {
	AGENTX_NO_ERROR = 0,
	AGENTX_NOT_OPEN = 257,
	AGENTX_PROCESSING_ERROR = 268,
};

int agentx_parse(netsnmp_session *session, netsnmp_pdu *pdu, u_char *data, size_t size);
int agentx_realloc_build(netsnmp_session *session, netsnmp_pdu *pdu, u_char **buffer, size_t *size,
			 size_t *used);
int agentx_check_packet(u_char *packet, size_t size);

/* New packets; like xcalloc() they end the process when memory is out. */
netsnmp_pdu *agentx_new(enum agentx_command command);
netsnmp_pdu *agentx_new_open(void);
netsnmp_pdu *agentx_new_register(const struct mib_oid *subtree);

/* Between the MIB's values and the library's variables. */
void agentx_set_name(netsnmp_variable_list *variable, const struct mib_oid *from);
void agentx_set_value(netsnmp_variable_list *variable, const struct mib_value *value);
void agentx_get_name(const netsnmp_variable_list *variable, struct mib_oid *ret);
/* Only what a SET may hold: an INTEGER, or MIB_OTHER. */
void agentx_get_value(const netsnmp_variable_list *variable, struct mib_value *ret);
/* Where a GETNEXT's search range ends; false when it has no end. */
bool agentx_get_range_end(const netsnmp_variable_list *variable, struct mib_oid *ret);
/* Appends one variable. */
void agentx_append(netsnmp_variable_list **list, const struct mib_oid *from,
		   const struct mib_value *value);

#endif
