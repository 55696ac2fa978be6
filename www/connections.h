/*
 * The TCP connections and how long each may stay in a phase. libmicrohttpd's time-out is one of
 * inactivity, so a peer that sends a byte a minute would hold its place for ever; here a phase
 * has a deadline, and who misses it is shut down.
 *
 * The HTTP thread moves connections, the loop calls connections_expire(); a mutex guards both.
 */
#ifndef WWW_CONNECTIONS_H
#define WWW_CONNECTIONS_H

#include <stdint.h>

struct connections;
struct connection;

enum connection_phase {
	CONNECTION_FIRST, /* TLS handshake and head of the first request */
	CONNECTION_BODY,
	CONNECTION_WORK, /* we work or stream: no deadline of ours */
	CONNECTION_ANSWER,
	CONNECTION_IDLE, /* kept alive, up to the end of the next head */
};

struct connections *connections_new(void);
/* All connections must be closed. */
void connections_free(struct connections *connections);

/* fd stays the caller's and must be open until connection_close(). data is the caller's own. */
struct connection *connection_open(struct connections *connections, int fd, void *data);
/* Returns data. */
void *connection_close(struct connections *connections, struct connection *connection);
void connection_enter(struct connections *connections, struct connection *connection,
		      enum connection_phase phase);
/* Shuts down every connection whose phase has lasted too long; returns how many. */
unsigned connections_expire(struct connections *connections, uint64_t now_us);

#endif
