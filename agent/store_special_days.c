#include "agent/store_special_days.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_calendar.h"
#include "agent/store_objects.h"
#include "lib/calendar.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

void
store_upload_drop(struct store_upload *upload)
{
	free(steal(&upload->text));
	upload->size = 0;
}

/* Adds a piece of the text; false after having answered. */
static bool
add_piece(struct store_upload *upload, struct rpc_request *request, const struct caller *caller)
{
	const char *text = json_string_or(request->params, "text", "");
	int64_t offset = json_integer_or(request->params, "offset", 0);
	size_t length = strlen(text);

	if (!offset)
		store_upload_drop(upload);
	if (offset && (!upload->text || strcmp(upload->actor, caller->actor) != 0 ||
		       (size_t) offset != upload->size)) {
		rpc_fail_field(request, RPC_CONFLICT, "offset", "the text has to begin anew");
		return false;
	}
	if (upload->size + length > CALENDAR_TEXT_MAX) {
		store_upload_drop(upload);
		rpc_fail_field(request, RPC_BAD_PARAMS, "text", "at most %d bytes",
			       CALENDAR_TEXT_MAX);
		return false;
	}
	upload->text = xrealloc(upload->text, upload->size + length + 1);
	memcpy(upload->text + upload->size, text, length + 1);
	upload->size += length;
	(void) copy_string(upload->actor, sizeof(upload->actor), caller->actor);
	return true;
}

/* In which group they go, and with what beside; false after having answered. */
static bool
write_days(struct store *store, json_t *days, struct rpc_request *request,
	   const struct caller *caller, int64_t *ret_id)
{
	const struct model_kind *kind = model_find("special_days");
	const char *name = json_string_or(request->params, "name", NULL);
	int64_t group = json_integer_or(request->params, "group", 0);
	_cleanup_(json_decrefp) json_t *patch = json_pack("{sO,ss*}", "days", days, "name", name);
	struct field_error error;

	if (model_check(kind, patch, &error) < 0) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "text", "%s: %s", error.field,
			       error.message);
		return false;
	}
	int r = group ? store_objects_patch(store, kind->name, group, patch, caller)
		      : store_objects_add(store, kind->name, patch, caller, &group);
	if (r == -ENOENT)
		rpc_fail_field(request, RPC_NOT_FOUND, "group", "there is no such group");
	else if (r == -EINVAL && !json_integer_or(request->params, "group", 0))
		rpc_fail_field(request, RPC_CONFLICT, "name", "there are %u %s, no more fit",
			       kind->max, kind->plural);
	else if (r < 0)
		rpc_fail(request, RPC_INTERNAL, "the group could not be stored");
	*ret_id = group;
	return r == 0;
}

static void
import_text(struct store *store, const char *text, struct rpc_request *request,
	    const struct caller *caller)
{
	int32_t today = (int32_t) (clock_wall_us() / US_PER_S / CALENDAR_DAY_S);
	struct store_calendar calendar;
	struct store_calendar_error error;
	int64_t group;

	/* The day before is not over everywhere. */
	if (store_calendar_read(text, today - 1, &calendar, &error) < 0) {
		if (error.line)
			rpc_fail_field(request, RPC_BAD_PARAMS, "text", "line %u: %s", error.line,
				       error.message);
		else
			rpc_fail_field(request, RPC_BAD_PARAMS, "text", "%s", error.message);
		return;
	}
	if (!json_array_size(calendar.days))
		rpc_fail_field(request, RPC_BAD_PARAMS, "text",
			       "no event of it is a day to come; %zu were passed over, such as: %s",
			       calendar.passed_over,
			       json_string_or(json_array_get(calendar.reasons, 0), "reason",
					      "there are none"));
	else if (write_days(store, calendar.days, request, caller, &group))
		rpc_reply(request, json_pack("{sI,sI,sI,sI,sO}", "group", (json_int_t) group,
					     "days", (json_int_t) json_array_size(calendar.days),
					     "taken", (json_int_t) calendar.taken, "passed_over",
					     (json_int_t) calendar.passed_over, "reasons",
					     calendar.reasons));
	store_calendar_done(&calendar);
}

void
store_special_days_import(struct store *store, struct rpc_request *request,
			  const struct caller *caller)
{
	bool has_group = json_integer_or(request->params, "group", 0);
	bool has_name = json_string_or(request->params, "name", NULL);

	if (!has_group && !has_name) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "group",
			       "the number of a group, or the name of a new one");
		return;
	}
	if (!add_piece(&store->upload, request, caller))
		return;
	if (json_bool_or(request->params, "more", false)) {
		rpc_reply(request, json_pack("{sI}", "size", (json_int_t) store->upload.size));
		return;
	}
	import_text(store, store->upload.text, request, caller);
	store_upload_drop(&store->upload);
}
