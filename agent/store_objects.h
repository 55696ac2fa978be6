/*
 * Objects (doors, credentials) by their field tables, and the access table that is made of them.
 */
#ifndef AGENT_STORE_OBJECTS_H
#define AGENT_STORE_OBJECTS_H

#include "agent/store_auth.h"

/* Makes what the board has and is not there yet. */
int store_objects_seed(struct store *store);
/* Brings objects that an older version has left up to this one; does nothing a second time. */
int store_objects_upgrade(struct store *store);

void store_object_list(struct store *store, struct rpc_request *request,
		       const struct caller *caller);
void store_object_get(struct store *store, struct rpc_request *request,
		      const struct caller *caller);
void store_object_create(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_object_change(struct store *store, struct rpc_request *request,
			 const struct caller *caller);
void store_object_remove(struct store *store, struct rpc_request *request,
			 const struct caller *caller);

/* Makes an object without a request, that model_check() has let pass; -ENOSPC, -EEXIST. */
int store_objects_add(struct store *store, const char *kind, const json_t *object,
		      const struct caller *caller, int64_t *ret_id);
/* Changes members of an object without a request; -ENOENT, -EINVAL. Nothing when all is so. */
int store_objects_patch(struct store *store, const char *kind, int64_t id, json_t *patch,
			const struct caller *caller);

#endif
