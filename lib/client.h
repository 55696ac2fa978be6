/*
 * A blocking client for command lines and tests: one connection, one call at a time.
 */
#ifndef LIB_CLIENT_H
#define LIB_CLIENT_H

#include <jansson.h>

struct client;

/* Connects and says hello; a negative errno when nobody listens or the protocol differs. */
int client_open(const char *path, const char *name, struct client **ret);
void client_close(struct client *client);

/*
 * Calls method and waits up to timeout_ms; steals params. Returns 0 and a new reference in
 * ret_result; -EREMOTE when the server refused, then ret_result is the error object {code,
 * message, field}; another negative errno when the connection failed. Pushes that arrive
 * meanwhile are kept for client_next_push().
 */
int client_call(struct client *client, const char *method, json_t *params, int timeout_ms,
		json_t **ret_result);

/* Waits for the next push; -1 waits for ever. -ETIMEDOUT, or another errno when it is over. */
int client_next_push(struct client *client, int timeout_ms, json_t **ret_push);

#endif
