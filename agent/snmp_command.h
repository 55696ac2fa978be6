/*
 * Commands by SNMP on their way to the store and back: the outcome is put where managers read it.
 */
#ifndef AGENT_SNMP_COMMAND_H
#define AGENT_SNMP_COMMAND_H

#include "agent/snmp_set.h"

struct rpc_client;

/* The replica must outlive the client. */
void snmp_command(struct rpc_client *client, struct replica *replica,
		  const struct set_command *command);

#endif
