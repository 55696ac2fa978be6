#include "syslog/resolver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "lib/worker.h"

#define LOOKUPS_MAX 16

struct lookup {
	LIST_ENTRY(lookup) link;
	char *host;
	char port[6];
	struct addrinfo hints;
	struct addrinfo *list;
	int error;
	resolver_fn *done; /* NULL once it was cancelled */
	void *context;
};

struct resolver {
	struct worker *worker;
	LIST_HEAD(, lookup) lookups;
};

static void
free_lookup(struct lookup *lookup)
{
	LIST_REMOVE(lookup, link);
	if (lookup->list)
		freeaddrinfo(lookup->list);
	free(lookup->host);
	free(lookup);
}

/* In the thread: touches nothing of the loop's but its own members. */
static void
run(void *job)
{
	struct lookup *lookup = job;

	lookup->error = getaddrinfo(lookup->host, lookup->port, &lookup->hints, &lookup->list);
}

static void
finish(void *job)
{
	struct lookup *lookup = job;
	resolver_fn *done = lookup->done;
	void *context = lookup->context;
	const char *error = lookup->error ? gai_strerror(lookup->error) : NULL;
	struct addrinfo *list = done && !error ? steal(&lookup->list) : NULL;

	free_lookup(lookup);
	if (done)
		done(list, error, context);
}

struct resolver *
resolver_new(struct event_base *base)
{
	struct resolver *resolver = xcalloc(1, sizeof(*resolver));

	LIST_INIT(&resolver->lookups);
	resolver->worker = worker_new(base, LOOKUPS_MAX);
	return resolver;
}

void
resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	worker_free(resolver->worker);
	while (!LIST_EMPTY(&resolver->lookups))
		free_lookup(LIST_FIRST(&resolver->lookups));
	free(resolver);
}

struct addrinfo *
resolver_digits(const char *host, uint16_t port, int socktype)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				  .ai_socktype = socktype };
	struct addrinfo *list = NULL;
	char service[6];

	(void) snprintf(service, sizeof(service), "%u", port);
	return getaddrinfo(host, service, &hints, &list) ? NULL : list;
}

struct lookup *
resolver_start(struct resolver *resolver, const char *host, uint16_t port,
	       const struct addrinfo *hints, resolver_fn *done, void *context)
{
	struct lookup *lookup = xcalloc(1, sizeof(*lookup));

	*lookup = (struct lookup){
		.host = xstrdup(host),
		.hints = *hints,
		.done = done,
		.context = context,
	};
	(void) snprintf(lookup->port, sizeof(lookup->port), "%u", port);
	LIST_INSERT_HEAD(&resolver->lookups, lookup, link);
	if (worker_submit(resolver->worker, run, finish, lookup) < 0) {
		free_lookup(lookup);
		return NULL;
	}
	return lookup;
}

void
lookup_cancel(struct lookup *lookup)
{
	if (lookup)
		lookup->done = NULL;
}
