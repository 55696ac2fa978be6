/*
 * The method "inventory": lib/inventory's tables as JSON, for wiring help and for clients that
 * build their pages from it.
 */
#ifndef AGENT_STORE_INVENTORY_H
#define AGENT_STORE_INVENTORY_H

#include "agent/store_auth.h"

void store_inventory(struct store *store, struct rpc_request *request, const struct caller *caller);

#endif
