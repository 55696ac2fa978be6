#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/dial.h"
#include "syslog/transport.h"

/* At most 3200 records a second: unpaced, a receiver lost half of a backlog. */
#define PACE_MS	  10
#define PACE_SEND 32
/* For so many turns a record waits for the network to say that nobody takes it. */
#define LINGER	  10
#define ERROR_MAX 256

struct datagram {
	STAILQ_ENTRY(datagram) link;
	size_t size;
	char bytes[];
};

struct udp {
	struct transport transport; /* first: the owner's view */
	struct event_base *base;
	const struct transport_events *events;
	void *context;
	struct dial *dial;
	struct event *pace;
	struct event *reader;
	int fd;
	bool is_finishing;
	STAILQ_HEAD(, datagram) queue;
	size_t queued_bytes;
	unsigned lingering[LINGER]; /* records that were sent in each of the last turns */
	unsigned turn;
	unsigned lingering_count;
};

/* The last thing on every path: the owner frees it in on_closed. */
static void
fail(struct udp *udp, int reason)
{
	char error[ERROR_MAX];

	(void) snprintf(error, sizeof(error), "cannot send: %s", strerror(reason));
	udp->events->on_closed(TRANSPORT_FAILED, error, udp->context);
}

static void
arm_pace(struct udp *udp)
{
	static const struct timeval delay = { .tv_usec = PACE_MS * 1000 };

	if (!evtimer_pending(udp->pace, NULL))
		(void) evtimer_add(udp->pace, &delay);
}

/* Returns how many were sent, fewer when the socket takes no more now, or a negative errno. */
static int
send_some(struct udp *udp)
{
	int count = 0;

	for (; count < PACE_SEND && !STAILQ_EMPTY(&udp->queue); count++) {
		struct datagram *datagram = STAILQ_FIRST(&udp->queue);
		if (send(udp->fd, datagram->bytes, datagram->size, MSG_NOSIGNAL) < 0)
			return errno == EAGAIN || errno == ENOBUFS ? count : -errno;
		STAILQ_REMOVE_HEAD(&udp->queue, link);
		udp->queued_bytes -= datagram->size;
		free(datagram);
	}
	return count;
}

static void
on_pace(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct udp *udp = context;
	unsigned confirmed = udp->lingering[udp->turn];
	int sent = send_some(udp);

	if (sent < 0) {
		fail(udp, -sent);
		return;
	}
	udp->lingering[udp->turn] = (unsigned) sent;
	udp->lingering_count += (unsigned) sent - confirmed;
	udp->turn = (udp->turn + 1) % LINGER;
	if (!STAILQ_EMPTY(&udp->queue) || udp->lingering_count)
		arm_pace(udp);
	if (udp->is_finishing && STAILQ_EMPTY(&udp->queue) && !udp->lingering_count)
		udp->events->on_closed(TRANSPORT_CONFIRMED, "", udp->context);
	else if (confirmed)
		udp->events->on_confirmed(confirmed, udp->context);
	else if (sent)
		udp->events->on_progress(udp->context);
}

/* There are no answers, but the network may say that nobody listens there. */
static void
on_readable(evutil_socket_t fd, short what UNUSED, void *context)
{
	char byte;

	if (recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno != EAGAIN && errno != EINTR)
		fail(context, errno);
}

static void
on_resolved(const char *addresses, void *context)
{
	const struct udp *udp = context;

	if (udp->events->on_step)
		udp->events->on_step(STEP_RESOLVED, addresses, udp->context);
}

static void
on_dialled(int fd, const char *text, void *context)
{
	struct udp *udp = context;

	if (fd < 0) {
		udp->events->on_closed(TRANSPORT_FAILED, text, udp->context);
		return;
	}
	udp->fd = fd;
	udp->reader = event_new(udp->base, fd, EV_READ | EV_PERSIST, on_readable, udp);
	(void) event_add(udp->reader, NULL);
	if (udp->events->on_step)
		udp->events->on_step(STEP_CONNECTED, text, udp->context);
	udp->events->on_open(udp->context);
}

static const struct dial_ops dial_ops = { on_resolved, on_dialled };

static void
udp_send(struct transport *transport, const char *record, size_t size)
{
	struct udp *udp = (struct udp *) transport;
	struct datagram *datagram = xcalloc(1, sizeof(*datagram) + size);

	datagram->size = size;
	memcpy(datagram->bytes, record, size);
	STAILQ_INSERT_TAIL(&udp->queue, datagram, link);
	udp->queued_bytes += size;
	arm_pace(udp);
}

static void
udp_finish(struct transport *transport)
{
	struct udp *udp = (struct udp *) transport;

	udp->is_finishing = true;
	arm_pace(udp);
}

static size_t
udp_queued(const struct transport *transport)
{
	return ((const struct udp *) transport)->queued_bytes;
}

static void
udp_free(struct transport *transport)
{
	struct udp *udp = (struct udp *) transport;

	dial_free(udp->dial);
	while (!STAILQ_EMPTY(&udp->queue)) {
		struct datagram *datagram = STAILQ_FIRST(&udp->queue);
		STAILQ_REMOVE_HEAD(&udp->queue, link);
		free(datagram);
	}
	if (udp->reader)
		event_free(udp->reader);
	event_free(udp->pace);
	closep(&udp->fd);
	free(udp);
}

static const struct transport_driver udp_driver = {
	.confirms = true,
	.send = udp_send,
	.finish = udp_finish,
	.free = udp_free,
	.queued = udp_queued,
};

struct transport *
transport_udp_open(const struct transport_loop *loop, const struct target *target,
		   const struct transport_events *events, void *context)
{
	struct udp *udp = xcalloc(1, sizeof(*udp));

	*udp = (struct udp){
		.transport = { .driver = &udp_driver },
		.base = loop->base,
		.events = events,
		.context = context,
		.fd = -1,
		.pace = evtimer_new(loop->base, on_pace, udp),
	};
	STAILQ_INIT(&udp->queue);
	udp->dial = dial_new(loop, target, SOCK_DGRAM, &dial_ops, udp);
	return &udp->transport;
}
