#include "agent/snmp_master.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_stream.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/util.h"

#define TICK_MS		  100
#define RETRY_MS	  500
#define PING_MS		  1000
#define ANSWER_TIMEOUT_US 3000000
#define UNSENT_MAX	  (1024 * 1024)
#define CLOSE_SHUTDOWN	  5 /* RFC 2741, section 6.2.2 */
#define PENDING_MAX	  32
/* The rest is for pings, so that notifications do not hide a master that hangs. */
#define NOTIFICATIONS_MAX 16

enum stage { STAGE_DOWN, STAGE_OPENING, STAGE_REGISTERING, STAGE_UP };

/* What we have asked and the master has not answered. */
struct pending {
	uint32_t id; /* 0 is a free place */
	uint8_t type;
	uint64_t deadline_us;
};

struct master {
	struct event_base *base;
	const char *path;
	const struct master_ops *ops;
	void *context;
	enum stage stage;
	size_t subtree; /* of mib_subtrees, that is being registered */
	struct stream *stream;
	uint32_t session;
	uint32_t last_id;
	struct pending pending[PENDING_MAX];
	struct event *tick;
	uint64_t retry_us;
	uint64_t ping_us;
	const char *failure; /* the session is to be closed, and why */
	bool has_complained; /* once is enough until it has been up */
};

static void
fail(struct master *master, const char *why)
{
	if (!master->failure)
		master->failure = why;
}

static void
complain(struct master *master, int error, const char *why)
{
	if (!master->has_complained)
		(void) log_warn(error, "SNMP master at '%s': %s; trying again", master->path, why);
	master->has_complained = true;
}

/* A stream must not go away inside its own callbacks, so it is closed here. */
static void
reap(struct master *master)
{
	if (!master->failure)
		return;
	bool was_up = master->stage == STAGE_UP;
	complain(master, 0, master->failure);
	master->stage = STAGE_DOWN;
	master->failure = NULL;
	stream_free(steal(&master->stream));
	memset(master->pending, 0, sizeof(master->pending));
	master->retry_us = clock_mono_us() + RETRY_MS * US_PER_MS;
	if (was_up)
		master->ops->on_down(master->context);
}

/* What we ask */

static struct pending *
find_pending(struct master *master, uint32_t id)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		if (master->pending[i].id == id)
			return &master->pending[i];
	return NULL;
}

static size_t
count_pending(const struct master *master, uint8_t type)
{
	size_t count = 0;

	for (size_t i = 0; i < PENDING_MAX; i++)
		count += master->pending[i].id && master->pending[i].type == type;
	return count;
}

/* Steals pdu; the id of its answer, or 0 when it could not be sent. */
static uint32_t
request(struct master *master, netsnmp_pdu *pdu)
{
	struct pending *place = find_pending(master, 0);

	master->last_id = master->last_id % INT32_MAX + 1;
	pdu->sessid = (long) master->session;
	pdu->reqid = (long) master->last_id;
	pdu->flags |= UCD_MSG_FLAG_EXPECT_RESPONSE;
	int r = place ? agentx_write(pdu, stream_writer(master->stream)) : -EAGAIN;
	if (!r)
		*place = (struct pending){ master->last_id, (uint8_t) pdu->command,
					   clock_mono_us() + ANSWER_TIMEOUT_US };
	snmp_free_pdu(pdu);
	if (r < 0) {
		fail(master, "it does not read");
		return 0;
	}
	stream_flush(master->stream);
	return master->last_id;
}

static void
step(struct master *master, enum stage stage, netsnmp_pdu *pdu)
{
	master->stage = stage;
	(void) request(master, pdu);
}

static void
register_subtree(struct master *master, size_t subtree)
{
	master->subtree = subtree;
	step(master, STAGE_REGISTERING, agentx_new_register(&mib_subtrees[subtree].oid));
}

static void
take_opened(struct master *master, const struct packet *packet, unsigned error)
{
	if (error) {
		fail(master, "it refuses the session");
		return;
	}
	master->session = packet->session;
	register_subtree(master, 0);
}

static void
take_registered(struct master *master, unsigned error)
{
	const struct mib_subtree *subtree = &mib_subtrees[master->subtree];

	if (error && subtree->is_required) {
		fail(master, "it refuses our subtree");
		return;
	}
	/* Somebody else's ENTITY-MIB is no reason to answer nothing at all. */
	if (error)
		(void) log_warn(0, "SNMP master at '%s' refuses '%s': error %u; it is not answered",
				master->path, subtree->name, error);
	if (master->subtree + 1 < mib_subtree_count) {
		register_subtree(master, master->subtree + 1);
		return;
	}
	master->stage = STAGE_UP;
	master->has_complained = false;
	log_info("SNMP master at '%s' answers", master->path);
	master->ops->on_up(master->context);
}

static void
take_answer(struct master *master, const struct packet *packet, const uint8_t *payload)
{
	struct packet_reader reader = packet_reader(packet, payload);
	struct pending *pending = packet->id ? find_pending(master, packet->id) : NULL;
	uint32_t uptime_cs;
	uint16_t error;

	if (packet_get_u32(&reader, &uptime_cs) < 0 || packet_get_u16(&reader, &error) < 0) {
		fail(master, "it does not speak AgentX");
		return;
	}
	/* An answer to nothing that was asked: whoever sends it, it changes nothing. */
	if (!pending)
		return;
	uint8_t type = pending->type;
	*pending = (struct pending){ 0 };
	master->ops->on_uptime(uptime_cs, master->context);
	if (error == AGENTX_NOT_OPEN)
		fail(master, "it has closed the session");
	else if (type == AGENTX_OPEN)
		take_opened(master, packet, error);
	else if (type == AGENTX_REGISTER)
		take_registered(master, error);
	else if (type == AGENTX_NOTIFY)
		master->ops->on_notified(packet->id, error, master->context);
}

