/*
 * A notifier without a master and without a store: the master is played by the two functions that
 * the notifier calls, so the library's archive member of the same names stays out.
 */
#ifndef TESTS_UNIT_NOTIFY_RIG_H
#define TESTS_UNIT_NOTIFY_RIG_H

#include "agent/snmp_notify.h"

struct notify_rig {
	struct replica replica;
	struct event_base *base;
	struct notifier *notifier;
	uint64_t now_us;
	bool is_up;
	/* What was sent, and the last of it. */
	size_t sent_count;
	long last_id;
	uint64_t last_seq;
	bool was_late;
	uint64_t done_seq;
	enum event_kind left_out_kind;
	uint32_t left_out_count;
};

extern struct notify_rig notify_rig;

void notify_rig_start(void);
void notify_rig_stop(void);
/* An event about door 2, a new reference. */
json_t *notify_rig_event(uint64_t seq, enum event_kind kind);
/* As notifier_add(). */
int notify_rig_add(uint64_t seq, enum event_kind kind);
const struct replica_notification *notify_rig_kind_of(enum event_kind kind);

#endif
