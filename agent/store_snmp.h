/*
 * What the snmp role configures snmpd with. It is the one edge that is given communities and keys,
 * and only by asking; that there is something to ask for is the live object snmp_config.
 */
#ifndef AGENT_STORE_SNMP_H
#define AGENT_STORE_SNMP_H

#include "agent/store.h"
#include "agent/store_auth.h"
#include "lib/rpc.h"

/*
 * What is kept of a password of SNMP version 3: its localized keys, one for each way to
 * authenticate, and the engine id that they are made for, in lower case without 0x. The password
 * cannot be had from them, and they serve at no other engine. engine_id is that of a server, or
 * NULL for a new one of our own. A new reference; -EINVAL: it is no engine id; -EIO.
 */
int store_snmp_keys(const char *password, const char *engine_id, json_t **ret);

/* Settings have been loaded or set. */
void store_snmp_changed(struct store *store);

void store_snmp_config(struct store *store, struct rpc_request *request,
		       const struct caller *caller);

#endif
