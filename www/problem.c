#include "www/problem.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/rpc.h"
#include "lib/util.h"

static const struct row {
	const char *code;
	unsigned status;
	const char *title;
} rows[] = {
	{ PROBLEM_BAD_JSON, 400, "Bad Request" },
	{ RPC_BAD_REQUEST, 400, "Bad Request" },
	{ RPC_UNAUTHENTICATED, 401, "Unauthorized" },
	{ PROBLEM_CROSS_ORIGIN, 403, "Forbidden" },
	{ RPC_FORBIDDEN, 403, "Forbidden" },
	{ RPC_NOT_FOUND, 404, "Not Found" },
	{ PROBLEM_BAD_METHOD, 405, "Method Not Allowed" },
	{ RPC_CONFLICT, 409, "Conflict" },
	{ PROBLEM_LENGTH_REQUIRED, 411, "Length Required" },
	{ PROBLEM_TOO_LARGE, 413, "Content Too Large" },
	{ PROBLEM_URI_TOO_LONG, 414, "URI Too Long" },
	{ PROBLEM_MEDIA_TYPE, 415, "Unsupported Media Type" },
	{ RPC_BAD_PARAMS, 422, "Unprocessable Content" },
	{ RPC_TOO_MANY, 429, "Too Many Requests" },
	{ PROBLEM_HEADER_TOO_LARGE, 431, "Request Header Fields Too Large" },
	{ RPC_UNKNOWN_METHOD, 501, "Not Implemented" },
	{ RPC_UNAVAILABLE, 503, "Service Unavailable" },
	{ RPC_TIMEOUT, 504, "Gateway Timeout" },
};

static const struct row unknown = { RPC_INTERNAL, 500, "Internal Server Error" };

static const struct row *
find(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].code, code))
			return &rows[i];
	return &unknown;
}

unsigned
problem_status(const char *code)
{
	return find(code)->status;
}

char *
problem_text(const char *code, const char *message, const char *field)
{
	const struct row *row = find(code);
	_cleanup_(json_decrefp) json_t *document = json_pack(
		"{ss,ss,si,ss,ss,ss*}", "type", "about:blank", "title", row->title, "status",
		(int) row->status, "code", row->code, "detail", message, "field", field);

	/* A peer's message that is no UTF-8 must not cost the answer. */
	if (!document)
		return xstrdup("{\"type\":\"about:blank\",\"status\":500}");
	return json_canonical(document);
}
