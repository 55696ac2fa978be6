#include "agent/store_edge.h"

#include <stdlib.h>

#include "agent/store_follow.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"

struct edge_call {
	LIST_ENTRY(edge_call) link;
	struct store *store;
	json_int_t id;
	enum edge edge;
	struct event *timer;
	store_edge_fn *done;
	void *context;
};

static void
free_call(struct edge_call *call)
{
	LIST_REMOVE(call, link);
	event_free(call->timer);
	free(call);
}

static void
finish(struct edge_call *call, const json_t *result, const char *message)
{
	struct store *store = call->store;
	store_edge_fn *done = call->done;
	void *context = call->context;

	free_call(call);
	done(store, result, message, context);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	finish(context, NULL, "it has not answered in time");
}

void
store_edge_call(struct store *store, enum edge edge, const char *method, json_t *params,
		unsigned timeout_ms, store_edge_fn *done, void *context)
{
	struct rpc_connection *connection = store_follow_edge(store, edge);
	struct edge_call *call = xcalloc(1, sizeof(*call));

	*call = (struct edge_call){
		.store = store,
		.id = ++store->last_edge_call,
		.edge = edge,
		.done = done,
		.context = context,
	};
	call->timer = evtimer_new(store->base, on_timer, call);
	loop_arm_in(call->timer, timeout_ms * US_PER_MS);
	LIST_INSERT_HEAD(&store->edge_calls, call, link);
	_cleanup_(json_decrefp) json_t *message = json_pack("{s{sI,ss,so}}", "call", "id", call->id,
							    "method", method, "params", params);
	if (!connection)
		finish(call, NULL, "it does not run");
	else if (rpc_push(connection, message) < 0)
		finish(call, NULL, "the call does not fit into a line");
}

void
store_edge_answer(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	json_int_t id = json_integer_or(request->params, "id", 0);
	const json_t *result = json_object_get(request->params, "result");
	const char *message = json_string_or(request->params, "error", "no result");
	struct edge_call *call;

	LIST_FOREACH (call, &store->edge_calls, link)
		if (call->id == id && call->edge == caller->edge)
			break;
	/* Late ones are nobody's. */
	if (call)
		finish(call, result, result ? NULL : message);
	rpc_reply(request, NULL);
}

void
store_edge_close(struct store *store)
{
	while (!LIST_EMPTY(&store->edge_calls))
		free_call(LIST_FIRST(&store->edge_calls));
}
