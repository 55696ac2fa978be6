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

/* Returns 0, also when the socket takes no more now, or a negative errno. */
static int
send_some(struct udp *udp)
{
	for (unsigned i = 0; i < PACE_SEND && !STAILQ_EMPTY(&udp->queue); i++) {
		struct datagram *datagram = STAILQ_FIRST(&udp->queue);
		if (send(udp->fd, datagram->bytes, datagram->size, MSG_NOSIGNAL) < 0)
			return errno == EAGAIN || errno == ENOBUFS ? 0 : -errno;
		STAILQ_REMOVE_HEAD(&udp->queue, link);
		free(datagram);
		udp->events->on_progress(udp->context);
	}
	return 0;
}

static void
on_pace(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct udp *udp = context;
	int r = send_some(udp);

	if (r < 0)
		fail(udp, -r);
	else if (!STAILQ_EMPTY(&udp->queue))
		arm_pace(udp);
	else if (udp->is_finishing)
		udp->events->on_closed(TRANSPORT_CONFIRMED, "", udp->context);
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
on_dialled(int fd, const char *error, void *context)
{
	struct udp *udp = context;

	if (fd < 0) {
		udp->events->on_closed(TRANSPORT_FAILED, error, udp->context);
		return;
	}
	udp->fd = fd;
	udp->reader = event_new(udp->base, fd, EV_READ | EV_PERSIST, on_readable, udp);
	(void) event_add(udp->reader, NULL);
	udp->events->on_open(udp->context);
}

static void
udp_send(struct transport *transport, const char *record, size_t size)
{
	struct udp *udp = (struct udp *) transport;
	struct datagram *datagram = xcalloc(1, sizeof(*datagram) + size);

	datagram->size = size;
	memcpy(datagram->bytes, record, size);
	STAILQ_INSERT_TAIL(&udp->queue, datagram, link);
	arm_pace(udp);
}

static void
udp_finish(struct transport *transport)
{
	struct udp *udp = (struct udp *) transport;

	udp->is_finishing = true;
	arm_pace(udp);
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
	.send = udp_send,
	.finish = udp_finish,
	.free = udp_free,
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
	udp->dial = dial_new(loop, target, SOCK_DGRAM, on_dialled, udp);
	return &udp->transport;
}
