#include "agent/snmp_notify.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_flap.h"
#include "agent/snmp_storm.h"
#include "lib/bucket.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define BURST	    64
#define INTERVAL_US 20000 /* 50 a second */

enum progress {
	WAITING,
	JUDGED, /* it is sent as soon as that can be */
	HELD,	/* an alarm's last state, sent when it is due or the window is full */
	SENT,
	DONE,
};

struct entry {
	enum progress progress;
	uint64_t seq;
	long id;
	bool is_late;
	uint64_t flap; /* of an alarm, else 0 */
	uint64_t due_us;
	uint64_t event_us;
	struct replica_notification *kind; /* NULL when there is nothing to notify */
	struct replica_event event;
};

/* Alarms that are sent once more. */
struct resend {
	bool is_wanted;
	uint32_t next; /* id */
	long id;       /* of the one that is sent; 0 for none */
};

struct notifier {
	struct master *master;
	struct replica *replica;
	const struct notifier_ops *ops;
	void *context;
	struct event *timer;
	struct event *summary;
	struct storm storm;
	struct flaps flaps;
	struct resend resend;
	uint64_t full_us;  /* of the bucket */
	uint64_t token_us; /* when there is a token; UINT64_MAX while that is not waited for */
	uint64_t late_upto;
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
take_token(struct notifier *notifier)
{
	uint64_t now_us = clock_mono_us();
	uint64_t wait_us = bucket_take(&notifier->full_us, BURST, INTERVAL_US, now_us);

	if (wait_us)
		notifier->token_us = now_us + wait_us;
	return !wait_us;
}

static void
leave_out(struct notifier *notifier, struct entry *entry)
{
	storm_leave_out(&notifier->storm, entry->event.row, clock_mono_us());
	loop_arm_at(notifier->summary, storm_deadline_us(&notifier->storm));
	replica_notification_suppress(&notifier->replica->notifications, entry->kind);
	entry->progress = DONE;
}

/* An earlier state of the same alarm is no longer its last one. */
static void
supersede(struct notifier *notifier, uint64_t flap)
{
	for (size_t i = 0; i < notifier->count; i++)
		if (at(notifier, i)->progress == HELD && at(notifier, i)->flap == flap)
			leave_out(notifier, at(notifier, i));
}

/* Whether the event is notified at all, and when; asked once. */
static void
judge(struct notifier *notifier, struct entry *entry)
{
	if (!entry->kind || !entry->kind->is_enabled) {
		if (entry->kind)
			replica_notification_suppress(&notifier->replica->notifications,
						      entry->kind);
		entry->progress = DONE;
	} else if (entry->flap) {
		uint64_t wait_us = flap_wait_us(&notifier->flaps, entry->flap, entry->event_us);
		supersede(notifier, entry->flap);
		entry->due_us = clock_mono_us() + wait_us;
		entry->progress = wait_us ? HELD : JUDGED;
	} else if (storm_lets_pass(&notifier->storm, entry->event.row, entry->event_us)) {
		entry->progress = JUDGED;
	} else {
		leave_out(notifier, entry);
	}
}

static bool
can_send(struct notifier *notifier)
{
	return master_is_up(notifier->master) && !notifier->is_under_way && take_token(notifier);
}

/* False when nothing more may be sent now. */
static bool
send_event(struct notifier *notifier, const struct replica_event *event, bool is_late, long *ret_id)
{
	netsnmp_variable_list *variables;

	if (!can_send(notifier))
		return false;
	variables = notify_variables(notifier->replica, event, is_late);
	if (master_notify(notifier->master, variables, ret_id) < 0)
		return false;
	notifier->is_under_way = true;
	return true;
}

static bool
send_entry(struct notifier *notifier, struct entry *entry)
{
	bool was_held = entry->progress == HELD;

	entry->is_late = entry->is_late || entry->seq <= notifier->late_upto;
	if (!send_event(notifier, &entry->event, entry->is_late, &entry->id))
		return false;
	if (was_held)
		flap_take(&notifier->flaps, entry->flap);
	entry->progress = SENT;
	return true;
}

static bool
is_due(const struct notifier *notifier, const struct entry *entry, bool is_first_held)
{
	return clock_mono_us() >= entry->due_us ||
	       (is_first_held && notifier->count == NOTIFY_WINDOW);
}

/* Everything that may go goes, in order but for alarms that are held. False when something still
 * waits for the master. */
static bool
pump_entries(struct notifier *notifier)
{
	bool is_first_held = true;

	for (size_t i = 0; i < notifier->count; i++) {
		struct entry *entry = at(notifier, i);
		if (entry->progress == WAITING)
			judge(notifier, entry);
		bool is_held = entry->progress == HELD;
		bool is_ready = entry->progress == JUDGED ||
				(is_held && is_due(notifier, entry, is_first_held));
		is_first_held = is_first_held && !is_held;
		if (is_ready && !send_entry(notifier, entry))
			return false;
	}
	return true;
}

/* One whose notification still waits will come by itself, and that the master does not answer is
 * not what it is asked to say. */
static bool
is_resent(const struct notifier *notifier, const struct replica_alarm *alarm)
{
	struct replica *replica = notifier->replica;

	return alarm->row && alarm->row->is_notified && alarm->row->kind != EV_SNMP_DOWN &&
	       alarm->full_seq <= replica->device.log_delivered &&
	       replica_notification_of(&replica->notifications, alarm->row->kind)->is_enabled;
}

static void
resend_alarms(struct notifier *notifier)
{
	struct resend *resend = &notifier->resend;
	struct replica_event event;

	while (resend->is_wanted && !resend->id) {
		const struct replica_alarm *alarm =
			replica_alarms_from(&notifier->replica->alarms, resend->next);
		resend->is_wanted = alarm;
		if (!alarm)
			return;
		resend->next = alarm->id;
		if (!is_resent(notifier, alarm)) {
			resend->next++;
			resend->is_wanted = resend->next > 0;
			continue;
		}
		replica_event_of(&event, alarm);
		if (!send_event(notifier, &event, true, &resend->id))
			return;
	}
}

static void
drop_first(struct notifier *notifier)
{
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
	notifier->replica->notifications.queued = (uint32_t) notifier->count;
	if (!seq)
		return;
	notifier->replica->device.log_delivered = seq;
	notifier->ops->on_done(seq, notifier->context);
}

static void
arm(struct notifier *notifier)
{
	uint64_t at_us = notifier->token_us;

	for (size_t i = 0; i < notifier->count; i++)
		if (at(notifier, i)->progress == HELD && at(notifier, i)->due_us > clock_mono_us())
			at_us = MIN_OF(at_us, at(notifier, i)->due_us);
	loop_arm_at(notifier->timer, at_us);
}

void
notifier_pump(struct notifier *notifier)
{
	/* Before the first state nobody knows what is wanted; later a stale setting will do. */
	if (!notifier->replica->is_known)
		return;
	notifier->token_us = UINT64_MAX;
	if (pump_entries(notifier))
		resend_alarms(notifier);
	acknowledge(notifier);
	arm(notifier);
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

static uint64_t
flap_of(const struct replica_event *event)
{
	return *event->row->alarm ? flap_key(event->row->alarm, event->source) : 0;
}

int
notifier_add(struct notifier *notifier, json_t *event)
{
	uint64_t seq = (uint64_t) json_integer_or(event, "seq", 0);
	int64_t happened_us = json_integer_or(event, "mono_us", 0);

	if (notifier->count == NOTIFY_WINDOW)
		return -ENOBUFS;
	struct entry *entry = at(notifier, notifier->count++);
	*entry = (struct entry){
		.seq = seq,
		.event_us = happened_us > 0 ? (uint64_t) happened_us : clock_mono_us(),
	};
	if (replica_event_read(&entry->event, event)) {
		entry->kind = replica_notification_of(&notifier->replica->notifications,
						      entry->event.row->kind);
		entry->flap = flap_of(&entry->event);
	}
	notifier->replica->device.log_head = MAX_OF(notifier->replica->device.log_head, seq);
	notifier_pump(notifier);
	return 0;
}

/* Sending it again would be refused again, and hold up all the others. */
static void
count_result(struct notifier *notifier, struct replica_notification *kind, bool is_late, long error)
{
	struct replica_notifications *all = &notifier->replica->notifications;

	if (error) {
		(void) log_err(
			0, "SNMP master refuses a notification of %s: error %ld; it is not sent",
			kind->row->name, error);
		all->refused++;
		return;
	}
	notifier->replica->device.sent++;
	kind->sent++;
	all->late += is_late;
}

static void
confirm_resent(struct notifier *notifier, long error)
{
	struct resend *resend = &notifier->resend;
	const struct replica_alarm *alarm =
		replica_alarms_from(&notifier->replica->alarms, resend->next);
	/* It may have ended meanwhile. */
	struct replica_notification *kind =
		alarm && alarm->id == resend->next && alarm->row
			? replica_notification_of(&notifier->replica->notifications,
						  alarm->row->kind)
			: NULL;

	if (kind)
		count_result(notifier, kind, true, error);
	resend->id = 0;
	resend->next++;
	notifier->is_under_way = false;
	notifier_pump(notifier);
}

void
notifier_confirm(struct notifier *notifier, long id, long error)
{
	if (notifier->resend.id && notifier->resend.id == id) {
		confirm_resent(notifier, error);
		return;
	}
	for (size_t i = 0; i < notifier->count; i++) {
		struct entry *entry = at(notifier, i);
		if (entry->progress != SENT || entry->id != id)
			continue;
		count_result(notifier, entry->kind, entry->is_late, error);
		entry->progress = DONE;
		notifier->is_under_way = false;
		notifier_pump(notifier);
		return;
	}
}

void
notifier_restart(struct notifier *notifier)
{
	for (size_t i = 0; i < notifier->count; i++) {
		struct entry *entry = at(notifier, i);
		if (entry->progress == SENT) {
			entry->progress = JUDGED;
			entry->is_late = true;
		}
	}
	notifier->resend.id = 0;
	notifier->is_under_way = false;
}

void
notifier_mark_late(struct notifier *notifier, uint64_t seq)
{
	notifier->late_upto = MAX_OF(notifier->late_upto, seq);
}

void
notifier_resend(struct notifier *notifier)
{
	/* One that is under way is confirmed as what it was. */
	notifier->resend.is_wanted = true;
	notifier->resend.next = notifier->resend.id ? notifier->resend.next : 1;
	notifier_pump(notifier);
}

void
notifier_clear(struct notifier *notifier)
{
	while (notifier->count)
		drop_first(notifier);
	notifier->replica->notifications.queued = 0;
	notifier->resend.id = 0;
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
	notifier->token_us = UINT64_MAX;
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
