#include "agent/store_objects.h"

#include <errno.h>
#include <string.h>

#include "agent/store_keys.h"
#include "agent/store_module.h"
#include "lib/feedback.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/util.h"

#define LIST_DEFAULT 100
/* Keeps a list within one line of the protocol. */
#define LIST_BYTES_MAX 48000

/* Makes an object that the board has, unless it is there. */
static int
seed(struct store *store, const char *kind, unsigned id, json_t *values)
{
	_cleanup_(json_decrefp) json_t *doc = values;

	field_fill(&model_find(kind)->fields, doc);
	_cleanup_(freep) char *text = json_canonical(doc);
	return db_run(store->config, "INSERT OR IGNORE INTO objects VALUES (?, ?, NULL, ?)", "tit",
		      kind, (int64_t) id, text);
}

static int
seed_input(struct store *store, unsigned id)
{
	const struct inventory_row *row = inventory_input(id);
	_cleanup_(freep) char *name =
		row->door ? xasprintf("%s %u", row->label, row->door) : xstrdup(row->label);

	/* A contact is closed while its door is; everything else waits to be pressed. */
	return seed(store, "input", id,
		    json_pack("{ss,ss}", "name", name, "normal",
			      row->kind == INV_CONTACT ? "closed" : "open"));
}

static int
seed_output(struct store *store, unsigned id)
{
	const struct inventory_row *row = inventory_output(id);
	_cleanup_(freep) char *name =
		row->door ? xasprintf("%s %u", row->label, row->door) : xstrdup(row->label);

	return seed(store, "output", id,
		    json_pack("{ss,ss}", "name", name, "direction",
			      row->kind == INV_AUX_IO ? "input" : "output"));
}

int
store_objects_seed(struct store *store)
{
	int r = 0;

	for (unsigned id = 1; id <= DOORS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Door %u", id);
		r = seed(store, "door", id, json_pack("{ss}", "name", name));
	}
	for (unsigned id = 1; id <= INPUTS && r == 0; id++)
		r = seed_input(store, id);
	for (unsigned id = 1; id <= OUTPUTS && r == 0; id++)
		r = seed_output(store, id);
	for (unsigned id = 1; id <= READERS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Reader %u", id);
		r = seed(store, "reader", id, json_pack("{ss}", "name", name));
	}
	for (unsigned id = 1; id <= READERS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Access point %u", id);
		r = seed(store, "access_point", id,
			 json_pack("{ss,si}", "name", name, "door",
				   (int) ((id - 1) / READERS_EACH + 1)));
	}
	for (unsigned id = 1; id <= FEEDBACK_OUTCOMES && r == 0; id++)
		r = seed(store, "feedback", id, feedback_object(id - 1));
	return r;
}

/* NULL after having answered when there is no such kind. */
static const struct model_kind *
kind_of(struct rpc_request *request)
{
	const struct model_kind *kind = model_find(json_string_or(request->params, "kind", ""));

	if (!kind)
		rpc_fail_field(request, RPC_BAD_PARAMS, "kind", "there is no such kind");
	return kind;
}

/* A new reference, or NULL. */
static json_t *
load(struct store *store, const struct model_kind *kind, int64_t id)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT doc FROM objects WHERE kind = ? AND id = ?", "ti",
			 kind->name, id);

	return db_next(&row) ? json_loads(db_text(row, 0), 0, NULL) : NULL;
}

static json_t *
with_id(json_t *doc, int64_t id)
{
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
		(void) json_array_append_new(objects, with_id(doc, after));
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
	json_t *doc = load(store, kind, id);
	if (!doc)
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
	else
		rpc_reply(request, with_id(doc, id));
}

/* Checks a whole object; answers the request when it is wrong. */
static bool
is_sound(const struct model_kind *kind, const json_t *doc, struct rpc_request *request)
{
	struct field_error error;

	if (field_check_object(&kind->fields, doc, &error) == 0 &&
	    model_check(kind, doc, &error) == 0)
		return true;
	rpc_fail_field(request, RPC_BAD_PARAMS, error.field, "%s", error.message);
	return false;
}

