/*
 * The replica of the live state: one JSON object a key ("door.1"). Live state is not history.
 */
#ifndef AGENT_STORE_STATE_H
#define AGENT_STORE_STATE_H

#include <jansson.h>
#include <stdint.h>

struct store_state;

struct store_state *store_state_new(void (*on_change)(const char *key, uint64_t rev,
						      const json_t *value, void *context),
				    void *context);
void store_state_free(struct store_state *state);

/* Steals value. An equal value is no change. */
void store_state_set(struct store_state *state, const char *key, json_t *value);
/* What there was of key is no more: followers are told null. */
void store_state_drop(struct store_state *state, const char *key);
/* What is kept elsewhere has changed: value, NULL for gone, is told and not kept. */
void store_state_announce(struct store_state *state, const char *key, const json_t *value);
uint64_t store_state_rev(const struct store_state *state);
/* Borrowed; NULL when there is none. */
const json_t *store_state_get(const struct store_state *state, const char *key);
/* {rev, objects}; a new reference. */
json_t *store_state_snapshot(const struct store_state *state);

#endif
