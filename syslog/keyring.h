/*
 * The certificates that the store keeps, as far as log servers refer to them: asked for by their
 * numbers over the forwarder's own connection, and kept in memory alone.
 */
#ifndef SYSLOG_KEYRING_H
#define SYSLOG_KEYRING_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct event_base;
struct keyring;
struct rpc_client;

/* on_change: something has come, so that what waited for it may go on. */
struct keyring *keyring_new(struct event_base *base, void (*on_change)(void *context),
			    void *context);
void keyring_free(struct keyring *keyring);
/* The connection to the store; it outlives the keyring. */
void keyring_use(struct keyring *keyring, struct rpc_client *client);

/* Forgets all but those whose bits are set, bit N for certificate N. */
void keyring_keep(struct keyring *keyring, uint64_t used);
/* The store is there again: what it has refused is asked for anew. */
void keyring_renew(struct keyring *keyring);

/*
 * Whether what this log server refers to is there, or the store has refused it. Asks for what is
 * missing: on_change() follows.
 */
bool keyring_has(struct keyring *keyring, const json_t *server);

/* What is kept under a number; the texts are the keyring's, as long as nothing else comes. */
struct keyring_entry {
	const char *certificates; /* PEM */
	const char *key;	  /* "" without one */
};
/* NULL: why there is none is *ret_error. keyring may be NULL. */
const struct keyring_entry *keyring_find(const struct keyring *keyring, unsigned id,
					 const char **ret_error);

#endif
