#include "agent/store_alarms.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

struct store_alarms {
	sqlite3 *db;
	json_t *standing; /* a list, by id */
	json_t *changes;  /* of the transaction: {id, alarm?} */
};

static uint64_t
id_of(const json_t *alarm)
{
	return (uint64_t) json_integer_or(alarm, "id", 0);
}

/* The list's size when there is none. */
static size_t
position_of(const struct store_alarms *alarms, uint64_t id)
{
	size_t i;
	json_t *alarm;

	json_array_foreach (alarms->standing, i, alarm)
		if (id_of(alarm) == id)
			return i;
	return json_array_size(alarms->standing);
}

static const json_t *
find_same(const struct store_alarms *alarms, const char *name, const char *source)
{
	size_t i;
	json_t *alarm;

	json_array_foreach (alarms->standing, i, alarm)
		if (!strcmp(json_string_or(alarm, "name", ""), name) &&
		    !strcmp(json_string_or(alarm, "source", ""), source))
			return alarm;
	return NULL;
}

const json_t *
store_alarms_find(const struct store_alarms *alarms, uint64_t id)
{
	return json_array_get(alarms->standing, position_of(alarms, id));
}

static json_int_t
door_of(const json_t *event)
{
	const char *source = json_string_or(event, "source", "");
	int64_t door = json_integer_or(json_object_get(event, "data"), "door", 0);

	if (!door && !strncmp(source, "door.", 5))
		door = strtol(source + 5, NULL, 10);
	return door;
}

/* As it stands after this event; before is what stood, or NULL. */
static json_t *
make_alarm(const struct event_row *row, const json_t *event, const json_t *before)
{
	json_int_t seq = json_integer_or(event, "seq", 0);
	json_int_t time_us = json_integer_or(event, "time_us", 0);

	return json_pack(
		"{sI,sI,ss,ss,ss,ss,ss,ss,si,sI,ss,sI}", "id",
		(json_int_t) json_integer_or(before, "id", seq), "seq", seq, "kind", row->name,
		"name", row->alarm, "source", json_string_or(event, "source", ""), "actor",
		json_string_or(event, "actor", ""), "reason", json_string_or(event, "reason", ""),
		"boot", json_string_or(event, "boot", ""), "severity", (int) row->severity,
		"time_us", (json_int_t) json_integer_or(before, "time_us", time_us), "text",
		json_string_or(event, "text", ""), "door", door_of(event));
}

static void
note(struct store_alarms *alarms, uint64_t id, const json_t *alarm)
{
	(void) json_array_append_new(alarms->changes, json_pack("{sI,sO*}", "id", (json_int_t) id,
								"alarm", (json_t *) alarm));
}

/* Returns the alarm's id in ret_id; 0 when there is no room. */
static int
raise_alarm(struct store_alarms *alarms, const struct event_row *row, const json_t *event,
	    uint64_t *ret_id)
{
	const json_t *before = find_same(alarms, row->alarm, json_string_or(event, "source", ""));
	_cleanup_(json_decrefp) json_t *alarm = make_alarm(row, event, before);
	uint64_t id = id_of(alarm);

	*ret_id = 0;
	if (!before && json_array_size(alarms->standing) >= ALARMS_MAX) {
		(void) log_warn(0, "%d alarms stand: '%s' of '%s' is in the log alone", ALARMS_MAX,
				row->alarm, json_string_or(event, "source", ""));
		return 0;
	}
	_cleanup_(freep) char *text = json_canonical(alarm);
	int r = db_run(alarms->db, "INSERT OR REPLACE INTO alarms VALUES (?, ?)", "it",
		       (int64_t) id, text);
	if (r < 0)
		return r;
	if (before)
		(void) json_array_set(alarms->standing, position_of(alarms, id), alarm);
	else
		(void) json_array_append(alarms->standing, alarm);
	note(alarms, id, alarm);
	*ret_id = id;
	return 0;
}

static int
clear_alarm(struct store_alarms *alarms, uint64_t id)
{
	int r = db_run(alarms->db, "DELETE FROM alarms WHERE id = ?", "i", (int64_t) id);

	if (r < 0)
		return r;
	(void) json_array_remove(alarms->standing, position_of(alarms, id));
	note(alarms, id, NULL);
	return 0;
}

/* The alarm that the event ends; 0 when none stands. */
static uint64_t
ended_by(const struct store_alarms *alarms, const struct event_row *row, const json_t *event)
{
	uint64_t named = (uint64_t) json_integer_or(json_object_get(event, "data"), "alarm", 0);

	if (row->kind == EV_ALARM_ENDED)
		return store_alarms_find(alarms, named) ? named : 0;
	return id_of(find_same(alarms, row->alarm, json_string_or(event, "source", "")));
}

