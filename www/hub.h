/*
 * The live side in the loop: one follower of the store feeds the replica of the live state and
 * every browser's stream. Streams get the whole state first, then changes and new events.
 *
 * While the store is away there are no streams: a client that is told nothing would show old
 * values as if they were true.
 */
#ifndef WWW_HUB_H
#define WWW_HUB_H

#include <jansson.h>

struct event_base;
struct exchange;
struct hub;
struct rpc_client;

struct hub *hub_new(struct event_base *base, const char *run_dir);
/* Ends all streams and fails all calls under way. */
void hub_stop(struct hub *hub);
void hub_free(struct hub *hub);

struct event_base *hub_base(struct hub *hub);
/* For calls; they share the follower's connection. */
struct rpc_client *hub_client(struct hub *hub);
/* Borrowed: live objects by key. */
json_t *hub_state(struct hub *hub);

/* Makes a stream the exchange's answer. -EAGAIN without a state yet, -EMFILE when too many. */
int hub_subscribe(struct hub *hub, struct exchange *exchange);
/* Ends the streams of a session that is over. */
void hub_end_session(struct hub *hub, const char *session);

#endif
