#include "agent/store_settings.h"

#include <errno.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_outbox.h"
#include "agent/store_secret.h"
#include "agent/store_snmp.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/model.h"
#include "lib/settings.h"
#include "lib/settings_snmp.h"
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
	store_snmp_changed(store);
	store_log_keep(store->log,
		       (uint64_t) json_integer_or(store->settings, "log.keep_events", 0),
		       (unsigned) json_integer_or(store->settings, "log.keep_days", 0));
}

/* NULL when it cannot be used. */
static json_t *
read_value(const struct field *field, const char *text, const struct store_seal *seal)
{
	struct field_error error;
	json_t *value = NULL;

	if (field->flags & FIELD_SECRET)
		return store_secret_break(seal, field->name, text, &value) < 0 ? NULL : value;
	value = json_loads(text, JSON_DECODE_ANY, NULL);
	if (value && field_check(field, value, &error) == 0)
		return value;
	json_decref(value);
	return NULL;
}

static void
read_one(json_t *settings, const char *name, const char *text, const struct store_seal *seal)
{
	const struct field *field = field_find(settings_table(), name);
	_cleanup_(json_decrefp) json_t *value = field ? read_value(field, text, seal) : NULL;

	if (value) {
		(void) json_object_set(settings, name, value);
	} else if (field && field->flags & FIELD_SECRET) {
		/* Never the default, which everybody knows. */
		(void) json_object_set_new(settings, name, json_string(""));
		if (seal)
			(void) log_err(0,
				       "setting '%s' does not open with this device's key: put the "
				       "right device.key back, or set it again",
				       name);
	} else {
		/* A setting of another version, or one that no longer suits. */
		(void) log_warn(0, "setting '%s' is not usable, using its default", name);
	}
}

json_t *
store_settings_read(sqlite3 *config, const struct store_seal *seal)
{
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(config, "SELECT name, value FROM settings", "");
	json_t *settings = json_object();

	while (db_next(&rows))
		read_one(settings, db_text(rows, 0), db_text(rows, 1), seal);
	field_fill(settings_table(), settings);
	return settings;
}

int
store_settings_load(struct store *store)
{
	store->settings = store_settings_read(store->config, store->seal);
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
refuse(struct field_error *error, int r, const char *name, const char *message)
{
	error->field = name;
	(void) copy_string(error->message, sizeof(error->message), message);
	return r;
}

static bool
is_set_already(const struct store *store, const struct field *field)
{
	const json_t *value = json_object_get(store->settings, field->name);

	return field->flags & FIELD_ONCE && (json_is_object(value) || json_string_length(value));
}

/* Adds to values what follows of them. */
static int
check(const struct store *store, json_t *values, const struct caller *caller, json_t *merged,
      struct field_error *error)
{
	const char *name;
	json_t *value;

	int r = field_check_object(settings_table(), values, error);
	if (r < 0)
		return r;
	json_object_foreach (values, name, value) {
		const struct field *field = field_find(settings_table(), name);
		if (caller->role < field->role)
			return refuse(error, -EPERM, name, "your role may not change it");
		if (is_set_already(store, field))
			return refuse(error, -EPERM, name,
				      "is set; only the factory default takes it back");
	}
	settings_snmp_follow(store->settings, values);
	(void) json_object_update(merged, store->settings);
	(void) json_object_update(merged, values);
	return settings_check(merged, error);
}

/* A password is not stored: the keys that are made of it are. */
static int
keep_keys_of(const char *name, const char *engine_id, json_t *values, json_t *merged)
{
	const char *password = json_string_or(values, name, "");
	json_t *keys;

	if (!*password)
		return 0;
	int r = store_snmp_keys(password, engine_id, &keys);
	if (r < 0)
		return r;
	(void) json_object_set(merged, name, keys);
	return json_object_set_new(values, name, keys) < 0 ? -ENOMEM : 0;
}

static int
keep_keys(json_t *values, json_t *merged)
{
	int r = keep_keys_of("snmp.v3.password", NULL, values, merged);

	if (r < 0)
		return r;
	return keep_keys_of("snmp.traps.password",
			    json_string_or(merged, "snmp.traps.engine_id", ""), values, merged);
}

/* Only the values that are set: a zone that a newer system no longer has hinders nothing else. */
static int
check_zone(const json_t *values, struct field_error *error)
{
	const char *name = json_string_or(values, "time.zone", "");
	_cleanup_(zone_freep) struct zone *zone = NULL;

	if (!*name || zone_load(name, &zone) == 0)
		return 0;
	return refuse(error, -EINVAL, "time.zone", "this machine has no time zone of this name");
}

static int
write_value(struct store *store, const char *name, const json_t *value)
{
	bool is_secret = field_find(settings_table(), name)->flags & FIELD_SECRET;
	_cleanup_(freep) char *text = NULL;
	int r = 0;

	if (is_secret)
		r = store_secret_seal(store->seal, name, value, &text);
	else
		text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	if (r < 0)
		return r;
	return db_run(store->config, "INSERT OR REPLACE INTO settings VALUES (?, ?)", "tt", name,
		      text);
}

static int
write_values(struct store *store, const json_t *values)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach ((json_t *) values, name, value)
		if (r == 0)
			r = write_value(store, name, value);
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
		json_t *data = json_pack("{ss,so,so,ss}", "setting", name, "old", shown_old, "new",
					 shown_new, "address", caller->address);
		store_auth_add_requester(caller, data);
		r = store_outbox_add(store, EV_SETTING_CHANGED, caller->actor, NULL, data);
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
	_cleanup_(json_decrefp) json_t *values =
		json_copy(json_object_get(request->params, "values"));
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
	r = keep_keys(values, merged);
	if (r == 0)
		r = store_all(store, values, caller);
	if (r < 0) {
		rpc_fail(request, r == -ENOKEY ? RPC_UNAVAILABLE : RPC_INTERNAL, "%s",
			 r == -ENOKEY ? "secrets cannot be stored: the device's key cannot be used"
				      : "the settings could not be stored");
		return;
	}
	json_decref(store->settings);
	store->settings = steal(&merged);
	apply(store);
	if (is_of_board(values))
		store_compile_begin(store);
	store_compile_reply(store, request, NULL);
}

/* Who may call the method may change this setting, and no other by it. */
void
store_settings_set_threat(struct store *store, struct rpc_request *request,
			  const struct caller *caller)
{
	struct caller setter = *caller;
	json_t *params = json_pack("{s{sI}}", "values", "access.threat_level",
				   (json_int_t) json_integer_or(request->params, "level", 0));

	(void) json_object_set_new(request->message, "params", params);
	request->params = params;
	setter.role = MAX_OF(setter.role, ROLE_OPERATOR);
	store_settings_set(store, request, &setter);
}

/* What can no longer be set is not offered either. */
static json_t *
settings_schema(const struct store *store)
{
	json_t *schema = field_schema(settings_table());

	for (size_t i = 0; i < settings_table()->count; i++)
		if (is_set_already(store, &settings_table()->fields[i]))
			(void) json_object_del(json_object_get(schema, "properties"),
					       settings_table()->fields[i].name);
	return schema;
}

void
store_schema(struct store *store, struct rpc_request *request, const struct caller *caller UNUSED)
{
	json_t *objects = json_object();

	for (size_t i = 0; i < model_count(); i++)
		(void) json_object_set_new(objects, model_at(i)->name,
					   field_schema(&model_at(i)->fields));
	rpc_reply(request,
		  json_pack("{so,so}", "settings", settings_schema(store), "objects", objects));
}
