#include "agent/door_module.h"

#include <errno.h>
#include <string.h>

#include "agent/door.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

static struct door_module *
of(struct door_role *role, unsigned module)
{
	return &role->modules.all[module - 1];
}

void
door_module_tell(struct door_role *role, unsigned module, enum event_kind kind, json_t *data)
{
	json_t *all = data ? data : json_object();
	char source[16];

	(void) snprintf(source, sizeof(source), "module.%u", module);
	(void) json_object_update_new(all, json_pack("{si,ss}", "module", (int) module, "name",
						     of(role, module)->config.name));
	door_tell(role, kind, source, NULL, NULL, all);
}

void
door_module_push(struct door_role *role, unsigned module)
{
	json_t *state = door_module_live_state(role, module);
	char key[16];

	(void) snprintf(key, sizeof(key), "module.%u", module);
	door_rpc_push_state(role, key, state ? state : json_null());
}

/* Two conditions that a module reports of itself, and a third that is ours. */
static void
tell_conditions(struct door_role *role, const struct hw_module *now, const struct hw_module *before)
{
	const struct {
		bool is;
		bool was;
		enum event_kind raised;
		enum event_kind cleared;
	} rows[] = {
		{ !now->is_online, !before->is_online, EV_MODULE_OFFLINE, EV_MODULE_ONLINE },
		{ now->is_tampered, before->is_tampered, EV_MODULE_TAMPER,
		  EV_MODULE_TAMPER_CLEARED },
		{ now->has_power_failure, before->has_power_failure, EV_MODULE_POWER,
		  EV_MODULE_POWER_CLEARED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].is != rows[i].was)
			door_module_tell(role, now->module,
					 rows[i].is ? rows[i].raised : rows[i].cleared,
					 json_pack("{sI}", "serial", (json_int_t) now->serial));
}

static void
tell_points(struct door_role *role, const struct hw_module *now, const struct hw_module *before)
{
	uint32_t changed = now->outputs ^ before->outputs;

	for (unsigned i = 0; i < now->input_count; i++)
		if (now->inputs[i] != before->inputs[i] && now->inputs[i] != HW_MODULE_UNKNOWN)
			door_module_tell(role, now->module, EV_MODULE_INPUT,
					 json_pack("{si,ss}", "input", (int) i + 1, "state",
						   hw_module_input_name(now->inputs[i])));
	for (unsigned i = 0; i < now->output_count; i++)
		if (changed >> i & 1)
			door_module_tell(role, now->module, EV_MODULE_OUTPUT,
					 json_pack("{si,ss}", "output", (int) i + 1, "state",
						   now->outputs >> i & 1 ? "active" : "inactive"));
}

/* A module that is about to get a key, and one whose key is on its way, are not refused yet. */
static void
tell_security(struct door_role *role, struct door_module *module, const struct hw_module *now)
{
	bool is_refused =
		now->security == HW_SECURITY_KEY_MISMATCH && now->cause && !now->wants_key;

	if (now->security == HW_SECURITY_SECURE) {
		if (!module->is_told_secure)
			door_module_tell(role, now->module, EV_MODULE_SECURED,
					 json_pack("{sI}", "serial", (json_int_t) now->serial));
		module->is_told_secure = true;
		module->cause_told = NULL;
	} else if (is_refused && module->cause_told != now->cause) {
		door_module_tell(role, now->module, EV_MODULE_KEY_MISMATCH,
				 json_pack("{ss,ss}", "cause", now->cause, "why",
					   hw_reader_cause_text(now->cause)));
		module->cause_told = now->cause;
		module->is_told_secure = false;
	}
}

