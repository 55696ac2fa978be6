/*
 * Settings: kept as what differs from the defaults, shown as all of them.
 */
#ifndef AGENT_STORE_SETTINGS_H
#define AGENT_STORE_SETTINGS_H

#include "agent/store_auth.h"

struct store_seal;

/*
 * All of them as they are in this database, a new reference; used by threads. Without the seal,
 * secrets that have been set are empty.
 */
json_t *store_settings_read(sqlite3 *config, const struct store_seal *seal);
/* Fills store->settings and the live object "settings". */
int store_settings_load(struct store *store);

void store_settings_get(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_settings_set(struct store *store, struct rpc_request *request,
			const struct caller *caller);
/* The method threat.set: one setting, for those who may not set any other. */
void store_settings_set_threat(struct store *store, struct rpc_request *request,
			       const struct caller *caller);
void store_schema(struct store *store, struct rpc_request *request, const struct caller *caller);

#endif
