#include "www/api.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/hub.h"
#include "www/routes.h"

#define CALL_TIMEOUT_MS 10000

struct api {
	struct hub *hub;
};

struct call {
	struct api *api;
	struct exchange *exchange;
	char *method;
};

struct api *
api_new(struct event_base *base, const char *run_dir)
{
	struct api *api = xcalloc(1, sizeof(*api));

	api->hub = hub_new(base, run_dir);
	return api;
}

void
api_stop(struct api *api)
{
	hub_stop(api->hub);
}

void
api_free(struct api *api)
{
	if (!api)
		return;
	hub_free(api->hub);
	free(api);
}

struct hub *
api_hub(struct api *api)
{
	return api->hub;
}

static void on_result(json_t *result, const struct rpc_error *error, void *context);

/* Steals params. */
static void
ask(struct call *call, json_t *params)
{
	const struct exchange *exchange = call->exchange;
	const struct request *request = &exchange->request;
	struct rpc_identity identity = {
		.session = *request->session ? request->session : NULL,
		.csrf = *request->csrf ? request->csrf : NULL,
		.address = request->address,
	};

	/* A login starts anew: a token that somebody planted is not passed on. */
	if (exchange->route->flags & ROUTE_PUBLIC)
		identity.session = NULL;
	rpc_call(hub_client(call->api->hub), &identity, call->method, params, CALL_TIMEOUT_MS,
		 on_result, call);
}

static void
on_result(json_t *result, const struct rpc_error *error, void *context)
{
	struct call *call = context;
	struct exchange *exchange = call->exchange;

	if (error)
		exchange_refuse(exchange, error->code, error->message, error->field);
	else if (exchange->route->answer)
		exchange->route->answer(call->api, exchange, result);
	else
		exchange_answer(exchange, exchange->route->status, result);
	if (exchange->again) {
		ask(call, steal(&exchange->again));
		return;
	}
	exchange_resume(exchange);
	free(call->method);
	free(call);
}

static void
refuse(struct exchange *exchange, const char *code, const char *message)
{
	exchange_refuse(exchange, code, message, NULL);
	exchange_resume(exchange);
}

/* 0 and a new reference, or a negative errno. */
static int
read_body(const struct exchange *exchange, json_t **ret_body)
{
	if (exchange->body_size > 0)
		return json_read(exchange->body, exchange->body_size, ret_body);
	/* An empty body is no object; only verbs without one may leave it out. */
	if (exchange->request.verb == VERB_POST || exchange->request.verb == VERB_PATCH)
		return -EBADMSG;
	*ret_body = json_object();
	return 0;
}

/* The store's method of a route, or what a call names; NULL for what belongs to this edge. */
static const char *
method_of(const struct route *route, const json_t *body)
{
	static const char *const own[] = { "ack", "follow", "report", "session.", "setup." };
	const char *method = route->method ? route->method : json_string_or(body, "method", NULL);

	for (size_t i = 0; method && !route->method && i < ARRAY_LEN(own); i++)
		if (!strncmp(method, own[i], strlen(own[i])))
			return NULL;
	return method;
}

/* A board without a console has no such resource. */
static bool
is_there(const struct api *api, const char *method)
{
	return strcmp(method, "board.console") ||
	       json_bool_or(json_object_get(hub_state(api->hub), "board"), "console", false);
}

void
api_handle(struct exchange *exchange, void *context)
{
	struct api *api = context;
	const struct route *route = exchange->route;
	_cleanup_(json_decrefp) json_t *body = NULL;
	struct refusal refusal = { RPC_BAD_PARAMS, "malformed" };

	if (read_body(exchange, &body) < 0) {
		refuse(exchange, PROBLEM_BAD_JSON, "the body is not one JSON object");
		return;
	}
	if (!*exchange->request.session && !(route->flags & ROUTE_PUBLIC)) {
		refuse(exchange, RPC_UNAUTHENTICATED, "log in first");
		return;
	}
	const char *method = method_of(route, body);
	if (!method) {
		refuse(exchange, RPC_UNKNOWN_METHOD, "there is no method of this name to call");
		return;
	}
	if (!is_there(api, method)) {
		refuse(exchange, RPC_NOT_FOUND, "this board has no console");
		return;
	}
	json_t *params = route->params(exchange, body, &refusal);
	if (!params) {
		refuse(exchange, refusal.code, refusal.message);
		return;
	}
	struct call *call = xcalloc(1, sizeof(*call));
	*call = (struct call){ api, exchange, xstrdup(method) };
	ask(call, params);
}
