/*
 * Notifications through the session with the master, as fast as it takes them: notify_burst SOCKET
 * COUNT. Prints how many were confirmed and how many were refused, when all have been.
 */
#include <event2/event.h>
#include <stdlib.h>

#include "agent/snmp_master.h"
#include "lib/events.h"
#include "lib/loop.h"
#include "lib/util.h"

struct burst {
	struct event_base *base;
	struct master *master;
	long count;
	long sent;
	long confirmed;
	long refused;
};

/* snmpTrapOID and cardeaEventSeq: what a receiver needs to see an order. */
static netsnmp_variable_list *
make_variables(long seq)
{
	static const struct mib_oid trap = { 11, { 1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0 } };
	struct mib_oid kind = mib_notification_oid(EV_DOOR_FORCED);
	struct mib_oid number = mib_event_oid(MIB_EVENT_SEQ);
	netsnmp_variable_list *list = NULL;
	struct mib_value value;

	mib_set_oid(&value, kind.sub, kind.length);
	agentx_append(&list, &trap, &value);
	mib_set_number(&value, MIB_UNSIGNED, (uint64_t) seq);
	agentx_append(&list, &number, &value);
	return list;
}

static void
pump(struct burst *burst)
{
	long id;

	while (burst->sent < burst->count &&
	       !master_notify(burst->master, make_variables(burst->sent + 1), &id))
		burst->sent++;
}

static void
on_up(void *context)
{
	pump(context);
}

static void
on_down(void *context UNUSED)
{
	(void) fprintf(stderr, "notify_burst: the master is gone\n");
	exit(1);
}

static void
on_notified(long id UNUSED, long error, void *context)
{
	struct burst *burst = context;

	burst->confirmed++;
	burst->refused += error != 0;
	pump(burst);
	if (burst->confirmed == burst->count)
		(void) event_base_loopbreak(burst->base);
}

static void
on_uptime(uint32_t uptime_cs UNUSED, void *context UNUSED)
{
}

static void
on_read(const struct packet *request, const uint8_t *payload UNUSED, struct packet_writer *answer,
	void *context UNUSED)
{
	packet_refuse(answer, request, AGENTX_PROCESSING_ERROR);
}

static bool
on_request(const netsnmp_pdu *request UNUSED, netsnmp_pdu *response, void *context UNUSED)
{
	response->errstat = AGENTX_PROCESSING_ERROR;
	return true;
}

int
main(int argc, char **argv)
{
	static const struct master_ops ops = {
		.on_up = on_up,
		.on_down = on_down,
		.on_notified = on_notified,
		.on_uptime = on_uptime,
		.on_read = on_read,
		.on_request = on_request,
	};
	struct burst burst = { .count = argc == 3 ? strtol(argv[2], NULL, 10) : 0 };

	if (burst.count < 1)
		return 2;
	burst.base = loop_new();
	burst.master = master_new(burst.base, argv[1], &ops, &burst);
	(void) event_base_dispatch(burst.base);
	(void) printf("%ld %ld\n", burst.confirmed, burst.refused);
	master_free(burst.master);
	event_base_free(burst.base);
	return 0;
}
