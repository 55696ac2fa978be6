#include "agent/store_presence.h"

#include <errno.h>
#include <stdlib.h>

#include "agent/store_door.h"
#include "agent/store_gate.h"
#include "agent/store_objects_write.h"
#include "agent/store_outbox.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define FLUSH_US US_PER_S
/* So often it is noted how far the log has been read, though nobody has moved. */
#define POSITION_US  (10 * US_PER_S)
#define LOAD_CHUNK   1000
#define REPLAY_CHUNK 1000
#define LIST_DEFAULT 100

struct store_presence {
	struct event *timer;
	json_t *dirty;	   /* by the person's number: [area, since] */
	uint64_t position; /* the last event that is in it, as it is on disk */
	int64_t loaded;	   /* up to this person, while the door role is told */
};

static int
forget_rows(struct store *store, int64_t person)
{
	return db_run(store->config, "DELETE FROM presence WHERE ?1 = 0 OR person = ?1", "i",
		      person);
}

static int
keep_position(struct store *store)
{
	uint64_t head = store_log_head(store->log);
	int r = db_run(store->config, "INSERT OR REPLACE INTO meta VALUES ('presence', ?)", "i",
		       (int64_t) head);

	if (r == 0)
		store->presence->position = head;
	return r;
}

static int
write_dirty(struct store *store)
{
	const char *person;
	json_t *place;
	int r = 0;

	json_object_foreach (store->presence->dirty, person, place)
		if (r == 0)
			r = db_run(store->config,
				   "INSERT OR REPLACE INTO presence VALUES (?, ?, ?)", "iii",
				   (int64_t) strtoll(person, NULL, 10),
				   (int64_t) json_integer_value(json_array_get(place, 0)),
				   (int64_t) json_integer_value(json_array_get(place, 1)));
	return r == 0 ? keep_position(store) : r;
}

/* What cannot be written now is tried again; the log has it in any case. */
static int
flush(struct store *store)
{
	struct store_presence *presence = store->presence;

	if (!json_object_size(presence->dirty))
		return 0;
	int r = store_gate_is_closed(store) ? -EAGAIN : db_begin(store->config);
	if (r == 0)
		r = db_end(store->config, write_dirty(store));
	if (r == 0)
		(void) json_object_clear(presence->dirty);
	else
		loop_arm_in(presence->timer, FLUSH_US);
	return r;
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store *store = context;
	struct store_presence *presence = store->presence;

	if (json_object_size(presence->dirty))
		(void) flush(store);
	else if (presence->position != store_log_head(store->log) && !store_gate_is_closed(store))
		(void) keep_position(store);
	if (!evtimer_pending(presence->timer, NULL))
		loop_arm_in(presence->timer, POSITION_US);
}

static void
take(struct store *store, int64_t person, int64_t area, int64_t since_s)
{
	_cleanup_(freep) char *key = xasprintf("%lld", (long long) person);

	if (person > 0)
		(void) json_object_set_new(
			store->presence->dirty, key,
			json_pack("[I,I]", (json_int_t) area, (json_int_t) since_s));
}

void
store_presence_note(struct store *store, const json_t *event)
{
	const json_t *data = json_object_get(event, "data");
	int64_t area = json_integer_or(data, "area", -1);
	int64_t since_s = json_integer_or(event, "time_us", 0) / (int64_t) US_PER_S;

	bool was_clean = !json_object_size(store->presence->dirty);

	if (json_integer_or(event, "number", 0) != EV_ACCESS_TAKEN || area < 0)
		return;
	take(store, json_integer_or(data, "person", 0), area, since_s);
	take(store, json_integer_or(data, "companion", 0), area, since_s);
	if (was_clean && json_object_size(store->presence->dirty))
		loop_arm_in(store->presence->timer, FLUSH_US);
}

struct replay {
	struct store *store;
	uint64_t seq;
};

static bool
replay_row(uint64_t seq, const char *text, const char *hash UNUSED, void *context)
{
	struct replay *replay = context;
	_cleanup_(json_decrefp) json_t *event = json_loads(text, 0, NULL);

	store_presence_note(replay->store, event);
	replay->seq = seq;
	return true;
}

/* What the log has taken since the last flush. */
static int
catch_up(struct store *store)
{
	struct replay replay = { .store = store };
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT value FROM meta WHERE name = 'presence'", "");

	if (!db_next(&row))
		return keep_position(store);
	replay.seq = (uint64_t) sqlite3_column_int64(row, 0);
	(void) sqlite3_finalize(steal(&row));
	while (replay.seq < store_log_head(store->log)) {
		uint64_t before = replay.seq;
		store_log_read_up(store->log, replay.seq, REPLAY_CHUNK, replay_row, &replay);
		if (replay.seq == before)
			break;
	}
	return json_object_size(store->presence->dirty) ? flush(store) : keep_position(store);
}

