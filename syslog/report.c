#include "syslog/report.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/rpc.h"
#include "lib/util.h"

#define CALL_TIMEOUT_MS 10000

struct report {
	struct rpc_client *client;
	char *key;
	struct event *timer;
	json_t *value;
	json_t *event; /* {event, data}; NULL when there is nothing new */
	json_t *event_under_way;
	bool is_due;
	bool is_under_way;
};

static void
arm(struct report *report, time_t delay_s)
{
	struct timeval delay = { .tv_sec = delay_s };

	if (report->is_due && !report->is_under_way && !evtimer_pending(report->timer, NULL))
		(void) evtimer_add(report->timer, &delay);
}

static void
on_answer(json_t *result UNUSED, const struct rpc_error *error, void *context)
{
	struct report *report = context;
	bool is_lost = error &&
		       (!strcmp(error->code, RPC_UNAVAILABLE) || !strcmp(error->code, RPC_TIMEOUT));

	report->is_under_way = false;
	if (is_lost && !report->event)
		report->event = steal(&report->event_under_way);
	json_decref(steal(&report->event_under_way));
	/* Asked again it would be refused again. */
	if (error && !is_lost)
		(void) log_warn(0, "cannot report '%s': %s", report->key, error->message);
	report->is_due |= is_lost;
	arm(report, 1);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct report *report = context;

	/* report_renew() comes when the store is back. */
	if (!rpc_is_up(report->client))
		return;
	json_t *params = json_pack("{ss,sO*}", "key", report->key, "value", report->value);
	if (report->event)
		(void) json_object_update(params, report->event);
	report->event_under_way = steal(&report->event);
	report->is_due = false;
	report->is_under_way = true;
	rpc_call(report->client, NULL, "report", params, CALL_TIMEOUT_MS, on_answer, report);
}

struct report *
report_new(struct event_base *base, struct rpc_client *client, const char *key)
{
	struct report *report = xcalloc(1, sizeof(*report));

	report->client = client;
	report->key = xstrdup(key);
	report->timer = evtimer_new(base, on_timer, report);
	return report;
}

void
report_free(struct report *report)
{
	if (!report)
		return;
	rpc_forget(report->client, report);
	event_free(report->timer);
	json_decref(report->value);
	json_decref(report->event);
	json_decref(report->event_under_way);
	free(report->key);
	free(report);
}

void
report_set_value(struct report *report, json_t *value)
{
	bool is_same = report->value && json_equal(report->value, value);

	json_decref(report->value);
	report->value = value;
	report->is_due |= !is_same;
	arm(report, 1);
}

void
report_raise(struct report *report, const char *name, json_t *data)
{
	json_decref(report->event);
	report->event = json_pack("{ss,so}", "event", name, "data", data);
	report->is_due = true;
	arm(report, 0);
}

void
report_renew(struct report *report)
{
	report->is_due |= report->value != NULL;
	arm(report, 0);
}