/* What the master asks */

static void
answer_set(struct master *master, const struct packet *packet, const uint8_t *bytes)
{
	struct packet_writer *writer = stream_writer(master->stream);
	netsnmp_pdu *pdu;

	if (agentx_read(packet, bytes, &pdu) < 0) {
		packet_refuse(writer, packet, AGENTX_PARSE_ERROR);
		return;
	}
	netsnmp_pdu *response = snmp_clone_pdu(pdu);
	if (!response)
		abort();
	response->command = AGENTX_RESPONSE;
	response->errstat = 0;
	response->errindex = 0;
	bool is_answered = master->ops->on_request(pdu, response, master->context);
	if (is_answered && agentx_write(response, writer) < 0)
		fail(master, "it does not read");
	snmp_free_pdu(pdu);
	snmp_free_pdu(response);
}

static void
answer(struct master *master, const struct packet *packet, const uint8_t *bytes)
{
	struct packet_writer *writer = stream_writer(master->stream);

	if (stream_unsent(master->stream) > UNSENT_MAX)
		fail(master, "it does not read");
	else if (master->stage < STAGE_REGISTERING || packet->session != master->session)
		packet_refuse(writer, packet, AGENTX_NOT_OPEN);
	else if (packet->has_context)
		packet_refuse(writer, packet, AGENTX_UNSUPPORTED_CONTEXT);
	else if (packet->type == AGENTX_GET || packet->type == AGENTX_GETNEXT)
		master->ops->on_read(packet, bytes + PACKET_HEADER_SIZE, writer, master->context);
	else if (packet->type >= AGENTX_TESTSET && packet->type <= AGENTX_CLEANUPSET)
		answer_set(master, packet, bytes);
	else
		packet_refuse(writer, packet, AGENTX_PROCESSING_ERROR);
}

/* The stream */

static void
on_packet(const struct packet *packet, const uint8_t *bytes, void *context)
{
	struct master *master = context;

	if (master->failure)
		return;
	if (packet->type == AGENTX_RESPONSE)
		take_answer(master, packet, bytes + PACKET_HEADER_SIZE);
	else if (packet->type == AGENTX_CLOSE)
		fail(master, "it has closed the session");
	else
		answer(master, packet, bytes);
}

static void
on_closed(const char *why, void *context)
{
	fail(context, why);
}

static void
on_turn(void *context)
{
	reap(context);
}

static void
connect_to(struct master *master)
{
	static const struct stream_ops stream_ops = { on_packet, on_closed, on_turn };
	int r = stream_open(master->base, master->path, &stream_ops, master, &master->stream);

	master->retry_us = clock_mono_us() + RETRY_MS * US_PER_MS;
	if (r < 0) {
		complain(master, r, "it cannot be reached");
		return;
	}
	master->session = 0;
	step(master, STAGE_OPENING, agentx_new_open());
}

static void
check_deadlines(struct master *master, uint64_t now_us)
{
	for (size_t i = 0; i < PENDING_MAX; i++)
		if (master->pending[i].id && now_us >= master->pending[i].deadline_us)
			fail(master, "it does not answer");
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct master *master = context;
	uint64_t now_us = clock_mono_us();

	if (!master->stream && now_us >= master->retry_us)
		connect_to(master);
	check_deadlines(master, now_us);
	if (master_is_up(master) && now_us >= master->ping_us) {
		master->ping_us = now_us + PING_MS * US_PER_MS;
		(void) request(master, agentx_new(AGENTX_PING));
	}
	reap(master);
}

struct master *
master_new(struct event_base *base, const char *socket, const struct master_ops *ops, void *context)
{
	static const struct timeval period = { 0, TICK_MS * 1000 };
	struct master *master = xcalloc(1, sizeof(*master));

	*master = (struct master){
		.base = base,
		.path = strncmp(socket, "unix:", 5) ? socket : socket + 5,
		.ops = ops,
		.context = context,
	};
	/* What the library would say goes to the log as this module's own words. */
	snmp_disable_log();
	master->tick = event_new(base, -1, EV_PERSIST, on_tick, master);
	(void) event_add(master->tick, &period);
	event_active(master->tick, EV_TIMEOUT, 0);
	return master;
}

void
master_free(struct master *master)
{
	if (!master)
		return;
	if (master_is_up(master)) {
		netsnmp_pdu *pdu = agentx_new(AGENTX_CLOSE);
		pdu->errstat = CLOSE_SHUTDOWN;
		(void) request(master, pdu);
	}
	stream_free(master->stream);
	event_free(master->tick);
	free(master);
}

bool
master_is_up(const struct master *master)
{
	return master->stage == STAGE_UP && !master->failure;
}

int
master_notify(struct master *master, netsnmp_variable_list *variables, long *ret_id)
{
	bool is_full = count_pending(master, AGENTX_NOTIFY) >= NOTIFICATIONS_MAX;

	if (!master_is_up(master) || is_full) {
		snmp_free_varbind(variables);
		return is_full ? -EAGAIN : -ENOTCONN;
	}
	netsnmp_pdu *pdu = agentx_new(AGENTX_NOTIFY);
	pdu->variables = variables;
	uint32_t id = request(master, pdu);
	if (!id)
		return -ENOTCONN;
	*ret_id = (long) id;
	return 0;
}
