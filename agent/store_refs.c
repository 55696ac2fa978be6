#include "agent/store_refs.h"

#include <errno.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

struct walk {
	struct store *store;
	const char *kind;
	int64_t id;
	struct store_refusal *refusal;
};

/* "access_profile" as people say it. */
static void
spell(const char *kind, char words[40])
{
	(void) copy_string(words, 40, kind);
	for (char *c = words; *c; c++)
		if (*c == '_')
			*c = ' ';
}

void
store_refs_name(struct store *store, const char *kind, int64_t id, char name[STORE_NAME_SIZE])
{
	char words[40];
	_cleanup_(json_decrefp) json_t *doc = NULL;
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT doc FROM objects WHERE kind = ? AND id = ?", "ti", kind, id);

	if (db_next(&row))
		doc = json_loads(db_text(row, 0), 0, NULL);
	spell(kind, words);
	const char *called = json_string_or(doc, "name", "");
	if (*called)
		(void) snprintf(name, STORE_NAME_SIZE, "%s '%s'", words, called);
	else
		(void) snprintf(name, STORE_NAME_SIZE, "%s %lld", words, (long long) id);
}

static int
check_one(const struct field *field, const char *kind, int64_t id, void *context)
{
	struct walk *walk = context;
	char words[40];
	int64_t found;

	if (db_cache_number(walk->store->statements, &found,
			    "SELECT id FROM objects WHERE kind = ? AND id = ?", "ti", kind, id))
		return 0;
	spell(kind, words);
	return store_refuse(walk->refusal, RPC_BAD_PARAMS, field->name, "there is no %s %lld",
			    words, (long long) id);
}

int
store_refs_check(struct store *store, const struct model_kind *kind, const json_t *doc,
		 struct store_refusal *refusal)
{
	struct walk walk = { .store = store, .refusal = refusal };

	return field_each_ref(&kind->fields, doc, check_one, &walk);
}

static int
write_one(const struct field *field UNUSED, const char *kind, int64_t id, void *context)
{
	struct walk *walk = context;

	/* The same object may be named twice, by two entries of a list. */
	return db_cache_run(walk->store->statements,
			    "INSERT OR IGNORE INTO refs VALUES (?, ?, ?, ?)", "titi", walk->kind,
			    walk->id, kind, id);
}

int
store_refs_write(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc)
{
	struct walk walk = { .store = store, .kind = kind->name, .id = id };
	int r = db_cache_run(store->statements, "DELETE FROM refs WHERE kind = ? AND id = ?", "ti",
			     kind->name, id);

	return r < 0 || !doc ? r : field_each_ref(&kind->fields, doc, write_one, &walk);
}

int
store_refs_check_removal(struct store *store, const struct model_kind *kind, int64_t id,
			 struct store_refusal *refusal)
{
	char name[STORE_NAME_SIZE];
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config,
			 "SELECT kind, id FROM refs WHERE ref_kind = ?1 AND ref_id = ?2"
			 " AND NOT (kind = ?1 AND id = ?2) LIMIT 1",
			 "ti", kind->name, id);

	if (!db_next(&row))
		return 0;
	store_refs_name(store, db_text(row, 0), sqlite3_column_int64(row, 1), name);
	return store_refuse(refusal, RPC_CONFLICT, "id", "%s refers to it", name);
}
