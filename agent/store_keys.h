/*
 * The readers' keys at rest: sealed in the configuration database, in clear only on the way to and
 * from the door role. What cannot be opened, because the device's key is another one, is left as
 * it is: the readers concerned are installed again, or the right file is put back.
 */
#ifndef AGENT_STORE_KEYS_H
#define AGENT_STORE_KEYS_H

#include "agent/store_auth.h"
#include "agent/store_keys_export.h"
#include "agent/store_objects_write.h"
#include "lib/model.h"

/* Opens the device's key; without one the store works on, and no reader can be given a key. */
void store_keys_open(struct store *store);

/* The parameters of keys.load, a new reference: {"keys":{"3":hex}}. Secret. */
json_t *store_keys_read(struct store *store);
/* Seals what the door role has sent and returns the parameters of keys.stored, a new reference. */
json_t *store_keys_write(struct store *store, const json_t *reader_key);

/*
 * Everything for an export; the caller wipes it. -ENOKEY: the device's key cannot be used;
 * -EBADMSG: a record does not open with it.
 */
int store_keys_export(struct store *store, struct store_keys_export *ret);

/* What an import has changed. */
struct store_keys_imported {
	bool readers[READERS];
	bool has_host_key;
};
/*
 * All or nothing. What has a key is left alone unless is_replacing. Tells nobody: the door role
 * gets its keys with keys.load. -ENOKEY: the device's key cannot be used; else what SQLite says.
 */
int store_keys_import(struct store *store, const struct store_keys_export *keys, bool is_replacing,
		      struct store_keys_imported *ret);

/* Methods keys.export and keys.import, store_keys_method.c. */
void store_keys_export_method(struct store *store, struct rpc_request *request,
			      const struct caller *caller);
void store_keys_import_method(struct store *store, struct rpc_request *request,
			      const struct caller *caller);

/* An object was changed: that a reader may speak in clear is told for as long as it is so. */
int store_keys_on_change(struct store *store, const struct object_change *change);

#endif
