#include "www/respond.h"

#include <netdb.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/util.h"
#include "www/routes.h"
#include "www/stream.h"

#define RETRY_AFTER_S "5"

struct pair {
	const char *name;
	const char *value;
};

static const struct pair security[] = {
	{ "Content-Security-Policy",
	  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
	  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "X-Frame-Options", "DENY" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
	{ "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()" },
};

static void
add(struct MHD_Response *response, const char *name, const char *value)
{
	(void) MHD_add_response_header(response, name, value);
}

static enum MHD_Result
send_out(struct exchange *exchange, struct MHD_Response *response, unsigned status)
{
	for (size_t i = 0; i < ARRAY_LEN(security); i++)
		add(response, security[i].name, security[i].value);
	enum MHD_Result r = MHD_queue_response(exchange->connection, status, response);
	MHD_destroy_response(response);
	return r;
}

/* What single status codes need. */
static void
add_by_status(struct exchange *exchange, struct MHD_Response *response)
{
	char allow[64];

	switch (exchange->status) {
	case MHD_HTTP_UNAUTHORIZED:
		add(response, "WWW-Authenticate", "Session realm=\"Cardea\"");
		break;
	case MHD_HTTP_METHOD_NOT_ALLOWED:
		route_allow(exchange->request.path, allow, sizeof(allow));
		add(response, "Allow", *allow ? allow : "GET, HEAD");
		break;
	case MHD_HTTP_TOO_MANY_REQUESTS:
	case MHD_HTTP_SERVICE_UNAVAILABLE:
		add(response, "Retry-After", RETRY_AFTER_S);
		break;
	default:
		break;
	}
}

enum MHD_Result
respond_exchange(struct exchange *exchange)
{
	struct MHD_Response *response;

	if (exchange->stream) {
		response = stream_response(steal(&exchange->stream));
		if (!exchange->type)
			exchange->type = "text/event-stream";
	} else {
		response = MHD_create_response_from_buffer(strlen(exchange->text), exchange->text,
							   MHD_RESPMEM_MUST_COPY);
	}
	if (!response)
		return MHD_NO;
	if (exchange->status != MHD_HTTP_NO_CONTENT)
		add(response, "Content-Type", exchange->type);
	add(response, "Cache-Control", "no-store");
	if (exchange->file_name)
		add(response, "Content-Disposition", exchange->file_name);
	if (exchange->cookie)
		add(response, "Set-Cookie", exchange->cookie);
	add_by_status(exchange, response);
	return send_out(exchange, response, exchange->status);
}

enum MHD_Result
respond_asset(struct exchange *exchange, const struct asset *asset)
{
	const struct request *request = &exchange->request;
	bool is_gzip = header_has_word(request->accept_encoding, "gzip") &&
		       asset->gzip_size < asset->plain_size;
	bool is_same = header_has_word(request->if_none_match, asset->etag);
	const unsigned char *bytes = is_gzip ? asset->gzip : asset->plain;
	size_t size = is_gzip ? asset->gzip_size : asset->plain_size;
	struct MHD_Response *response = MHD_create_response_from_buffer(
		is_same ? 0 : size, (void *) bytes, MHD_RESPMEM_PERSISTENT);

	if (!response)
		return MHD_NO;
	add(response, "Content-Type", asset->type);
	add(response, "Vary", "Accept-Encoding");
	add(response, "ETag", asset->etag);
	add(response, "Cache-Control",
	    asset->is_immutable ? "public, max-age=31536000, immutable" : "no-cache");
	if (is_gzip && !is_same)
		add(response, "Content-Encoding", "gzip");
	return send_out(exchange, response, is_same ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK);
}

void
respond_client_address(struct MHD_Connection *connection, char *to, size_t size)
{
	static const char mapped[] = "::ffff:";
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	char text[NI_MAXHOST] = "";

	if (info && info->client_addr)
		(void) getnameinfo(info->client_addr,
				   info->client_addr->sa_family == AF_INET6
					   ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in),
				   text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	bool is_mapped = !strncmp(text, mapped, strlen(mapped));
	(void) copy_string(to, size, is_mapped ? text + strlen(mapped) : text);
}
