/*
 * PINs in the store: digits come in once and are kept by their hash (lib/pin.h) only. The key is
 * made of the device's own key.
 */
#ifndef AGENT_STORE_PIN_H
#define AGENT_STORE_PIN_H

#include "agent/store.h"
#include "agent/store_refusal.h"

/* Makes the key, once the device's key is open. */
void store_pin_open(struct store *store);

/*
 * Replaces the digits of a credential that is about to be stored; old is what it was, NULL for a
 * new one. -EINVAL fills refusal. Objects without a PIN are left as they are.
 */
int store_pin_keep(struct store *store, const json_t *old, json_t *doc,
		   struct store_refusal *refusal);

#endif
