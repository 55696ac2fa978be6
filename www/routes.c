#include "www/routes.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "www/answers.h"
#include "www/export.h"
#include "www/params.h"

static const struct route routes[] = {
	{ VERB_GET, "/api/v1/setup", "setup.status", NULL, params_none, NULL, 200, ROUTE_PUBLIC },
	{ VERB_POST, "/api/v1/setup", "setup.create", NULL, params_body, answer_session, 201,
	  ROUTE_PUBLIC | ROUTE_NEW_LOGIN },
	{ VERB_GET, "/api/v1/session", "session.check", NULL, params_none, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/session", "session.login", NULL, params_body, answer_session, 201,
	  ROUTE_PUBLIC | ROUTE_NEW_LOGIN },
	{ VERB_DELETE, "/api/v1/session", "session.logout", NULL, params_none, answer_logout, 204,
	  ROUTE_LOGOUT },
	{ VERB_GET, "/api/v1/status", "status", NULL, params_none, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/doors", "object.list", "door", params_list, answer_doors, 200, 0 },
	{ VERB_GET, "/api/v1/doors/{id}", "object.get", "door", params_object, answer_door, 200,
	  0 },
	{ VERB_PATCH, "/api/v1/doors/{id}", "object.change", "door", params_change, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/doors/{id}/command", "door.command", "door", params_command, NULL,
	  200, 0 },
	{ VERB_GET, "/api/v1/readers", "snapshot", NULL, params_none, answer_readers, 200, 0 },
	{ VERB_GET, "/api/v1/readers/{id}", "object.get", "reader", params_object, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/readers/{id}", "object.change", "reader", params_change, NULL, 200,
	  0 },
	{ VERB_GET, "/api/v1/readers/{id}/diagnostics", "reader.diagnostics", NULL, params_reader,
	  NULL, 200, 0 },
	{ VERB_GET, "/api/v1/readers/{id}/trace", "reader.trace", NULL, params_reader, answer_trace,
	  200, 0 },
	{ VERB_POST, "/api/v1/readers/{id}/upgrade", "reader.upgrade", NULL, params_reader, NULL,
	  200, 0 },
	{ VERB_DELETE, "/api/v1/readers/{id}/upgrade", "reader.upgrade_cancel", NULL, params_reader,
	  answer_nothing, 204, 0 },
	{ VERB_POST, "/api/v1/firmware", "firmware.begin", NULL, params_body, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/firmware", "firmware.chunk", NULL, params_body, NULL, 200, 0 },
	{ VERB_DELETE, "/api/v1/firmware", "firmware.drop", NULL, params_none, answer_nothing, 204,
	  0 },
	{ VERB_GET, "/api/v1/feedback", "object.list", "feedback", params_list, answer_objects, 200,
	  0 },
	{ VERB_GET, "/api/v1/feedback/{id}", "object.get", "feedback", params_object, NULL, 200,
	  0 },
	{ VERB_PATCH, "/api/v1/feedback/{id}", "object.change", "feedback", params_change, NULL,
	  200, 0 },
	{ VERB_GET, "/api/v1/events", "events.list", NULL, params_events, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/events/export", "events.list", NULL, params_export, answer_export, 200,
	  0 },
	{ VERB_GET, "/api/v1/credentials", "object.list", "credential", params_list, answer_objects,
	  200, 0 },
	{ VERB_POST, "/api/v1/credentials", "object.create", "credential", params_create, NULL, 201,
	  0 },
	{ VERB_GET, "/api/v1/credentials/{id}", "object.get", "credential", params_object, NULL,
	  200, 0 },
	{ VERB_PATCH, "/api/v1/credentials/{id}", "object.change", "credential", params_change,
	  NULL, 200, 0 },
	{ VERB_DELETE, "/api/v1/credentials/{id}", "object.remove", "credential", params_object,
	  answer_nothing, 204, 0 },
	{ VERB_GET, "/api/v1/inputs", "object.list", "input", params_list, answer_objects, 200, 0 },
	{ VERB_GET, "/api/v1/inputs/{id}", "object.get", "input", params_object, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/inputs/{id}", "object.change", "input", params_change, NULL, 200,
	  0 },
	{ VERB_GET, "/api/v1/outputs", "object.list", "output", params_list, answer_objects, 200,
	  0 },
	{ VERB_GET, "/api/v1/outputs/{id}", "object.get", "output", params_object, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/outputs/{id}", "object.change", "output", params_change, NULL, 200,
	  0 },
	{ VERB_POST, "/api/v1/outputs/{id}/command", "output.command", "output", params_command,
	  NULL, 200, 0 },
	{ VERB_GET, "/api/v1/settings", "settings.get", NULL, params_none, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/settings", "settings.set", NULL, params_settings, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/schema", "schema", NULL, params_none, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/stream", "session.check", NULL, params_none, answer_stream, 200, 0 },
	{ VERB_GET, "/api/v1/state", "snapshot", NULL, params_none, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/inventory", "inventory", NULL, params_none, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/methods", "methods", NULL, params_none, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/call", NULL, NULL, params_call, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/board", "board.console", NULL, params_board, NULL, 200, 0 },
};

/* Numbers have one spelling: no sign, no leading zero, at most nine digits. */
static size_t
match_number(const char *text, unsigned *ret_number)
{
	size_t size = strspn(text, "0123456789");

	if (size == 0 || size > 9 || text[0] == '0')
		return 0;
	*ret_number = (unsigned) strtoul(text, NULL, 10);
	return size;
}

static bool
matches(const char *pattern, const char *path, unsigned *ret_number)
{
	static const char id[] = "{id}";

	*ret_number = 0;
	while (*pattern) {
		if (!strncmp(pattern, id, strlen(id))) {
			size_t size = match_number(path, ret_number);
			if (size == 0)
				return false;
			pattern += strlen(id);
			path += size;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*path;
}

const struct route *
route_find(enum verb verb, const char *path, unsigned *ret_number)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++)
		if (routes[i].verb == verb && matches(routes[i].path, path, ret_number))
			return &routes[i];
	return NULL;
}

void
route_allow(const char *path, char *to, size_t size)
{
	unsigned number;
	size_t used = 0;

	*to = '\0';
	for (size_t i = 0; i < ARRAY_LEN(routes) && used < size; i++)
		if (matches(routes[i].path, path, &number))
			used += (size_t) snprintf(to + used, size - used, "%s%s", used ? ", " : "",
						  verb_name(routes[i].verb));
}

size_t
route_count(void)
{
	return ARRAY_LEN(routes);
}

const struct route *
route_at(size_t index)
{
	return index < ARRAY_LEN(routes) ? &routes[index] : NULL;
}
