#include "agent/snmp_report.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"

#define CALL_TIMEOUT_MS 10000
/* A master that starts at the same time as this process was never down. */
#define GRACE_US (5 * US_PER_S)

enum known { KNOWN_NOTHING, KNOWN_UP, KNOWN_DOWN };

struct reporter {
	struct rpc_client *client;
	void (*get)(struct report *report, void *context);
	void *context;
	struct event *tick;
	uint64_t started_us;
	bool is_link_up;
	bool is_under_way;
	enum known told;    /* what the last event said */
	enum known telling; /* what the event under way says */
	json_t *value;	    /* what the store has */
};

static void
on_reported(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct reporter *reporter = context;

	reporter->is_under_way = false;
	if (result)
		reporter->told = reporter->telling;
	else
		json_decref(steal(&reporter->value));
}

static enum known
now_known(const struct reporter *reporter, const struct report *report)
{
	if (report->is_master_up)
		return KNOWN_UP;
	if (reporter->told == KNOWN_NOTHING && clock_mono_us() < reporter->started_us + GRACE_US)
		return KNOWN_NOTHING;
	return KNOWN_DOWN;
}

/* Coming up for the first time is no change. */
static const char *
event_name(enum known told, enum known known)
{
	if (known == told || (told == KNOWN_NOTHING && known == KNOWN_UP))
		return NULL;
	return known == KNOWN_UP ? "snmp.master_up" : "snmp.master_down";
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct reporter *reporter = context;
	struct report report;

	if (!reporter->is_link_up || reporter->is_under_way)
		return;
	reporter->get(&report, reporter->context);
	enum known known = now_known(reporter, &report);
	if (known == KNOWN_NOTHING)
		return;
	const char *event = event_name(reporter->told, known);
	_cleanup_(json_decrefp) json_t *value =
		json_pack("{ss,sI,sI}", "master", known == KNOWN_UP ? "up" : "down", "sent",
			  (json_int_t) report.sent, "queued", (json_int_t) report.queued);
	if (!event && json_equal(value, reporter->value))
		return;
	json_decref(reporter->value);
	reporter->value = json_incref(value);
	reporter->is_under_way = true;
	reporter->telling = known;
	rpc_call(reporter->client, NULL, "report",
		 json_pack("{ss,sO,ss*,so*}", "key", "snmp", "value", value, "event", event, "data",
			   event ? json_object() : NULL),
		 CALL_TIMEOUT_MS, on_reported, reporter);
}

struct reporter *
reporter_new(struct event_base *base, struct rpc_client *client,
	     void (*get)(struct report *report, void *context), void *context)
{
	static const struct timeval period = { 1, 0 };
	struct reporter *reporter = xcalloc(1, sizeof(*reporter));

	*reporter = (struct reporter){
		.client = client,
		.get = get,
		.context = context,
		.started_us = clock_mono_us(),
	};
	reporter->tick = event_new(base, -1, EV_PERSIST, on_tick, reporter);
	(void) event_add(reporter->tick, &period);
	return reporter;
}

void
reporter_free(struct reporter *reporter)
{
	if (!reporter)
		return;
	event_free(reporter->tick);
	json_decref(reporter->value);
	free(reporter);
}

void
reporter_learn(struct reporter *reporter, const json_t *value)
{
	const char *master = json_string_or(value, "master", "");

	if (reporter->told != KNOWN_NOTHING)
		return;
	if (!strcmp(master, "up"))
		reporter->told = KNOWN_UP;
	else if (!strcmp(master, "down"))
		reporter->told = KNOWN_DOWN;
}

void
reporter_set_link(struct reporter *reporter, bool is_up)
{
	reporter->is_link_up = is_up;
	/* A store that comes back may have forgotten the object. */
	if (!is_up)
		json_decref(steal(&reporter->value));
}
