#include "syslog/outlet.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/follow.h"
#include "lib/json.h"
#include "lib/loop.h"
#include "lib/model.h"
#include "lib/util.h"
#include "syslog/destination.h"
#include "syslog/message.h"
#include "syslog/report.h"

/* Those that are under way, and those whose receipt is young. */
#define FOLLOW_WINDOW (2 * LOG_SERVER_WINDOW + LOG_SERVER_WINDOW / 2)

struct outlet {
	const struct outlet_world *world;
	char name[16]; /* "syslog.1": cursor and live object */
	struct destination *destination;
	struct follower *follower; /* only while the destination is on */
	struct report *report;
	struct event *timer;
	struct event *release; /* of the follower, when nothing is under way any more */
	bool is_wanted;	       /* events are */
};

static void
on_record(const char *line, size_t size, void *context)
{
	static struct message message;
	static char record[RECORD_MAX];
	struct outlet *outlet = context;
	const struct target *target = destination_target(outlet->destination);
	struct record_sender *sender = &outlet->world->identity->sender;

	/* A store that says something else is one that has to begin again. */
	if (message_read_event(line, size, &message) < 0 || !message.seq) {
		rpc_reconnect(follower_client(outlet->follower));
		return;
	}
	bool is_wanted = target_takes(target, message.category, message.severity);
	memcpy(sender->facility, target->facility, sizeof(sender->facility));
	identity_renew(outlet->world->identity);
	size = is_wanted
		       ? record_write(target->format, sender, &message, target->record_size, record)
		       : 0;
	destination_add(outlet->destination, message.seq, is_wanted ? record : NULL, size);
}

static void
on_link(bool is_up, void *context)
{
	struct outlet *outlet = context;

	/* The store begins behind its cursor again: what is under way comes once more. */
	if (is_up)
		destination_forget(outlet->destination);
}

static const struct follower_ops event_ops = { .on_record = on_record, .on_link = on_link };

static const char *
state_name(const struct outlet *outlet)
{
	if (destination_target(outlet->destination)->transport == TARGET_OFF)
		return "off";
	const struct health *health = destination_health(outlet->destination);
	if (health->is_up)
		return "up";
	return health->is_told_down ? "down" : "connecting";
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
	struct destination_counts counts = destination_counts(outlet->destination);

	report_set_value(outlet->report,
			 json_pack("{ss,sI,sI,sI,ss,sI,sI}", "state", state_name(outlet),
				   "confirmed", (json_int_t) counts.confirmed, "sent",
				   (json_int_t) counts.sent, "errors", (json_int_t) counts.errors,
				   "last_error", destination_health(outlet->destination)->error,
				   "last_success_us", (json_int_t) counts.success_us,
				   "certificate_expires_us", (json_int_t) counts.expires_us));
	if (destination_is_off(outlet->destination) && outlet->follower)
		event_active(outlet->release, EV_TIMEOUT, 0);
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

static void
on_flow(bool is_wanted, void *context)
{
	struct outlet *outlet = context;

	outlet->is_wanted = is_wanted;
	if (outlet->follower)
		follower_pause(outlet->follower, !is_wanted);
}

static void
on_rewind(void *context)
{
	struct outlet *outlet = context;

	if (outlet->follower)
		follower_rewind(outlet->follower);
}

/* Not from inside a callback of the follower itself. */
static void
on_release(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct outlet *outlet = context;

	if (destination_is_off(outlet->destination))
		follower_free(steal(&outlet->follower));
}

static const struct destination_ops destination_ops = {
	.open = open_transport,
	.on_confirmed = on_confirmed,
	.on_health = on_health,
	.on_due = on_due,
	.on_flow = on_flow,
	.on_rewind = on_rewind,
};

struct outlet *
outlet_new(const struct outlet_world *world, unsigned index)
{
	struct outlet *outlet = xcalloc(1, sizeof(*outlet));

	outlet->world = world;
	(void) snprintf(outlet->name, sizeof(outlet->name), "syslog.%u", index);
	outlet->timer = evtimer_new(world->loop.base, on_timer, outlet);
	outlet->release = evtimer_new(world->loop.base, on_release, outlet);
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
	event_free(outlet->release);
	free(outlet);
}

void
outlet_apply(struct outlet *outlet, const json_t *object)
{
	struct target target;

	target_read(object, &target);
	destination_configure(outlet->destination, &target);
	on_health(HEALTH_SAME, outlet);
	if (target.transport == TARGET_OFF || outlet->follower)
		return;
	outlet->follower = follower_new(outlet->world->loop.base, outlet->world->path, "syslog",
					outlet->name, FOLLOW_WINDOW, &event_ops, outlet);
	follower_pause(outlet->follower, !outlet->is_wanted);
}

void
outlet_renew(struct outlet *outlet)
{
	report_renew(outlet->report);
	/* While it is paused nobody reads, nor sees that the connection has ended. */
	if (outlet->follower && !outlet->is_wanted)
		rpc_reconnect(follower_client(outlet->follower));
}
