#include "agent/store_explain.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_door.h"
#include "agent/store_objects_write.h"
#include "lib/cardformat.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* What an object is asked for by, and what to say when there is none. */
static json_t *
load(struct store *store, struct rpc_request *request, const char *kind, const char *field)
{
	json_t *doc = store_object_load(store, model_find(kind),
					json_integer_or(request->params, field, 0));

	if (!doc)
		rpc_fail_field(request, RPC_NOT_FOUND, field, "there is no such %s", kind);
	return doc;
}

static bool
is_card(const json_t *credential)
{
	return !strcmp(json_string_or(credential, "type", "card"), "card");
}

static json_t *
card_of(const json_t *credential)
{
	json_int_t own = json_integer_or(credential, "card_format", 0);
	_cleanup_(freep) char *format =
		own ? xasprintf(CARDFORMAT_OWN_PREFIX "%lld", (long long) own)
		    : xstrdup(json_string_or(credential, "format", "h10301"));

	return json_pack("{ss,sI,sI}", "format", format, "facility",
			 (json_int_t) json_integer_or(credential, "facility", 0), "card",
			 (json_int_t) json_integer_or(credential, "card", 0));
}

/* NULL after having answered. */
static json_t *
card_of_credential(struct store *store, struct rpc_request *request, const char *field)
{
	_cleanup_(json_decrefp) json_t *credential = load(store, request, "credential", field);

	if (!credential)
		return NULL;
	if (is_card(credential))
		return card_of(credential);
	rpc_fail_field(request, RPC_BAD_PARAMS, field, "a PIN cannot be read, only cards can");
	return NULL;
}

/* The first one that is enabled; without any, the first one: its status is the answer then. */
static json_t *
card_of_person(struct store *store, struct rpc_request *request)
{
	_cleanup_(json_decrefp) json_t *person = load(store, request, "person", "person");
	_cleanup_(json_decrefp) json_t *first = NULL;
	json_t *doc;

	if (!person)
		return NULL;
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config,
			 "SELECT doc FROM refs JOIN objects USING (kind, id)"
			 " WHERE ref_kind = 'person' AND ref_id = ? AND kind = 'credential'"
			 " ORDER BY id",
			 "i", (int64_t) json_integer_or(request->params, "person", 0));
	while (db_next(&rows)) {
		doc = json_loads(db_text(rows, 0), 0, NULL);
		bool is_enabled = !strcmp(json_string_or(doc, "status", ""), "enabled");
		if (is_card(doc) && (is_enabled || !first)) {
			json_decref(first);
			first = json_incref(doc);
		}
		json_decref(doc);
		if (is_enabled && first == doc)
			break;
	}
	if (first)
		return card_of(first);
	rpc_fail_field(request, RPC_NOT_FOUND, "person", "%s has no card",
		       json_string_or(person, "name", "this person"));
	return NULL;
}

/* NULL after having answered. */
static json_t *
card_asked_for(struct store *store, struct rpc_request *request)
{
	static const char *const ways[] = { "person", "credential", "card" };
	int count = 0;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		count += json_object_get(request->params, ways[i]) != NULL;
	if (count != 1) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "person",
			       "one of person, credential and card");
		return NULL;
	}
	if (json_object_get(request->params, "person"))
		return card_of_person(store, request);
	if (json_object_get(request->params, "credential"))
		return card_of_credential(store, request, "credential");
	return card_of(request->params);
}

static void
answer(struct rpc_request *request, const json_t *result, const struct rpc_error *error)
{
	if (result)
		rpc_reply(request, json_incref((json_t *) result));
	else if (error->field)
		rpc_fail_field(request, error->code, error->field, "%s", error->message);
	else
		rpc_fail(request, error->code, "%s", error->message);
}

static void
on_explained(json_t *result, const struct rpc_error *error, void *context)
{
	char at[21];

	if (result) {
		clock_format_s(json_integer_or(result, "at", 0), at);
		(void) json_object_set_new(result, "at", json_string(at));
		/* Of a PIN, and there is none. */
		(void) json_object_del(result, "duress");
	}
	answer(context, result, error);
}

void
store_access_explain(struct store *store, struct rpc_request *request,
		     const struct caller *caller UNUSED)
{
	int64_t at_s;
	_cleanup_(json_decrefp) json_t *params =
		json_pack("{sO}", "point", json_object_get(request->params, "point"));
	json_t *card = card_asked_for(store, request);

	if (!card)
		return;
	(void) json_object_set_new(params, "card", card);
	if (json_object_get(request->params, "companion")) {
		card = card_of_credential(store, request, "companion");
		if (!card)
			return;
		(void) json_object_set_new(params, "companion", card);
	}
	if (clock_parse(json_string_or(request->params, "at", ""), &at_s) == 0)
		(void) json_object_set_new(params, "at", json_integer(at_s));
	store_door_call(store, "access.explain", steal(&params), on_explained, request);
}
