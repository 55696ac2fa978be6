#include "www/params.h"

#include <errno.h>

#include "lib/json.h"
#include "lib/model.h"
#include "lib/rpc.h"
#include "lib/util.h"

json_t *
params_none(const struct exchange *exchange UNUSED, json_t *body UNUSED,
	    struct refusal *refusal UNUSED)
{
	return json_object();
}

json_t *
params_body(const struct exchange *exchange UNUSED, json_t *body, struct refusal *refusal UNUSED)
{
	return json_incref(body);
}

/* Takes an optional number from the query into params. */
static bool
take_number(const struct exchange *exchange, const char *name, uint64_t max, json_t *params,
	    struct refusal *refusal)
{
	uint64_t number = 0;
	int r = request_query_number(&exchange->request, name, max, &number);

	if (r > 0)
		(void) json_object_set_new(params, name, json_integer((json_int_t) number));
	if (r < 0)
		*refusal = (struct refusal){ RPC_BAD_PARAMS, "a number in the query is malformed" };
	return r >= 0;
}

/* Takes an optional text from the query into params. */
static bool
take_text(const struct exchange *exchange, const char *name, json_t *params,
	  struct refusal *refusal)
{
	char text[257];
	int r = request_query_text(&exchange->request, name, text, sizeof(text));

	/* Jansson takes no text that is no UTF-8. */
	if (r > 0 && json_object_set_new(params, name, json_string(text)) < 0)
		r = -EINVAL;
	if (r < 0)
		*refusal = (struct refusal){ RPC_BAD_PARAMS, "a text in the query is malformed" };
	return r >= 0;
}

/* A filter that is misspelt would find more than was asked for. */
static bool
has_only(const struct exchange *exchange, const char *const *names, size_t count,
	 struct refusal *refusal)
{
	if (request_query_is_of(&exchange->request, names, count))
		return true;
	*refusal = (struct refusal){ RPC_BAD_PARAMS, "there is no such filter" };
	return false;
}

#define LIST_NAMES 3

/* Beside these, a query may name an object of any kind that those of the list refer to. */
json_t *
params_list(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal)
{
	const char *names[LIST_NAMES + 64] = { "after", "limit", "search" };
	size_t count = LIST_NAMES;
	_cleanup_(json_decrefp) json_t *params =
		json_pack("{ss}", "kind", exchange->resource.kind->name);
	json_t *filter = json_object();

	for (size_t i = 0; i < model_count() && count < ARRAY_LEN(names); i++)
		names[count++] = model_at(i)->name;
	(void) json_object_set_new(params, "filter", filter);
	if (!has_only(exchange, names, count, refusal) ||
	    !take_number(exchange, "after", JSON_INTEGER_MAX, params, refusal) ||
	    !take_number(exchange, "limit", JSON_INTEGER_MAX, params, refusal) ||
	    !take_text(exchange, "search", params, refusal))
		return NULL;
	for (size_t i = LIST_NAMES; i < count; i++)
		if (!take_number(exchange, names[i], INT32_MAX, filter, refusal))
			return NULL;
	if (!json_object_size(filter))
		(void) json_object_del(params, "filter");
	return steal(&params);
}

json_t *
params_alarms(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal)
{
	static const char *const names[] = { "after", "limit" };
	_cleanup_(json_decrefp) json_t *params = json_object();

	if (!has_only(exchange, names, ARRAY_LEN(names), refusal) ||
	    !take_number(exchange, "after", JSON_INTEGER_MAX, params, refusal) ||
	    !take_number(exchange, "limit", INT32_MAX, params, refusal))
		return NULL;
	return steal(&params);
}

json_t *
params_presence(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal)
{
	static const char *const names[] = { "area", "after", "limit" };
	_cleanup_(json_decrefp) json_t *params = json_object();

	if (!has_only(exchange, names, ARRAY_LEN(names), refusal))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!take_number(exchange, names[i], INT32_MAX, params, refusal))
			return NULL;
	return steal(&params);
}

