#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/rpc.h"
#include "lib/wire.h"

#define RETRY_MIN_MS	 100
#define RETRY_MAX_MS	 2000
#define HELLO_TIMEOUT_MS 10000

struct call {
	TAILQ_ENTRY(call) link;
	json_int_t id;
	rpc_result_fn *done;
	void *context;
	struct event *timer;
	struct rpc_client *client;
};

struct rpc_client {
	struct event_base *base;
	char *path;
	char *name;
	const struct rpc_client_ops *ops;
	void *context;
	struct wire *wire;
	struct event *retry;
	unsigned retry_ms;
	json_int_t last_id;
	bool is_up;
	TAILQ_HEAD(, call) calls;
};

static void
free_call(struct call *call)
{
	TAILQ_REMOVE(&call->client->calls, call, link);
	event_free(call->timer);
	free(call);
}

static void
finish(struct call *call, json_t *result, const struct rpc_error *error)
{
	rpc_result_fn *done = call->done;
	void *context = call->context;

	free_call(call);
	if (done)
		done(result, error, context);
}

static void
arm(struct rpc_client *client)
{
	loop_arm_in(client->retry, client->retry_ms * US_PER_MS);
	client->retry_ms = MIN_OF(client->retry_ms * 2, RETRY_MAX_MS);
}

static void
go_down(struct rpc_client *client)
{
	static const struct rpc_error away = { RPC_UNAVAILABLE, "the connection was lost", NULL };
	bool was_up = client->is_up;

	client->is_up = false;
	wire_free(steal(&client->wire));
	while (!TAILQ_EMPTY(&client->calls))
		finish(TAILQ_FIRST(&client->calls), NULL, &away);
	if (was_up)
		client->ops->on_down(client, client->context);
	arm(client);
}

static void
on_closed(struct wire *wire UNUSED, int error UNUSED, void *context)
{
	go_down(context);
}

static void
on_message(struct wire *wire UNUSED, json_t *message, void *context)
{
	struct rpc_client *client = context;
	const json_t *error = json_object_get(message, "error");
	json_t *id = json_object_get(message, "id");
	struct call *call;

	if (!id) {
		if (client->is_up && client->ops->on_push)
			client->ops->on_push(client, message, client->context);
		return;
	}
	TAILQ_FOREACH (call, &client->calls, link)
		if (call->id == json_integer_value(id))
			break;
	if (!call)
		return;
	struct rpc_error failure = {
		.code = json_string_or(error, "code", RPC_INTERNAL),
		.message = json_string_or(error, "message", "no result"),
		.field = json_string_or(error, "field", NULL),
	};
	json_t *result = json_object_get(message, "result");
	finish(call, result, result ? NULL : &failure);
}

static bool
on_line(struct wire *wire UNUSED, const char *line, size_t size, void *context)
{
	struct rpc_client *client = context;

	return client->is_up && client->ops->on_line &&
	       client->ops->on_line(client, line, size, client->context);
}

static const struct wire_ops wire_ops = {
	.on_message = on_message,
	.on_line = on_line,
	.on_closed = on_closed,
};

static void
on_call_timeout(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	static const struct rpc_error late = { RPC_TIMEOUT, "no answer in time", NULL };

	finish(context, NULL, &late);
}

static void
send_call(struct rpc_client *client, json_t *message, json_int_t id, unsigned timeout_ms,
	  rpc_result_fn *done, void *context)
{
	static const struct rpc_error large = { "too_large", "the call exceeds one line", NULL };
	static const struct rpc_error foreign = { RPC_BAD_REQUEST, "texts must be UTF-8", NULL };
	struct call *call = xcalloc(1, sizeof(*call));

	*call = (struct call){ .id = id, .done = done, .context = context, .client = client };
	call->timer = evtimer_new(client->base, on_call_timeout, call);
	loop_arm_in(call->timer, timeout_ms * US_PER_MS);
	TAILQ_INSERT_TAIL(&client->calls, call, link);
	int r = wire_send(client->wire, message);
	if (r < 0)
		finish(call, NULL, r == -EINVAL ? &foreign : &large);
}

static void
on_hello(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct rpc_client *client = context;

	if (!result) {
		if (client->wire)
			go_down(client);
		return;
	}
	client->is_up = true;
	client->retry_ms = RETRY_MIN_MS;
	client->ops->on_up(client, client->context);
}

json_t *
rpc_make_call(json_int_t id, const struct rpc_identity *identity, const char *method,
	      json_t *params)
{
	return json_pack("{sI,ss,so,ss*,ss*,ss*}", "id", id, "method", method, "params",
			 params ? params : json_object(), "session",
			 identity ? identity->session : NULL, "csrf",
			 identity ? identity->csrf : NULL, "address",
			 identity ? identity->address : NULL);
}

json_t *
rpc_make_hello(const char *name)
{
	return rpc_make_call(1, NULL, "hello",
			     json_pack("{ss,si}", "client", name, "protocol", RPC_PROTOCOL));
}

static void
try_connect(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct rpc_client *client = context;
	int socket = wire_connect(client->path);

	if (socket < 0) {
		arm(client);
		return;
	}
	client->wire = wire_new(client->base, socket, &wire_ops, client);
	client->last_id = 1;
	_cleanup_(json_decrefp) json_t *hello = rpc_make_hello(client->name);
	send_call(client, hello, 1, HELLO_TIMEOUT_MS, on_hello, client);
}

struct rpc_client *
rpc_client_new(struct event_base *base, const char *path, const char *name,
	       const struct rpc_client_ops *ops, void *context)
{
	struct timeval now = { 0, 0 };
	struct rpc_client *client = xcalloc(1, sizeof(*client));

	*client = (struct rpc_client){
		.base = base,
		.path = xstrdup(path),
		.name = xstrdup(name),
		.ops = ops,
		.context = context,
		.retry_ms = RETRY_MIN_MS,
	};
	TAILQ_INIT(&client->calls);
	client->retry = evtimer_new(base, try_connect, client);
	(void) evtimer_add(client->retry, &now);
	return client;
}

void
rpc_client_free(struct rpc_client *client)
{
	if (!client)
		return;
	while (!TAILQ_EMPTY(&client->calls))
		free_call(TAILQ_FIRST(&client->calls));
	wire_free(client->wire);
	event_free(client->retry);
	free(client->path);
	free(client->name);
	free(client);
}

bool
rpc_is_up(const struct rpc_client *client)
{
	return client->is_up;
}

void
rpc_flush(struct rpc_client *client)
{
	if (client->wire)
		wire_flush(client->wire);
}

void
rpc_pause(struct rpc_client *client, bool is_paused)
{
	if (client->wire)
		wire_pause(client->wire, is_paused);
}

void
rpc_reconnect(struct rpc_client *client)
{
	if (client->wire)
		go_down(client);
}

void
rpc_call(struct rpc_client *client, const struct rpc_identity *identity, const char *method,
	 json_t *params, unsigned timeout_ms, rpc_result_fn *done, void *context)
{
	static const struct rpc_error away = { RPC_UNAVAILABLE, "not connected", NULL };

	if (!client->is_up) {
		json_decref(params);
		if (done)
			done(NULL, &away, context);
		return;
	}
	json_int_t id = ++client->last_id;
	_cleanup_(json_decrefp) json_t *message = rpc_make_call(id, identity, method, params);
	send_call(client, message, id, timeout_ms, done, context);
}

void
rpc_forget(struct rpc_client *client, const void *context)
{
	struct call *call;

	TAILQ_FOREACH (call, &client->calls, link)
		if (call->context == context)
			call->done = NULL;
}
