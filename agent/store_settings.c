#include "agent/store_settings.h"

#include <errno.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_outbox.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/settings.h"
#include "lib/util.h"
#include "lib/zone.h"

/* What may be shown of all; a new reference. Secrets are absent. */
static json_t *
visible(const json_t *all)
{
	json_t *shown = json_copy((json_t *) all);

	for (size_t i = 0; i < settings_table()->count; i++)
		if (settings_table()->fields[i].flags & FIELD_SECRET)
			(void) json_object_del(shown, settings_table()->fields[i].name);
	return shown;
}

/* Makes the settings count in this process, and shows them to the others. */
static void
apply(struct store *store)
{
	store_state_set(store->state, "settings", visible(store->settings));
	store_log_keep(store->log,
		       (uint64_t) json_integer_or(store->settings, "log.keep_events", 0),
		       (unsigned) json_integer_or(store->settings, "log.keep_days", 0));
}

json_t *
store_settings_read(sqlite3 *config)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(config, "SELECT name, value FROM settings", "");
	struct field_error error;
	json_t *settings = json_object();

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *value =
			json_loads(db_text(rows, 1), JSON_DECODE_ANY, NULL);
		const struct field *field = field_find(settings_table(), db_text(rows, 0));
		/* A setting of another version, or one that no longer suits, has its default. */
		if (field && value && field_check(field, value, &error) == 0)
			(void) json_object_set(settings, field->name, value);
		else
			(void) log_warn(0, "setting '%s' is not usable, using its default",
					db_text(rows, 0));
	}
	field_fill(settings_table(), settings);
	return settings;
}

int
store_settings_load(struct store *store)
{
	store->settings = store_settings_read(store->config);
	apply(store);
	return 0;
}

void
store_settings_get(struct store *store, struct rpc_request *request,
		   const struct caller *caller UNUSED)
{
	const char *name = json_string_or(request->params, "name", NULL);
	json_t *shown = visible(store->settings);

	if (!name) {
		rpc_reply(request, json_pack("{so}", "values", shown));
		return;
	}
	json_t *value = json_object_get(shown, name);
	if (!value)
		rpc_fail_field(request, RPC_NOT_FOUND, "name", "there is no such setting");
	else
		rpc_reply(request, json_pack("{s{sO}}", "values", name, value));
	json_decref(shown);
}

static int
check(const struct store *store, const json_t *values, const struct caller *caller, json_t *merged,
      struct field_error *error)
{
	const char *name;
	json_t *value;

	int r = field_check_object(settings_table(), values, error);
	if (r < 0)
		return r;
	json_object_foreach ((json_t *) values, name, value) {
		if (caller->role < field_find(settings_table(), name)->role) {
			error->field = name;
			(void) copy_string(error->message, sizeof(error->message),
					   "your role may not change it");
			return -EPERM;
		}
	}
	(void) json_object_update(merged, store->settings);
	(void) json_object_update(merged, (json_t *) values);
	return settings_check(merged, error);
}

/* Only the values that are set: a zone that a newer system no longer has hinders nothing else. */
static int
check_zone(const json_t *values, struct field_error *error)
{
	const char *name = json_string_or(values, "time.zone", "");
	_cleanup_(zone_freep) struct zone *zone = NULL;

	if (!*name || zone_load(name, &zone) == 0)
		return 0;
	error->field = "time.zone";
	(void) copy_string(error->message, sizeof(error->message),
			   "this machine has no time zone of this name");
	return -EINVAL;
}

static int
write_values(struct store *store, const json_t *values)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach ((json_t *) values, name, value) {
		_cleanup_(freep) char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
		if (r == 0)
			r = db_run(store->config, "INSERT OR REPLACE INTO settings VALUES (?, ?)",
				   "tt", name, text);
	}
	return r;
}

static int
audit(struct store *store, const json_t *values, const struct caller *caller)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach ((json_t *) values, name, value) {
		json_t *old = json_object_get(store->settings, name);
		if (r < 0 || json_equal(old, value))
			continue;
		bool is_secret = field_find(settings_table(), name)->flags & FIELD_SECRET;
		json_t *shown_old = is_secret ? json_string("changed") : json_incref(old);
		json_t *shown_new = is_secret ? json_string("changed") : json_incref(value);
		r = store_outbox_add(store, EV_SETTING_CHANGED, caller->actor, NULL,
				     json_pack("{ss,so,so,ss}", "setting", name, "old", shown_old,
					       "new", shown_new, "address", caller->address));
	}
	return r;
}

/* Settings that the door role reads in its access table. */
static bool
is_of_board(const json_t *values)
{
	static const char *const groups[] = { "access.", "alarm.", "cards.",	   "degraded.",
					      "fire.",	 "power.", "temperature.", "time." };
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *) values, name, value)
		for (size_t i = 0; i < ARRAY_LEN(groups); i++)
			if (!strncmp(name, groups[i], strlen(groups[i])))
				return true;
	return false;
}

static int
store_all(struct store *store, const json_t *values, const struct caller *caller)
{
	int r = store_outbox_begin(store);

	if (r < 0)
		return r;
	r = write_values(store, values);
	if (r == 0)
		r = audit(store, values, caller);
	if (r == 0 && is_of_board(values))
		r = store_compile_note(store);
	return store_outbox_end(store, r);
}

void
store_settings_set(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const json_t *values = json_object_get(request->params, "values");
	_cleanup_(json_decrefp) json_t *merged = json_object();
	struct field_error error;
	int r = check(store, values, caller, merged, &error);

	if (r == 0)
		r = check_zone(values, &error);
	if (r < 0) {
		rpc_fail_field(request, r == -EPERM ? RPC_FORBIDDEN : RPC_BAD_PARAMS, error.field,
			       "%s", error.message);
		return;
	}
	if (store_all(store, values, caller) < 0) {
		rpc_fail(request, RPC_INTERNAL, "the settings could not be stored");
		return;
	}
	json_decref(store->settings);
	store->settings = steal(&merged);
	apply(store);
	if (is_of_board(values))
		store_compile_begin(store);
	store_compile_reply(store, request, NULL);
}

void
store_schema(struct store *store UNUSED, struct rpc_request *request,
	     const struct caller *caller UNUSED)
{
	json_t *objects = json_object();

	for (size_t i = 0; i < model_count(); i++)
		(void) json_object_set_new(objects, model_at(i)->name,
					   field_schema(&model_at(i)->fields));
	rpc_reply(request, json_pack("{so,so}", "settings", field_schema(settings_table()),
				     "objects", objects));
}
