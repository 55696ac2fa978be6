/*
 * RELP over TCP or TLS. A window of records is under way; each is dealt with when the server has
 * answered it, so that no connection has to be ended for a receipt.
 */
#include <errno.h>
#include <stdlib.h>

#include "lib/util.h"
#include "syslog/connection.h"
#include "syslog/relp.h"

#define READ_SIZE 16384
/* What is queued for somebody whose window is full: more than anybody allows. */
#define FULL (SIZE_MAX / 2)

struct session {
	struct connection connection; /* first: the owner's view */
	int references;		      /* the owner's, and that of whoever tells it something */
	bool is_freed;
	struct relp relp;
};

static void
unref(struct session *session)
{
	if (!--session->references)
		free(session);
}

static void
write_out(struct connection *connection)
{
	struct session *session = (struct session *) connection;
	bool has_progressed;
	int r = connection_flush(connection, &has_progressed);

	if (r < 0)
		connection_die(connection, r);
	else if (has_progressed && session->relp.phase != RELP_OPENING)
		connection->events->on_progress(connection->context);
}

/* Tells the owner what has come, who may be done with us after each of it. */
static void
tell(struct session *session, const struct relp_news *news, int result)
{
	session->references++;
	if (news->is_opened)
		session->connection.events->on_open(session->connection.context);
	if (!session->is_freed && news->confirmed)
		session->connection.events->on_confirmed(news->confirmed,
							 session->connection.context);
	if (!session->is_freed && result < 0)
		connection_end(&session->connection, TRANSPORT_FAILED, session->relp.error);
	else if (!session->is_freed && news->is_closed)
		connection_end(&session->connection, TRANSPORT_CONFIRMED, "");
	unref(session);
}

/* The end of the stream is an error as any other: the server has words for a good one. */
static void
read_in(struct connection *connection)
{
	struct session *session = (struct session *) connection;
	char bytes[READ_SIZE];
	struct relp_news news;
	ssize_t count = connection_read(connection, bytes, sizeof(bytes));

	if (connection_is_not_ready(count))
		return;
	if (count <= 0) {
		connection_die(connection, count ? (int) count : -ENODATA);
		return;
	}
	int r = relp_receive(&session->relp, bytes, (size_t) count, &news);
	tell(session, &news, r);
}

static void
begin(struct connection *connection)
{
	relp_begin(&((struct session *) connection)->relp, &connection->output);
	write_out(connection);
}

static const struct connection_ops connection_ops = {
	.on_up = begin,
	.on_readable = read_in,
	.on_writable = write_out,
};

static void
session_send(struct transport *transport, const char *record, size_t size)
{
	struct session *session = (struct session *) transport;

	/* The owner does not send into a full window: it looks at what is queued. */
	(void) relp_send(&session->relp, record, size, &session->connection.output);
	connection_want_write(&session->connection);
}

static size_t
session_queued(const struct transport *transport)
{
	const struct session *session = (const struct session *) transport;

	return session->relp.count == RELP_WINDOW ? FULL
						  : outbox_waiting(&session->connection.output);
}

static void
session_finish(struct transport *transport)
{
	struct session *session = (struct session *) transport;

	relp_finish(&session->relp, &session->connection.output);
	connection_want_write(&session->connection);
}

static void
session_free(struct transport *transport)
{
	struct session *session = (struct session *) transport;

	session->is_freed = true;
	connection_done(&session->connection);
	unref(session);
}

static const struct transport_driver relp_driver = {
	.confirms = true,
	.send = session_send,
	.finish = session_finish,
	.free = session_free,
	.queued = session_queued,
};

struct transport *
transport_relp_open(const struct transport_loop *loop, const struct target *target,
		    const struct transport_events *events, void *context)
{
	struct session *session = xcalloc(1, sizeof(*session));
	bool is_tls = target_has_cas(target) || target->check == TARGET_BY_FINGERPRINT;

	session->connection = (struct connection){
		.transport = { .driver = &relp_driver },
		.loop = loop,
		.events = events,
		.context = context,
		.target = *target,
	};
	session->references = 1;
	connection_open(&session->connection, &connection_ops, is_tls);
	return &session->connection.transport;
}
