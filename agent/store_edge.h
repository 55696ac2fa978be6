/*
 * Calls to an edge, which is a client of the store and listens to nobody: the call is pushed to the
 * connection over which it follows the live state, and it answers with the method "answer".
 */
#ifndef AGENT_STORE_EDGE_H
#define AGENT_STORE_EDGE_H

#include "agent/store_auth.h"

/* Exactly one of result and message is set. */
typedef void store_edge_fn(struct store *store, const json_t *result, const char *message,
			   void *context);

/*
 * Calls done once, now or later: with what edge has answered, or in words why it has not, at the
 * latest after timeout_ms. Steals params.
 */
void store_edge_call(struct store *store, enum edge edge, const char *method, json_t *params,
		     unsigned timeout_ms, store_edge_fn *done, void *context);
/* The method answer. */
void store_edge_answer(struct store *store, struct rpc_request *request,
		       const struct caller *caller);
/* At the end: nobody is called any more. */
void store_edge_close(struct store *store);

#endif
