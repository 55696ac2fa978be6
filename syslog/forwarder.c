#include "syslog/forwarder.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/follow.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "syslog/destination.h"
#include "syslog/format.h"
#include "syslog/identity.h"
#include "syslog/report.h"
#include "syslog/resolver.h"
#include "syslog/window.h"

#define DESTINATIONS 1
#define CLIENT_NAME  "syslog"

/* One destination with everything around it. */
struct outlet {
	unsigned index; /* from 1, as in the settings */
	char name[16];	/* "syslog.1": cursor and live object */
	struct forwarder *forwarder;
	struct destination *destination;
	struct follower *follower; /* only while the destination is on */
	struct report *report;
	struct event *timer;
};

struct forwarder {
	struct event_base *base;
	char *path;
	struct transport_loop loop;
	struct identity identity;
	struct follower *watch; /* settings, and the connection that reports */
	struct outlet outlets[DESTINATIONS];
};

static void
on_event(json_t *event, const char *hash, void *context)
{
	struct outlet *outlet = context;
	const struct target *target = destination_target(outlet->destination);
	uint64_t seq = (uint64_t) json_integer_or(event, "seq", 0);
	bool is_wanted = json_integer_or(event, "severity", 0) <= target->severity;
	char record[FORMAT_MAX];
	size_t size = 0;

	if (is_wanted)
		size = format_record(&outlet->forwarder->identity.format, target->facility, event,
				     hash, record);
	int r = destination_add(outlet->destination, seq, is_wanted ? record : NULL, size);
	/* A store that pushes more than it may: begin again from the cursor. */
	if (r < 0)
		rpc_reconnect(follower_client(outlet->follower));
}

static void
on_link(bool is_up, void *context)
{
	struct outlet *outlet = context;

	/* The store begins behind its cursor again: what is under way comes once more. */
	if (is_up)
		destination_forget(outlet->destination);
}

static const struct follower_ops event_ops = { .on_event = on_event, .on_link = on_link };

static const char *
state_name(const struct outlet *outlet)
{
	if (destination_target(outlet->destination)->transport == TARGET_OFF)
		return "off";
	return destination_health(outlet->destination)->is_up ? "up" : "down";
}

/* {destination, error?} of the events. */
static json_t *
event_data(const struct outlet *outlet)
{
	const struct target *target = destination_target(outlet->destination);
	const char *error = destination_health(outlet->destination)->error;
	_cleanup_(freep) char *peer = xasprintf("%s port %u", target->host, target->port);

	return json_pack("{ss,ss*}", "destination", peer, "error", *error ? error : NULL);
}

static void
on_health(enum health_change change, void *context)
{
	struct outlet *outlet = context;
	const struct target *target = destination_target(outlet->destination);

	report_set_value(outlet->report,
			 json_pack("{ss,ss,sI,ss}", "transport",
				   target_transport_name(target->transport), "state",
				   state_name(outlet), "confirmed",
				   (json_int_t) destination_confirmed(outlet->destination), "error",
				   destination_health(outlet->destination)->error));
	if (change == HEALTH_CAME_UP)
		report_raise(outlet->report, "syslog.up", event_data(outlet));
	else if (change == HEALTH_WENT_DOWN)
		report_raise(outlet->report, "syslog.down", event_data(outlet));
}

static void
on_confirmed(uint64_t seq, void *context)
{
	struct outlet *outlet = context;

	if (outlet->follower)
		follower_ack(outlet->follower, seq);
	on_health(HEALTH_SAME, outlet);
}

static void
on_due(uint64_t due_us, void *context)
{
	struct outlet *outlet = context;

	loop_arm_at(outlet->timer, due_us);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	const struct outlet *outlet = context;

	destination_wake(outlet->destination);
}

static struct transport *
open_transport(const struct target *target, const struct transport_events *events,
	       void *transport_context, void *context)
{
	const struct outlet *outlet = context;

	return transport_open(&outlet->forwarder->loop, target, events, transport_context);
}

static const struct destination_ops destination_ops = {
	.open = open_transport,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
};

static void
apply(struct outlet *outlet, const json_t *settings)
{
	struct forwarder *forwarder = outlet->forwarder;
	struct target target;

	target_read(outlet->index, settings, &target);
	if (target.transport == TARGET_OFF)
		follower_free(steal(&outlet->follower));
	destination_configure(outlet->destination, &target);
	on_health(HEALTH_SAME, outlet);
	if (target.transport != TARGET_OFF && !outlet->follower)
		outlet->follower = follower_new(forwarder->base, forwarder->path, CLIENT_NAME,
						outlet->name, WINDOW_RECORDS, &event_ops, outlet);
}

static void
on_state(const char *key, const json_t *value, void *context)
{
	struct forwarder *forwarder = context;

	if (!key || strcmp(key, "settings") != 0)
		return;
	for (unsigned i = 0; i < DESTINATIONS; i++)
		apply(&forwarder->outlets[i], value);
}

static void
on_watch_link(bool is_up, void *context)
{
	struct forwarder *forwarder = context;

	log_debug("the store is %s", is_up ? "there" : "away");
	for (unsigned i = 0; is_up && i < DESTINATIONS; i++)
		report_renew(forwarder->outlets[i].report);
}

static const struct follower_ops watch_ops = { .on_state = on_state, .on_link = on_watch_link };

static void
open_outlet(struct forwarder *forwarder, unsigned index)
{
	struct outlet *outlet = &forwarder->outlets[index - 1];

	outlet->index = index;
	outlet->forwarder = forwarder;
	(void) snprintf(outlet->name, sizeof(outlet->name), "syslog.%u", index);
	outlet->timer = evtimer_new(forwarder->base, on_timer, outlet);
	outlet->report =
		report_new(forwarder->base, follower_client(forwarder->watch), outlet->name);
	outlet->destination = destination_new(&destination_ops, outlet);
}

/* Records carry the controller's name, so nothing is followed before it is known. */
static void
on_identity(void *context)
{
	struct forwarder *forwarder = context;

	forwarder->watch = follower_new(forwarder->base, forwarder->path, CLIENT_NAME, NULL, 0,
					&watch_ops, forwarder);
	for (unsigned i = 1; i <= DESTINATIONS; i++)
		open_outlet(forwarder, i);
}

struct forwarder *
forwarder_new(struct event_base *base, const char *path)
{
	struct forwarder *forwarder = xcalloc(1, sizeof(*forwarder));

	forwarder->base = base;
	forwarder->path = xstrdup(path);
	forwarder->loop = (struct transport_loop){ base, resolver_new(base) };
	identity_find(&forwarder->identity, forwarder->loop.resolver, on_identity, forwarder);
	return forwarder;
}

static void
close_outlet(struct outlet *outlet)
{
	follower_free(outlet->follower);
	destination_free(outlet->destination);
	report_free(outlet->report);
	if (outlet->timer)
		event_free(outlet->timer);
}

void
forwarder_free(struct forwarder *forwarder)
{
	if (!forwarder)
		return;
	for (unsigned i = 0; i < DESTINATIONS; i++)
		close_outlet(&forwarder->outlets[i]);
	follower_free(forwarder->watch);
	resolver_free(forwarder->loop.resolver);
	free(forwarder->path);
	free(forwarder);
}
