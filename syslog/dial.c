#include "syslog/dial.h"

#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "syslog/resolver.h"

#define ADDRESS_TIMEOUT_S 5
#define ADDRESS_MAX	  64

struct dial {
	const struct transport_loop *loop;
	struct target target;
	int socktype;
	const struct dial_ops *ops;
	void *context;
	struct event *step;
	struct event *writer;
	struct lookup *lookup;
	struct addrinfo *addresses;
	struct addrinfo *next_address;
	const struct addrinfo *address; /* that is being tried */
	int fd;
	int error; /* of the last address */
};

static void
fail(struct dial *dial, const char *what, const char *why)
{
	char error[DIAL_ERROR_MAX];

	(void) snprintf(error, sizeof(error), "%s: %s", what, why);
	dial->ops->on_done(-1, error, dial->context);
}

static void
drop_socket(struct dial *dial)
{
	if (dial->writer)
		event_free(steal(&dial->writer));
	closep(&dial->fd);
	dial->fd = -1;
}

/* "192.0.2.1" */
static void
describe(const struct addrinfo *address, char text[ADDRESS_MAX])
{
	text[0] = 0;
	(void) getnameinfo(address->ai_addr, address->ai_addrlen, text, ADDRESS_MAX, NULL, 0,
			   NI_NUMERICHOST);
}

/* Says them all. */
static void
tell_addresses(const struct dial *dial)
{
	char text[DIAL_ERROR_MAX] = "";
	char one[ADDRESS_MAX];

	for (const struct addrinfo *next = dial->addresses; next; next = next->ai_next) {
		size_t used = strlen(text);
		describe(next, one);
		(void) snprintf(text + used, sizeof(text) - used, "%s%s", used ? ", " : "", one);
	}
	dial->ops->on_resolved(text, dial->context);
}

static void
succeed(struct dial *dial)
{
	int fd = dial->fd;
	char text[ADDRESS_MAX];

	if (dial->writer)
		event_free(steal(&dial->writer));
	dial->fd = -1;
	describe(dial->address, text);
	dial->ops->on_done(fd, text, dial->context);
}

static void
on_connect(evutil_socket_t fd, short what, void *context)
{
	struct dial *dial = context;
	socklen_t size = sizeof(dial->error);

	if (what & EV_TIMEOUT)
		dial->error = ETIMEDOUT;
	else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &dial->error, &size) < 0)
		dial->error = errno;
	if (!dial->error) {
		succeed(dial);
		return;
	}
	drop_socket(dial);
	event_active(dial->step, EV_TIMEOUT, 0);
}

/* Returns 1 when it is connected, 0 when that is under way. */
static int
connect_to(struct dial *dial, const struct addrinfo *address)
{
	struct timeval limit = { .tv_sec = ADDRESS_TIMEOUT_S };

	dial->fd = socket(address->ai_family, dial->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (dial->fd < 0)
		return -errno;
	if (connect(dial->fd, address->ai_addr, address->ai_addrlen) == 0)
		return 1;
	if (errno != EINPROGRESS)
		return -errno;
	dial->writer = event_new(dial->loop->base, dial->fd, EV_WRITE, on_connect, dial);
	(void) event_add(dial->writer, &limit);
	return 0;
}

static void
connect_next(struct dial *dial)
{
	while (dial->next_address) {
		const struct addrinfo *address = dial->next_address;
		dial->next_address = address->ai_next;
		dial->address = address;
		int r = connect_to(dial, address);
		if (r > 0)
			succeed(dial);
		if (r >= 0)
			return;
		dial->error = -r;
		drop_socket(dial);
	}
	fail(dial, "cannot connect", strerror(dial->error));
}

static void
on_addresses(struct addrinfo *list, const char *error, void *context)
{
	struct dial *dial = context;

	dial->lookup = NULL;
	if (error) {
		fail(dial, "cannot find the log server's address", error);
		return;
	}
	dial->addresses = list;
	dial->next_address = list;
	tell_addresses(dial);
	connect_next(dial);
}

static void
on_step(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct dial *dial = context;
	const struct target *target = &dial->target;
	struct addrinfo hints = { .ai_socktype = dial->socktype, .ai_flags = AI_ADDRCONFIG };

	if (dial->addresses) {
		connect_next(dial);
		return;
	}
	struct addrinfo *list = resolver_digits(target->host, target->port, dial->socktype);
	if (list) {
		on_addresses(list, NULL, dial);
		return;
	}
	dial->lookup = resolver_start(dial->loop->resolver, target->host, target->port, &hints,
				      on_addresses, dial);
	if (!dial->lookup)
		fail(dial, "cannot find the log server's address", "too many lookups wait");
}

struct dial *
dial_new(const struct transport_loop *loop, const struct target *target, int socktype,
	 const struct dial_ops *ops, void *context)
{
	struct dial *dial = xcalloc(1, sizeof(*dial));

	*dial = (struct dial){
		.loop = loop,
		.target = *target,
		.socktype = socktype,
		.ops = ops,
		.context = context,
		.fd = -1,
		.step = evtimer_new(loop->base, on_step, dial),
	};
	event_active(dial->step, EV_TIMEOUT, 0);
	return dial;
}

void
dial_free(struct dial *dial)
{
	if (!dial)
		return;
	lookup_cancel(dial->lookup);
	drop_socket(dial);
	if (dial->addresses)
		freeaddrinfo(dial->addresses);
	event_free(dial->step);
	free(dial);
}

void
dial_keep_alive(int fd)
{
	static const struct {
		int level;
		int name;
		int value;
	} options[] = {
		/* Records are batched here; the kernel must not wait for more. */
		{ IPPROTO_TCP, TCP_NODELAY, 1 },   { SOL_SOCKET, SO_KEEPALIVE, 1 },
		{ IPPROTO_TCP, TCP_KEEPIDLE, 30 }, { IPPROTO_TCP, TCP_KEEPINTVL, 10 },
		{ IPPROTO_TCP, TCP_KEEPCNT, 3 },   { IPPROTO_TCP, TCP_USER_TIMEOUT, 30000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(options); i++)
		(void) setsockopt(fd, options[i].level, options[i].name, &options[i].value,
				  sizeof(options[i].value));
}
