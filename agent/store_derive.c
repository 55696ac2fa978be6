#include "agent/store_derive.h"

#include <string.h>

#include "agent/store_refs.h"
#include "lib/access_record.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define SPAN (INT64_C(1) << 40)

/* Kinds that are searched; their places are in rowids. */
static const struct {
	const char *kind;
	const char *fields[3];
} found[] = {
	{ "person", { "name", "reference" } },
	{ "credential", { "card", "holder" } },
};

bool
store_derive_span(const struct model_kind *kind, int64_t *ret_first, int64_t *ret_last)
{
	for (size_t i = 0; i < ARRAY_LEN(found); i++) {
		if (strcmp(found[i].kind, kind->name))
			continue;
		*ret_first = (int64_t) (i + 1) * SPAN;
		*ret_last = *ret_first + SPAN - 1;
		return true;
	}
	return false;
}

/* Free with free(). */
static char *
words_of(const struct model_kind *kind, const json_t *doc)
{
	char *words = xstrdup("");

	for (size_t i = 0; i < ARRAY_LEN(found); i++)
		for (size_t k = 0; !strcmp(found[i].kind, kind->name) && found[i].fields[k]; k++) {
			const json_t *value = json_object_get(doc, found[i].fields[k]);
			_cleanup_(freep) char *before = words;
			words = json_is_integer(value)
					? xasprintf("%s %lld", before,
						    (long long) json_integer_value(value))
					: xasprintf("%s %s", before,
						    json_string_value(value)
							    ? json_string_value(value)
							    : "");
		}
	return words;
}

static int
write_words(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc)
{
	int64_t first;
	int64_t last;

	if (!store_derive_span(kind, &first, &last))
		return 0;
	if (!doc)
		return db_cache_run(store->statements, "DELETE FROM search WHERE rowid = ?", "i",
				    first + id);
	_cleanup_(freep) char *words = words_of(kind, doc);
	return db_cache_run(store->statements,
			    "INSERT OR REPLACE INTO search (rowid, words) VALUES (?, ?)", "it",
			    first + id, words);
}

/* What the access table is made of. */
static int
write_record(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc)
{
	uint8_t record[ACCESS_RECORD_MAX];

	if (strcmp(kind->name, "person") && strcmp(kind->name, "credential"))
		return 0;
	int r = db_cache_run(store->statements, "DELETE FROM records WHERE kind = ? AND id = ?",
			     "ti", kind->name, id);
	if (r < 0 || !doc)
		return r;
	int size = access_record_make(kind->name, (uint32_t) id, doc, record);
	if (size < 0)
		return log_err(size, "the %s %lld cannot be compiled", kind->name, (long long) id);
	return db_cache_run(store->statements, "INSERT INTO records VALUES (?, ?, ?)", "tib",
			    kind->name, id, record, (size_t) size);
}

/* Only a credential with which something is left to be done. */
static bool
has_expiry(const json_t *doc, int64_t *ret_s)
{
	const char *status = json_string_or(doc, "status", "enabled");
	const char *action = json_string_or(doc, "expire_action", "none");

	if (!strcmp(action, "none") || (!strcmp(action, "disable") && !strcmp(status, "expired")))
		return false;
	return clock_parse(json_string_or(doc, "valid_to", ""), ret_s) == 0;
}

static int
write_expiry(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc)
{
	int64_t at_s;

	if (strcmp(kind->name, "credential"))
		return 0;
	if (doc && has_expiry(doc, &at_s))
		return db_cache_run(store->statements,
				    "INSERT OR REPLACE INTO expiries VALUES (?, ?)", "ii", id,
				    at_s);
	return db_cache_run(store->statements, "DELETE FROM expiries WHERE id = ?", "i", id);
}

int
store_derive(struct store *store, const struct model_kind *kind, int64_t id, const json_t *doc)
{
	int r = store_refs_write(store, kind, id, doc);

	if (r == 0)
		r = write_words(store, kind, id, doc);
	if (r == 0)
		r = write_expiry(store, kind, id, doc);
	return r < 0 ? r : write_record(store, kind, id, doc);
}
