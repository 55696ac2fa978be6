/*
 * The snmp role's session and codec over a table of its own: agentx_bench SOCKET ROWS. The real
 * tables are small; this one has as many rows as are wanted, in twelve columns like a door's.
 */
#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>

#include "agent/snmp_master.h"
#include "agent/snmp_read.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "mibs/table.h"

struct row {
	char name[REPLICA_SMALL_SIZE];
	unsigned char state;
	bool is_warning;
	uint32_t count;
	uint64_t changed_us;
};

#define ROWS_MAX  10000
#define MEMBER(m) offsetof(struct row, m)

static struct row rows[ROWS_MAX + 1];
static struct replica replica;

static const struct mib_column columns[] = {
	{ .id = 2, .type = MIB_OCTETS, .get = mib_get_text, .offset = MEMBER(name) },
	{ .id = 3, .type = MIB_INTEGER, .get = mib_get_enum, .offset = MEMBER(state) },
	{ .id = 4, .type = MIB_INTEGER, .get = mib_get_enum, .offset = MEMBER(state) },
	{ .id = 5, .type = MIB_INTEGER, .get = mib_get_enum, .offset = MEMBER(state) },
	{ .id = 6, .type = MIB_INTEGER, .get = mib_get_enum, .offset = MEMBER(state) },
	{ .id = 7, .type = MIB_INTEGER, .get = mib_get_truth, .offset = MEMBER(is_warning) },
	{ .id = 8, .type = MIB_INTEGER, .get = mib_get_truth, .offset = MEMBER(is_warning) },
	{ .id = 9, .type = MIB_TICKS, .get = mib_get_stamp, .offset = MEMBER(changed_us) },
	{ .id = 10, .type = MIB_OCTETS, .get = mib_get_time, .offset = MEMBER(changed_us) },
	{ .id = 11, .type = MIB_COUNTER32, .get = mib_get_count, .offset = MEMBER(count) },
	{ .id = 12, .type = MIB_COUNTER32, .get = mib_get_count, .offset = MEMBER(count) },
	{ .id = 13, .type = MIB_UNSIGNED, .get = mib_get_count, .offset = MEMBER(count) },
};

static const void *
find(const struct replica *of UNUSED, uint32_t row)
{
	return &rows[row];
}

static struct mib_table table = {
	.root = MIB_CARDEA,
	.prefix = { 1, 2, 1, 1 },
	.prefix_length = 4,
	.columns = columns,
	.count = ARRAY_LEN(columns),
	.find = find,
	.first_row = 1,
};

/* Instead of those of the library of modules. */
const struct mib_table *const mib_tables[] = { &table };
const size_t mib_table_count = ARRAY_LEN(mib_tables);

static void
on_up(void *context UNUSED)
{
}

static void
on_notified(long id UNUSED, long error UNUSED, void *context UNUSED)
{
}

static void
on_uptime(uint32_t uptime_cs, void *context UNUSED)
{
	replica.uptime_start_us = clock_mono_us() - (uint64_t) uptime_cs * (US_PER_S / 100);
}

static void
on_read(const struct packet *request, const uint8_t *payload, struct packet_writer *answer,
	void *context UNUSED)
{
	read_answer(&replica, request, payload, answer);
}

static bool
on_request(const netsnmp_pdu *request UNUSED, netsnmp_pdu *response, void *context UNUSED)
{
	response->errstat = MIB_NOT_WRITABLE;
	response->errindex = 1;
	return true;
}

static const struct master_ops ops = {
	.on_up = on_up,
	.on_down = on_up,
	.on_notified = on_notified,
	.on_uptime = on_uptime,
	.on_read = on_read,
	.on_request = on_request,
};

static void
on_signal(evutil_socket_t fd UNUSED, short what UNUSED, void *base)
{
	(void) event_base_loopbreak(base);
}

int
main(int argc, char **argv)
{
	long count = argc == 3 ? strtol(argv[2], NULL, 10) : 0;

	if (count < 1 || count > ROWS_MAX) {
		(void) fprintf(stderr, "agentx_bench: SOCKET ROWS\n");
		return 1;
	}
	table.last_row = (uint32_t) count;
	for (long i = 1; i <= count; i++) {
		rows[i] = (struct row){ .state = 1, .count = (uint32_t) i, .changed_us = 1 };
		(void) snprintf(rows[i].name, sizeof(rows[i].name), "Door %ld", i);
	}
	struct event_base *base = loop_new();
	struct event *end = evsignal_new(base, SIGTERM, on_signal, base);
	(void) event_add(end, NULL);
	struct master *master = master_new(base, argv[1], &ops, NULL);
	(void) event_base_dispatch(base);
	master_free(master);
	event_free(end);
	event_base_free(base);
	return 0;
}
