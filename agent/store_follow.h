/*
 * Followers: connections that asked for the event log or the live state. Events are read from the
 * log as fast as each follower takes them; a slow one lags and holds up nobody.
 */
#ifndef AGENT_STORE_FOLLOW_H
#define AGENT_STORE_FOLLOW_H

#include "agent/store_auth.h"

/* The method follow. */
void store_follow(struct store *store, struct rpc_request *request, const struct caller *caller);
/* The method ack. */
void store_ack(struct store *store, struct rpc_request *request);

/* New events are on disk. */
void store_follow_wake(struct store *store);
void store_follow_state_changed(const char *key, uint64_t rev, const json_t *value, void *context);
/* The connection may take more. */
void store_follow_drained(struct store *store, struct rpc_connection *connection);
void store_follow_closed(struct rpc_connection *connection);

/* Whoever follows under this name does so no more, and can move its cursor no more. */
void store_follow_cut(struct store *store, const char *name);
/* The connection over which this edge follows the live state; NULL when it does not. */
struct rpc_connection *store_follow_edge(const struct store *store, enum edge edge);
bool store_follow_has(const struct store *store, const char *name);

#endif
