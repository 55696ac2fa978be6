#include "agent/store_log_servers.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_follow.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/model.h"
#include "lib/util.h"

#define PREFIX	  "syslog."
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
	bool is_behind;		/* and an event has said so */
	bool is_expiring;	/* its certificate, likewise */
	uint64_t oldest;	/* the event that is waited for, and when it happened */
	uint64_t oldest_us;
	uint64_t past[RATE_PERIODS]; /* where its cursor was */
	unsigned period;
	uint64_t rate; /* events a second that are confirmed */
};

struct store_log_servers {
	struct log_server servers[LOG_SERVERS];
	struct event *timer;
};

struct delay {
	uint64_t lag;
	uint64_t age_s;
};

/* How far its cursor is behind. */
static struct delay
delay_of(struct store *store, struct log_server *server)
{
	uint64_t head = store_log_head(store->log);
	uint64_t seq = head;
	uint64_t now_us = clock_wall_us();

	(void) store_log_cursor(store->log, server->cursor, &seq);
	if (seq >= head)
		return (struct delay){ 0 };
	uint64_t oldest = MAX_OF(seq + 1, store_log_first(store->log));
	if (oldest != server->oldest) {
		server->oldest = oldest;
		server->oldest_us = store_log_time_us(store->log, oldest);
	}
	uint64_t age_us =
		server->oldest_us && now_us > server->oldest_us ? now_us - server->oldest_us : 0;
	return (struct delay){ .lag = head - seq, .age_s = age_us / US_PER_S };
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

static bool
is_above(const json_t *doc, const char *limit, uint64_t value)
{
	int64_t most = json_integer_or(doc, limit, 0);
	return most > 0 && value > (uint64_t) most;
}

/* Raises the alarm above a limit, and ends it when everything but the newest has arrived. */
static void
watch(struct store *store, struct log_server *server, struct delay delay)
{
	bool is_on = json_bool_or(server->doc, "enabled", true);
	bool is_above_limit = is_on && (is_above(server->doc, "limit_lag", delay.lag) ||
					is_above(server->doc, "limit_age", delay.age_s));
	bool has_caught_up = !is_on || (!is_above_limit && delay.age_s <= 10);

	if (server->is_behind ? !has_caught_up : !is_above_limit)
		return;
	server->is_behind = !server->is_behind;
	store_log_add(store->log, server->is_behind ? EV_SYSLOG_BEHIND : EV_SYSLOG_CAUGHT_UP,
		      server->cursor, "syslog", NULL,
		      json_pack("{ss,ss,sI,sI}", "name", json_string_or(server->doc, "name", ""),
				"host", json_string_or(server->doc, "host", ""), "lag",
				(json_int_t) delay.lag, "age", (json_int_t) delay.age_s));
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
state_of(const struct store *store, const struct log_server *server)
{
	if (!json_bool_or(server->doc, "enabled", true))
		return "off";
	if (!store_follow_has(store, server->cursor))
		return "stopped";
	return json_string_or(server->report, "state", "connecting");
}

static void
show(struct store *store, struct log_server *server)
{
	struct delay delay = delay_of(store, server);
	json_t *value = server->report ? json_copy(server->report) : json_object();
	const char *state = state_of(store, server);

	watch(store, server, delay);
	watch_certificate(store, server);
	(void) json_object_update_new(
		value, json_pack("{sO*,sO*,sO*,ss,sb,sI,sI,sI,sb}", "name",
				 json_object_get(server->doc, "name"), "host",
				 json_object_get(server->doc, "host"), "transport",
				 json_object_get(server->doc, "transport"), "state", state, "is_up",
				 !strcmp(state, "up"), "lag", (json_int_t) delay.lag, "rate",
				 (json_int_t) server->rate, "age_s", (json_int_t) delay.age_s,
				 "is_behind", server->is_behind));
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
	json_decref(steal(&server->doc));
	memset(server->past, 0, sizeof(server->past));
	server->is_behind = server->is_expiring = false;
}

static void
take_over(struct store *store, size_t index, json_t *doc)
{
	struct log_server *server = &store->log_servers->servers[index];
	char key[NAME_SIZE];
	uint64_t seq;

	key_of(index, key);
	if (!server->doc) {
		server->is_behind = store_alarms_stands(store, server->cursor, "syslog_behind");
		server->is_expiring =
			store_alarms_stands(store, server->cursor, "syslog_certificate");
	}
	/* Its alarms end with it, and are raised anew. */
	if (!json_bool_or(doc, "enabled", true))
		server->is_behind = server->is_expiring = false;
	json_decref(server->doc);
	server->doc = doc;
	/* A new one gets what happens from now on, whoever runs. */
	if (store_log_cursor(store->log, server->cursor, &seq) < 0)
		store_log_set_cursor(store->log, server->cursor, store_log_head(store->log));
	store_state_set(store->state, key, json_incref(doc));
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
		if (strcmp(server->cursor, key))
			continue;
		/* One that was removed meanwhile leaves nothing behind. */
		if (!server->doc)
			return true;
		json_decref(server->report);
		server->report = json_deep_copy(value);
		show(store, server);
		return true;
	}
	return false;
}

void
store_log_servers_open(struct store *store)
{
	struct store_log_servers *all = xcalloc(1, sizeof(*all));

	for (size_t i = 0; i < LOG_SERVERS; i++)
		(void) snprintf(all->servers[i].cursor, NAME_SIZE, PREFIX "%zu", i + 1);
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
	}
	event_free(all->timer);
	free(all);
	store->log_servers = NULL;
}
