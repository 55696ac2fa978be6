/*
 * The methods import.*: a file of objects comes in pieces, is proven by a thread as it comes, and
 * is stored in one transaction when it has come whole and all of it is right. There is one at a
 * time.
 *
 * It ends with its connection unless it is being stored, or when nothing is heard for ten minutes.
 */
#ifndef AGENT_STORE_IMPORT_H
#define AGENT_STORE_IMPORT_H

#include "agent/store_auth.h"

struct store_import;

/* Waits for the slice under way; what is being stored is taken back. */
void store_import_free(struct store_import *import);
void store_import_closed(struct store *store, const struct rpc_connection *connection);

void store_import_begin(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_import_chunk(struct store *store, struct rpc_request *request,
			const struct caller *caller);
void store_import_end(struct store *store, struct rpc_request *request,
		      const struct caller *caller);
void store_import_status(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_import_cancel(struct store *store, struct rpc_request *request,
			 const struct caller *caller);

#endif
