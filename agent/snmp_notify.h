/*
 * Events on their way to the master as notifications. The store keeps the queue: what is not
 * acknowledged here is sent again by it, so at most one window of events is in memory. An event is
 * acknowledged when the master has confirmed its notification, or when it needs none.
 *
 * Too many of one kind are limited by agent/snmp_storm.h, alarms that come and go by
 * agent/snmp_flap.h; an alarm's last state waits in the window, or goes at once when that is full.
 * What had to wait for the master is marked as late.
 *
 * Paced: a manager and its network get a burst and then a steady rate. One notification at a time
 * is unconfirmed, so that they arrive in order and at most one arrives twice when the master
 * hangs; and because Net-SNMP's master stops to read, for ever, once a subagent that writes
 * without reading has filled both sockets.
 */
#ifndef AGENT_SNMP_NOTIFY_H
#define AGENT_SNMP_NOTIFY_H

#include <jansson.h>

#include "agent/snmp_master.h"
#include "lib/events.h"
#include "mibs/replica.h"

#define NOTIFY_WINDOW 64

struct event_base;
struct notifier;

struct notifier_ops {
	/* Every event up to seq has been dealt with. */
	void (*on_done)(uint64_t seq, void *context);
	/* So many notifications of a kind were left out, see snmp_storm.h. */
	void (*on_left_out)(enum event_kind kind, uint32_t count, void *context);
};

/* All are borrowed. */
struct notifier *notifier_new(struct event_base *base, struct master *master,
			      struct replica *replica, const struct notifier_ops *ops,
			      void *context);
void notifier_free(struct notifier *notifier);

/* The next event; -ENOBUFS when the store sends more than the window. */
int notifier_add(struct notifier *notifier, json_t *event);
/* Something changed that may let notifications go: master, settings. */
void notifier_pump(struct notifier *notifier);
/* As master_ops.on_notified(). */
void notifier_confirm(struct notifier *notifier, long id, long error);
/* The master is gone: what it has not confirmed is sent again. */
void notifier_restart(struct notifier *notifier);
/* What happened up to this event is late: the master was not there, or nobody was here. */
void notifier_mark_late(struct notifier *notifier, uint64_t seq);
/* Sends the notification of each alarm that stands once more, behind what waits. */
void notifier_resend(struct notifier *notifier);
/* The store is gone: it will send everything that was not acknowledged again. */
void notifier_clear(struct notifier *notifier);
size_t notifier_queued(const struct notifier *notifier);

/* The variables of an event's notification; the caller frees them. */
netsnmp_variable_list *notify_variables(const struct replica *replica,
					const struct replica_event *event, bool is_late);

#endif