int
store_presence_open(struct store *store)
{
	struct store_presence *presence = xcalloc(1, sizeof(*presence));

	presence->dirty = json_object();
	presence->timer = evtimer_new(store->base, on_timer, store);
	store->presence = presence;
	loop_arm_in(presence->timer, POSITION_US);
	return catch_up(store);
}

void
store_presence_close(struct store *store)
{
	if (!store->presence)
		return;
	(void) flush(store);
	event_free(store->presence->timer);
	json_decref(store->presence->dirty);
	free(steal(&store->presence));
}

/* One chunk when the one before has been taken, so that none is longer than a line may be. */
static void
load_next(json_t *result UNUSED, const struct rpc_error *error, void *context)
{
	struct store *store = context;
	if (error)
		return;
	json_t *places = json_array();
	int64_t last = store->presence->loaded;
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config,
			 "SELECT person, area, since_s FROM presence WHERE person > ?"
			 " ORDER BY person LIMIT ?",
			 "ii", last, (int64_t) LOAD_CHUNK);

	while (db_next(&rows)) {
		last = sqlite3_column_int64(rows, 0);
		(void) json_array_append_new(places,
					     json_pack("[I,I,I]", (json_int_t) last,
						       (json_int_t) sqlite3_column_int64(rows, 1),
						       (json_int_t) sqlite3_column_int64(rows, 2)));
	}
	bool is_last = json_array_size(places) < LOAD_CHUNK;
	store->presence->loaded = last;
	store_door_call(store, "presence.load",
			json_pack("{so,sb}", "places", places, "last", is_last),
			is_last ? NULL : load_next, store);
}

void
store_presence_load(struct store *store)
{
	if (flush(store) < 0)
		return;
	store->presence->loaded = 0;
	load_next(NULL, NULL, store);
}

void
store_presence_drop(struct store *store, int64_t person)
{
	_cleanup_(freep) char *key = xasprintf("%lld", (long long) person);

	(void) json_object_del(store->presence->dirty, key);
	(void) forget_rows(store, person);
	store_door_tell(store, "presence.forget", json_pack("{sI}", "person", (json_int_t) person));
}

void
store_presence_list(struct store *store, struct rpc_request *request,
		    const struct caller *caller UNUSED)
{
	int64_t limit = json_integer_or(request->params, "limit", LIST_DEFAULT);
	int64_t last = json_integer_or(request->params, "after", 0);
	json_t *list = json_array();

	(void) flush(store);
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config,
		"SELECT person, area, since_s, json_extract(doc, '$.name') FROM presence"
		" JOIN objects ON kind = 'person' AND id = person"
		" WHERE person > ? AND area = ifnull(nullif(?, -1), area)"
		" ORDER BY person LIMIT ?",
		"iii", last, (int64_t) json_integer_or(request->params, "area", -1), limit);
	while (db_next(&rows)) {
		last = sqlite3_column_int64(rows, 0);
		(void) json_array_append_new(
			list, json_pack("{sI,ss,sI,sI}", "person", (json_int_t) last, "name",
					db_text(rows, 3), "area",
					(json_int_t) sqlite3_column_int64(rows, 1), "since",
					(json_int_t) sqlite3_column_int64(rows, 2)));
	}
	json_t *result = json_pack("{sO}", "persons", list);
	if ((int64_t) json_array_size(list) == limit)
		(void) json_object_set_new(result, "next", json_integer(last));
	json_decref(list);
	rpc_reply(request, result);
}

static int
forget(struct store *store, int64_t person, const struct caller *caller)
{
	_cleanup_(freep) char *who =
		person ? xasprintf("person %lld", (long long) person) : xstrdup("everybody");
	int r = store_outbox_begin(store);

	if (r < 0)
		return r;
	r = write_dirty(store);
	if (r == 0)
		r = forget_rows(store, person);
	if (r == 0)
		r = store_outbox_add(store, EV_APB_RESET, caller->actor, NULL,
				     json_pack("{ss,sI,ss}", "who", who, "person",
					       (json_int_t) person, "address", caller->address));
	r = store_outbox_end(store, r);
	if (r == 0)
		(void) json_object_clear(store->presence->dirty);
	return r;
}

void
store_presence_forget(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	int64_t person = json_integer_or(request->params, "person", 0);
	_cleanup_(json_decrefp) json_t *object =
		person ? store_object_load(store, model_find("person"), person) : NULL;

	if (person && !object) {
		rpc_fail_field(request, RPC_NOT_FOUND, "person", "there is no such person");
		return;
	}
	if (forget(store, person, caller) < 0) {
		rpc_fail(request, RPC_INTERNAL, "it could not be stored");
		return;
	}
	store_door_tell(store, "presence.forget",
			person ? json_pack("{sI}", "person", (json_int_t) person) : NULL);
	rpc_reply(request, NULL);
}
