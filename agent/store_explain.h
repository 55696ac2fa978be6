/*
 * Why somebody is let in or not: what is asked for by person or credential is made a card, which
 * the door role decides without anything happening. There is no PIN among the parameters: whoever
 * may ask could find one out by trying them all.
 */
#ifndef AGENT_STORE_EXPLAIN_H
#define AGENT_STORE_EXPLAIN_H

#include "agent/store_auth.h"

/*
 * Method access.explain {point, person? | credential? | format?, facility?, card?, companion?, at?}
 * -> {decision, reason?, why?, holder?, credential?, steps, floors, at}.
 */
void store_access_explain(struct store *store, struct rpc_request *request,
			  const struct caller *caller);

#endif
