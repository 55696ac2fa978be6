#include "agent/snmp_master.h"

#include <errno.h>
#include <event2/event.h>
#include <net-snmp/library/large_fd_set.h>
#include <stdlib.h>
#include <string.h>

#include "agent/snmp_transport.h"
#include "lib/clock.h"
#include "lib/log.h"
#include "lib/util.h"

#define TICK_MS		  100
#define RETRY_MS	  500
#define PING_MS		  1000
#define ANSWER_TIMEOUT_US 3000000
#define CLOSE_SHUTDOWN	  5 /* RFC 2741, section 6.2.2 */

enum stage { STAGE_DOWN, STAGE_OPENING, STAGE_REGISTERING, STAGE_UP };

struct master {
	struct event_base *base;
	const char *path;
	const struct master_ops *ops;
	void *context;
	enum stage stage;
	size_t subtree; /* of mib_subtrees, that is being registered */
	void *handle;	/* of the library's single session API */
	netsnmp_session *session;
	struct event *readable;
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

/* The library must not lose its session inside its own callbacks, so it is closed here. */
static void
reap(struct master *master)
{
	if (!master->failure)
		return;
	bool was_up = master->stage == STAGE_UP;
	complain(master, 0, master->failure);
	master->stage = STAGE_DOWN;
	master->failure = NULL;
	master->session = NULL;
	if (master->readable)
		event_free(steal(&master->readable));
	if (master->handle)
		(void) snmp_sess_close(steal(&master->handle));
	master->retry_us = clock_mono_us() + RETRY_MS * US_PER_MS;
	if (was_up)
		master->ops->on_down(master->context);
}

static int on_answer(int operation, netsnmp_session *session, int id, netsnmp_pdu *pdu,
		     void *context);

/* Steals pdu; the id of its answer, or 0 when it could not be sent. */
static long
request(struct master *master, netsnmp_pdu *pdu)
{
	pdu->version = AGENTX_VERSION;
	pdu->sessid = master->session->sessid;
	pdu->flags |= UCD_MSG_FLAG_EXPECT_RESPONSE;
	long id = snmp_sess_async_send(master->handle, pdu, on_answer, master);
	if (!id) {
		snmp_free_pdu(pdu);
		fail(master, "it does not read");
	}
	return id;
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
take_registered(struct master *master, long error)
{
	const struct mib_subtree *subtree = &mib_subtrees[master->subtree];

	if (error && subtree->is_required) {
		fail(master, "it refuses our subtree");
		return;
	}
	/* Somebody else's ENTITY-MIB is no reason to answer nothing at all. */
	if (error && !master->has_complained)
		(void) log_warn(0,
				"SNMP master at '%s' refuses '%s': error %ld; it is not answered",
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
take_answer(struct master *master, netsnmp_pdu *pdu, long id)
{
	master->ops->on_uptime((uint32_t) pdu->time, master->context);
	if (pdu->errstat == AGENTX_NOT_OPEN) {
		fail(master, "it has closed the session");
	} else if (master->stage == STAGE_OPENING) {
		master->session->sessid = pdu->sessid;
		if (pdu->errstat)
			fail(master, "it refuses the session");
		else
			register_subtree(master, 0);
	} else if (master->stage == STAGE_REGISTERING) {
		take_registered(master, pdu->errstat);
	} else {
		master->ops->on_notified(id, pdu->errstat, master->context);
	}
}

static int
on_answer(int operation, netsnmp_session *session UNUSED, int id, netsnmp_pdu *pdu, void *context)
{
	struct master *master = context;

	/* Closing a session hands out what was under way: no news then. */
	if (!master->handle || master->failure)
		return 1;
	if (operation == NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE && pdu->command == AGENTX_RESPONSE)
		take_answer(master, pdu, id);
	else if (operation == NETSNMP_CALLBACK_OP_TIMED_OUT)
		fail(master, "it does not answer");
	else
		fail(master, "it has closed the connection");
	return 1;
}

static void
answer(struct master *master, netsnmp_pdu *pdu)
{
	netsnmp_pdu *response = snmp_clone_pdu(pdu);

	if (!response)
		return;
	response->command = AGENTX_RESPONSE;
	response->version = AGENTX_VERSION;
	response->errstat = 0;
	response->errindex = 0;
	bool is_answered = master->ops->on_request(pdu, response, master->context);
	if (is_answered && snmp_sess_send(master->handle, response))
		return;
	snmp_free_pdu(response);
	if (is_answered)
		fail(master, "it does not read");
}

/* What the master sends by itself. */
static int
on_message(int operation, netsnmp_session *session UNUSED, int id UNUSED, netsnmp_pdu *pdu,
	   void *context)
{
	struct master *master = context;

	if (!master->handle || master->failure)
		return 1;
	if (operation == NETSNMP_CALLBACK_OP_DISCONNECT)
		fail(master, "it has closed the connection");
	else if (operation != NETSNMP_CALLBACK_OP_RECEIVED_MESSAGE)
		return 1;
	else if (pdu->command == AGENTX_CLOSE)
		fail(master, "it has closed the session");
	else if (pdu->command != AGENTX_RESPONSE)
		answer(master, pdu);
	return 1;
}

static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct master *master = context;
	netsnmp_large_fd_set set;

	netsnmp_large_fd_set_init(&set, fd + 1);
	NETSNMP_LARGE_FD_SET(fd, &set);
	if (snmp_sess_read2(master->handle, &set) < 0)
		fail(master, "it has closed the connection");
	netsnmp_large_fd_set_cleanup(&set);
	reap(master);
}

static void
connect_to(struct master *master)
{
	netsnmp_transport *transport;
	netsnmp_session wanted;
	int r = snmp_transport_open(master->path, &transport);

	master->retry_us = clock_mono_us() + RETRY_MS * US_PER_MS;
	if (r < 0) {
		complain(master, r, "it cannot be reached");
		return;
	}
	int fd = transport->sock;
	snmp_sess_init(&wanted);
	wanted.version = AGENTX_VERSION;
	wanted.retries = 0;
	wanted.timeout = ANSWER_TIMEOUT_US;
	wanted.flags |= SNMP_FLAGS_STREAM_SOCKET;
	wanted.callback = on_message;
	wanted.callback_magic = master;
	master->handle = snmp_sess_add_ex(&wanted, transport, NULL, agentx_parse, NULL, NULL,
					  agentx_realloc_build, agentx_check_packet, NULL);
	/* The library has freed the transport when it could not take it. */
	if (!master->handle)
		return;
	master->session = snmp_sess_session(master->handle);
	master->readable = event_new(master->base, fd, EV_READ | EV_PERSIST, on_readable, master);
	(void) event_add(master->readable, NULL);
	step(master, STAGE_OPENING, agentx_new_open());
}

static void
on_tick(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct master *master = context;
	uint64_t now_us = clock_mono_us();

	if (!master->handle && now_us >= master->retry_us)
		connect_to(master);
	if (master->handle && !master->failure)
		snmp_sess_timeout(master->handle);
	if (master->stage == STAGE_UP && !master->failure && now_us >= master->ping_us) {
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
	if (master->stage == STAGE_UP) {
		netsnmp_pdu *pdu = agentx_new(AGENTX_CLOSE);
		pdu->errstat = CLOSE_SHUTDOWN;
		(void) request(master, pdu);
	}
	if (master->readable)
		event_free(master->readable);
	if (master->handle)
		(void) snmp_sess_close(steal(&master->handle));
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
	if (!master_is_up(master)) {
		snmp_free_varbind(variables);
		return -ENOTCONN;
	}
	netsnmp_pdu *pdu = agentx_new(AGENTX_NOTIFY);
	pdu->variables = variables;
	long id = request(master, pdu);
	if (!id)
		return -ENOTCONN;
	*ret_id = id;
	return 0;
}
