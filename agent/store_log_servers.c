#include "agent/store_log_servers.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_certificates.h"
#include "agent/store_follow.h"
#include "agent/store_log_lag.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/model.h"
#include "lib/util.h"

#define PREFIX	  "syslog."
#define JOURNAL	  ".journal"
#define PERIOD_US US_PER_S
#define NAME_SIZE 32
/* An end of a certificate that is nearer than that is an alarm. */
#define EXPIRY_US (30 * 86400 * US_PER_S)
/* The rate is that of so many seconds. */
#define RATE_PERIODS 10

struct log_server {
	char cursor[NAME_SIZE]; /* and live object */
	json_t *doc;		/* NULL when there is none of this number */
	json_t *report;		/* what the forwarder said last; NULL before */
	json_t *journal;	/* and of the journal */
	struct log_lag_alarm alarm;
	struct log_lag_alarm journal_alarm;
	bool is_expiring; /* its certificate, and an event has said so */
	uint64_t oldest;  /* the event that is waited for, and when it happened */
	uint64_t oldest_us;
	uint64_t past[RATE_PERIODS]; /* where its cursor was */
	unsigned period;
	uint64_t rate; /* events a second that are confirmed */
};

struct store_log_servers {
	struct log_server servers[LOG_SERVERS];
	struct event *timer;
};

static bool
is_enabled(const struct log_server *server)
{
	return json_bool_or(server->doc, "enabled", true);
}

/* How far its cursor is behind. */
static struct log_lag
lag_of(struct store *store, struct log_server *server)
{
	uint64_t head = store_log_head(store->log);
	uint64_t seq = head;
	struct log_lag lag = { .is_on = is_enabled(server) };

	(void) store_log_cursor(store->log, server->cursor, &seq);
	if (seq >= head)
		return lag;
	uint64_t oldest = MAX_OF(seq + 1, store_log_first(store->log));
	if (oldest != server->oldest) {
		server->oldest = oldest;
		server->oldest_us = store_log_time_us(store->log, oldest);
	}
	lag.count = head - seq;
	lag.age_s = log_lag_age_s(server->oldest_us);
	return lag;
}

/* How far the journal is: only the forwarder knows. */
static struct log_lag
journal_lag_of(const struct log_server *server)
{
	const char *journal = json_string_or(server->doc, "journal", "off");
	uint64_t oldest_us = (uint64_t) json_integer_or(server->journal, "oldest_us", 0);

	return (struct log_lag){
		.is_on = is_enabled(server) && strcmp(journal, "off") != 0,
		.count = (uint64_t) json_integer_or(server->journal, "lag", 0),
		.age_s = log_lag_age_s(oldest_us),
	};
}

/* Once a second. */
static void
measure(struct store *store, struct log_server *server)
{
	uint64_t seq = 0;
	uint64_t *past = &server->past[server->period];

	(void) store_log_cursor(store->log, server->cursor, &seq);
	server->rate = *past && seq > *past ? (seq - *past) / RATE_PERIODS : 0;
	*past = seq;
	server->period = (server->period + 1) % RATE_PERIODS;
}

/* The alarm of a certificate whose end is near. */
static void
watch_certificate(struct store *store, struct log_server *server)
{
	uint64_t end_us = (uint64_t) json_integer_or(server->report, "certificate_expires_us", 0);
	bool is_near = end_us && end_us < clock_wall_us() + EXPIRY_US;
	char expires[28];

	/* Without a connection there is no news of it. */
	if (!end_us || is_near == server->is_expiring ||
	    !json_bool_or(server->doc, "enabled", true))
		return;
	server->is_expiring = is_near;
	clock_format_utc(end_us, expires);
	store_log_add(
		store->log, is_near ? EV_SYSLOG_CERTIFICATE_EXPIRING : EV_SYSLOG_CERTIFICATE_OK,
		server->cursor, "syslog", NULL,
		json_pack("{ss,ss,ss}", "name", json_string_or(server->doc, "name", ""), "host",
			  json_string_or(server->doc, "host", ""), "expires", expires));
}

/* "stopped" when nobody forwards: then what was reported last is history. */
static const char *
state_of(const struct store *store, const struct log_server *server, const json_t *report)
{
	if (!is_enabled(server))
		return "off";
	if (!store_follow_has(store, server->cursor))
		return "stopped";
	return json_string_or(report, "state", "connecting");
}

/* How the journal is: the member "journal" of the live object. */
static json_t *
show_journal(struct store *store, struct log_server *server)
{
	struct log_lag lag = journal_lag_of(server);
	json_t *value = server->journal ? json_copy(server->journal) : json_object();
	const char *state = lag.is_on ? state_of(store, server, server->journal) : "off";
	bool is_alive = lag.is_on && strcmp(state, "stopped") != 0;

	/* Before the first report nobody knows whether an alarm of before has ended. */
	if (server->journal || !lag.is_on)
		log_lag_watch(store->log, server->cursor, server->doc, &lag,
			      &server->journal_alarm);
	(void) json_object_del(value, "oldest_us");
	(void) json_object_update_new(
		value,
		json_pack("{ss,sb,sb,sI,sI,sb}", "state", state, "is_up", !strcmp(state, "up"),
			  "is_reading", is_alive && json_bool_or(value, "is_reading", false), "lag",
			  (json_int_t) lag.count, "age_s", (json_int_t) lag.age_s, "is_behind",
			  server->journal_alarm.stands));
	return value;
}