static void
tell_device(struct door_role *role, const struct hw_module *now, const struct hw_module *before)
{
	if (now->security == HW_SECURITY_SECURE && before->serial && now->serial != before->serial)
		door_module_tell(role, now->module, EV_MODULE_REPLACED,
				 json_pack("{sI}", "serial", (json_int_t) now->serial));
	if (now->security == HW_SECURITY_INSTALLING && before->security != HW_SECURITY_INSTALLING)
		door_module_tell(
			role, now->module, EV_MODULE_INSTALL,
			json_pack("{ss}", "state", "a new device is about to get its key"));
	else if (before->security == HW_SECURITY_INSTALLING &&
		 now->security != HW_SECURITY_INSTALLING)
		door_module_tell(
			role, now->module, EV_MODULE_INSTALL,
			json_pack("{ss}", "state",
				  now->security == HW_SECURITY_SECURE ? "done" : "given up"));
}

static void
keep_alarms(struct door_role *role, const struct hw_module *now)
{
	struct door_module_key *kept = &role->modules.keys[now->module - 1];

	if (kept->is_tampered == now->is_tampered &&
	    kept->has_power_failure == now->has_power_failure)
		return;
	kept->is_tampered = now->is_tampered;
	kept->has_power_failure = now->has_power_failure;
	door_module_keep(role);
}

void
door_module_on_change(const struct hw_module *now, void *context)
{
	struct door_role *role = context;
	struct door_module *module = of(role, now->module);
	struct hw_module before = module->told;

	module->told = *now;
	/* Who it is counts once it has proved it. */
	if (now->security != HW_SECURITY_SECURE)
		module->told.serial = before.serial;
	module->changed_us = clock_wall_us();
	if (now->wants_key)
		door_module_want_key(role, now);
	tell_device(role, now, &before);
	tell_security(role, module, now);
	/* Who is not on line says nothing of itself. */
	if (!now->is_online) {
		module->told.is_tampered = before.is_tampered;
		module->told.has_power_failure = before.has_power_failure;
	}
	tell_conditions(role, &module->told, &before);
	keep_alarms(role, &module->told);
	if (now->is_online)
		tell_points(role, now, &before);
	door_module_push(role, now->module);
}

