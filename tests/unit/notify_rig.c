#include "tests/unit/notify_rig.h"

#include <event2/event.h>

#include "lib/clock.h"
#include "lib/util.h"

struct notify_rig notify_rig;

static bool
is_late(const netsnmp_variable_list *list)
{
	const struct mib_oid wanted = mib_event_oid(MIB_EVENT_LATE);
	struct mib_oid name;

	for (; list; list = list->next_variable) {
		agentx_get_name(list, &name);
		if (!mib_oid_compare(&name, &wanted))
			return *list->val.integer == 1;
	}
	return false;
}

bool
master_is_up(const struct master *master UNUSED)
{
	return notify_rig.is_up;
}

int
master_notify(struct master *master UNUSED, netsnmp_variable_list *variables, long *ret_id)
{
	/* sysUpTime is the master's; snmpTrapOID is first, then cardeaEventSeq. */
	notify_rig.last_seq = (uint64_t) *variables->next_variable->val.integer;
	notify_rig.was_late = is_late(variables);
	snmp_free_varbind(variables);
	notify_rig.sent_count++;
	*ret_id = ++notify_rig.last_id;
	return 0;
}

static uint64_t
fake_clock(void)
{
	return notify_rig.now_us;
}

static void
on_done(uint64_t seq, void *context UNUSED)
{
	notify_rig.done_seq = seq;
}

static void
on_left_out(enum event_kind kind, uint32_t count, void *context UNUSED)
{
	notify_rig.left_out_kind = kind;
	notify_rig.left_out_count += count;
}

static const struct notifier_ops ops = { on_done, on_left_out };

void
notify_rig_start(void)
{
	notify_rig.now_us = 1000 * US_PER_S;
	clock_set_source(fake_clock);
	notify_rig.is_up = true;
	notify_rig.sent_count = notify_rig.left_out_count = 0;
	notify_rig.last_seq = notify_rig.done_seq = 0;
	replica_init(&notify_rig.replica);
	replica_begin(&notify_rig.replica);
	replica_end(&notify_rig.replica);
	notify_rig.base = event_base_new();
	notify_rig.notifier = notifier_new(notify_rig.base, NULL, &notify_rig.replica, &ops, NULL);
}

void
notify_rig_stop(void)
{
	notifier_free(notify_rig.notifier);
	event_base_free(notify_rig.base);
	clock_set_source(NULL);
}

const struct replica_notification *
notify_rig_kind_of(enum event_kind kind)
{
	return replica_notification_of(&notify_rig.replica.notifications, kind);
}

json_t *
notify_rig_event(uint64_t seq, enum event_kind kind)
{
	return json_pack("{sI,si,ss,ss,ss,ss,sI,s{si}}", "seq", (json_int_t) seq, "number",
			 (int) kind, "source", "door.2", "actor", "card:h10301:118:1603", "reason",
			 "no such card", "text", "Something happened", "time_us",
			 (json_int_t) 1790000000123456, "data", "door", 2);
}

int
notify_rig_add(uint64_t seq, enum event_kind kind)
{
	_cleanup_(json_decrefp) json_t *event = notify_rig_event(seq, kind);

	return notifier_add(notify_rig.notifier, event);
}
