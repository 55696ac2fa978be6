/* What the store and operators have to say of expansion modules: keys, pairing, outputs. */
#include <errno.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_module.h"
#include "lib/json.h"
#include "lib/keep.h"
#include "lib/log.h"
#include "lib/util.h"

#define LAYOUT		2
#define WINDOW_MS	300000
#define PULSE_DEFAULT_S 5
#define PULSE_S_MAX	3600

struct record {
	char fingerprint[DOOR_FINGERPRINT_SIZE];
	struct door_module_key keys[MODULES];
};

void
door_module_keep(struct door_role *role)
{
	struct door_modules *modules = &role->modules;
	struct record record;

	if (!modules->keep)
		return;
	memcpy(record.fingerprint, modules->fingerprint, sizeof(record.fingerprint));
	memcpy(record.keys, modules->keys, sizeof(record.keys));
	keep_write(modules->keep, &record);
	explicit_bzero(&record, sizeof(record));
}

void
door_module_open(struct door_role *role)
{
	struct door_modules *modules = &role->modules;
	struct record record;
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, "module.keys");

	if (r == 0)
		r = keep_open(path, LAYOUT, sizeof(record), &modules->keep);
	if (r < 0) {
		(void) log_warn(r, "cannot use '%s', modules need the store at a restart", path);
		return;
	}
	if (keep_read(modules->keep, &record)) {
		memcpy(modules->fingerprint, record.fingerprint, sizeof(modules->fingerprint));
		memcpy(modules->keys, record.keys, sizeof(modules->keys));
	}
	explicit_bzero(&record, sizeof(record));
}

void
door_module_close(struct door_role *role)
{
	keep_close(role->modules.keep);
	explicit_bzero(role->modules.keys, sizeof(role->modules.keys));
}

void
door_module_want_key(struct door_role *role, const struct hw_module *module)
{
	char cuid[2 * READER_CUID_BYTES + 1];

	if (!role->store || !module->has_device)
		return;
	hex_encode(module->cuid, sizeof(module->cuid), cuid);
	_cleanup_(json_decrefp) json_t *message = json_pack("{s{si,ss}}", "module_device", "module",
							    (int) module->module, "cuid", cuid);
	(void) rpc_push(role->store, message);
}

void
door_module_use_key(struct door_role *role, unsigned module)
{
	const struct door_module_key *key = &role->modules.keys[module - 1];

	(void) hw_module_set_key(role->hw, module, key->cuid, key->has_key ? key->key : NULL);
}

/* Keys that were made of another host key are no longer used. */
void
door_module_host_key(struct door_role *role, struct rpc_request *request)
{
	const char *fingerprint = json_string_or(request->params, "fingerprint", "");
	struct door_modules *modules = &role->modules;
	struct hw_module module;

	if (strcmp(fingerprint, modules->fingerprint)) {
		(void) copy_string(modules->fingerprint, sizeof(modules->fingerprint), fingerprint);
		for (unsigned i = 0; i < MODULES; i++) {
			modules->keys[i].has_key = false;
			explicit_bzero(modules->keys[i].key, sizeof(modules->keys[i].key));
		}
		door_module_keep(role);
		for (unsigned i = 1; i <= MODULES; i++)
			door_module_use_key(role, i);
	}
	rpc_reply(request, NULL);
	/* What could not be asked while the store was away. */
	for (unsigned i = 1; i <= MODULES; i++)
		if (hw_module(role->hw, i, &module) == 0 && module.has_device &&
		    !modules->keys[i - 1].has_key)
			door_module_want_key(role, &module);
}

/* 0 after having answered. */
static unsigned
module_of(struct door_role *role, struct rpc_request *request)
{
	json_int_t number = json_integer_or(request->params, "module", 0);

	if (number < 1 || number > MODULES || !role->modules.all[number - 1].config.bus) {
		rpc_fail_field(request, RPC_NOT_FOUND, "module", "there is no such module");
		return 0;
	}
	return (unsigned) number;
}

void
door_module_key(struct door_role *role, struct rpc_request *request)
{
	struct door_modules *modules = &role->modules;
	struct door_module_key key = { .has_key = true };
	unsigned module = module_of(role, request);

	if (!module)
		return;
	if (hex_decode(json_string_or(request->params, "cuid", ""), key.cuid, sizeof(key.cuid)) !=
		    sizeof(key.cuid) ||
	    hex_decode(json_string_or(request->params, "key", ""), key.key, sizeof(key.key)) !=
		    sizeof(key.key)) {
		rpc_fail(request, RPC_BAD_PARAMS, "no key of a device");
	} else if (strcmp(json_string_or(request->params, "fingerprint", ""),
			  modules->fingerprint)) {
		rpc_fail(request, RPC_CONFLICT, "it is made of another host key");
	} else {
		key.is_tampered = modules->keys[module - 1].is_tampered;
		key.has_power_failure = modules->keys[module - 1].has_power_failure;
		modules->keys[module - 1] = key;
		door_module_keep(role);
		door_module_use_key(role, module);
		rpc_reply(request, NULL);
	}
	explicit_bzero(&key, sizeof(key));
}

void
door_module_install(struct door_role *role, struct rpc_request *request)
{
	unsigned module = module_of(role, request);
	bool is_cancel = json_bool_or(request->params, "cancel", false);

	if (!module)
		return;
	if (hw_module_install(role->hw, module, is_cancel ? 0 : WINDOW_MS) < 0)
		rpc_fail_field(request, RPC_UNAVAILABLE, "module", "module %u is on no line",
			       module);
	else
		rpc_reply(request, NULL);
}

static void
answer_output(struct rpc_request *request, unsigned module, int r)
{
	if (r == -EINVAL)
		rpc_fail_field(request, RPC_BAD_PARAMS, "output", "module %u has no such output",
			       module);
	else if (r == -ENOTSUP)
		rpc_fail(request, RPC_UNAVAILABLE, "module %u refuses to switch outputs", module);
	else if (r == -ENOSPC)
		rpc_fail(request, RPC_TOO_MANY, "module %u has not done what it was told before",
			 module);
	else if (r < 0)
		rpc_fail(request, RPC_UNAVAILABLE, "module %u is not on line", module);
	else
		rpc_reply(request, NULL);
}

void
door_module_output(struct door_role *role, struct rpc_request *request)
{
	unsigned number = module_of(role, request);
	json_int_t output = json_integer_or(request->params, "output", 0);
	json_int_t seconds = json_integer_or(request->params, "seconds", 0);
	const char *command = json_string_or(request->params, "command", "");
	struct hw_module module;

	if (!number || door_rpc_is_late(role, request))
		return;
	if (output < 1 || output > MODULE_POINTS || seconds < 0 || seconds > PULSE_S_MAX) {
		rpc_fail_field(request, RPC_BAD_PARAMS, seconds ? "seconds" : "output",
			       "out of range");
		return;
	}
	uint32_t mask = UINT32_C(1) << (output - 1);
	uint32_t ms = 0;
	if (hw_module(role->hw, number, &module) < 0 || !module.is_online) {
		answer_output(request, number, -ENOTCONN);
		return;
	}
	bool is_on = strcmp(command, "deactivate") != 0;
	if (!strcmp(command, "toggle"))
		is_on = !(module.outputs & mask);
	else if (!strcmp(command, "pulse"))
		ms = (uint32_t) (seconds ? seconds : PULSE_DEFAULT_S) * 1000;
	answer_output(request, number, hw_module_set_outputs(role->hw, number, mask, is_on, ms));
}
