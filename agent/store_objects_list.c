/* object.list: by number, by what they refer to, or by words. */
#include "agent/store_objects.h"

#include <string.h>

#include "agent/store_derive.h"
#include "agent/store_objects_write.h"
#include "lib/json.h"
#include "lib/util.h"

#define LIST_DEFAULT 100
/* Keeps a list within one line of the protocol. */
#define LIST_BYTES_MAX 48000
#define WORDS_MAX      8

struct page {
	const struct model_kind *kind;
	int64_t after;
	int64_t limit;
};

/* Every word as the beginning of one, as FTS5 wants it; free with free(). NULL without a word. */
static char *
match_of(const char *text)
{
	char *match = NULL;

	for (unsigned words = 0; words < WORDS_MAX; words++) {
		text += strspn(text, " \"");
		size_t size = strcspn(text, " \"");
		if (!size)
			break;
		_cleanup_(freep) char *before = match;
		match = xasprintf("%s\"%.*s\"* ", before ? before : "", (int) size, text);
		text += size;
	}
	return match;
}

/* NULL after having answered when nothing can be found so. */
static sqlite3_stmt *
search(struct store *store, const struct page *page, const char *text, struct rpc_request *request)
{
	int64_t first;
	int64_t last;
	_cleanup_(freep) char *match = match_of(text);

	if (!store_derive_span(page->kind, &first, &last)) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "search", "only persons and credentials");
		return NULL;
	}
	if (!match) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "search", "at least one word");
		return NULL;
	}
	return db_query(store->config,
			"SELECT id, doc FROM search CROSS JOIN objects"
			" ON kind = ? AND id = search.rowid - ?"
			" WHERE search MATCH ? AND search.rowid > ? AND search.rowid <= ?"
			" ORDER BY search.rowid LIMIT ?",
			"titiii", page->kind->name, first, match, first + page->after, last,
			page->limit + 1);
}

static sqlite3_stmt *
filter(struct store *store, const struct page *page, const json_t *by, struct rpc_request *request)
{
	const char *kind;
	json_t *id;

	json_object_foreach ((json_t *) by, kind, id)
		if (json_object_size(by) == 1 && model_find(kind) && json_is_integer(id))
			return db_query(store->config,
					"SELECT id, doc FROM refs JOIN objects USING (kind, id)"
					" WHERE ref_kind = ? AND ref_id = ? AND kind = ?"
					" AND id > ? ORDER BY id LIMIT ?",
					"titii", kind, (int64_t) json_integer_value(id),
					page->kind->name, page->after, page->limit + 1);
	rpc_fail_field(request, RPC_BAD_PARAMS, "filter",
		       "a kind and the number of what is referred to");
	return NULL;
}

static sqlite3_stmt *
choose(struct store *store, const struct page *page, struct rpc_request *request)
{
	const char *text = json_string_or(request->params, "search", NULL);
	const json_t *by = json_object_get(request->params, "filter");

	if (text && by) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "search", "not together with filter");
		return NULL;
	}
	if (text)
		return search(store, page, text, request);
	if (by)
		return filter(store, page, by, request);
	return db_query(store->config,
			"SELECT id, doc FROM objects WHERE kind = ? AND id > ? ORDER BY id LIMIT ?",
			"tii", page->kind->name, page->after, page->limit + 1);
}

static int64_t
count(struct store *store, const struct model_kind *kind)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT count FROM counts WHERE kind = ?", "t", kind->name);

	return db_next(&row) ? sqlite3_column_int64(row, 0) : 0;
}

/* Steals rows. */
static json_t *
read_page(sqlite3_stmt *rows, const struct page *page)
{
	json_t *objects = json_array();
	json_t *result = json_pack("{so}", "objects", objects);
	int64_t id = page->after;
	size_t bytes = 0;

	while (db_next(&rows)) {
		if ((int64_t) json_array_size(objects) == page->limit || bytes > LIST_BYTES_MAX) {
			(void) json_object_set_new(result, "next", json_integer(id));
			break;
		}
		id = sqlite3_column_int64(rows, 0);
		bytes += (size_t) sqlite3_column_bytes(rows, 1) + 16;
		(void) json_array_append_new(
			objects,
			store_object_show(page->kind, id, json_loads(db_text(rows, 1), 0, NULL)));
	}
	(void) sqlite3_finalize(rows);
	return result;
}

void
store_object_list(struct store *store, struct rpc_request *request,
		  const struct caller *caller UNUSED)
{
	struct page page = { .kind = model_find(json_string_or(request->params, "kind", "")),
			     .after = json_integer_or(request->params, "after", 0),
			     .limit = json_integer_or(request->params, "limit", LIST_DEFAULT) };

	if (!page.kind) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "kind", "there is no such kind");
		return;
	}
	sqlite3_stmt *rows = choose(store, &page, request);
	if (!rows)
		return;
	json_t *result = read_page(rows, &page);
	(void) json_object_set_new(result, "count", json_integer(count(store, page.kind)));
	rpc_reply(request, result);
}