static const char *
trouble_text(const char *what)
{
	static const struct {
		const char *what;
		const char *text;
	} texts[] = {
		{ "default_key", "a device answers with the published key of new devices" },
		{ "downgrade", "somebody denies that the module is able to encrypt" },
		{ "mac_error", "a message was forged or damaged" },
		{ "plain_data", "data that were not encrypted were dropped" },
		{ "interference", "sessions are being broken from outside" },
		{ "foreign_talker", "a reply came that nobody had asked for" },
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		if (!strcmp(texts[i].what, what))
			return texts[i].text;
	return hw_reader_cause_text(what);
}

void
door_module_on_trouble(unsigned module, const char *what, void *context)
{
	door_module_tell(context, module, EV_MODULE_TROUBLE,
			 json_pack("{ss,ss}", "cause", what, "why", trouble_text(what)));
}

static json_t *
points_state(const struct hw_module *module, bool is_inputs)
{
	unsigned count = is_inputs ? module->input_count : module->output_count;
	json_t *list = json_array();

	for (unsigned i = 0; i < count; i++)
		(void) json_array_append_new(
			list, is_inputs ? json_string(hw_module_input_name(module->inputs[i]))
					: json_boolean(module->outputs >> i & 1));
	return list;
}

json_t *
door_module_live_state(const struct door_role *role, unsigned number)
{
	const struct door_module *module = &role->modules.all[number - 1];
	struct hw_module now = { .security = HW_SECURITY_NONE };
	char cuid[2 * READER_CUID_BYTES + 1] = "";

	if (!module->config.bus)
		return NULL;
	(void) hw_module(role->hw, number, &now);
	const char *cause = module->nowhere ? module->nowhere : now.cause;
	if (now.has_device)
		hex_encode(now.cuid, sizeof(now.cuid), cuid);
	json_t *state =
		json_pack("{ss,si,si,sb,sb,ss,ss*,sb,sb}", "name", module->config.name, "bus",
			  (int) module->config.bus, "address", (int) module->config.address,
			  "enabled", module->config.is_enabled, "online", now.is_online, "security",
			  hw_security_name(now.security), "cause", cause, "tamper", now.is_tampered,
			  "power_failure", now.has_power_failure);
	if (module->nowhere || now.cause)
		(void) json_object_set_new(state, "why",
					   json_string(module->nowhere
							       ? module->nowhere
							       : hw_reader_cause_text(now.cause)));
	(void) json_object_update_new(
		state,
		json_pack("{ss,si,sI,ss,ss,so,so,sI,sI,sI,sI}", "vendor", now.vendor, "model",
			  (int) now.model, "serial", (json_int_t) now.serial, "firmware",
			  now.firmware, "cuid", cuid, "inputs", points_state(&now, true), "outputs",
			  points_state(&now, false), "polls", (json_int_t) now.polls, "timeouts",
			  (json_int_t) now.timeouts, "errors", (json_int_t) now.errors,
			  "changed_us", (json_int_t) module->changed_us));
	json_t *upgrade = door_upgrade_live_state(role, READERS + number);
	if (upgrade)
		(void) json_object_set_new(state, "upgrade", upgrade);
	return state;
}

void
door_module_refresh(struct door_role *role)
{
	for (unsigned i = 1; i <= MODULES; i++)
		if (of(role, i)->config.bus)
			door_module_push(role, i);
}

/* The name does not matter for where it is. */
static bool
is_elsewhere(const struct access_module *a, const struct access_module *b)
{
	return a->bus != b->bus || a->address != b->address || a->is_enabled != b->is_enabled;
}

static struct access_module
wanted(const struct door_role *role, unsigned module)
{
	return role->table ? *access_module(role->table, module) : (struct access_module){ 0 };
}

/* Its alarms have ended with it: what is so when it is switched on is raised anew. Its key is worth
 * nothing to another device. */
static void
forget(struct door_role *role, unsigned module, bool is_removed)
{
	struct door_module_key *kept = &role->modules.keys[module - 1];

	kept->is_tampered = kept->has_power_failure = false;
	if (is_removed) {
		explicit_bzero(kept, sizeof(*kept));
		role->upgrade.takers[READERS + module - 1] = (struct door_upgrade_taker){ 0 };
	}
	door_module_keep(role);
}

static void
take_away(struct door_role *role, unsigned number)
{
	struct door_module *module = of(role, number);
	struct access_module config = wanted(role, number);

	if (!is_elsewhere(&config, &module->config))
		return;
	(void) hw_set_module(role->hw, number, NULL);
	if (module->config.bus && (!config.bus || !config.is_enabled))
		forget(role, number, !config.bus);
	*module = (struct door_module){ .config = module->config };
}

static void
put(struct door_role *role, unsigned number)
{
	struct door_module *module = of(role, number);
	struct access_module config = wanted(role, number);
	struct hw_module_place place = { config.bus, config.address };
	bool was_there = module->config.bus;
	bool is_new = is_elsewhere(&config, &module->config);
	bool is_renamed = strcmp(config.name, module->config.name) != 0;

	module->config = config;
	if (is_new && config.bus && config.is_enabled) {
		int r = hw_set_module(role->hw, number, &place);
		module->nowhere = r == 0	     ? NULL
				  : r == -ENOENT     ? "there is no such port"
				  : r == -EADDRINUSE ? "a reader has this address on this port"
						     : "no more devices fit on this port";
		if (r < 0)
			(void) log_warn(0, "module %u '%s' cannot be used: %s", number, config.name,
					module->nowhere);
		door_module_use_key(role, number);
		module->told.is_tampered = role->modules.keys[number - 1].is_tampered;
		module->told.has_power_failure = role->modules.keys[number - 1].has_power_failure;
	}
	if ((is_new || is_renamed) && (was_there || config.bus))
		door_module_push(role, number);
}

void
door_module_configure(struct door_role *role)
{
	/* Two that change places are in nobody's way. */
	for (unsigned i = 1; i <= MODULES; i++)
		take_away(role, i);
	for (unsigned i = 1; i <= MODULES; i++)
		put(role, i);
}
