#include "www/routes.h"

#include <stdlib.h>
#include <string.h>

#include "lib/model.h"
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
	{ VERB_POST, "/api/v1/doors/{id}/command", "door.command", "door", params_command, NULL,
	  200, 0 },
	{ VERB_GET, "/api/v1/readers", "snapshot", NULL, params_none, answer_readers, 200, 0 },
	{ VERB_GET, "/api/v1/readers/{id}/diagnostics", "reader.diagnostics", NULL, params_reader,
	  NULL, 200, 0 },
	{ VERB_GET, "/api/v1/readers/{id}/trace", "reader.trace", NULL, params_reader, answer_trace,
	  200, 0 },
	{ VERB_POST, "/api/v1/readers/{id}/upgrade", "reader.upgrade", NULL, params_reader, NULL,
	  200, 0 },
	{ VERB_DELETE, "/api/v1/readers/{id}/upgrade", "reader.upgrade_cancel", NULL, params_reader,
	  answer_nothing, 204, 0 },
	{ VERB_GET, "/api/v1/export/{kind}.csv", "object.list", NULL, params_export_objects,
	  answer_export_objects, 200, 0 },
	{ VERB_GET, "/api/v1/export/{kind}.jsonl", "object.list", NULL, params_export_objects,
	  answer_export_objects, 200, 0 },
	{ VERB_POST, "/api/v1/import", "import.begin", NULL, params_body, NULL, 201, 0 },
	{ VERB_PATCH, "/api/v1/import", "import.chunk", NULL, params_body, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/import", "import.status", NULL, params_job, NULL, 200, 0 },
	{ VERB_DELETE, "/api/v1/import", "import.cancel", NULL, params_job, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/import/end", "import.end", NULL, params_body, NULL, 200, 0 },
	{ VERB_POST, "/api/v1/firmware", "firmware.begin", NULL, params_body, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/firmware", "firmware.chunk", NULL, params_body, NULL, 200, 0 },
	{ VERB_DELETE, "/api/v1/firmware", "firmware.drop", NULL, params_none, answer_nothing, 204,
	  0 },
	{ VERB_GET, "/api/v1/events", "events.list", NULL, params_events, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/events/export", "events.list", NULL, params_export, answer_export, 200,
	  0 },
	{ VERB_GET, "/api/v1/alarms", "alarm.list", NULL, params_alarms, NULL, 200, 0 },
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
	{ VERB_POST, "/api/v1/log-servers/test", "syslog.test", "log_server", params_body, NULL,
	  200, 0 },
	{ VERB_POST, "/api/v1/access/explain", "access.explain", NULL, params_body, NULL, 200, 0 },
	{ VERB_GET, "/api/v1/access/presence", "presence.list", NULL, params_presence, NULL, 200,
	  0 },
	{ VERB_POST, "/api/v1/access/forget", "presence.forget", NULL, params_body, NULL, 200, 0 },
	/* Whatever the model has. */
	{ VERB_GET, "/api/v1/{kind}", "object.list", NULL, params_list, answer_objects, 200, 0 },
	{ VERB_POST, "/api/v1/{kind}", "object.create", NULL, params_create, NULL, 201,
	  ROUTE_FREE_KINDS },
	{ VERB_GET, "/api/v1/{kind}/{id}", "object.get", NULL, params_object, NULL, 200, 0 },
	{ VERB_PATCH, "/api/v1/{kind}/{id}", "object.change", NULL, params_change, NULL, 200, 0 },
	{ VERB_DELETE, "/api/v1/{kind}/{id}", "object.remove", NULL, params_remove, answer_nothing,
	  204, ROUTE_FREE_KINDS },
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

/* The plural with '-' for '_'; text goes on behind it. */
static size_t
match_kind(const char *text, const struct model_kind **ret_kind)
{
	for (size_t i = 0; i < model_count(); i++) {
		const char *plural = model_at(i)->plural;
		size_t size = strlen(plural);
		size_t same = 0;
		while (same < size && text[same] == (plural[same] == '_' ? '-' : plural[same]))
			same++;
		if (same == size && (!text[size] || strchr("/.", text[size]))) {
			*ret_kind = model_at(i);
			return size;
		}
	}
	return 0;
}

static bool
matches(const struct route *route, const char *path, struct resource *ret_resource)
{
	static const char id[] = "{id}";
	static const char kind[] = "{kind}";

	*ret_resource = (struct resource){ .kind = route->kind ? model_find(route->kind) : NULL };
	for (const char *pattern = route->path; *pattern || *path;) {
		size_t size = 1;
		if (!strncmp(pattern, id, strlen(id))) {
			size = match_number(path, &ret_resource->number);
			pattern += strlen(id);
		} else if (!strncmp(pattern, kind, strlen(kind))) {
			size = match_kind(path, &ret_resource->kind);
			pattern += strlen(kind);
		} else if (*pattern++ != *path) {
			return false;
		}
		if (size == 0)
			return false;
		path += size;
	}
	return !(route->flags & ROUTE_FREE_KINDS && ret_resource->kind->is_fixed);
}

const struct route *
route_find(enum verb verb, const char *path, struct resource *ret_resource)
{
	for (size_t i = 0; i < ARRAY_LEN(routes); i++)
		if (routes[i].verb == verb && matches(&routes[i], path, ret_resource))
			return &routes[i];
	return NULL;
}

void
route_allow(const char *path, char *to, size_t size)
{
	struct resource resource;
	size_t used = 0;

	*to = '\0';
	for (size_t i = 0; i < ARRAY_LEN(routes) && used < size; i++) {
		/* A verb that both a row of its own and one for all kinds have is named once. */
		if (!matches(&routes[i], path, &resource) ||
		    route_find(routes[i].verb, path, &resource) != &routes[i])
			continue;
		used += (size_t) snprintf(to + used, size - used, "%s%s", used ? ", " : "",
					  verb_name(routes[i].verb));
	}
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
