#include "www/answers.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/model.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/api.h"
#include "www/hub.h"

/* More than a line keeps. */
#define TRACE_BYTES_MAX (4 * 1024 * 1024)

#define COOKIE_ATTRIBUTES "; Path=/; Secure; HttpOnly; SameSite=Strict"

void
answer_session(struct api *api UNUSED, struct exchange *exchange, json_t *result)
{
	const char *token = json_string_or(result, "token", "");

	if (!*token || strlen(token) > SESSION_TOKEN_MAX || strpbrk(token, "; ,\"\\\r\n\t")) {
		exchange_refuse(exchange, RPC_INTERNAL, "the store made no session", NULL);
		return;
	}
	exchange->cookie = xasprintf(SESSION_COOKIE "=%s" COOKIE_ATTRIBUTES, token);
	/* Scripts never see the token: the page holds only the CSRF token. */
	(void) json_object_del(result, "token");
	exchange_answer(exchange, exchange->route->status, result);
}

void
answer_logout(struct api *api, struct exchange *exchange, json_t *result UNUSED)
{
	hub_end_session(api_hub(api), exchange->request.session);
	exchange->cookie = xstrdup(SESSION_COOKIE "=; Max-Age=0" COOKIE_ATTRIBUTES);
	exchange_answer(exchange, exchange->route->status, NULL);
}

void
answer_nothing(struct api *api UNUSED, struct exchange *exchange, json_t *result UNUSED)
{
	exchange_answer(exchange, exchange->route->status, NULL);
}

static void
add_state(struct api *api, json_t *door)
{
	char key[32];

	(void) snprintf(key, sizeof(key), "door.%lld", (long long) json_integer_or(door, "id", 0));
	json_t *state = json_object_get(hub_state(api_hub(api)), key);
	(void) json_object_set_new(door, "state", state ? json_incref(state) : json_null());
}

/* {objects, next} becomes {doors, next}. */
static void
answer_list(struct exchange *exchange, json_t *result, const char *name)
{
	json_t *objects = json_object_get(result, "objects");

	(void) json_object_set(result, name, objects);
	(void) json_object_del(result, "objects");
	exchange_answer(exchange, exchange->route->status, result);
}

void
answer_doors(struct api *api, struct exchange *exchange, json_t *result)
{
	size_t i;
	json_t *door;

	json_array_foreach (json_object_get(result, "objects"), i, door)
		add_state(api, door);
	answer_list(exchange, result, "doors");
}

void
answer_door(struct api *api, struct exchange *exchange, json_t *result)
{
	if (!json_object_get(result, "id"))
		(void) json_object_set_new(result, "id", json_integer(exchange->resource.number));
	add_state(api, result);
	exchange_answer(exchange, exchange->route->status, result);
}

void
answer_objects(struct api *api UNUSED, struct exchange *exchange, json_t *result)
{
	answer_list(exchange, result, exchange->resource.kind->plural);
}

void
answer_readers(struct api *api UNUSED, struct exchange *exchange, json_t *result)
{
	_cleanup_(json_decrefp) json_t *readers = json_array();
	const json_t *objects = json_object_get(result, "objects");

	/* Readers are numbered densely from 1, so numbers give the order that a key walk would not.
	 */
	for (int id = 1;; id++) {
		char key[32];
		(void) snprintf(key, sizeof(key), "reader.%d", id);
		json_t *reader = json_object_get(objects, key);
		if (!reader)
			break;
		json_t *copy = json_copy(reader);
		(void) json_object_set_new(copy, "id", json_integer(id));
		(void) json_array_append_new(readers, copy);
	}
	_cleanup_(json_decrefp) json_t *answer = json_pack("{sO}", "readers", readers);
	exchange_answer(exchange, exchange->route->status, answer);
}

/* A file in pieces: the next one is asked for until there is none. */
void
answer_trace(struct api *api UNUSED, struct exchange *exchange, json_t *result)
{
	int64_t next = json_integer_or(result, "next", 0);

	exchange_append(exchange, exchange->route->status, "application/x-ndjson",
			json_string_or(result, "text", ""));
	if (next < json_integer_or(result, "last", 0) && strlen(exchange->text) < TRACE_BYTES_MAX) {
		exchange->again = json_pack("{si,sI}", "reader", (int) exchange->resource.number,
					    "after", (json_int_t) next);
		return;
	}
	free(exchange->file_name);
	exchange->file_name =
		xasprintf("attachment; filename=\"reader-%u.osdpcap\"", exchange->resource.number);
}

void
answer_stream(struct api *api, struct exchange *exchange, json_t *result UNUSED)
{
	int r = hub_subscribe(api_hub(api), exchange);

	if (r == 0)
		exchange->status = exchange->route->status;
	else
		exchange_refuse(exchange, RPC_UNAVAILABLE,
				"the live state is not there yet or too many are following it",
				NULL);
}
