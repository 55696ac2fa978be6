#include "agent/store_objects_write.h"

#include <errno.h>
#include <string.h>

#include "agent/store_certificates.h"
#include "agent/store_compile.h"
#include "agent/store_derive.h"
#include "agent/store_formats.h"
#include "agent/store_keys.h"
#include "agent/store_outbox.h"
#include "agent/store_pin.h"
#include "agent/store_refs.h"
#include "lib/access.h"
#include "lib/json.h"
#include "lib/util.h"

json_t *
store_object_load(struct store *store, const struct model_kind *kind, int64_t id)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT doc FROM objects WHERE kind = ? AND id = ?", "ti",
			 kind->name, id);

	return db_next(&row) ? json_loads(db_text(row, 0), 0, NULL) : NULL;
}

json_t *
store_object_show(const struct model_kind *kind, int64_t id, json_t *doc)
{
	for (size_t i = 0; i < kind->fields.count; i++)
		if (kind->fields.fields[i].flags & FIELD_SECRET)
			(void) json_object_del(doc, kind->fields.fields[i].name);
	(void) json_object_set_new(doc, "id", json_integer(id));
	return doc;
}

/* What may be told of a value, a new reference; NULL for NULL. */
static json_t *
shown(const struct model_kind *kind, const char *name, json_t *value)
{
	const struct field *field = field_find(&kind->fields, name);

	if (value && field && field->flags & FIELD_SECRET)
		return json_string("changed");
	return json_incref(value);
}

static json_t *
shown_object(const struct model_kind *kind, const json_t *doc)
{
	json_t *object = json_object();
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *) doc, name, value)
		(void) json_object_set_new(object, name, shown(kind, name, value));
	return object;
}

/* What the access table has room for; the most is told when there is no room. */
static bool
has_room(struct store *store, const struct model_kind *kind, unsigned *ret_most)
{
	static const struct {
		const char *kind;
		unsigned most;
	} rooms[] = { { "credential", ACCESS_CREDENTIALS_MAX }, { "person", ACCESS_PERSONS_MAX } };
	int64_t count = 0;

	*ret_most = kind->max;
	for (size_t i = 0; i < ARRAY_LEN(rooms); i++) {
		if (strcmp(rooms[i].kind, kind->name))
			continue;
		*ret_most = rooms[i].most;
		(void) db_cache_number(store->statements, &count,
				       "SELECT count FROM counts WHERE kind = ?", "t", kind->name);
		return count < rooms[i].most;
	}
	return true;
}

/* Takes the lowest free one where there is a greatest one, else one more than the greatest in use;
 * 0 when all are in use. */
static int64_t
new_number(struct store *store, const struct model_kind *kind)
{
	int64_t greatest = 0;

	if (!kind->max) {
		(void) db_cache_number(store->statements, &greatest,
				       "SELECT max(id) FROM objects WHERE kind = ?", "t",
				       kind->name);
		return greatest + 1;
	}
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT id FROM objects WHERE kind = ? ORDER BY id", "t",
			 kind->name);
	int64_t id = 1;
	while (db_next(&rows) && sqlite3_column_int64(rows, 0) == id)
		id++;
	return id > kind->max ? 0 : id;
}

/* Who holds what would be doubled; a PIN that opens by itself must not be tried out this way. */
static int
refuse_duplicate(struct store *store, const struct object_change *change, const char *key,
		 struct store_refusal *refusal)
{
	const struct model_kind *kind = change->kind;
	char who[STORE_NAME_SIZE];
	_cleanup_(json_decrefp) json_t *doc = NULL;
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT id, doc FROM objects WHERE kind = ? AND unique_key = ?",
		"tt", kind->name, key);

	if (json_object_get(change->doc, "pin"))
		return store_refuse(refusal, RPC_CONFLICT, "pin", "choose another PIN");
	if (!db_next(&row))
		return store_refuse(refusal, RPC_CONFLICT, NULL, "there is such a %s already",
				    kind->name);
	doc = json_loads(db_text(row, 1), 0, NULL);
	int64_t person = json_integer_or(doc, "person", 0);
	(void) copy_string(who, sizeof(who), json_string_or(doc, kind->duplicate.who, ""));
	if (!*who && person)
		store_refs_name(store, "person", person, who);
	return store_refuse(refusal, RPC_CONFLICT, kind->duplicate.field, "%s %s (%s %lld)",
			    *who ? who : "somebody", kind->duplicate.text, kind->name,
			    (long long) sqlite3_column_int64(row, 0));
}

