#include <errno.h>
#include <event2/event.h>
#include <event2/listener.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/wire.h"

#define CONNECTIONS_MAX 256

struct rpc_connection {
	LIST_ENTRY(rpc_connection) link;
	struct rpc_server *server;
	struct wire *wire;
	char name[32];
	void *data;
	uid_t uid;
	pid_t pid;
	int references;
};

struct rpc_server {
	struct event_base *base;
	struct evconnlistener *listener;
	char *path;
	const char *name;
	const struct rpc_server_ops *ops;
	void *context;
	unsigned count;
	LIST_HEAD(, rpc_connection) connections;
};

static void
unref(struct rpc_connection *connection)
{
	if (!--connection->references)
		free(connection);
}

static void
drop(struct rpc_connection *connection)
{
	struct rpc_server *server = connection->server;

	if (!connection->wire)
		return;
	if (server->ops->on_closed)
		server->ops->on_closed(connection, server->context);
	LIST_REMOVE(connection, link);
	server->count--;
	wire_free(steal(&connection->wire));
	unref(connection);
}

static void
on_closed(struct wire *wire UNUSED, int error UNUSED, void *context)
{
	drop(context);
}

static void
on_drained(struct wire *wire UNUSED, void *context)
{
	struct rpc_connection *connection = context;

	if (connection->server->ops->on_drained)
		connection->server->ops->on_drained(connection, connection->server->context);
}

static void
free_request(struct rpc_request *request)
{
	json_decref(request->message);
	json_decref(request->params);
	unref(request->connection);
	free(request);
}

static void
answer_hello(struct rpc_request *request)
{
	struct rpc_connection *connection = request->connection;

	if (json_integer_or(request->params, "protocol", 0) != RPC_PROTOCOL) {
		rpc_fail_field(request, "version", "protocol", "this is protocol %d", RPC_PROTOCOL);
		return;
	}
	const char *name = json_string_or(request->params, "client", "");
	if (!*name || !copy_string(connection->name, sizeof(connection->name), name)) {
		connection->name[0] = 0;
		rpc_fail_field(request, RPC_BAD_PARAMS, "client", "1 to 31 characters");
		return;
	}
	rpc_reply(request, json_pack("{si,ss,ss}", "protocol", RPC_PROTOCOL, "server",
				     connection->server->name, "version", PACKAGE_VERSION));
}

static void
on_message(struct wire *wire, json_t *message, void *context)
{
	struct rpc_connection *connection = context;
	struct rpc_server *server = connection->server;
	json_t *params = json_object_get(message, "params");
	const char *method = json_string_or(message, "method", NULL);

	if (!json_is_integer(json_object_get(message, "id")) || !method ||
	    (params && !json_is_object(params))) {
		wire_refuse(wire, RPC_BAD_REQUEST, "a call has an integer id, a method and params");
		return;
	}
	struct rpc_request *request = xcalloc(1, sizeof(*request));
	*request = (struct rpc_request){
		.connection = connection,
		.id = json_integer_value(json_object_get(message, "id")),
		.method = method,
		.params = params ? json_incref(params) : json_object(),
		.session = json_string_or(message, "session", ""),
		.csrf = json_string_or(message, "csrf", ""),
		.address = json_string_or(message, "address", ""),
		.message = json_incref(message),
	};
	connection->references++;
	if (!strcmp(method, "hello"))
		answer_hello(request);
	else if (!connection->name[0])
		rpc_fail(request, RPC_BAD_REQUEST, "the first call is hello");
	else
		server->ops->on_request(request, server->context);
}

static const struct wire_ops wire_ops = {
	.on_message = on_message,
	.on_closed = on_closed,
	.on_drained = on_drained,
};

static void
on_accept(struct evconnlistener *listener UNUSED, evutil_socket_t fd,
	  struct sockaddr *address UNUSED, int size UNUSED, void *context)
{
	struct rpc_server *server = context;

	if (server->count >= CONNECTIONS_MAX) {
		(void) close(fd);
		return;
	}
	struct rpc_connection *connection = xcalloc(1, sizeof(*connection));
	connection->server = server;
	connection->references = 1;
	connection->wire = wire_new(server->base, fd, &wire_ops, connection);
	if (wire_peer(connection->wire, &connection->uid, &connection->pid) < 0)
		connection->uid = (uid_t) -1;
	LIST_INSERT_HEAD(&server->connections, connection, link);
	server->count++;
}

int
rpc_server_new(struct event_base *base, const char *path, mode_t mode, const char *name,
	       const struct rpc_server_ops *ops, void *context, struct rpc_server **ret)
{
	int fd = wire_listen(path, mode);
	if (fd < 0)
		return fd;
	struct rpc_server *server = xcalloc(1, sizeof(*server));
	*server = (struct rpc_server){
		.base = base,
		.path = xstrdup(path),
		.name = name,
		.ops = ops,
		.context = context,
	};
	LIST_INIT(&server->connections);
	server->listener = evconnlistener_new(base, on_accept, server,
					      LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	*ret = server;
	return 0;
}

void
rpc_server_free(struct rpc_server *server)
{
	if (!server)
		return;
	while (!LIST_EMPTY(&server->connections))
		drop(LIST_FIRST(&server->connections));
	evconnlistener_free(server->listener);
	(void) unlink(server->path);
	free(server->path);
	free(server);
}

void
rpc_close(struct rpc_connection *connection)
{
	drop(connection);
}

void
rpc_reply(struct rpc_request *request, json_t *result)
{
	_cleanup_(json_decrefp) json_t *message =
		json_pack("{sI,so}", "id", request->id, "result", result ? result : json_object());

	if (request->connection->wire &&
	    wire_send(request->connection->wire, message) == -EMSGSIZE) {
		rpc_fail(request, "too_large", "the answer does not fit into one line");
		return;
	}
	free_request(request);
}

static void
fail(struct rpc_request *request, const char *code, const char *field, char *text)
{
	_cleanup_(json_decrefp) json_t *message =
		json_pack("{sI,s{ss,so,ss*}}", "id", request->id, "error", "code", code, "message",
			  json_string_cut(text), "field", field);

	if (request->connection->wire)
		(void) wire_send(request->connection->wire, message);
	free_request(request);
}

void
rpc_fail(struct rpc_request *request, const char *code, const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fail(request, code, NULL, text);
}

void
rpc_fail_field(struct rpc_request *request, const char *code, const char *field, const char *format,
	       ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	fail(request, code, field, text);
}

int
rpc_push(struct rpc_connection *connection, const json_t *message)
{
	return connection->wire ? wire_send(connection->wire, message) : -ENOTCONN;
}

int
rpc_push_text(struct rpc_connection *connection, const char *text)
{
	return connection->wire ? wire_send_text(connection->wire, text) : -ENOTCONN;
}

size_t
rpc_unsent_bytes(const struct rpc_connection *connection)
{
	return connection->wire ? wire_unsent_bytes(connection->wire) : 0;
}

uid_t
rpc_peer_uid(const struct rpc_connection *connection)
{
	return connection->uid;
}

pid_t
rpc_peer_pid(const struct rpc_connection *connection)
{
	return connection->pid;
}

const char *
rpc_peer_name(const struct rpc_connection *connection)
{
	return connection->name;
}

void
rpc_set_data(struct rpc_connection *connection, void *data)
{
	connection->data = data;
}

void *
rpc_data(const struct rpc_connection *connection)
{
	return connection->data;
}
