#include "agent/store_follow.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "lib/json.h"
#include "lib/util.h"

#define UNSENT_HIGH  (256 * 1024)
#define BATCH	     128
#define WINDOW_MAX   100000
#define NAME_MAX_LEN 63

struct follow {
	LIST_ENTRY(follow) link;
	struct rpc_connection *connection;
	enum edge edge;
	bool wants_state;
	bool wants_events;
	char name[NAME_MAX_LEN + 1]; /* empty: no cursor, no window */
	uint64_t acknowledged;
	uint64_t sent;
	uint64_t window;
	uint64_t unacknowledged;
};

static bool
push_row(uint64_t seq, const char *text, const char *hash, void *context)
{
	struct follow *follow = context;
	_cleanup_(freep) char *line = xasprintf("{\"event\":%s,\"hash\":\"%s\"}", text, hash);

	if (rpc_push_text(follow->connection, line) < 0)
		return false;
	follow->sent = seq;
	follow->unacknowledged++;
	return rpc_unsent_bytes(follow->connection) < UNSENT_HIGH;
}

/*
 * What was deleted before this follower had it: it is told so in its place in the stream, and the
 * log keeps it. The cursor moves in the same transaction, so that it is told once.
 */
static void
tell_gap(struct store *store, struct follow *follow)
{
	uint64_t from = follow->sent + 1;
	uint64_t to = store_log_first(store->log) - 1;
	_cleanup_(freep) char *line = xasprintf("{\"gap\":{\"from\":%llu,\"to\":%llu}}",
						(unsigned long long) from, (unsigned long long) to);

	(void) rpc_push_text(follow->connection, line);
	bool is_idle = follow->acknowledged == follow->sent;
	follow->sent = to;
	if (!follow->name[0])
		return;
	store_log_add(store->log, EV_LOG_GAP, follow->name, NULL, NULL,
		      json_pack("{sI,sI,ss}", "from", (json_int_t) from, "to", (json_int_t) to,
				"follower", follow->name));
	/* What is under way still has to be confirmed. */
	if (!is_idle)
		return;
	follow->acknowledged = to;
	store_log_set_cursor(store->log, follow->name, to);
}

static void
pump(struct store *store, struct follow *follow)
{
	while (follow->wants_events && follow->sent < store_log_head(store->log) &&
	       rpc_unsent_bytes(follow->connection) < UNSENT_HIGH) {
		uint64_t room = BATCH;
		if (follow->name[0])
			room = follow->window > follow->unacknowledged
				       ? follow->window - follow->unacknowledged
				       : 0;
		if (!room)
			return;
		/* Only for one that takes more: who takes nothing is told once, of all of it. */
		if (follow->sent + 1 < store_log_first(store->log))
			tell_gap(store, follow);
		uint64_t before = follow->sent;
		store_log_read_up(store->log, follow->sent, (unsigned) MIN_OF(room, BATCH),
				  push_row, follow);
		if (follow->sent == before)
			return;
	}
}

static struct follow *
follow_of(struct store *store, struct rpc_connection *connection)
{
	struct follow *follow = rpc_data(connection);

	if (follow)
		return follow;
	follow = xcalloc(1, sizeof(*follow));
	follow->connection = connection;
	rpc_set_data(connection, follow);
	LIST_INSERT_HEAD(&store->follows, follow, link);
	return follow;
}

void
store_follow_cut(struct store *store, const char *name)
{
	struct follow *follow;

	LIST_FOREACH (follow, &store->follows, link)
		if (*name && !strcmp(follow->name, name))
			follow->wants_events = false;
}

struct rpc_connection *
store_follow_edge(const struct store *store, enum edge edge)
{
	const struct follow *follow;

	LIST_FOREACH (follow, &store->follows, link)
		if (follow->wants_state && follow->edge == edge)
			return follow->connection;
	return NULL;
}

bool
store_follow_has(const struct store *store, const char *name)
{
	const struct follow *follow;

	LIST_FOREACH (follow, &store->follows, link)
		if (follow->wants_events && !strcmp(follow->name, name))
			return true;
	return false;
}

