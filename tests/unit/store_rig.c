#include "tests/unit/store_rig.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_keys.h"
#include "agent/store_objects.h"
#include "agent/store_outbox.h"
#include "agent/store_pin.h"
#include "agent/store_seal.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/unit.h"

static void
on_commit(uint64_t head UNUSED, void *context UNUSED)
{
}

static void
on_ring_commit(const char *epoch, uint64_t number, void *context)
{
	(void) store_outbox_on_commit(context, epoch, number);
}

static const struct store_log_ops ops = { on_commit, on_ring_commit, store_alarms_changed };

void
store_rig_open(struct store_rig *rig)
{
	struct store *store = &rig->store;

	*store = (struct store){ .options = &rig->options, .base = loop_new() };
	if (store_log_open(store->base, rig->events_path, &ops, store, &store->log) < 0 ||
	    db_open(rig->config_path, &db_config_schema, &store->config) < 0)
		abort();
	store_keys_open(store);
	store_pin_open(store);
	if (store_outbox_open(store) < 0 || store_objects_upgrade(store) < 0 ||
	    store_objects_seed(store) < 0)
		abort();
}

void
store_rig_close(struct store_rig *rig)
{
	struct store *store = &rig->store;

	store_log_close(store->log);
	json_decref(store->ending_alarms);
	store_outbox_free(store);
	store_seal_free(store->seal);
	db_close(store->config);
	event_base_free(store->base);
}

void
store_rig_start(struct store_rig *rig)
{
	*rig = (struct store_rig){ .dir = unit_dir_new() };
	rig->config_path = unit_path(rig->dir, "config.db");
	rig->events_path = unit_path(rig->dir, "events.db");
	rig->options.state_dir = rig->dir;
	rig->options.door_dir = rig->dir;
	(void) copy_string(rig->caller.actor, sizeof(rig->caller.actor), "account:ada");
	(void) copy_string(rig->caller.address, sizeof(rig->caller.address), "192.0.2.7");
	store_rig_open(rig);
}

void
store_rig_stop(struct store_rig *rig)
{
	store_rig_close(rig);
	free(rig->config_path);
	free(rig->events_path);
	unit_dir_free(rig->dir);
}

static json_t *
read_members(const char *members)
{
	_cleanup_(freep) char *text = xstrdup(members);

	for (char *c = text; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_t *object = json_loads(text, 0, NULL);
	if (!object)
		abort();
	return object;
}

int
store_rig_put(struct store_rig *rig, const char *kind, int64_t id, const char *members)
{
	struct store *store = &rig->store;
	_cleanup_(json_decrefp) json_t *given = read_members(members);
	_cleanup_(json_decrefp) json_t *old = id ? store_rig_load(rig, kind, id) : NULL;
	_cleanup_(json_decrefp) json_t *doc = old ? json_deep_copy(old) : json_object();
	struct object_change change = {
		.kind = model_find(kind), .id = id, .old = old, .doc = doc, .caller = &rig->caller
	};

	rig->refusal = (struct store_refusal){ 0 };
	(void) json_object_update(doc, given);
	if (store_outbox_begin(store) < 0)
		abort();
	int r = store_outbox_end(store, store_object_put(store, &change, &rig->refusal));
	rig->id = change.id;
	return r;
}

int
store_rig_remove(struct store_rig *rig, const char *kind, int64_t id, bool with_credentials)
{
	struct store *store = &rig->store;
	_cleanup_(json_decrefp) json_t *old = store_rig_load(rig, kind, id);
	struct object_change change = {
		.kind = model_find(kind), .id = id, .old = old, .caller = &rig->caller
	};

	rig->refusal = (struct store_refusal){ 0 };
	if (store_outbox_begin(store) < 0)
		abort();
	return store_outbox_end(
		store, store_object_delete(store, &change, with_credentials, &rig->refusal));
}

json_t *
store_rig_load(struct store_rig *rig, const char *kind, int64_t id)
{
	return store_object_load(&rig->store, model_find(kind), id);
}

int64_t
store_rig_select(struct store_rig *rig, const char *sql)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(rig->store.config, sql, "");

	return db_next(&row) ? sqlite3_column_int64(row, 0) : -1;
}

static bool
is_told(void *context)
{
	return store_rig_select(context, "SELECT count(*) FROM outbox") == 0;
}

static bool
keep_row(uint64_t seq UNUSED, const char *text, const char *hash UNUSED, void *context)
{
	(void) json_array_append_new(context, json_loads(text, 0, NULL));
	return true;
}

json_t *
store_rig_events(struct store_rig *rig)
{
	json_t *events = json_array();

	if (unit_wait(rig->store.base, is_told, rig))
		store_log_read_up(rig->store.log, 0, 100000, keep_row, events);
	return events;
}

char *
store_rig_log(struct store_rig *rig)
{
	_cleanup_(json_decrefp) json_t *events = store_rig_events(rig);

	return json_dumps(events, JSON_COMPACT | JSON_SORT_KEYS);
}
