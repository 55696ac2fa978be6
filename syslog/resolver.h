/*
 * Names to addresses without blocking the loop: getaddrinfo() in a worker thread. Addresses
 * written in digits need no thread and no wait.
 */
#ifndef SYSLOG_RESOLVER_H
#define SYSLOG_RESOLVER_H

#include <netdb.h>
#include <stdint.h>

struct event_base;
struct resolver;
struct lookup;

/* Exactly one of list and error is set; the callee owns list and frees it with freeaddrinfo(). */
typedef void resolver_fn(struct addrinfo *list, const char *error, void *context);

struct resolver *resolver_new(struct event_base *base);
/* Waits for the lookup under way; callbacks are not called any more. */
void resolver_free(struct resolver *resolver);

/* NULL when host is no IPv4 or IPv6 address in digits. socktype as in socket(). */
struct addrinfo *resolver_digits(const char *host, uint16_t port, int socktype);

/*
 * Calls done later, from the loop. port may be 0; flags are AI_*. NULL when too many lookups
 * wait: then done is never called.
 */
struct lookup *resolver_start(struct resolver *resolver, const char *host, uint16_t port,
			      const struct addrinfo *hints, resolver_fn *done, void *context);
/* done will not be called; NULL is fine. */
void lookup_cancel(struct lookup *lookup);

#endif
