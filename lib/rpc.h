/*
 * Calls over JSON lines (docs/PROTOCOL.md).
 *
 *	-> {"id":1,"method":"hello","params":{"client":"cardeactl","protocol":1}}
 *	<- {"id":1,"result":{"protocol":1,"server":"store","version":"0.1.0"}}
 *	-> {"id":2,"method":"door.command","params":{"command":"grant","door":1}}
 *	<- {"error":{"code":"forbidden","message":"..."},"id":2}
 *
 * Lines without an id are pushes that a call asked for. The first call of a connection is hello.
 * Servers answer each request once, now or later; clients reconnect by themselves.
 */
#ifndef LIB_RPC_H
#define LIB_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

#include "lib/util.h"

#define RPC_PROTOCOL 1

struct event_base;
struct rpc_server;
struct rpc_connection;
struct rpc_client;

/* Error codes; frozen in docs/PROTOCOL.md. */
#define RPC_BAD_REQUEST	    "bad_request"
#define RPC_BAD_PARAMS	    "bad_params"
#define RPC_UNKNOWN_METHOD  "unknown_method"
#define RPC_UNAUTHENTICATED "unauthenticated"
#define RPC_FORBIDDEN	    "forbidden"
#define RPC_NOT_FOUND	    "not_found"
#define RPC_CONFLICT	    "conflict"
#define RPC_TOO_MANY	    "too_many"
#define RPC_UNAVAILABLE	    "unavailable"
#define RPC_TIMEOUT	    "timeout"
#define RPC_INTERNAL	    "internal"

/* One call as a server sees it; owned by the server until rpc_reply() or rpc_fail(). */
struct rpc_request {
	struct rpc_connection *connection;
	json_int_t id;
	const char *method;
	json_t *params; /* never NULL */
	/* For whom an edge asks: each may be empty. */
	const char *session;
	const char *csrf;
	const char *address;
	json_t *message;
};

struct rpc_server_ops {
	void (*on_request)(struct rpc_request *request, void *context);
	/* May be NULL. The connection's own data must be dropped here. */
	void (*on_closed)(struct rpc_connection *connection, void *context);
	/* A connection whose backlog has left; may be NULL. */
	void (*on_drained)(struct rpc_connection *connection, void *context);
};

/* Listens at path; name is what hello answers. Returns a negative errno when it cannot. */
int rpc_server_new(struct event_base *base, const char *path, mode_t mode, const char *name,
		   const struct rpc_server_ops *ops, void *context, struct rpc_server **ret);
void rpc_server_free(struct rpc_server *server);

/* Steals result. A request whose peer has gone is just freed. */
void rpc_reply(struct rpc_request *request, json_t *result);
void rpc_fail(struct rpc_request *request, const char *code, const char *format, ...) PRINTF(3, 4);
/* The same with the name of the parameter that was wrong. */
void rpc_fail_field(struct rpc_request *request, const char *code, const char *field,
		    const char *format, ...) PRINTF(4, 5);

/* on_closed() runs before this returns; the connection must not be used after it. */
void rpc_close(struct rpc_connection *connection);
int rpc_push(struct rpc_connection *connection, const json_t *message);
int rpc_push_text(struct rpc_connection *connection, const char *text);
size_t rpc_unsent_bytes(const struct rpc_connection *connection);
uid_t rpc_peer_uid(const struct rpc_connection *connection);
pid_t rpc_peer_pid(const struct rpc_connection *connection);
/* What the peer called itself in hello. */
const char *rpc_peer_name(const struct rpc_connection *connection);
/* One pointer for the server's own use. */
void rpc_set_data(struct rpc_connection *connection, void *data);
void *rpc_data(const struct rpc_connection *connection);

/* Why a call failed; the strings live as long as the callback runs. */
struct rpc_error {
	const char *code;
	const char *message;
	const char *field; /* NULL when no parameter was at fault */
};

struct rpc_client_ops {
	/* hello was answered. */
	void (*on_up)(struct rpc_client *client, void *context);
	/* Calls under way fail with RPC_UNAVAILABLE before this. */
	void (*on_down)(struct rpc_client *client, void *context);
	/* A line without id; borrowed. May be NULL. */
	void (*on_push)(struct rpc_client *client, json_t *message, void *context);
	/* As in lib/wire.h; may be NULL. */
	bool (*on_line)(struct rpc_client *client, const char *line, size_t size, void *context);
};

/* Exactly one of result and error is set. */
typedef void rpc_result_fn(json_t *result, const struct rpc_error *error, void *context);

/* On whose behalf an edge calls; members may be NULL. */
struct rpc_identity {
	const char *session;
	const char *csrf;
	const char *address;
};

/* Connects now and again every 100 ms .. 2 s while the server is away. */
struct rpc_client *rpc_client_new(struct event_base *base, const char *path, const char *name,
				  const struct rpc_client_ops *ops, void *context);
void rpc_client_free(struct rpc_client *client);
bool rpc_is_up(const struct rpc_client *client);
/* What was called so far leaves now, not when the loop comes to it: for what must come before
 * something that goes another way. */
void rpc_flush(struct rpc_client *client);
/* As wire_pause(); a new connection is not paused. Answers wait too, until their time is over. */
void rpc_pause(struct rpc_client *client, bool is_paused);
/* Drops the connection and connects anew. */
void rpc_reconnect(struct rpc_client *client);

/*
 * Calls method; steals params (NULL for none). done may be NULL. After timeout_ms the call fails
 * with RPC_TIMEOUT and a late answer is dropped. While the server is away it fails from inside
 * this function with RPC_UNAVAILABLE: calls are never queued.
 */
void rpc_call(struct rpc_client *client, const struct rpc_identity *identity, const char *method,
	      json_t *params, unsigned timeout_ms, rpc_result_fn *done, void *context);
/* Whoever called with this context is gone: nobody is told of what its calls come to. */
void rpc_forget(struct rpc_client *client, const void *context);

/* Builds the lines; shared with the blocking client. Both return new references. */
json_t *rpc_make_hello(const char *name);
json_t *rpc_make_call(json_int_t id, const struct rpc_identity *identity, const char *method,
		      json_t *params);

#endif
