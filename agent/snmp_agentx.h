/*
 * Packets of AgentX that are rare, by the library: what we ask, and SET. GET and GETNEXT are
 * agent/snmp_read.h's.
 *
 * The library's own subagent is not used: it opens, registers, pings and closes synchronously,
 * cannot be told when to connect again, and its notifications are neither confirmed nor paced.
 */
#ifndef AGENT_SNMP_AGENTX_H
#define AGENT_SNMP_AGENTX_H

#include <net-snmp/net-snmp-config.h>

#include <net-snmp/net-snmp-includes.h>

#include "agent/snmp_packet.h"

/* New packets; like xcalloc() they end the process when memory is out. */
netsnmp_pdu *agentx_new(enum agentx_command command);
netsnmp_pdu *agentx_new_open(void);
netsnmp_pdu *agentx_new_register(const struct mib_oid *subtree);

/* A packet, its header included; -EPROTO when it is not whole. The caller frees it. */
int agentx_read(const struct packet *packet, const uint8_t *bytes, netsnmp_pdu **ret);
/* Appends it; -EMSGSIZE. */
int agentx_write(netsnmp_pdu *pdu, struct packet_writer *writer);

/* Between the MIB's values and the library's variables. */
void agentx_set_name(netsnmp_variable_list *variable, const struct mib_oid *from);
void agentx_set_value(netsnmp_variable_list *variable, const struct mib_value *value);
void agentx_get_name(const netsnmp_variable_list *variable, struct mib_oid *ret);
/* Only what a SET may hold: INTEGER, Unsigned32, octets, or MIB_OTHER. */
void agentx_get_value(const netsnmp_variable_list *variable, struct mib_value *ret);
/* Appends one variable. */
void agentx_append(netsnmp_variable_list **list, const struct mib_oid *from,
		   const struct mib_value *value);

#endif
