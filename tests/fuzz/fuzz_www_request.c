/* sources: www/request.c lib/util.c */
/* libs: */
/*
 * Feeds foreign bytes to the head of an HTTP request: the input's first line is the verb and the
 * target, each further one a header, as libmicrohttpd would hand them over.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "www/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
add_header(struct request *request, const char *line)
{
	const char *colon = strchr(line, ':');
	size_t name_size = colon ? (size_t) (colon - line) : strlen(line);
	const char *value = colon ? colon + 1 : "";

	request_add_header(request, line, name_size, value, strlen(value));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request *request = xcalloc(1, sizeof(*request));
	_cleanup_(freep) char *text = xcalloc(1, size + 1);
	char *line = text;

	memcpy(text, data, size);
	request->verb = (enum verb)(size ? data[0] % 6 : 0);
	for (bool is_first = true; line && *line; is_first = false) {
		char *end = strchr(line, '\n');
		if (end)
			*end = 0;
		if (is_first)
			request_set_target(request, line + 1);
		else
			add_header(request, line);
		line = end ? end + 1 : NULL;
	}
	/* Whatever was accepted stays within its bounds and has a NUL. */
	if (!request_check(request)) {
		if (request->body_size > REQUEST_BODY_MAX ||
		    strlen(request->session) > SESSION_TOKEN_MAX || request->path[0] != '/')
			abort();
		(void) request_is_cross_site(request);
		char value[32];
		static const char *const names[] = { "text", "kind" };
		if (request_query_text(request, "text", value, sizeof(value)) > 0 &&
		    value[strcspn(value, "\n\r\t\x7f")])
			abort();
		(void) request_query_is_of(request, names, ARRAY_LEN(names));
	}
	free(request);
	return 0;
}
