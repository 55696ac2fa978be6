#include "syslog/outlet.h"

#include <event2/event.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/follow.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "syslog/destination.h"
#include "syslog/report.h"
#include "syslog/window.h"

struct outlet {
	const struct outlet_world *world;
	char name[16]; /* "syslog.1": cursor and live object */
	struct destination *destination;
	struct follower *follower; /* only while the destination is on */
	struct report *report;
	struct event *timer;
};

static void
on_event(json_t *event, const char *hash, void *context)
{
	struct outlet *outlet = context;
	const struct target *target = destination_target(outlet->destination);
	uint64_t seq = (uint64_t) json_integer_or(event, "seq", 0);
	bool is_wanted = target_takes(target, event);
	char record[FORMAT_MAX];
	size_t size = 0;

	if (is_wanted)
		size = format_record(outlet->world->identity, target, event, hash, record);
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

/* {name, destination, error?} of the events. */
static json_t *
event_data(const struct outlet *outlet)
{
	const struct target *target = destination_target(outlet->destination);
	const char *error = destination_health(outlet->destination)->error;
	_cleanup_(freep) char *peer = xasprintf("%s port %u", target->host, target->port);

	return json_pack("{ss,ss,ss*}", "name", target->name, "destination", peer, "error",
			 *error ? error : NULL);
}

static void
on_health(enum health_change change, void *context)
{
	struct outlet *outlet = context;

	report_set_value(outlet->report,
			 json_pack("{ss,sI,ss}", "state", state_name(outlet), "confirmed",
				   (json_int_t) destination_confirmed(outlet->destination),
				   "last_error", destination_health(outlet->destination)->error));
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

	return transport_open(&outlet->world->loop, target, events, transport_context);
}

static const struct destination_ops destination_ops = {
	.open = open_transport,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
};

struct outlet *
outlet_new(const struct outlet_world *world, unsigned index)
{
	struct outlet *outlet = xcalloc(1, sizeof(*outlet));

	outlet->world = world;
	(void) snprintf(outlet->name, sizeof(outlet->name), "syslog.%u", index);
	outlet->timer = evtimer_new(world->loop.base, on_timer, outlet);
	outlet->report = report_new(world->loop.base, world->client, outlet->name);
	outlet->destination = destination_new(&destination_ops, outlet);
	return outlet;
}

void
outlet_free(struct outlet *outlet)
{
	if (!outlet)
		return;
	follower_free(outlet->follower);
	destination_free(outlet->destination);
	report_free(outlet->report);
	event_free(outlet->timer);
	free(outlet);
}

void
outlet_apply(struct outlet *outlet, const json_t *object)
{
	struct target target;

	target_read(object, &target);
	if (target.transport == TARGET_OFF)
		follower_free(steal(&outlet->follower));
	destination_configure(outlet->destination, &target);
	on_health(HEALTH_SAME, outlet);
	if (target.transport != TARGET_OFF && !outlet->follower)
		outlet->follower =
			follower_new(outlet->world->loop.base, outlet->world->path, "syslog",
				     outlet->name, WINDOW_RECORDS, &event_ops, outlet);
}

void
outlet_renew(struct outlet *outlet)
{
	report_renew(outlet->report);
}
