#include "www/request.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/rpc.h"
#include "lib/util.h"

#define HEADERS_MAX 64

/* Where a header goes. A singleton that comes twice is an attempt to be read in two ways. */
static const struct header {
	const char *name;
	size_t offset;
	size_t size;
	bool is_single;
	bool is_optional; /* too long for us: as if it were not there */
} headers[] = {
#define HEADER(name, member, single, optional)                                                     \
	{                                                                                          \
		name, offsetof(struct request, member), sizeof(((struct request *) NULL)->member), \
			single, optional                                                           \
	}
	HEADER("Host", host, true, false),
	HEADER("Origin", origin, true, false),
	HEADER("Sec-Fetch-Site", fetch_site, true, false),
	HEADER("Content-Type", content_type, true, false),
	HEADER("Content-Length", content_length, true, false),
	HEADER("Transfer-Encoding", transfer_encoding, true, false),
	HEADER("Cookie", cookie, true, false),
	HEADER("X-CSRF-Token", csrf, true, false),
	HEADER("Last-Event-ID", last_event_id, true, true),
	HEADER("If-None-Match", if_none_match, false, true),
	HEADER("Accept-Encoding", accept_encoding, false, true),
#undef HEADER
};

static const char *const verbs[] = {
	[VERB_GET] = "GET",	[VERB_HEAD] = "HEAD",	  [VERB_POST] = "POST",
	[VERB_PATCH] = "PATCH", [VERB_DELETE] = "DELETE",
};

enum verb
verb_from_name(const char *name)
{
	for (size_t i = VERB_GET; i < ARRAY_LEN(verbs); i++)
		if (!strcmp(verbs[i], name))
			return (enum verb) i;
	return VERB_NONE;
}

const char *
verb_name(enum verb verb)
{
	return verbs[verb];
}

static void
refuse(struct request *request, const char *code, const char *message)
{
	if (request->refusal)
		return;
	request->refusal_storage = (struct refusal){ code, message };
	request->refusal = &request->refusal_storage;
}

void
request_set_target(struct request *request, const char *target)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-._/~=&%+,:@!$'()*;";
	size_t path_size = strcspn(target, "?");
	const char *query = target[path_size] ? target + path_size + 1 : "";

	if (strlen(target) > REQUEST_TARGET_MAX)
		refuse(request, PROBLEM_URI_TOO_LONG, "the request target is too long");
	else if (target[0] != '/' || strspn(target, allowed) < path_size ||
		 query[strspn(query, allowed)])
		refuse(request, RPC_BAD_REQUEST, "the request target is malformed");
	else if (path_size >= sizeof(request->path) || strlen(query) >= sizeof(request->query))
		refuse(request, PROBLEM_URI_TOO_LONG, "the request target is too long");
	else {
		(void) snprintf(request->path, sizeof(request->path), "%.*s", (int) path_size,
				target);
		(void) copy_string(request->query, sizeof(request->query), query);
	}
}

static bool
is_token(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!isalnum((unsigned char) text[i]) &&
		    (!text[i] || !strchr("!#$%&'*+-.^_`|~", text[i])))
			return false;
	return size > 0;
}