/* The parameters of events.list that a query may have: texts, and behind those numbers. */
static const char *const event_names[] = {
	"kind",	   "category", "actor",	   "text", "before", "after",  "limit",
	"from_us", "to_us",    "severity", "door", "reader", "person", "credential",
};
#define EVENT_TEXTS 4

json_t *
params_events(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal)
{
	_cleanup_(json_decrefp) json_t *params = json_object();

	if (!has_only(exchange, event_names, ARRAY_LEN(event_names), refusal))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(event_names); i++) {
		bool is_taken = i < EVENT_TEXTS
					? take_text(exchange, event_names[i], params, refusal)
					: take_number(exchange, event_names[i], JSON_INTEGER_MAX,
						      params, refusal);
		if (!is_taken)
			return NULL;
	}
	return steal(&params);
}

/* All of the log that there is, a page at a time. */
json_t *
params_export(const struct exchange *exchange, json_t *body, struct refusal *refusal)
{
	json_t *params = params_events(exchange, body, refusal);

	if (!params)
		return NULL;
	if (!json_object_get(params, "after"))
		(void) json_object_set_new(params, "after", json_integer(0));
	(void) json_object_set_new(params, "limit", json_integer(200));
	return params;
}

json_t *
params_object(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal UNUSED)
{
	return json_pack("{ss,si}", "kind", exchange->resource.kind->name, "id",
			 (int) exchange->resource.number);
}

/* "with" says what goes along. */
json_t *
params_remove(const struct exchange *exchange, json_t *body, struct refusal *refusal)
{
	static const char *const names[] = { "with" };
	_cleanup_(json_decrefp) json_t *params = params_object(exchange, body, refusal);

	if (!has_only(exchange, names, ARRAY_LEN(names), refusal) ||
	    !take_text(exchange, "with", params, refusal))
		return NULL;
	return steal(&params);
}

json_t *
params_create(const struct exchange *exchange, json_t *body, struct refusal *refusal UNUSED)
{
	return json_pack("{ss,sO}", "kind", exchange->resource.kind->name, "object", body);
}

json_t *
params_change(const struct exchange *exchange, json_t *body, struct refusal *refusal UNUSED)
{
	return json_pack("{ss,si,sO}", "kind", exchange->resource.kind->name, "id",
			 (int) exchange->resource.number, "object", body);
}

json_t *
params_command(const struct exchange *exchange, json_t *body, struct refusal *refusal UNUSED)
{
	json_t *params = json_copy(body);

	/* The path says which door or output, whatever the body says. */
	(void) json_object_set_new(params, exchange->resource.kind->name,
				   json_integer(exchange->resource.number));
	return params;
}

json_t *
params_settings(const struct exchange *exchange UNUSED, json_t *body,
		struct refusal *refusal UNUSED)
{
	return json_pack("{sO}", "values", body);
}

json_t *
params_board(const struct exchange *exchange UNUSED, json_t *body, struct refusal *refusal UNUSED)
{
	return json_pack("{sO}", "request", body);
}

json_t *
params_call(const struct exchange *exchange UNUSED, json_t *body, struct refusal *refusal)
{
	json_t *params = json_object_get(body, "params");

	if (params && !json_is_object(params)) {
		*refusal = (struct refusal){ RPC_BAD_PARAMS, "params must be an object" };
		return NULL;
	}
	return params ? json_incref(params) : json_object();
}

json_t *
params_reader(const struct exchange *exchange, json_t *body, struct refusal *refusal UNUSED)
{
	json_t *params = json_copy(body);

	(void) json_object_set_new(params, "reader", json_integer(exchange->resource.number));
	return params;
}

json_t *
params_job(const struct exchange *exchange, json_t *body UNUSED, struct refusal *refusal)
{
	_cleanup_(json_decrefp) json_t *params = json_object();

	return take_number(exchange, "job", JSON_INTEGER_MAX, params, refusal) ? steal(&params)
									       : NULL;
}

/* All objects of a kind, a page at a time. */
json_t *
params_export_objects(const struct exchange *exchange, json_t *body UNUSED,
		      struct refusal *refusal UNUSED)
{
	return json_pack("{ss,si,si}", "kind", exchange->resource.kind->name, "after", 0, "limit",
			 200);
}
