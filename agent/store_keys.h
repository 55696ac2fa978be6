/*
 * The readers' keys at rest: sealed in the configuration database, in clear only on the way to and
 * from the door role. What cannot be opened, because the device's key is another one, is left as
 * it is: the readers concerned are installed again, or the right file is put back.
 */
#ifndef AGENT_STORE_KEYS_H
#define AGENT_STORE_KEYS_H

#include "agent/store_auth.h"
#include "lib/model.h"

/* Opens the device's key; without one the store works on, and no reader can be given a key. */
void store_keys_open(struct store *store);

/* The parameters of keys.load, a new reference: {"keys":{"3":hex}}. Secret. */
json_t *store_keys_read(struct store *store);
/* Seals what the door role has sent and returns the parameters of keys.stored, a new reference. */
json_t *store_keys_write(struct store *store, const json_t *reader_key);

/* An object was changed: that a reader may speak in clear is told for as long as it is so. */
void store_keys_on_change(struct store *store, const struct model_kind *kind, int64_t id,
			  const json_t *old, const json_t *new, const struct caller *caller);

#endif