static int
decide(struct store_alarms *alarms, const struct event_row *row, const json_t *event,
       uint64_t *ret_id)
{
	if (row->alarm_change == ALARM_RAISE)
		return raise_alarm(alarms, row, event, ret_id);
	*ret_id = ended_by(alarms, row, event);
	return *ret_id ? clear_alarm(alarms, *ret_id) : 0;
}

int
store_alarms_apply(struct store_alarms *alarms, const struct event_row *row, json_t *event)
{
	json_t *data = json_object_get(event, "data");
	uint64_t id;

	if (row->alarm_change == ALARM_NONE && row->kind != EV_ALARM_ENDED)
		return 0;
	int r = decide(alarms, row, event, &id);
	if (r < 0 || !data || row->kind == EV_ALARM_ENDED)
		return r;
	/* Whoever made the event does not know, and another try at it may find another id. */
	if (id)
		(void) json_object_set_new(data, "alarm", json_integer((json_int_t) id));
	else
		(void) json_object_del(data, "alarm");
	return 0;
}

void
store_alarms_committed(struct store_alarms *alarms, store_alarms_fn *fn, void *context)
{
	_cleanup_(json_decrefp) json_t *changes = alarms->changes;
	size_t i;
	json_t *change;

	alarms->changes = json_array();
	json_array_foreach (changes, i, change)
		fn(id_of(change), json_object_get(change, "alarm"), context);
}

static void
load(struct store_alarms *alarms)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(alarms->db, "SELECT doc FROM alarms ORDER BY id LIMIT ?", "i",
			 (int64_t) ALARMS_MAX);

	(void) json_array_clear(alarms->standing);
	while (db_next(&rows)) {
		json_t *alarm = json_loads(db_text(rows, 0), 0, NULL);
		if (alarm)
			(void) json_array_append_new(alarms->standing, alarm);
	}
}

void
store_alarms_undo(struct store_alarms *alarms)
{
	if (!json_array_size(alarms->changes))
		return;
	(void) json_array_clear(alarms->changes);
	load(alarms);
}

/* The numbers of kinds that raise or end alarms, with commas. */
static char *
list_numbers(void)
{
	char *list = xasprintf("%d", (int) EV_ALARM_ENDED);

	for (size_t i = 0; i < events_count(); i++) {
		if (events_at(i)->alarm_change == ALARM_NONE)
			continue;
		char *longer = xasprintf("%s, %d", list, (int) events_at(i)->kind);
		free(list);
		list = longer;
	}
	return list;
}

/* The log of a version that kept no alarms; their events stay as they were hashed. */
static int
find_in_log(struct store_alarms *alarms)
{
	_cleanup_(freep) char *numbers = list_numbers();
	_cleanup_(freep) char *sql =
		xasprintf("SELECT text FROM events WHERE number IN (%s) ORDER BY seq", numbers);
	int r = db_exec(alarms->db, "DELETE FROM alarms");
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(alarms->db, sql, "");

	while (r == 0 && db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *event = json_loads(db_text(rows, 0), 0, NULL);
		const struct event_row *row = events_find(json_integer_or(event, "number", 0));
		if (row)
			r = store_alarms_apply(alarms, row, event);
	}
	return r == 0 ? db_exec(alarms->db, "INSERT INTO alarms_known VALUES (1)") : r;
}

static bool
are_known(sqlite3 *db)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row = db_query(db, "SELECT id FROM alarms_known", "");

	return db_next(&row);
}

int
store_alarms_open(sqlite3 *db, struct store_alarms **ret)
{
	struct store_alarms *alarms = xcalloc(1, sizeof(*alarms));
	int r = 0;

	*alarms = (struct store_alarms){
		.db = db,
		.standing = json_array(),
		.changes = json_array(),
	};
	if (!are_known(db)) {
		r = db_begin(db);
		if (r == 0)
			r = db_end(db, find_in_log(alarms));
		(void) json_array_clear(alarms->changes);
	}
	if (r < 0) {
		store_alarms_close(alarms);
		return r;
	}
	load(alarms);
	*ret = alarms;
	return 0;
}

void
store_alarms_close(struct store_alarms *alarms)
{
	if (!alarms)
		return;
	json_decref(alarms->standing);
	json_decref(alarms->changes);
	free(alarms);
}

void
store_alarms_each(const struct store_alarms *alarms, store_alarms_fn *fn, void *context)
{
	size_t i;
	json_t *alarm;

	json_array_foreach (alarms->standing, i, alarm)
		fn(id_of(alarm), alarm, context);
}
