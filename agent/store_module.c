#include "agent/store_module.h"

#include <string.h>

#include "agent/store_door.h"
#include "lib/json.h"
#include "lib/util.h"

static json_t *
load(struct store *store, const char *kind, int64_t id)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(
		store->config, "SELECT doc FROM objects WHERE kind = ? AND id = ?", "ti", kind, id);

	return db_next(&row) ? json_loads(db_text(row, 0), 0, NULL) : NULL;
}

/* Where a reader is says the door role, which has read the board's profile. */
static const json_t *
live_reader(const struct store *store, int64_t reader)
{
	char key[16];

	(void) snprintf(key, sizeof(key), "reader.%lld", (long long) reader);
	return store_state_get(store->state, key);
}

static json_int_t
bus_of_reader(const struct store *store, int64_t reader)
{
	return json_integer_or(live_reader(store, reader), "bus", 0);
}

static bool
is_address_free(struct store *store, json_int_t bus, json_int_t address,
		struct rpc_request *request)
{
	for (int64_t reader = 1; reader <= READERS; reader++) {
		const json_t *live = live_reader(store, reader);
		if (json_integer_or(live, "bus", 0) != bus ||
		    json_integer_or(live, "address", -1) != address)
			continue;
		rpc_fail_field(request, RPC_CONFLICT, "address",
			       "reader %lld has this address on this port", (long long) reader);
		return false;
	}
	return true;
}

/* The floor whose cabin reader is on this bus, 0 for none. */
static int64_t
floor_on(struct store *store, json_int_t bus)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT id, doc FROM objects WHERE kind = 'floor'", "");

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 1), 0, NULL);
		if (bus_of_reader(store, json_integer_or(doc, "reader", 0)) == bus)
			return sqlite3_column_int64(rows, 0);
	}
	return 0;
}

static int64_t
module_on(struct store *store, json_int_t bus)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT id, doc FROM objects WHERE kind = 'module'", "");

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 1), 0, NULL);
		if (json_integer_or(doc, "bus", 0) == bus)
			return sqlite3_column_int64(rows, 0);
	}
	return 0;
}

static bool
allows_module(struct store *store, int64_t id, const json_t *doc, struct rpc_request *request)
{
	json_int_t bus = json_integer_or(doc, "bus", 0);

	if (!id && !store_module_has_key(store)) {
		rpc_fail_field(request, RPC_CONFLICT, "kind",
			       "there is no key for modules yet: generate or enter one first");
		return false;
	}
	if (!is_address_free(store, bus, json_integer_or(doc, "address", -1), request))
		return false;
	int64_t floor = floor_on(store, bus);
	if (!floor)
		return true;
	rpc_fail_field(request, RPC_CONFLICT, "bus",
		       "the cabin reader of floor %lld is at this port: modules need another one",
		       (long long) floor);
	return false;
}

static bool
allows_floor(struct store *store, const json_t *doc, struct rpc_request *request)
{
	json_int_t reader = json_integer_or(doc, "reader", 0);
	json_int_t bus = bus_of_reader(store, reader);
	_cleanup_(json_decrefp) json_t *module =
		load(store, "module", json_integer_or(doc, "module", 0));

	if (!module) {
		rpc_fail_field(request, RPC_CONFLICT, "module", "there is no such module");
		return false;
	}
	if (!bus) {
		rpc_fail_field(request, RPC_CONFLICT, "reader", "the board has no such reader");
		return false;
	}
	int64_t other = module_on(store, bus);
	if (!other)
		return true;
	rpc_fail_field(
		request, RPC_CONFLICT, "reader",
		"module %lld is at the port of reader %lld: a cabin reader needs another one",
		(long long) other, (long long) reader);
	return false;
}

bool
store_module_allows(struct store *store, const struct model_kind *kind, int64_t id,
		    const json_t *doc, struct rpc_request *request)
{
	if (!strcmp(kind->name, "module"))
		return allows_module(store, id, doc, request);
	return strcmp(kind->name, "floor") != 0 || allows_floor(store, doc, request);
}

bool
store_module_allows_removal(struct store *store, const struct model_kind *kind, int64_t id,
			    struct rpc_request *request)
{
	if (strcmp(kind->name, "module"))
		return true;
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT id, doc FROM objects WHERE kind = 'floor'", "");
	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *doc = json_loads(db_text(rows, 1), 0, NULL);
		if (json_integer_or(doc, "module", 0) != id)
			continue;
		rpc_fail_field(request, RPC_CONFLICT, "id", "floor %lld needs this module",
			       (long long) sqlite3_column_int64(rows, 0));
		return false;
	}
	return true;
}

void
store_module_on_created(struct store *store, const struct model_kind *kind, int64_t id,
			const struct caller *caller)
{
	if (!strcmp(kind->name, "module"))
		store_door_tell(
			store, "module.install",
			json_pack("{sI,ss}", "module", (json_int_t) id, "actor", caller->actor));
}