/* Who holds what would be doubled, for the message; "somebody" when it cannot be told. */
static void
refuse_duplicate(struct store *store, const struct model_kind *kind, const char *key,
		 struct rpc_request *request)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT id, doc FROM objects WHERE kind = ? AND unique_key = ?",
		"tt", kind->name, key);
	if (!db_next(&row)) {
		rpc_fail(request, RPC_CONFLICT, "there is such a %s already", kind->name);
		return;
	}
	_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(row, 1), 0, NULL);
	rpc_fail_field(request, RPC_CONFLICT, kind->duplicate.field, "%s %s (%s %lld)",
		       json_string_or(doc, kind->duplicate.who, "somebody"), kind->duplicate.text,
		       kind->name, (long long) sqlite3_column_int64(row, 0));
}

static void
store_failed(struct store *store, const struct model_kind *kind, const char *key, int error,
	     struct rpc_request *request)
{
	if (error == -EEXIST && key)
		refuse_duplicate(store, kind, key, request);
	else
		rpc_fail(request, RPC_INTERNAL, "the %s could not be stored", kind->name);
}

/* The lowest free one where there is a greatest one, else one more than the greatest in use; 0 when
 * all are in use. */
static int64_t
new_number(struct store *store, const struct model_kind *kind)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config,
			 kind->max ? "SELECT id FROM objects WHERE kind = ? ORDER BY id"
				   : "SELECT max(id) FROM objects WHERE kind = ?",
			 "t", kind->name);
	int64_t id = 1;

	while (db_next(&rows)) {
		int64_t used = sqlite3_column_int64(rows, 0);
		if (kind->max && used != id)
			break;
		id = used + 1;
	}
	return kind->max && id > kind->max ? 0 : id;
}

void
store_object_create(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);

	if (!kind)
		return;
	if (kind->is_fixed) {
		rpc_fail_field(request, RPC_CONFLICT, "kind", "the board has its %s", kind->plural);
		return;
	}
	_cleanup_(json_decrefp) json_t *doc =
		json_deep_copy(json_object_get(request->params, "object"));
	field_fill(&kind->fields, doc);
	if (!is_sound(kind, doc, request))
		return;
	int64_t id = new_number(store, kind);
	if (!id) {
		rpc_fail_field(request, RPC_CONFLICT, "kind", "there are %u %s, no more fit",
			       kind->max, kind->plural);
		return;
	}
	if (!store_module_allows(store, kind, 0, doc, request))
		return;
	_cleanup_(freep) char *key = model_unique_key(kind, doc);
	_cleanup_(freep) char *text = json_canonical(doc);
	int r = db_run(store->config, "INSERT INTO objects VALUES (?, ?, ?, ?)", "titt", kind->name,
		       id, key, text);
	if (r < 0) {
		store_failed(store, kind, key, r, request);
		return;
	}
	store_log_add(store->log, EV_OBJECT_CREATED, "system", caller->actor, NULL,
		      json_pack("{ss,sI,sO,ss}", "object", kind->name, "id", (json_int_t) id, "new",
				doc, "address", caller->address));
	(void) store_objects_compile(store);
	store_module_on_created(store, kind, id, caller);
	rpc_reply(request, json_pack("{sI}", "id", (json_int_t) id));
}

static bool
keeps_read_only(const struct model_kind *kind, const json_t *old, const json_t *new,
		struct rpc_request *request)
{
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *field = &kind->fields.fields[i];
		if (field->flags & FIELD_READ_ONLY &&
		    !json_equal(json_object_get(old, field->name),
				json_object_get(new, field->name))) {
			rpc_fail_field(request, RPC_BAD_PARAMS, field->name,
				       "nobody can change it");
			return false;
		}
	}
	return true;
}

