#include "agent/store_state.h"

#include <stdlib.h>

#include "lib/util.h"

struct store_state {
	json_t *objects;
	uint64_t rev;
	void (*on_change)(const char *key, uint64_t rev, const json_t *value, void *context);
	void *context;
};

struct store_state *
store_state_new(void (*on_change)(const char *key, uint64_t rev, const json_t *value,
				  void *context),
		void *context)
{
	struct store_state *state = xcalloc(1, sizeof(*state));

	*state = (struct store_state){
		.objects = json_object(),
		.on_change = on_change,
		.context = context,
	};
	return state;
}

void
store_state_free(struct store_state *state)
{
	if (!state)
		return;
	json_decref(state->objects);
	free(state);
}

void
store_state_set(struct store_state *state, const char *key, json_t *value)
{
	if (json_equal(json_object_get(state->objects, key), value)) {
		json_decref(value);
		return;
	}
	if (json_object_set_new(state->objects, key, value) < 0)
		return;
	state->on_change(key, ++state->rev, value, state->context);
}

void
store_state_drop(struct store_state *state, const char *key)
{
	_cleanup_(json_decrefp) json_t *nothing = json_null();

	if (json_object_del(state->objects, key) == 0)
		state->on_change(key, ++state->rev, nothing, state->context);
}

void
store_state_announce(struct store_state *state, const char *key, const json_t *value)
{
	state->on_change(key, ++state->rev, value, state->context);
}

uint64_t
store_state_rev(const struct store_state *state)
{
	return state->rev;
}

const json_t *
store_state_get(const struct store_state *state, const char *key)
{
	return json_object_get(state->objects, key);
}

json_t *
store_state_snapshot(const struct store_state *state)
{
	return json_pack("{sI,sO}", "rev", (json_int_t) state->rev, "objects", state->objects);
}
