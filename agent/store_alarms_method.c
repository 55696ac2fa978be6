#include "agent/store_alarms_method.h"

#include <string.h>

#include "agent/store_alarms_gone.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* A page must fit into a line of the protocol with the longest texts. */
#define PAGE_MAX 50

struct page {
	json_t *alarms;
	uint64_t after;
	json_int_t limit;
};

static void
take(uint64_t id, const json_t *alarm, void *context)
{
	struct page *page = context;

	if (id > page->after && (json_int_t) json_array_size(page->alarms) < page->limit)
		(void) json_array_append(page->alarms, (json_t *) alarm);
}

static void
count_one(uint64_t id UNUSED, const json_t *alarm UNUSED, void *context)
{
	++*(json_int_t *) context;
}

void
store_alarm_list(struct store *store, struct rpc_request *request,
		 const struct caller *caller UNUSED)
{
	const struct store_alarms *alarms = store_log_alarms(store->log);
	json_int_t count = 0;
	struct page page = {
		.alarms = json_array(),
		.after = (uint64_t) json_integer_or(request->params, "after", 0),
		.limit = MIN_OF(json_integer_or(request->params, "limit", PAGE_MAX), PAGE_MAX),
	};

	store_alarms_each(alarms, take, &page);
	store_alarms_each(alarms, count_one, &count);
	rpc_reply(request, json_pack("{so,sI}", "alarms", page.alarms, "count", count));
}

static void
end(struct store *store, const json_t *alarm, const char *actor, const char *why)
{
	store_log_add(
		store->log, EV_ALARM_ENDED, json_string_or(alarm, "source", "system"), actor, NULL,
		json_pack("{sI,ss,ss,ss,sI}", "alarm", (json_int_t) json_integer_or(alarm, "id", 0),
			  "name", json_string_or(alarm, "name", "?"), "kind",
			  json_string_or(alarm, "kind", "?"), "why", why, "door",
			  (json_int_t) json_integer_or(alarm, "door", 0)));
}

void
store_alarm_end(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	uint64_t id = (uint64_t) json_integer_or(request->params, "alarm", 0);
	const json_t *alarm = store_alarms_find(store_log_alarms(store->log), id);

	if (!alarm) {
		rpc_fail_field(request, RPC_NOT_FOUND, "alarm", "no such alarm stands");
		return;
	}
	end(store, alarm, caller->actor, "by hand");
	rpc_reply(request, NULL);
}

static char *
key_of(uint64_t id)
{
	return xasprintf("alarm.%llu", (unsigned long long) id);
}

/*
 * Ends it once: an end that is on its way to the log still stands. What is ended by hand is not
 * asked, so that nothing that went wrong keeps an alarm.
 */
static void
end_if_gone(struct store *store, const json_t *alarm)
{
	uint64_t id = (uint64_t) json_integer_or(alarm, "id", 0);
	_cleanup_(freep) char *key = key_of(id);
	_cleanup_(freep) char *why = store_alarms_gone(store, alarm);

	if (!why || json_object_get(store->ending_alarms, key))
		return;
	if (!store->ending_alarms)
		store->ending_alarms = json_object();
	(void) json_object_set_new(store->ending_alarms, key, json_true());
	end(store, alarm, NULL, why);
}

static void
sweep_one(uint64_t id UNUSED, const json_t *alarm, void *context)
{
	end_if_gone(context, alarm);
}

void
store_alarms_sweep(struct store *store)
{
	store_alarms_each(store_log_alarms(store->log), sweep_one, store);
}

void
store_alarms_changed(uint64_t id, const json_t *alarm, void *context)
{
	struct store *store = context;
	_cleanup_(freep) char *key = key_of(id);

	/* Before anybody can follow there is no live state. */
	if (store->state)
		store_state_announce(store->state, key, alarm);
	/* Its event may have been under way when what it is about was removed. */
	if (alarm)
		end_if_gone(store, alarm);
	else if (store->ending_alarms)
		(void) json_object_del(store->ending_alarms, key);
}

struct push {
	struct rpc_connection *connection;
	json_int_t rev;
};

static void
push_one(uint64_t id, const json_t *alarm, void *context)
{
	const struct push *push = context;
	_cleanup_(freep) char *key = key_of(id);
	_cleanup_(json_decrefp) json_t *message =
		json_pack("{ss,sI,sO}", "key", key, "rev", push->rev, "value", (json_t *) alarm);
	_cleanup_(freep) char *text = json_canonical(message);

	(void) rpc_push_text(push->connection, text);
}

void
store_alarms_push(struct store *store, struct rpc_connection *connection)
{
	struct push push = { connection, (json_int_t) store_state_rev(store->state) };

	store_alarms_each(store_log_alarms(store->log), push_one, &push);
}

struct search {
	const char *source;
	const char *name;
	bool is_found;
};

static void
search_one(uint64_t id UNUSED, const json_t *alarm, void *context)
{
	struct search *search = context;

	search->is_found |= !strcmp(json_string_or(alarm, "source", ""), search->source) &&
			    !strcmp(json_string_or(alarm, "name", ""), search->name);
}

bool
store_alarms_stands(const struct store *store, const char *source, const char *name)
{
	struct search search = { .source = source, .name = name };

	store_alarms_each(store_log_alarms(store->log), search_one, &search);
	return search.is_found;
}

static bool
outlives_power(const json_t *alarm)
{
	/* Not a condition that somebody notices, but how a reader is configured. */
	return !strcmp(json_string_or(alarm, "name", ""), "reader_clear");
}

static void
end_older(uint64_t id, const json_t *alarm, void *context)
{
	if (strcmp(json_string_or(alarm, "boot", ""), clock_boot_id()) != 0 &&
	    !outlives_power(alarm))
		end(context, alarm, NULL, "the controller was without power or restarted");
	else
		sweep_one(id, alarm, context);
}

void
store_alarms_start(struct store *store)
{
	store_alarms_each(store_log_alarms(store->log), end_older, store);
}
