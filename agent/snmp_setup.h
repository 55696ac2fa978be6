/*
 * Keeps snmpd's configuration as the settings want it: the one writer of snmpd.conf in the
 * directory that is for it. It asks the store, because only this role is told communities and
 * keys, writes when something differs, and leaves it to others to start snmpd anew.
 */
#ifndef AGENT_SNMP_SETUP_H
#define AGENT_SNMP_SETUP_H

#include "agent/agent.h"
#include "lib/rpc.h"

struct setup;

/* NULL when options name no directory. client is borrowed. */
struct setup *setup_new(const struct agent_options *options, struct rpc_client *client);
void setup_free(struct setup *setup);
/* There may be something new. Does nothing with NULL. */
void setup_ask(struct setup *setup);

#endif
