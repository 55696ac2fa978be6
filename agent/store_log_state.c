#include "agent/store_log_state.h"

#include <event2/event.h>
#include <stdlib.h>

#include "agent/store.h"
#include "lib/util.h"

struct store_log_state {
	struct store *store;
	struct event *timer;
};

static void
tell(struct store *store)
{
	struct store_log *log = store->log;
	struct store_log_status status;

	store_log_get_status(log, &status);
	store_state_set(
		store->state, "log",
		json_pack("{sI,sI,sI,sb,sb,sI,so}", "head", (json_int_t) store_log_head(log),
			  "first", (json_int_t) store_log_first(log), "waiting",
			  (json_int_t) status.waiting, "stored", status.is_stored, "signed",
			  store_log_key(log) != NULL, "signed_seq", (json_int_t) status.signed_seq,
			  "followers", store_log_cursors(log)));
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_log_state *state = context;

	tell(state->store);
}

struct store_log_state *
store_log_state_new(struct store *store)
{
	static const struct timeval period = { 1, 0 };
	struct store_log_state *state = xcalloc(1, sizeof(*state));

	state->store = store;
	state->timer = event_new(store->base, -1, EV_PERSIST, on_timer, state);
	(void) event_add(state->timer, &period);
	tell(store);
	return state;
}

void
store_log_state_free(struct store_log_state *state)
{
	if (!state)
		return;
	event_free(state->timer);
	free(state);
}
