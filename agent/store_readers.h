/*
 * Where readers are on their lines, as the configuration keeps it: what a search has found is given
 * a number, and a reader that was moved is looked for in its new place ever after.
 */
#ifndef AGENT_STORE_READERS_H
#define AGENT_STORE_READERS_H

#include "agent/store_auth.h"

/* reader.adopt: the device at this address, and speed, is this reader from now on. */
void store_reader_adopt(struct store *store, struct rpc_request *request,
			const struct caller *caller);
/* A live object from the door role; does nothing but for a reader that has moved. */
void store_reader_on_state(struct store *store, const char *key, const json_t *value);

#endif
