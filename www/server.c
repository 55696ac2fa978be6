#include "www/server.h"

#include <errno.h>
#include <microhttpd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "lib/rpc.h"
#include "lib/util.h"
#include "www/assets.h"
#include "www/connections.h"
#include "www/exchange.h"
#include "www/respond.h"
#include "www/routes.h"
#include "www/tls.h"

#define CONNECTIONS_MAX	   256
#define CONNECTIONS_PER_IP 64
#define INACTIVITY_S	   30
#define CONNECTION_MEMORY  16384

struct server {
	struct MHD_Daemon *daemon;
	struct server_parts parts;
};

static struct connection *
connection_of(struct MHD_Connection *handle)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(handle, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	return info ? info->socket_context : NULL;
}

static void
enter(struct server *server, struct MHD_Connection *handle, enum connection_phase phase)
{
	struct connection *connection = connection_of(handle);

	if (connection)
		connection_enter(server->parts.connections, connection, phase);
}

static void
on_connection(void *context, struct MHD_Connection *handle, void **socket_context,
	      enum MHD_ConnectionNotificationCode code)
{
	struct server *server = context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		struct connection *connection = *socket_context;
		tls_session_done(server->parts.tls,
				 connection_close(server->parts.connections, connection));
		return;
	}
	int fd = MHD_get_connection_info(handle, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	gnutls_session_t session =
		MHD_get_connection_info(handle, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session;
	*socket_context = connection_open(server->parts.connections, fd,
					  tls_session_start(server->parts.tls, session));
}

static void *
on_target(void *context UNUSED, const char *target, struct MHD_Connection *handle)
{
	struct exchange *exchange = exchange_new();

	exchange->connection = handle;
	request_set_target(&exchange->request, target);
	return exchange;
}

static void
on_completed(void *context, struct MHD_Connection *handle, void **request_context,
	     enum MHD_RequestTerminationCode code UNUSED)
{
	exchange_free(*request_context);
	*request_context = NULL;
	enter(context, handle, CONNECTION_IDLE);
}

static enum MHD_Result
on_header(void *context, enum MHD_ValueKind kind UNUSED, const char *name, size_t name_size,
	  const char *value, size_t value_size)
{
	request_add_header(context, name, name_size, value ? value : "", value_size);
	return MHD_YES;
}

static enum MHD_Result
refuse(struct server *server, struct exchange *exchange, const char *code, const char *message)
{
	enter(server, exchange->connection, CONNECTION_ANSWER);
	exchange_refuse(exchange, code, message, NULL);
	return respond_exchange(exchange);
}

static bool
is_asset_verb(enum verb verb)
{
	return verb == VERB_GET || verb == VERB_HEAD;
}

static const struct asset *
find_asset(const struct server *server, const char *path)
{
	const struct asset *description = server->parts.description;

	return strcmp(path, description->path) ? asset_find(path) : description;
}

/* The head is complete: refuse, answer from memory, or go on to the body. */
static enum MHD_Result
start(struct server *server, struct exchange *exchange, const char *method)
{
	struct request *request = &exchange->request;
	const struct asset *asset = find_asset(server, request->path);

	exchange->is_seen = true;
	request->verb = verb_from_name(method);
	respond_client_address(exchange->connection, request->address, sizeof(request->address));
	(void) MHD_get_connection_values_n(exchange->connection, MHD_HEADER_KIND, on_header,
					   request);
	const struct refusal *refusal = request_check(request);
	if (refusal)
		return refuse(server, exchange, refusal->code, refusal->message);
	if (asset && is_asset_verb(request->verb)) {
		/* Answered when the request is complete: any earlier would cost the connection. */
		exchange->asset = asset;
		return MHD_YES;
	}
	exchange->route = route_find(request->verb, request->path, &exchange->resource);
	char allow[64];
	route_allow(request->path, allow, sizeof(allow));
	if (!exchange->route && (asset || *allow))
		return refuse(server, exchange, PROBLEM_BAD_METHOD, "not with this method");
	if (!exchange->route)
		return refuse(server, exchange, RPC_NOT_FOUND, "there is no such resource");
	if (request->body_size > 0)
		exchange->body = xcalloc(1, request->body_size);
	enter(server, exchange->connection, CONNECTION_BODY);
	return MHD_YES;
}

/* The library gives no more than the Content-Length that was checked; trust, but bound. */
static void
take_body(struct exchange *exchange, const char *data, size_t *size)
{
	size_t room = exchange->request.body_size - exchange->body_size;
	size_t count = MIN_OF(*size, room);

	if (count > 0)
		memcpy(exchange->body + exchange->body_size, data, count);
	exchange->body_size += count;
	*size = 0;
}

static enum MHD_Result
on_request(void *context, struct MHD_Connection *handle UNUSED, const char *url UNUSED,
	   const char *method, const char *version UNUSED, const char *data, size_t *size,
	   void **request_context)
{
	struct server *server = context;
	struct exchange *exchange = *request_context;

	if (!exchange->is_seen)
		return start(server, exchange, method);
	if (*size > 0) {
		take_body(exchange, data, size);
		return MHD_YES;
	}
	if (exchange->asset) {
		enter(server, handle, CONNECTION_ANSWER);
		return respond_asset(exchange, exchange->asset);
	}
	if (exchange->is_posted) {
		if (!exchange->stream)
			enter(server, handle, CONNECTION_ANSWER);
		return respond_exchange(exchange);
	}
	exchange->is_posted = true;
	enter(server, handle, CONNECTION_WORK);
	if (mailbox_post(server->parts.mailbox, exchange))
		return MHD_YES;
	return refuse(server, exchange, RPC_UNAVAILABLE, "the console is shutting down");
}

static void PRINTF(2, 0) on_log(void *context UNUSED, const char *format, va_list args)
{
	char line[256];

	/* Mostly peers that break off; what they did is no news to an operator. */
	(void) vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\r\n")] = '\0';
	log_debug("%s", line);
}

int
server_start(int fd, const struct server_parts *parts, struct server **ret)
{
	const unsigned flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_TLS |
			       MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;
	const struct certificate *certificate = tls_certificate(parts->tls);
	struct server *server = xcalloc(1, sizeof(*server));

	server->parts = *parts;
	server->daemon = MHD_start_daemon(
		flags, 0, NULL, NULL, on_request, server,
		/* The logger comes first, so that it hears what is wrong with the others. */
		MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL, MHD_OPTION_LISTEN_SOCKET, fd,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned) CONNECTIONS_MAX,
		MHD_OPTION_PER_IP_CONNECTION_LIMIT, (unsigned) CONNECTIONS_PER_IP,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned) INACTIVITY_S,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) CONNECTION_MEMORY,
		MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_NOTIFY_COMPLETED,
		on_completed, server, MHD_OPTION_URI_LOG_CALLBACK, on_target, server,
		MHD_OPTION_HTTPS_MEM_CERT, certificate->certificate_pem, MHD_OPTION_HTTPS_MEM_KEY,
		certificate->key_pem, MHD_OPTION_HTTPS_PRIORITIES, TLS_PRIORITIES, MHD_OPTION_END);
	if (!server->daemon) {
		free(server);
		return -EIO;
	}
	*ret = server;
	return 0;
}

void
server_stop(struct server *server)
{
	if (!server)
		return;
	MHD_stop_daemon(server->daemon);
	free(server);
}
