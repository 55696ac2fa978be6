#include "agent/snmp_notify.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_storm.h"
#include "lib/clock.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define BURST	    64
#define INTERVAL_US 20000 /* 50 a second */

enum progress { WAITING, SENT, DONE };

struct entry {
	enum progress progress;
	bool is_let_through; /* of a storm */
	uint64_t seq;
	long id;
	json_t *event;
};

struct notifier {
	struct master *master;
	struct replica *replica;
	const struct notifier_ops *ops;
	void *context;
	struct event *timer;
	struct event *summary;
	struct storm storm;
	uint64_t next_us; /* when the bucket would be full again */
	size_t first;
	size_t count;
	bool is_under_way; /* one is sent and not confirmed */
	struct entry entries[NOTIFY_WINDOW];
};

static struct entry *
at(struct notifier *notifier, size_t index)
{
	return &notifier->entries[(notifier->first + index) % NOTIFY_WINDOW];
}

static bool
is_state_change(enum event_kind kind)
{
	return kind == EV_DOOR_MODE || kind == EV_DOOR_POSITION || kind == EV_DOOR_LOCK;
}

static bool
is_wanted(const struct replica *replica, const json_t *event)
{
	const struct event_row *row = events_find(json_integer_or(event, "number", 0));

	if (!row || !row->is_notified)
		return false;
	if (!strncmp(row->name, "access.", 7))
		return replica->notifies_access;
	return !is_state_change(row->kind) || replica->notifies_state;
}

/* A bucket of BURST tokens that gets one every INTERVAL_US; false starts the timer. */
static bool
take_token(struct notifier *notifier)
{
	uint64_t now_us = clock_mono_us();
	uint64_t full_us = MAX_OF(notifier->next_us, now_us);
	uint64_t debt_us = full_us - now_us;
	const uint64_t limit_us = (uint64_t) (BURST - 1) * INTERVAL_US;

	if (debt_us > limit_us) {
		loop_arm_in(notifier->timer, debt_us - limit_us);
		return false;
	}
	notifier->next_us = full_us + INTERVAL_US;
	return true;
}

/* An event is counted once, however often it has to wait. */
static bool
passes_storm(struct notifier *notifier, struct entry *entry)
{
	enum event_kind kind = (enum event_kind) json_integer_or(entry->event, "number", 0);

	if (!entry->is_let_through)
		entry->is_let_through = storm_lets_pass(&notifier->storm, kind, clock_mono_us());
	if (!entry->is_let_through)
		loop_arm_at(notifier->summary, storm_deadline_us(&notifier->storm));
	return entry->is_let_through;
}

/* False when nothing more may be sent now. */
static bool
send_entry(struct notifier *notifier, struct entry *entry)
{
	if (!is_wanted(notifier->replica, entry->event) || !passes_storm(notifier, entry)) {
		entry->progress = DONE;
		return true;
	}
	if (!master_is_up(notifier->master) || notifier->is_under_way || !take_token(notifier))
		return false;
	if (master_notify(notifier->master, notify_variables(entry->event), &entry->id) < 0)
		return false;
	entry->progress = SENT;
	notifier->is_under_way = true;
	return true;
}

static void
drop_first(struct notifier *notifier)
{
	json_decref(steal(&at(notifier, 0)->event));
	notifier->first = (notifier->first + 1) % NOTIFY_WINDOW;
	notifier->count--;
}

static void
acknowledge(struct notifier *notifier)
{
	uint64_t seq = 0;

	while (notifier->count && at(notifier, 0)->progress == DONE) {
		seq = at(notifier, 0)->seq;
		drop_first(notifier);
	}
	if (!seq)
		return;
	notifier->replica->device.log_delivered = seq;
	notifier->ops->on_done(seq, notifier->context);
}

void
notifier_pump(struct notifier *notifier)
{
	/* Before the first state nobody knows what is wanted; later a stale setting will do. */
	if (!notifier->replica->is_known)
		return;
	for (size_t i = 0; i < notifier->count; i++) {
		struct entry *entry = at(notifier, i);
		if (entry->progress == WAITING && !send_entry(notifier, entry))
			break;
	}
	acknowledge(notifier);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	notifier_pump(context);
}

static void
on_summary(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct notifier *notifier = context;
	enum event_kind kind;
	uint32_t count;

	while (storm_take_summary(&notifier->storm, clock_mono_us(), &kind, &count))
		notifier->ops->on_left_out(kind, count, notifier->context);
	loop_arm_at(notifier->summary, storm_deadline_us(&notifier->storm));
}

int
notifier_add(struct notifier *notifier, json_t *event)
{
	uint64_t seq = (uint64_t) json_integer_or(event, "seq", 0);

	if (notifier->count == NOTIFY_WINDOW)
		return -ENOBUFS;
	*at(notifier, notifier->count) = (struct entry){ .seq = seq, .event = json_incref(event) };
	notifier->count++;
	notifier->replica->device.log_head = MAX_OF(notifier->replica->device.log_head, seq);
	notifier_pump(notifier);
	return 0;
}

void
notifier_confirm(struct notifier *notifier, long id, long error)
{
	for (size_t i = 0; i < notifier->count; i++) {
		struct entry *entry = at(notifier, i);
		if (entry->progress != SENT || entry->id != id)
			continue;
		/* Sending it again would be refused again, and hold up all the others. */
		if (error)
			(void) log_err(0,
				       "SNMP master refuses the notification of event %llu: "
				       "error %ld; it is not sent",
				       (unsigned long long) entry->seq, error);
		else
			notifier->replica->device.sent++;
		entry->progress = DONE;
		notifier->is_under_way = false;
		notifier_pump(notifier);
		return;
	}
}

void
notifier_restart(struct notifier *notifier)
{
	for (size_t i = 0; i < notifier->count; i++)
		if (at(notifier, i)->progress == SENT)
			at(notifier, i)->progress = WAITING;
	notifier->is_under_way = false;
}

void
notifier_clear(struct notifier *notifier)
{
	while (notifier->count)
		drop_first(notifier);
	notifier->is_under_way = false;
}

size_t
notifier_queued(const struct notifier *notifier)
{
	return notifier->count;
}

struct notifier *
notifier_new(struct event_base *base, struct master *master, struct replica *replica,
	     const struct notifier_ops *ops, void *context)
{
	struct notifier *notifier = xcalloc(1, sizeof(*notifier));

	notifier->master = master;
	notifier->replica = replica;
	notifier->ops = ops;
	notifier->context = context;
	notifier->timer = evtimer_new(base, on_timer, notifier);
	notifier->summary = evtimer_new(base, on_summary, notifier);
	return notifier;
}

void
notifier_free(struct notifier *notifier)
{
	if (!notifier)
		return;
	notifier_clear(notifier);
	event_free(notifier->timer);
	event_free(notifier->summary);
	free(notifier);
}