static int
check_read_only(const struct object_change *change, struct store_refusal *refusal)
{
	const struct field_table *table = &change->kind->fields;

	for (size_t i = 0; change->old && i < table->count; i++) {
		const char *name = table->fields[i].name;
		if (table->fields[i].flags & FIELD_READ_ONLY &&
		    !json_equal(json_object_get(change->old, name),
				json_object_get(change->doc, name)))
			return store_refuse(refusal, RPC_BAD_PARAMS, name, "nobody can change it");
	}
	return 0;
}

int
store_object_check(const struct object_change *change, struct store_refusal *refusal)
{
	struct field_error error;

	field_fill(&change->kind->fields, change->doc);
	if (field_check_object(&change->kind->fields, change->doc, &error) < 0 ||
	    model_check(change->kind, change->doc, &error) < 0)
		return store_refuse_value(refusal, &error);
	return check_read_only(change, refusal);
}

static int
check(struct store *store, struct object_change *change, struct store_refusal *refusal)
{
	int r = change->is_proven ? 0 : store_object_check(change, refusal);

	if (r == 0)
		r = store_refs_check(store, change->kind, change->doc, refusal);
	if (r == 0)
		r = store_formats_check(store, change, refusal);
	if (r == 0 && !change->is_proven)
		r = store_pin_keep(store, change->old, change->doc, refusal);
	if (r == 0 && !change->is_proven)
		r = store_certificates_keep(store, change, refusal);
	return r;
}

static bool
is_taken(struct store *store, const struct object_change *change, const char *key)
{
	int64_t id;

	return db_cache_number(
		store->statements, &id,
		"SELECT id FROM objects WHERE kind = ? AND unique_key = ? AND id <> ?", "tti",
		change->kind->name, key, change->id);
}

int
store_object_prove(struct store *store, struct object_change *change, struct store_refusal *refusal)
{
	int r = check(store, change, refusal);

	if (r < 0)
		return r;
	_cleanup_(freep) char *key = model_unique_key(change->kind, change->doc);
	if (key && is_taken(store, change, key))
		return refuse_duplicate(store, change, key, refusal);
	change->is_proven = true;
	return 0;
}

static int
give_number(struct store *store, struct object_change *change, struct store_refusal *refusal)
{
	unsigned most;

	if (change->old)
		return 0;
	bool is_full = !has_room(store, change->kind, &most);
	if (is_full || !change->id)
		change->id = is_full ? 0 : new_number(store, change->kind);
	if (change->id)
		return 0;
	return store_refuse(refusal, RPC_CONFLICT, "kind", "there are %u %s, no more fit", most,
			    change->kind->plural);
}

static int
audit_fields(struct store *store, const struct object_change *change)
{
	const struct model_kind *kind = change->kind;
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach (change->doc, name, value) {
		json_t *before = json_object_get(change->old, name);
		if (r < 0 || json_equal(before, value))
			continue;
		r = store_outbox_add(
			store, EV_OBJECT_CHANGED, change->caller->actor, change->reason,
			json_pack("{ss,sI,ss,so?,so,ss}", "object", kind->name, "id",
				  (json_int_t) change->id, "field", name, "old",
				  shown(kind, name, before), "new", shown(kind, name, value),
				  "address", change->caller->address));
	}
	return r;
}

static int
audit(struct store *store, const struct object_change *change)
{
	const struct model_kind *kind = change->kind;
	bool is_new = !change->old;

	if (change->old && change->doc)
		return audit_fields(store, change);
	json_t *object = shown_object(kind, is_new ? change->doc : change->old);
	return store_outbox_add(store, is_new ? EV_OBJECT_CREATED : EV_OBJECT_REMOVED,
				change->caller->actor, change->reason,
				json_pack("{ss,sI,so,ss}", "object", kind->name, "id",
					  (json_int_t) change->id, is_new ? "new" : "old", object,
					  "address", change->caller->address));
}

