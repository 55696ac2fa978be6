/*
 * The factory default: settings, accounts, sessions, objects and keys are removed and what the
 * board has is made anew. The event log and its followers stay, with an event that says so.
 */
#ifndef AGENT_STORE_FACTORY_H
#define AGENT_STORE_FACTORY_H

#include "agent/store_auth.h"

/* 0, or -EIO with everything as it was. address may be NULL: somebody at the device itself. */
int store_factory_default(struct store *store, const char *actor, const char *address);

/* The method factory.default. */
void store_factory_method(struct store *store, struct rpc_request *request,
			  const struct caller *caller);

#endif