static void
show(struct store *store, struct log_server *server)
{
	struct log_lag lag = lag_of(store, server);
	json_t *value = server->report ? json_copy(server->report) : json_object();
	const char *state = state_of(store, server, server->report);

	log_lag_watch(store->log, server->cursor, server->doc, &lag, &server->alarm);
	watch_certificate(store, server);
	(void) json_object_update_new(
		value,
		json_pack("{sO*,sO*,sO*,ss,sb,sI,sI,sI,sb,so}", "name",
			  json_object_get(server->doc, "name"), "host",
			  json_object_get(server->doc, "host"), "transport",
			  json_object_get(server->doc, "transport"), "state", state, "is_up",
			  !strcmp(state, "up"), "lag", (json_int_t) lag.count, "rate",
			  (json_int_t) server->rate, "age_s", (json_int_t) lag.age_s, "is_behind",
			  server->alarm.stands, "journal", show_journal(store, server)));
	store_state_set(store->state, server->cursor, value);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store *store = context;
	struct store_log_servers *all = store->log_servers;

	for (size_t i = 0; i < LOG_SERVERS; i++) {
		if (!all->servers[i].doc)
			continue;
		measure(store, &all->servers[i]);
		show(store, &all->servers[i]);
	}
	loop_arm_in(all->timer, PERIOD_US);
}

static void
key_of(size_t index, char key[NAME_SIZE])
{
	(void) snprintf(key, NAME_SIZE, "log_server.%zu", index + 1);
}

/* Its cursor goes with it, and whoever still follows under this name. */
static void
forget(struct store *store, size_t index)
{
	struct log_server *server = &store->log_servers->servers[index];
	char key[NAME_SIZE];

	key_of(index, key);
	store_follow_cut(store, server->cursor);
	store_log_drop_cursor(store->log, server->cursor);
	store_state_drop(store->state, key);
	store_state_drop(store->state, server->cursor);
	json_decref(steal(&server->report));
	json_decref(steal(&server->journal));
	json_decref(steal(&server->doc));
	memset(server->past, 0, sizeof(server->past));
	server->alarm.stands = server->journal_alarm.stands = server->is_expiring = false;
}

static void
take_over(struct store *store, size_t index, json_t *doc)
{
	struct log_server *server = &store->log_servers->servers[index];
	char key[NAME_SIZE];
	uint64_t seq;

	key_of(index, key);
	if (!server->doc) {
		server->alarm.stands = store_alarms_stands(store, server->cursor, "syslog_behind");
		server->journal_alarm.stands =
			store_alarms_stands(store, server->cursor, "syslog_journal_behind");
		server->is_expiring =
			store_alarms_stands(store, server->cursor, "syslog_certificate");
	}
	/* Its alarms end with it, and are raised anew. */
	if (!json_bool_or(doc, "enabled", true))
		server->alarm.stands = server->journal_alarm.stands = server->is_expiring = false;
	json_decref(server->doc);
	server->doc = doc;
	/* A new one gets what happens from now on, whoever runs. */
	if (store_log_cursor(store->log, server->cursor, &seq) < 0)
		store_log_set_cursor(store->log, server->cursor, store_log_head(store->log));
	json_t *shown = json_copy(doc);
	store_certificates_mark(store, shown);
	store_state_set(store->state, key, shown);
	show(store, server);
}

void
store_log_servers_show(struct store *store)
{
	json_t *docs[LOG_SERVERS] = { NULL };

	if (!store->log_servers)
		return;
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config, "SELECT id, doc FROM objects WHERE kind = 'log_server'", "");
	while (db_next(&rows)) {
		int64_t id = sqlite3_column_int64(rows, 0);
		if (id >= 1 && id <= LOG_SERVERS)
			docs[id - 1] = json_loads(db_text(rows, 1), 0, NULL);
	}
	for (size_t i = 0; i < LOG_SERVERS; i++) {
		if (docs[i])
			take_over(store, i, docs[i]);
		else
			forget(store, i);
	}
}

bool
store_log_servers_take(struct store *store, const char *key, const json_t *value)
{
	if (strncmp(key, PREFIX, strlen(PREFIX)) != 0)
		return false;
	for (size_t i = 0; i < LOG_SERVERS; i++) {
		struct log_server *server = &store->log_servers->servers[i];
		size_t size = strlen(server->cursor);
		bool is_journal =
			!strncmp(server->cursor, key, size) && !strcmp(key + size, JOURNAL);
		if (!is_journal && strcmp(server->cursor, key))
			continue;
		/* One that was removed meanwhile leaves nothing behind. */
		if (!server->doc)
			return true;
		json_t **report = is_journal ? &server->journal : &server->report;
		json_decref(*report);
		*report = json_deep_copy(value);
		show(store, server);
		return true;
	}
	return false;
}

void
store_log_servers_open(struct store *store)
{
	struct store_log_servers *all = xcalloc(1, sizeof(*all));

	for (size_t i = 0; i < LOG_SERVERS; i++) {
		struct log_server *server = &all->servers[i];
		(void) snprintf(server->cursor, NAME_SIZE, PREFIX "%zu", i + 1);
		server->alarm = (struct log_lag_alarm){ EV_SYSLOG_BEHIND, EV_SYSLOG_CAUGHT_UP };
		server->journal_alarm = (struct log_lag_alarm){ EV_SYSLOG_JOURNAL_BEHIND,
								EV_SYSLOG_JOURNAL_CAUGHT_UP };
	}
	store->log_servers = all;
	all->timer = evtimer_new(store->base, on_timer, store);
	store_log_servers_show(store);
	loop_arm_in(all->timer, PERIOD_US);
}

void
store_log_servers_close(struct store *store)
{
	struct store_log_servers *all = store->log_servers;

	if (!all)
		return;
	for (size_t i = 0; i < LOG_SERVERS; i++) {
		json_decref(all->servers[i].doc);
		json_decref(all->servers[i].report);
		json_decref(all->servers[i].journal);
	}
	event_free(all->timer);
	free(all);
	store->log_servers = NULL;
}
