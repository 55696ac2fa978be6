/*
 * Expansion modules and floors in the store: what must hold between objects, and the modules' host
 * key. The host key is sealed at rest and leaves the store once, when an administrator exports it;
 * the door role gets only the keys of single devices, which are made of it.
 */
#ifndef AGENT_STORE_MODULE_H
#define AGENT_STORE_MODULE_H

#include "agent/store_auth.h"
#include "lib/model.h"
#include "lib/osdp_key.h"

/*
 * Rules between a module or floor that is about to be stored and all other objects; id 0 for a new
 * one. False after having answered the request. Objects of other kinds are allowed.
 */
bool store_module_allows(struct store *store, const struct model_kind *kind, int64_t id,
			 const json_t *doc, struct rpc_request *request);
bool store_module_allows_removal(struct store *store, const struct model_kind *kind, int64_t id,
				 struct rpc_request *request);
/* A module that was just added may be paired for some minutes. */
void store_module_on_created(struct store *store, const struct model_kind *kind, int64_t id,
			     const struct caller *caller);

/* store_module_key.c */
bool store_module_has_key(struct store *store);
/* Shows whether there is a host key, as the live object module_key. */
void store_module_key_show(struct store *store);
/* There is another one, or none any more: shows it and tells the door role. */
void store_module_key_changed(struct store *store);
/* Tells the door role of which host key the modules' keys are made. Nothing is said while the key
 * cannot be opened: what modules have meanwhile is right. */
void store_module_key_tell(struct store *store);
/* For an export of keys under a password, and back. -ENOKEY: there is none; -EBADMSG: it does not
 * open with this device's key. What came from an export is not given out in clear again. */
int store_module_key_load(struct store *store, uint8_t ret_key[OSDP_KEY_SIZE]);
int store_module_key_save(struct store *store, const uint8_t key[OSDP_KEY_SIZE]);
/* After that has been committed: an event, and everybody is told. */
void store_module_key_imported(struct store *store, const struct caller *caller);
/* The parameters of module.key for a device {module, cuid}, a new reference; NULL without a key.
 * Secret. */
json_t *store_module_key_of(struct store *store, const json_t *device);

/* Methods. */
void store_module_key_generate(struct store *store, struct rpc_request *request,
			       const struct caller *caller);
void store_module_key_set(struct store *store, struct rpc_request *request,
			  const struct caller *caller);
void store_module_key_export(struct store *store, struct rpc_request *request,
			     const struct caller *caller);

#endif
