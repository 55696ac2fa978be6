/*
 * RELP over TCP or TLS. A window of records is under way; each is dealt with when the server has
 * answered it, so that no connection has to be ended for a receipt.
 */
#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/dial.h"
#include "syslog/outbox.h"
#include "syslog/relp.h"
#include "syslog/tls.h"
#include "syslog/transport.h"

#define CHUNK_SIZE 65536
#define READ_SIZE  16384
#define ERROR_MAX  384
/* What is queued for somebody whose window is full: more than anybody allows. */
#define FULL (SIZE_MAX / 2)

struct session {
	struct transport transport; /* first: the owner's view */
	const struct transport_loop *loop;
	const struct transport_events *events;
	void *context;
	struct target target;
	struct dial *dial;
	struct event *reader;
	struct event *writer;
	struct outbox output;
	int fd;
	struct tls *tls;
	bool is_shaking_hands;
	int references; /* the owner's, and that of whoever tells it something */
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
end(struct session *session, enum transport_end how, const char *error)
{
	session->events->on_closed(how, error, session->context);
}

static void
fail(struct session *session, const char *what, const char *why)
{
	char error[ERROR_MAX];

	(void) snprintf(error, sizeof(error), "%s: %s", what, why);
	end(session, TRANSPORT_FAILED, error);
}

static const char *
words(const struct session *session, int error)
{
	if (session->tls && error == -EPROTO)
		return tls_error(session->tls);
	return error == -ENODATA ? "the log server closed the connection" : strerror(-error);
}

static ssize_t
write_some(struct session *session, const void *bytes, size_t size)
{
	if (session->tls)
		return tls_write(session->tls, bytes, size);
	ssize_t count = send(session->fd, bytes, size, MSG_NOSIGNAL);
	return count < 0 ? -errno : count;
}

/* The end of the stream is an error as any other: the server has words for a good one. */
static ssize_t
read_some(struct session *session, void *bytes, size_t size)
{
	ssize_t count = session->tls ? tls_read(session->tls, bytes, size)
				     : recv(session->fd, bytes, size, MSG_DONTWAIT);

	if (!session->tls && count < 0)
		count = -errno;
	return count ? count : -ENODATA;
}

static bool
is_not_ready(ssize_t r)
{
	return r == -EAGAIN || r == -EINTR;
}

static void
write_out(struct session *session)
{
	bool has_progressed = false;

	while (outbox_waiting(&session->output)) {
		size_t size;
		const char *bytes = outbox_peek(&session->output, &size);
		ssize_t count = write_some(session, bytes, MIN_OF(size, CHUNK_SIZE));
		if (is_not_ready(count)) {
			(void) event_add(session->writer, NULL);
			break;
		}
		if (count < 0) {
			fail(session, "the connection died", words(session, (int) count));
			return;
		}
		outbox_drain(&session->output, (size_t) count);
		has_progressed = true;
	}
	if (has_progressed && session->relp.phase != RELP_OPENING)
		session->events->on_progress(session->context);
}

/* Tells the owner what has come, who may be done with us after each of it. */
static void
tell(struct session *session, const struct relp_news *news, int result)
{
	session->references++;
	if (news->is_opened)
		session->events->on_open(session->context);
	if (!session->is_freed && news->confirmed)
		session->events->on_confirmed(news->confirmed, session->context);
	if (!session->is_freed && result < 0)
		end(session, TRANSPORT_FAILED, session->relp.error);
	else if (!session->is_freed && news->is_closed)
		end(session, TRANSPORT_CONFIRMED, "");
	unref(session);
}

static void
read_in(struct session *session)
{
	char bytes[READ_SIZE];
	struct relp_news news;
	ssize_t count = read_some(session, bytes, sizeof(bytes));

	if (is_not_ready(count))
		return;
	if (count < 0) {
		fail(session, "the connection died", words(session, (int) count));
		return;
	}
	int r = relp_receive(&session->relp, bytes, (size_t) count, &news);
	tell(session, &news, r);
}

static void
tell_step(struct session *session, enum transport_step step, const char *detail)
{
	if (session->events->on_step)
		session->events->on_step(step, detail, session->context);
}

static void
begin(struct session *session)
{
	session->is_shaking_hands = false;
	relp_begin(&session->relp, &session->output);
	write_out(session);
}

static void
shake_hands(struct session *session)
{
	char detail[TLS_DETAIL_MAX];
	int r = tls_handshake(session->tls);

	if (r == -EAGAIN) {
		if (tls_wants_write(session->tls))
			(void) event_add(session->writer, NULL);
		return;
	}
	if (r < 0) {
		fail(session, "no TLS connection", words(session, r));
		return;
	}
	tls_describe(session->tls, detail);
	session->transport.certificate_expires_us = tls_expires_us(session->tls);
	tell_step(session, STEP_TLS, detail);
	begin(session);
}

static void
on_ready(evutil_socket_t fd UNUSED, short what, void *context)
{
	struct session *session = context;

	if (session->is_shaking_hands)
		shake_hands(session);
	else if (what & EV_WRITE)
		write_out(session);
	else
		read_in(session);
}

static void
begin_tls(struct session *session)
{
	char error[TLS_ERROR_MAX];

	if (tls_new(session->loop->tls, session->fd, &session->target, error, &session->tls) < 0) {
		fail(session, "no TLS connection", error);
		return;
	}
	session->is_shaking_hands = true;
	shake_hands(session);
}

static void
on_resolved(const char *addresses, void *context)
{
	tell_step(context, STEP_RESOLVED, addresses);
}

static void
on_dialled(int fd, const char *text, void *context)
{
	struct session *session = context;
	const struct target *target = &session->target;
	bool is_tls = target->ca_file[0] || target->check == TARGET_BY_FINGERPRINT;

	if (fd < 0) {
		end(session, TRANSPORT_FAILED, text);
		return;
	}
	dial_keep_alive(fd);
	session->fd = fd;
	session->writer = event_new(session->loop->base, fd, EV_WRITE, on_ready, session);
	session->reader =
		event_new(session->loop->base, fd, EV_READ | EV_PERSIST, on_ready, session);
	(void) event_add(session->reader, NULL);
	tell_step(session, STEP_CONNECTED, text);
	if (is_tls)
		begin_tls(session);
	else
		begin(session);
}

static const struct dial_ops dial_ops = { on_resolved, on_dialled };

static void
session_send(struct transport *transport, const char *record, size_t size)
{
	struct session *session = (struct session *) transport;

	/* The owner does not send into a full window: it looks at what is queued. */
	(void) relp_send(&session->relp, record, size, &session->output);
	/* From the loop: what is queued until then leaves in one write. */
	(void) event_add(session->writer, NULL);
}

static size_t
session_queued(const struct transport *transport)
{
	const struct session *session = (const struct session *) transport;

	return session->relp.count == RELP_WINDOW ? FULL : outbox_waiting(&session->output);
}

static void
session_finish(struct transport *transport)
{
	struct session *session = (struct session *) transport;

	relp_finish(&session->relp, &session->output);
	(void) event_add(session->writer, NULL);
}

static void
session_free(struct transport *transport)
{
	struct session *session = (struct session *) transport;

	session->is_freed = true;
	dial_free(session->dial);
	tls_free(session->tls);
	if (session->reader)
		event_free(session->reader);
	if (session->writer)
		event_free(session->writer);
	closep(&session->fd);
	outbox_done(&session->output);
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

	session->transport.driver = &relp_driver;
	session->loop = loop;
	session->events = events;
	session->context = context;
	session->target = *target;
	session->fd = -1;
	session->references = 1;
	session->dial = dial_new(loop, target, SOCK_STREAM, &dial_ops, session);
	return &session->transport;
}
