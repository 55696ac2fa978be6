/*
 * Which objects refer to which: nothing may refer to what is not there, and what others refer to
 * stays. Kept in a table that is indexed both ways, in the transaction of the change itself.
 */
#ifndef AGENT_STORE_REFS_H
#define AGENT_STORE_REFS_H

#include "agent/store.h"
#include "agent/store_refusal.h"
#include "lib/model.h"

/* Whether everything that doc refers to is there; -EINVAL fills refusal. */
int store_refs_check(struct store *store, const struct model_kind *kind, const json_t *doc,
		     struct store_refusal *refusal);
/* Notes what doc refers to, NULL for nothing any more. */
int store_refs_write(struct store *store, const struct model_kind *kind, int64_t id,
		     const json_t *doc);
/* Whether nobody refers to this object; -EINVAL fills refusal with one who does. */
int store_refs_check_removal(struct store *store, const struct model_kind *kind, int64_t id,
			     struct store_refusal *refusal);

/* "access profile 'Staff'" or "credential 12". */
#define STORE_NAME_SIZE 128
void store_refs_name(struct store *store, const char *kind, int64_t id, char name[STORE_NAME_SIZE]);

#endif
