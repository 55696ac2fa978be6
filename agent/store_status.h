/*
 * Methods that show how the store is doing, and what edges report.
 */
#ifndef AGENT_STORE_STATUS_H
#define AGENT_STORE_STATUS_H

#include "agent/store_auth.h"

void store_status(struct store *store, struct rpc_request *request, const struct caller *caller);
void store_snapshot(struct store *store, struct rpc_request *request, const struct caller *caller);
void store_report(struct store *store, struct rpc_request *request, const struct caller *caller);

#endif
