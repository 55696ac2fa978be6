#include "agent/snmp_config_change.h"

#include <event2/event.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

struct config_change {
	struct master *master;
	const struct replica *replica;
	struct event *timer;
	bool is_started; /* what there is when the role starts is no change */
	unsigned told;
	uint64_t quiet_until_us;
};

netsnmp_variable_list *
config_change_variables(void)
{
	static const struct mib_oid trap_oid = { 11, { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 } };
	static const uint32_t notification[] = { 1, 3, 6, 1, 2, 1, 47, 2, 0, 1 };
	netsnmp_variable_list *list = NULL;
	struct mib_value value;

	mib_set_oid(&value, notification, ARRAY_LEN(notification));
	agentx_append(&list, &trap_oid, &value);
	return list;
}

void
config_change_check(struct config_change *change)
{
	unsigned changes = change->replica->entities.changes;
	uint64_t now_us = clock_mono_us();
	long id;

	if (!change->replica->is_known)
		return;
	if (!change->is_started)
		change->told = changes;
	change->is_started = true;
	if (changes == change->told || !master_is_up(change->master))
		return;
	if (now_us < change->quiet_until_us) {
		loop_arm_at(change->timer, change->quiet_until_us);
		return;
	}
	/* The answer to it is of no interest: a lost one is told by the next. */
	if (master_notify(change->master, config_change_variables(), &id) < 0)
		return;
	change->told = changes;
	change->quiet_until_us = now_us + CONFIG_CHANGE_QUIET_US;
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	config_change_check(context);
}

struct config_change *
config_change_new(struct event_base *base, struct master *master, const struct replica *replica)
{
	struct config_change *change = xcalloc(1, sizeof(*change));

	change->master = master;
	change->replica = replica;
	change->timer = evtimer_new(base, on_timer, change);
	return change;
}

void
config_change_free(struct config_change *change)
{
	if (!change)
		return;
	event_free(change->timer);
	free(change);
}
