/*
 * The methods events.list and log.key. Searches run in a thread of their own with a connection
 * that only reads: neither commits nor followers nor logins wait for one.
 */
#ifndef AGENT_STORE_EVENTS_H
#define AGENT_STORE_EVENTS_H

#include "agent/store_auth.h"

struct store_events;

/* Behind the log's own opening, which makes the file. */
int store_events_open(struct store *store, const char *path, struct store_events **ret);
void store_events_close(struct store_events *events);

void store_events_list(struct store *store, struct rpc_request *request,
		       const struct caller *caller);
void store_log_key_method(struct store *store, struct rpc_request *request,
			  const struct caller *caller);

#endif
