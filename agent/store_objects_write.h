/*
 * The one place where objects are written: checks, what is derived of them, and their audit, as a
 * part of the caller's transaction (store_outbox_begin()). Knows no requests, so that a change by a
 * person, by an import and by the clock are the same.
 */
#ifndef AGENT_STORE_OBJECTS_WRITE_H
#define AGENT_STORE_OBJECTS_WRITE_H

#include "agent/store_auth.h"
#include "agent/store_refusal.h"
#include "lib/model.h"

struct object_change {
	const struct model_kind *kind;
	int64_t id;	   /* 0 for a new object without one: its number is written here */
	const json_t *old; /* NULL for a new object */
	json_t *doc;	   /* the whole new object; a PIN in it is replaced */
	const struct caller *caller;
	const char *reason; /* of the audit event; may be NULL */
	bool is_proven;	    /* by store_object_prove(), which has replaced the PIN */
};

/* The whole object as it is stored, a new reference; NULL when there is none. */
json_t *store_object_load(struct store *store, const struct model_kind *kind, int64_t id);
/* As it may be shown, without secret members and with its number; changes doc and returns it. */
json_t *store_object_show(const struct model_kind *kind, int64_t id, json_t *doc);

/* Whether the object by itself is right, defaults filled in; -EINVAL fills refusal. */
int store_object_check(const struct object_change *change, struct store_refusal *refusal);
/* The same, and whether it goes with the others that are there. A PIN in doc is replaced. */
int store_object_prove(struct store *store, struct object_change *change,
		       struct store_refusal *refusal);
/*
 * Makes or changes an object; defaults are filled in. -EINVAL, -EEXIST, or what SQLite says, fills
 * refusal: the caller takes the transaction back.
 */
int store_object_put(struct store *store, struct object_change *change,
		     struct store_refusal *refusal);
/* How many of a kind there are is kept in a table: within the transaction that changes it. */
int store_object_count(struct store *store, const char *kind, int64_t change);
/* Removes change->old, and with_credentials those of a person. The same. */
int store_object_delete(struct store *store, const struct object_change *change,
			bool with_credentials, struct store_refusal *refusal);

#endif