static void
audit_changes(struct store *store, const struct model_kind *kind, int64_t id, const json_t *old,
	      const json_t *new, const struct caller *caller)
{
	const char *field;
	json_t *value;

	json_object_foreach ((json_t *) new, field, value) {
		json_t *before = json_object_get(old, field);
		if (json_equal(before, value))
			continue;
		store_log_add(store->log, EV_OBJECT_CHANGED, "system", caller->actor, NULL,
			      json_pack("{ss,sI,ss,sO?,sO,ss}", "object", kind->name, "id",
					(json_int_t) id, "field", field, "old", before, "new",
					value, "address", caller->address));
	}
}

static int
put(struct store *store, const struct model_kind *kind, int64_t id, const json_t *old,
    const json_t *doc, const struct caller *caller)
{
	_cleanup_(freep) char *key = model_unique_key(kind, doc);
	_cleanup_(freep) char *text = json_canonical(doc);
	int r = db_run(store->config,
		       "UPDATE objects SET unique_key = ?, doc = ? WHERE kind = ? AND id = ?",
		       "ttti", key, text, kind->name, id);

	if (r < 0)
		return r;
	audit_changes(store, kind, id, old, doc, caller);
	store_keys_on_change(store, kind, id, old, doc, caller);
	(void) store_objects_compile(store);
	return 0;
}

void
store_object_change(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);
	int64_t id = json_integer_or(request->params, "id", 0);

	if (!kind)
		return;
	_cleanup_(json_decrefp) json_t *old = load(store, kind, id);
	if (!old) {
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
		return;
	}
	_cleanup_(json_decrefp) json_t *doc = json_deep_copy(old);
	(void) json_object_update(doc, json_object_get(request->params, "object"));
	if (!is_sound(kind, doc, request) || !keeps_read_only(kind, old, doc, request))
		return;
	if (!store_module_allows(store, kind, id, doc, request))
		return;
	_cleanup_(freep) char *key = model_unique_key(kind, doc);
	int r = put(store, kind, id, old, doc, caller);
	if (r < 0)
		store_failed(store, kind, key, r, request);
	else
		rpc_reply(request, NULL);
}

int
store_objects_patch(struct store *store, const char *name, int64_t id, json_t *patch,
		    const struct caller *caller)
{
	const struct model_kind *kind = model_find(name);
	struct field_error error;
	_cleanup_(json_decrefp) json_t *old = load(store, kind, id);

	if (!old)
		return -ENOENT;
	_cleanup_(json_decrefp) json_t *doc = json_deep_copy(old);
	(void) json_object_update(doc, patch);
	if (json_equal(old, doc))
		return 0;
	if (field_check_object(&kind->fields, doc, &error) < 0 ||
	    model_check(kind, doc, &error) < 0)
		return -EINVAL;
	return put(store, kind, id, old, doc, caller);
}

void
store_object_remove(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const struct model_kind *kind = kind_of(request);
	int64_t id = json_integer_or(request->params, "id", 0);

	if (!kind)
		return;
	_cleanup_(json_decrefp) json_t *old = load(store, kind, id);
	if (kind->is_fixed) {
		rpc_fail_field(request, RPC_CONFLICT, "kind", "the board has its %s", kind->plural);
	} else if (!old) {
		rpc_fail_field(request, RPC_NOT_FOUND, "id", "there is no such %s", kind->name);
	} else if (!store_module_allows_removal(store, kind, id, request)) {
		return;
	} else if (db_run(store->config, "DELETE FROM objects WHERE kind = ? AND id = ?", "ti",
			  kind->name, id) < 0) {
		rpc_fail(request, RPC_INTERNAL, "the %s could not be removed", kind->name);
	} else {
		store_log_add(store->log, EV_OBJECT_REMOVED, "system", caller->actor, NULL,
			      json_pack("{ss,sI,sO,ss}", "object", kind->name, "id",
					(json_int_t) id, "old", old, "address", caller->address));
		(void) store_objects_compile(store);
		rpc_reply(request, NULL);
	}
}