static void
follow_events(struct store *store, struct rpc_request *request)
{
	const char *name = json_string_or(request->params, "name", "");
	json_int_t window = json_integer_or(request->params, "window", 100);
	json_int_t after = json_integer_or(request->params, "after", -1);
	uint64_t start = store_log_head(store->log);
	uint64_t last = (uint64_t) json_integer_or(request->params, "last", 0);

	if (window < 1 || window > WINDOW_MAX) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "window", "from 1 to %d", WINDOW_MAX);
		return;
	}
	if (after >= 0)
		start = MIN_OF((uint64_t) after, start);
	start -= MIN_OF(last, start + 1 - MIN_OF(store_log_first(store->log), start + 1));
	/* Two connections under one name would lose events for each other: the newer one takes
	 * over. */
	store_follow_cut(store, name);
	struct follow *follow = follow_of(store, request->connection);
	(void) copy_string(follow->name, sizeof(follow->name), name);
	/* A cursor that is not there yet begins here and now, on disk. */
	if (*name && store_log_cursor(store->log, name, &start) < 0)
		store_log_set_cursor(store->log, name, start);
	follow->wants_events = true;
	follow->window = (uint64_t) window;
	follow->unacknowledged = 0;
	follow->sent = follow->acknowledged = start;
	rpc_reply(request, json_pack("{sI,sI}", "after", (json_int_t) start, "head",
				     (json_int_t) store_log_head(store->log)));
	pump(store, follow);
}

void
store_follow(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const char *stream = json_string_or(request->params, "stream", "");
	const char *name = json_string_or(request->params, "name", "");

	if (strlen(name) > NAME_MAX_LEN) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "name", "at most %d bytes", NAME_MAX_LEN);
	} else if (!strcmp(stream, "events")) {
		follow_events(store, request);
	} else if (!strcmp(stream, "state")) {
		follow_of(store, request->connection)->edge = caller->edge;
		follow_of(store, request->connection)->wants_state = true;
		/* Before the answer, behind which a follower takes itself to know everything. */
		store_alarms_push(store, request->connection);
		rpc_reply(request, store_state_snapshot(store->state));
	} else {
		rpc_fail_field(request, RPC_BAD_PARAMS, "stream", "one of: events, state");
	}
}

void
store_ack(struct store *store, struct rpc_request *request)
{
	struct follow *follow = rpc_data(request->connection);
	const char *name = json_string_or(request->params, "name", "");
	json_int_t seq = json_integer_or(request->params, "seq", -1);

	if (!follow || !follow->wants_events || strcmp(follow->name, name) || !*name) {
		rpc_fail_field(request, RPC_CONFLICT, "name", "this connection does not follow it");
		return;
	}
	if (seq < 0 || (uint64_t) seq > follow->sent) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "seq", "it was not sent yet");
		return;
	}
	if ((uint64_t) seq > follow->acknowledged) {
		uint64_t moved = (uint64_t) seq - follow->acknowledged;
		follow->unacknowledged -= MIN_OF(moved, follow->unacknowledged);
		follow->acknowledged = (uint64_t) seq;
		store_log_set_cursor(store->log, name, follow->acknowledged);
	}
	rpc_reply(request, NULL);
	pump(store, follow);
}

void
store_follow_wake(struct store *store)
{
	struct follow *follow;

	LIST_FOREACH (follow, &store->follows, link)
		pump(store, follow);
}

void
store_follow_state_changed(const char *key, uint64_t rev, const json_t *value, void *context)
{
	struct store *store = context;
	_cleanup_(json_decrefp) json_t *message = json_pack(
		"{ss,sI,sO?}", "key", key, "rev", (json_int_t) rev, "value", (json_t *) value);
	_cleanup_(freep) char *text = json_canonical(message);
	struct follow *follow;

	LIST_FOREACH (follow, &store->follows, link)
		if (follow->wants_state)
			(void) rpc_push_text(follow->connection, text);
}

void
store_follow_drained(struct store *store, struct rpc_connection *connection)
{
	struct follow *follow = rpc_data(connection);

	if (follow)
		pump(store, follow);
}

void
store_follow_closed(struct rpc_connection *connection)
{
	struct follow *follow = rpc_data(connection);

	if (!follow)
		return;
	rpc_set_data(connection, NULL);
	LIST_REMOVE(follow, link);
	free(follow);
}