int
store_object_count(struct store *store, const char *kind, int64_t change)
{
	return db_cache_run(store->statements,
			    "INSERT INTO counts VALUES (?1, ?2)"
			    " ON CONFLICT (kind) DO UPDATE SET count = count + ?2",
			    "ti", kind, change);
}

static int
write_row(struct store *store, const struct object_change *change, const char *key)
{
	_cleanup_(freep) char *text = json_canonical(change->doc);

	if (change->old)
		return db_cache_run(store->statements,
				    "UPDATE objects SET unique_key = ?, doc = ?"
				    " WHERE kind = ? AND id = ?",
				    "ttti", key, text, change->kind->name, change->id);
	return db_cache_run(store->statements, "INSERT INTO objects VALUES (?, ?, ?, ?)", "titt",
			    change->kind->name, change->id, key, text);
}

int
store_object_put(struct store *store, struct object_change *change, struct store_refusal *refusal)
{
	int r = check(store, change, refusal);

	if (r == 0)
		r = give_number(store, change, refusal);
	if (r < 0)
		return r;
	_cleanup_(freep) char *key = model_unique_key(change->kind, change->doc);
	r = write_row(store, change, key);
	if (r == -EEXIST && key)
		return refuse_duplicate(store, change, key, refusal);
	if (r == 0 && !change->old)
		r = store_object_count(store, change->kind->name, 1);
	if (r == 0)
		r = store_derive(store, change->kind, change->id, change->doc);
	if (r == 0)
		r = audit(store, change);
	if (r == 0 && change->old)
		r = store_keys_on_change(store, change);
	if (r == 0)
		r = store_compile_note(store);
	if (r < 0)
		(void) store_refuse(refusal, RPC_INTERNAL, NULL, "the %s could not be stored",
				    change->kind->name);
	return r;
}

static int
delete_credentials(struct store *store, const struct object_change *person,
		   struct store_refusal *refusal)
{
	const struct model_kind *kind = model_find("credential");
	int r = 0;

	for (;;) {
		/* One after the other: each removal changes the index that is read. */
		_cleanup_(db_finalizep) sqlite3_stmt *row =
			db_query(store->config,
				 "SELECT id FROM refs WHERE ref_kind = 'person' AND ref_id = ?"
				 " AND kind = 'credential' LIMIT 1",
				 "i", person->id);
		if (r < 0 || !db_next(&row))
			return r;
		int64_t id = sqlite3_column_int64(row, 0);
		(void) sqlite3_finalize(steal(&row));
		_cleanup_(json_decrefp) json_t *old = store_object_load(store, kind, id);
		struct object_change change = { .kind = kind,
						.id = id,
						.old = old,
						.caller = person->caller,
						.reason = person->reason };
		r = store_object_delete(store, &change, false, refusal);
	}
}

int
store_object_delete(struct store *store, const struct object_change *change, bool with_credentials,
		    struct store_refusal *refusal)
{
	const struct model_kind *kind = change->kind;
	int r = 0;

	if (with_credentials && !strcmp(kind->name, "person"))
		r = delete_credentials(store, change, refusal);
	if (r == 0)
		r = store_refs_check_removal(store, kind, change->id, refusal);
	if (r < 0)
		return r;
	r = db_run(store->config, "DELETE FROM objects WHERE kind = ? AND id = ?", "ti", kind->name,
		   change->id);
	if (r == 0)
		r = store_object_count(store, kind->name, -1);
	if (r == 0)
		r = store_derive(store, kind, change->id, NULL);
	if (r == 0)
		r = audit(store, change);
	if (r == 0)
		r = store_compile_note(store);
	if (r < 0)
		(void) store_refuse(refusal, RPC_INTERNAL, NULL, "the %s could not be removed",
				    kind->name);
	return r;
}
