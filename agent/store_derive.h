/*
 * What is kept beside an object's text so that it need not be read again: what it refers to, the
 * words by which it is found, its part of the access table, when it expires. All of it follows from
 * the object, and is written in the transaction that writes the object.
 */
#ifndef AGENT_STORE_DERIVE_H
#define AGENT_STORE_DERIVE_H

#include "agent/store.h"
#include "lib/model.h"

/* Writes it anew; doc is NULL for an object that is removed. -EINVAL: no table can be made of it,
 * all else is written. */
int store_derive(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc);

/* The first and the last rowid of a kind in the table search; false when it has no words. */
bool store_derive_span(const struct model_kind *kind, int64_t *ret_first, int64_t *ret_last);

#endif