static bool
is_field_value(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (((unsigned char) text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return false;
	return true;
}

static const struct header *
find_header(const char *name, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(headers); i++)
		if (strlen(headers[i].name) == size && !strncasecmp(headers[i].name, name, size))
			return &headers[i];
	return NULL;
}

void
request_add_header(struct request *request, const char *name, size_t name_size, const char *value,
		   size_t value_size)
{
	const struct header *header = find_header(name, name_size);

	if (++request->header_count > HEADERS_MAX)
		refuse(request, PROBLEM_HEADER_TOO_LARGE, "too many header fields");
	else if (!is_token(name, name_size) || !is_field_value(value, value_size))
		refuse(request, RPC_BAD_REQUEST, "a header field is malformed");
	if (!header || request->refusal)
		return;
	char *to = (char *) request + header->offset;
	if (*to && header->is_single)
		refuse(request, RPC_BAD_REQUEST, "a header field came twice");
	else if (value_size < header->size)
		(void) snprintf(to, header->size, "%.*s", (int) value_size, value);
	else if (!header->is_optional)
		refuse(request, PROBLEM_HEADER_TOO_LARGE, "a header field is too long");
	/* An empty singleton is ambiguous as well: it could not be told from an absent one. */
	if (header->is_single && !header->is_optional && value_size == 0)
		refuse(request, RPC_BAD_REQUEST, "a header field is empty");
}

static void
check_body_size(struct request *request)
{
	const char *length = request->content_length;
	bool has_body = request->verb == VERB_POST || request->verb == VERB_PATCH;

	if (*request->transfer_encoding)
		refuse(request, PROBLEM_LENGTH_REQUIRED, "send a Content-Length, no chunks");
	else if (length[strspn(length, "0123456789")])
		refuse(request, RPC_BAD_REQUEST, "Content-Length is no number");
	else if (has_body && !*length)
		refuse(request, PROBLEM_LENGTH_REQUIRED, "a Content-Length is needed");
	else if (strlen(length) > 9 || strtoul(length, NULL, 10) > REQUEST_BODY_MAX)
		refuse(request, PROBLEM_TOO_LARGE, "the body is larger than 64 KiB");
	else
		request->body_size = strtoul(length, NULL, 10);
	if (!has_body && request->body_size)
		refuse(request, RPC_BAD_REQUEST, "this method takes no body");
}

static void
check_content_type(struct request *request)
{
	const char *type = request->content_type;
	size_t size = strcspn(type, "; \t");
	const char *rest = type + size + strspn(type + size, "; \t");

	if (request->verb != VERB_POST && request->verb != VERB_PATCH)
		return;
	if (size != strlen("application/json") || strncasecmp(type, "application/json", size) ||
	    (*rest && strcasecmp(rest, "charset=utf-8")))
		refuse(request, PROBLEM_MEDIA_TYPE, "the body must be application/json");
}

/* RFC 6265, section 4.2: pairs between "; ". Two tokens are none. */
static void
find_session(struct request *request)
{
	static const char prefix[] = SESSION_COOKIE "=";
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789-_";
	unsigned found = 0;

	for (const char *pair = request->cookie; *pair;) {
		pair += strspn(pair, "; \t");
		size_t size = strcspn(pair, "; \t");
		if (!strncmp(pair, prefix, strlen(prefix))) {
			const char *token = pair + strlen(prefix);
			size_t token_size = size - strlen(prefix);
			if (strspn(token, allowed) < token_size || token_size > SESSION_TOKEN_MAX)
				refuse(request, RPC_BAD_REQUEST, "the session cookie is malformed");
			(void) snprintf(request->session, sizeof(request->session), "%.*s",
					(int) token_size, token);
			found++;
		}
		pair += size;
	}
	if (found > 1)
		refuse(request, RPC_BAD_REQUEST, "the session cookie came twice");
}

const struct refusal *
request_check(struct request *request)
{
	check_body_size(request);
	if (!*request->host)
		refuse(request, RPC_BAD_REQUEST, "a Host header field is needed");
	if (!request->refusal && !strncmp(request->path, "/api/", 5)) {
		if (request_is_cross_site(request))
			refuse(request, PROBLEM_CROSS_ORIGIN, "the request came from another site");
		check_content_type(request);
	}
	find_session(request);
	return request->refusal;
}

bool
request_is_cross_site(const struct request *request)
{
	static const char scheme[] = "https://";
	bool is_mutating = request->verb != VERB_GET && request->verb != VERB_HEAD;
	const char *site = request->fetch_site;

	/* "none" is what a user's own navigation says; no page of ours is one that mutates. */
	if (*site && strcmp(site, "same-origin") && (is_mutating || strcmp(site, "none")))
		return true;
	return *request->origin && (strncmp(request->origin, scheme, strlen(scheme)) ||
				    strcasecmp(request->origin + strlen(scheme), request->host));
}

/* The value of a name and how long it is; NULL when it is not there. */
static const char *
find_value(const char *query, const char *name, size_t *ret_size)
{
	size_t name_size = strlen(name);

	for (const char *pair = query; *pair;) {
		size_t size = strcspn(pair, "&");
		if (size > name_size && !strncmp(pair, name, name_size) && pair[name_size] == '=') {
			*ret_size = size - name_size - 1;
			return pair + name_size + 1;
		}
		pair += size + (pair[size] == '&');
	}
	return NULL;
}

int
request_query_number(const struct request *request, const char *name, uint64_t max, uint64_t *ret)
{
	size_t count;
	const char *digits = find_value(request->query, name, &count);

	if (!digits)
		return 0;
	if (count == 0 || count > 16 || strspn(digits, "0123456789") < count)
		return -EINVAL;
	uint64_t number = strtoull(digits, NULL, 10);
	if (number > max)
		return -EINVAL;
	*ret = number;
	return 1;
}

/* The byte that stands here, and how many characters say so; -EINVAL. */
static int
decode(const char *text, size_t size, unsigned char *ret)
{
	*ret = *text == '+' ? ' ' : (unsigned char) *text;
	if (*text != '%')
		return 1;
	char digits[3] = "";
	if (size < 3)
		return -EINVAL;
	memcpy(digits, text + 1, 2);
	return hex_decode(digits, ret, 1) == 1 ? 3 : -EINVAL;
}

int
request_query_text(const struct request *request, const char *name, char *to, size_t size)
{
	size_t left;
	const char *text = find_value(request->query, name, &left);
	size_t used = 0;

	if (!text)
		return 0;
	while (left) {
		unsigned char byte;
		int n = decode(text, left, &byte);
		if (n < 0 || byte < ' ' || byte == 0x7f || used + 1 >= size)
			return -EINVAL;
		to[used++] = (char) byte;
		text += n;
		left -= (size_t) n;
	}
	to[used] = '\0';
	return 1;
}

static bool
is_one_of(const char *name, size_t size, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(names[i]) == size && !strncmp(names[i], name, size))
			return true;
	return false;
}

bool
request_query_is_of(const struct request *request, const char *const *names, size_t count)
{
	for (const char *pair = request->query; *pair;) {
		size_t size = strcspn(pair, "&");
		if (!is_one_of(pair, strcspn(pair, "=&"), names, count))
			return false;
		pair += size + (pair[size] == '&');
	}
	return true;
}

bool
header_has_word(const char *value, const char *word)
{
	size_t word_size = strlen(word);

	while (*value) {
		value += strspn(value, ", \t");
		size_t size = strcspn(value, ", \t;");
		/* RFC 9110, section 12.4.2: a weight of zero means "not this one". */
		if (size == word_size && !strncasecmp(value, word, size))
			return strncmp(value + size, ";q=0", 4) || value[size + 4] == '.';
		value += strcspn(value, ",");
	}
	return false;
}
