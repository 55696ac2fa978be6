#include "agent/store_objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_module.h"
#include "agent/store_objects_write.h"
#include "agent/store_outbox.h"
#include "lib/json.h"
#include "lib/util.h"

#define LIST_DEFAULT 100
/* Keeps a list within one line of the protocol. */
#define LIST_BYTES_MAX 48000

/* NULL after having answered when there is no such kind. */
static const struct model_kind *
kind_of(struct rpc_request *request)
{
	const struct model_kind *kind = model_find(json_string_or(request->params, "kind", ""));

	if (!kind)
		rpc_fail_field(request, RPC_BAD_PARAMS, "kind", "there is no such kind");
	return kind;
}

/* What may be shown of an object; a new reference. */
static json_t *
shown(const struct model_kind *kind, int64_t id, json_t *doc)
{
	store_object_hide(kind, doc);
	(void) json_object_set_new(doc, "id", json_integer(id));
	return doc;
}

void
store_object_list(struct store *store, struct rpc_request *request,
		  const struct caller *caller UNUSED)
{
	const struct model_kind *kind = kind_of(request);
	int64_t after = json_integer_or(request->params, "after", 0);
	int64_t limit = json_integer_or(request->params, "limit", LIST_DEFAULT);
	json_t *objects = json_array();
	size_t bytes = 0;
	bool has_more = false;

	if (!kind) {
		json_decref(objects);
		return;
	}
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config,
		"SELECT id, doc FROM objects WHERE kind = ? AND id > ? ORDER BY id LIMIT ?", "tii",
		kind->name, after, limit + 1);
	while (db_next(&rows)) {
		if ((int64_t) json_array_size(objects) == limit || bytes > LIST_BYTES_MAX) {
			has_more = true;
			break;
		}
		after = sqlite3_column_int64(rows, 0);
		bytes += (size_t) sqlite3_column_bytes(rows, 1) + 16;
		json_t *doc = json_loads(db_text(rows, 1), 0, NULL);
		(void) json_array_append_new(objects, shown(kind, after, doc));
	}
	json_t *result = json_pack("{so}", "objects", objects);
	if (has_more)
		(void) json_object_set_new(result, "next", json_integer(after));
	rpc_reply(request, result);
}

void
store_object_get(struct store *store, struct rpc_request *request,
		 const struct caller *caller UNUSED)
{
	const struct model_kind *kind = kind_of(request);
	int64_t id = json_integer_or(request->params, "id", 0);

	if (!kind)
		return;
	json_t *doc = store_object_load(store, kind, id);
	if (!doc)
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
	else
		rpc_reply(request, shown(kind, id, doc));
}

/* A transaction of one change; fills refusal when it is not made. */
static int
put(struct store *store, struct object_change *change, struct store_refusal *refusal)
{
	int r = store_outbox_begin(store);

	(void) store_refuse(refusal, RPC_INTERNAL, NULL, "the %s could not be stored",
			    change->kind->name);
	if (r < 0)
		return r;
	r = store_outbox_end(store, store_object_put(store, change, refusal));
	if (r == 0)
		store_compile_begin(store);
	return r;
}

struct creation {
	struct store *store;
	const struct model_kind *kind;
	int64_t id;
	struct caller caller;
	struct rpc_request *request;
};

/* The door role knows the new object. */
static void
finish_creation(void *context)
{
	struct creation *creation = context;

	store_module_on_created(creation->store, creation->kind, creation->id, &creation->caller);
	rpc_reply(creation->request, json_pack("{sI}", "id", (json_int_t) creation->id));
	free(creation);
}

static void
begin_creation(struct store *store, const struct object_change *change, struct rpc_request *request)
{
	struct creation *creation = xcalloc(1, sizeof(*creation));

	*creation = (struct creation){ store, change->kind, change->id, *change->caller, request };
	creation->caller.csrf = NULL;
	store_compile_await(store, finish_creation, creation);
}

void
store_object_create(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);
	struct store_refusal refusal;

	if (!kind)
		return;
	if (kind->is_fixed) {
		rpc_fail_field(request, RPC_CONFLICT, "kind", "the board has its %s", kind->plural);
		return;
	}
	_cleanup_(json_decrefp) json_t *doc =
		json_deep_copy(json_object_get(request->params, "object"));
	struct object_change change = { .kind = kind, .doc = doc, .caller = caller };
	if (store_object_check(&change, &refusal) < 0) {
		store_refusal_reply(&refusal, request);
		return;
	}
	if (!store_module_allows(store, kind, 0, doc, request))
		return;
	if (put(store, &change, &refusal) < 0) {
		store_refusal_reply(&refusal, request);
		return;
	}
	begin_creation(store, &change, request);
}

void
store_object_change(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);
	int64_t id = json_integer_or(request->params, "id", 0);
	struct store_refusal refusal;

	if (!kind)
		return;
	_cleanup_(json_decrefp) json_t *old = store_object_load(store, kind, id);
	if (!old) {
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
		return;
	}
	_cleanup_(json_decrefp) json_t *doc = json_deep_copy(old);
	(void) json_object_update(doc, json_object_get(request->params, "object"));
	struct object_change change = {
		.kind = kind, .id = id, .old = old, .doc = doc, .caller = caller
	};
	if (store_object_check(&change, &refusal) < 0) {
		store_refusal_reply(&refusal, request);
		return;
	}
	if (!store_module_allows(store, kind, id, doc, request))
		return;
	if (put(store, &change, &refusal) < 0)
		store_refusal_reply(&refusal, request);
	else
		store_compile_reply(store, request, NULL);
}

int
store_objects_patch(struct store *store, const char *name, int64_t id, json_t *patch,
		    const struct caller *caller)
{
	const struct model_kind *kind = model_find(name);
	struct store_refusal refusal;
	_cleanup_(json_decrefp) json_t *old = store_object_load(store, kind, id);

	if (!old)
		return -ENOENT;
	_cleanup_(json_decrefp) json_t *doc = json_deep_copy(old);
	(void) json_object_update(doc, patch);
	if (json_equal(old, doc))
		return 0;
	struct object_change change = {
		.kind = kind, .id = id, .old = old, .doc = doc, .caller = caller
	};
	return put(store, &change, &refusal);
}

static void
removal(struct store *store, struct rpc_request *request, const struct object_change *change)
{
	bool with_credentials = !strcmp(json_string_or(request->params, "with", ""), "credentials");
	struct store_refusal refusal;
	int r = store_outbox_begin(store);

	(void) store_refuse(&refusal, RPC_INTERNAL, NULL, "the %s could not be removed",
			    change->kind->name);
	if (r == 0)
		r = store_outbox_end(
			store, store_object_delete(store, change, with_credentials, &refusal));
	if (r < 0) {
		store_refusal_reply(&refusal, request);
		return;
	}
	store_compile_begin(store);
	store_compile_reply(store, request, NULL);
}

void
store_object_remove(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);
	int64_t id = json_integer_or(request->params, "id", 0);

	if (!kind)
		return;
	_cleanup_(json_decrefp) json_t *old = store_object_load(store, kind, id);
	struct object_change change = { .kind = kind, .id = id, .old = old, .caller = caller };
	if (kind->is_fixed)
		rpc_fail_field(request, RPC_CONFLICT, "kind", "the board has its %s", kind->plural);
	else if (!old)
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
	else if (store_module_allows_removal(store, kind, id, request))
		removal(store, request, &change);
}
