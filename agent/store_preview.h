/*
 * When a schedule is next active, for people to see.
 */
#ifndef AGENT_STORE_PREVIEW_H
#define AGENT_STORE_PREVIEW_H

#include "agent/store_auth.h"

/* All groups of special days by their number in decimal, a new reference. */
json_t *store_special_days(struct store *store);

void store_schedule_preview(struct store *store, struct rpc_request *request,
			    const struct caller *caller);

#endif
