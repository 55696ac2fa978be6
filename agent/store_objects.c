#include "agent/store_objects.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_compile.h"
#include "agent/store_expiry.h"
#include "agent/store_log_servers.h"
#include "agent/store_module.h"
#include "agent/store_objects_write.h"
#include "agent/store_outbox.h"
#include "agent/store_presence.h"
#include "lib/json.h"
#include "lib/util.h"

/* NULL after having answered when there is no such kind. */
static const struct model_kind *
kind_of(struct rpc_request *request)
{
	const struct model_kind *kind = model_find(json_string_or(request->params, "kind", ""));

	if (!kind)
		rpc_fail_field(request, RPC_BAD_PARAMS, "kind", "there is no such kind");
	return kind;
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
		rpc_reply(request, store_object_show(kind, id, doc));
}

/* What was committed is to take effect. */
static void
changed(struct store *store)
{
	store_compile_begin(store);
	store_expiry_arm(store);
	store_log_servers_show(store);
	store_alarms_sweep(store);
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
		changed(store);
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
store_objects_add(struct store *store, const char *name, const json_t *object,
		  const struct caller *caller, int64_t *ret_id)
{
	struct store_refusal refusal;
	_cleanup_(json_decrefp) json_t *doc = json_deep_copy(object);
	struct object_change change = { .kind = model_find(name), .doc = doc, .caller = caller };
	int r = put(store, &change, &refusal);

	if (r == 0)
		*ret_id = change.id;
	return r;
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
	if (!strcmp(change->kind->name, "person"))
		store_presence_drop(store, change->id);
	changed(store);
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
