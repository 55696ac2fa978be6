/* Brings objects of an older model up to this one, and derives anew what is kept beside them. */
#include "agent/store_objects.h"

#include <errno.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_derive.h"
#include "lib/access_record.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/util.h"

/* Raised when what is derived becomes another without the model having changed. */
#define DERIVED 1

/* What objects were last brought up to; free with free(). */
static char *
current(void)
{
	uint32_t hash = 0;

	for (size_t i = 0; i < model_count(); i++) {
		_cleanup_(json_decrefp) json_t *schema = field_schema(&model_at(i)->fields);
		_cleanup_(freep) char *text = json_canonical(schema);
		hash = hash * 31 + fnv1a(text, strlen(text));
	}
	return xasprintf("%d.%d.%08x", DERIVED, ACCESS_RECORD_LAYOUT, hash);
}

static bool
is_current(struct store *store, const char *version)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT value FROM meta WHERE name = 'model'", "");

	return db_next(&row) && !strcmp(db_text(row, 0), version);
}

/* What has another name by now. */
static void
rename_members(const struct model_kind *kind, json_t *doc)
{
	const json_t *enabled = json_object_get(doc, "enabled");

	if (!strcmp(kind->name, "credential") && json_is_boolean(enabled))
		(void) json_object_set_new(
			doc, "status", json_string(json_is_true(enabled) ? "enabled" : "disabled"));
}

static void
drop_unknown(const struct model_kind *kind, json_t *doc)
{
	const char *name;
	json_t *value;
	void *next;

	json_object_foreach_safe(doc, next, name, value) if (!field_find(&kind->fields, name))(void)
		json_object_del(doc, name);
}

static int
upgrade_one(struct store *store, const struct model_kind *kind, int64_t id, const char *text)
{
	_cleanup_(json_decrefp) json_t *doc = json_loads(text, 0, NULL);
	int r = 0;

	if (!doc)
		return log_err(0, "%s %lld is no JSON and is left alone", kind->name,
			       (long long) id);
	rename_members(kind, doc);
	drop_unknown(kind, doc);
	field_fill(&kind->fields, doc);
	_cleanup_(freep) char *key = model_unique_key(kind, doc);
	_cleanup_(freep) char *now = json_canonical(doc);
	if (strcmp(now, text))
		r = db_cache_run(store->statements,
				 "UPDATE objects SET unique_key = ?, doc = ?"
				 " WHERE kind = ? AND id = ?",
				 "ttti", key, now, kind->name, id);
	if (r == 0)
		r = store_derive(store, kind, id, doc);
	/* What is damaged opens nothing, and keeps nothing else from being used. */
	return r == -EINVAL ? 0 : r;
}

static int
upgrade_all(struct store *store, const char *version)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT kind, id, doc FROM objects", "");
	int r = 0;

	while (r == 0 && db_next(&rows)) {
		const struct model_kind *kind = model_find(db_text(rows, 0));
		_cleanup_(freep) char *text = xstrdup(db_text(rows, 2));
		if (kind)
			r = upgrade_one(store, kind, sqlite3_column_int64(rows, 1), text);
	}
	if (r == 0)
		r = db_run(store->config, "INSERT OR REPLACE INTO meta VALUES ('model', ?)", "t",
			   version);
	return r < 0 ? r : store_compile_note(store);
}

int
store_objects_upgrade(struct store *store)
{
	_cleanup_(freep) char *version = current();

	if (is_current(store, version))
		return 0;
	int r = db_begin(store->config);
	if (r == 0)
		r = db_end(store->config, upgrade_all(store, version));
	return r;
}
