#include "agent/store_door.h"

#include <stdlib.h>
#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_compile.h"
#include "agent/store_factory.h"
#include "agent/store_gate.h"
#include "agent/store_keys.h"
#include "agent/store_methods.h"
#include "agent/store_module.h"
#include "agent/store_presence.h"
#include "agent/store_readers.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define COMMAND_MS     2000
#define START_GRACE_MS 3000

struct store_door {
	struct store *store;
	struct rpc_client *client;
	struct event *grace;
	bool is_down; /* said so in the log */
	json_t *late; /* pushes that were to be written while nothing could be */
};

/* A command on its way to the door role and back. */
struct errand {
	struct store *store;
	struct rpc_request *request;
	struct caller caller;
	enum event_kind kind; /* of the audit event */
	json_t *data;	      /* of it, or an array of it, an event each; NULL for none */
};

static void
say_down(struct store_door *door)
{
	store_state_set(door->store->state, "control", json_pack("{sb}", "online", 0));
	if (door->is_down)
		return;
	door->is_down = true;
	store_log_add(door->store->log, EV_CONTROL_DOWN, "system", NULL, NULL, NULL);
}

static void
on_grace_over(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store_door *door = context;

	if (!rpc_is_up(door->client))
		say_down(door);
}

static void
on_followed(json_t *result, const struct rpc_error *error, void *context)
{
	struct store_door *door = context;
	const char *key;
	json_t *value;

	if (!result) {
		(void) log_warn(0, "door control refuses to be followed (%s), trying again",
				error->message);
		rpc_reconnect(door->client);
		return;
	}
	json_object_foreach (json_object_get(result, "objects"), key, value) {
		store_state_set(door->store->state, key, json_incref(value));
		store_reader_on_state(door->store, key, value);
	}
	/* Another process may have come with another board. */
	store_alarms_sweep(door->store);
	store_state_set(door->store->state, "control", json_pack("{sb}", "online", 1));
	if (door->is_down)
		store_log_add(door->store->log, EV_CONTROL_UP, "system", NULL, NULL, NULL);
	door->is_down = false;
	/* It may have started before there was a table, or missed one. */
	store_door_reload(door->store);
	store_module_key_tell(door->store);
	if (json_bool_or(result, "wants_presence", false))
		store_presence_load(door->store);
	rpc_call(door->client, NULL, "keys.load", store_keys_read(door->store), COMMAND_MS, NULL,
		 NULL);
}

/* The ring's epoch is learnt first, so that the right position can be named. */
static void
on_epoch(json_t *result, const struct rpc_error *error UNUSED, void *context)
{
	struct store_door *door = context;
	const char *epoch = json_string_or(result, "epoch", NULL);

	if (!epoch) {
		rpc_reconnect(door->client);
		return;
	}
	uint64_t after = store_log_ring_position(door->store->log, epoch);
	rpc_call(door->client, NULL, "follow",
		 json_pack("{ss,sI}", "epoch", epoch, "after", (json_int_t) after), COMMAND_MS,
		 on_followed, door);
}

static void
on_up(struct rpc_client *client, void *context)
{
	rpc_call(client, NULL, "ring", NULL, COMMAND_MS, on_epoch, context);
}

static void
on_down(struct rpc_client *client UNUSED, void *context)
{
	say_down(context);
}

/* Somebody has held the control button: its light waits for the end. */
static void
reset_by_button(struct store_door *door)
{
	if (store_factory_default(door->store, "button", NULL) == 0)
		rpc_call(door->client, NULL, "factory.done", NULL, COMMAND_MS, NULL, NULL);
}

/* What has to be written to be answered. */
static bool
must_wait(const struct store *store, const json_t *message)
{
	return store_gate_is_closed(store) &&
	       (json_object_get(message, "reader_key") ||
		json_is_true(json_object_get(message, "factory_default")));
}

static void
on_push(struct rpc_client *client UNUSED, json_t *message, void *context)
{
	struct store_door *door = context;
	struct store *store = door->store;
	const json_t *draft = json_object_get(message, "door_event");
	const char *key = json_string_or(message, "key", NULL);
	const json_t *reader_key = json_object_get(message, "reader_key");
	const json_t *device = json_object_get(message, "module_device");

	if (must_wait(store, message)) {
		(void) json_array_append(door->late, message);
	} else if (json_is_true(json_object_get(message, "factory_default"))) {
		reset_by_button(door);
	} else if (reader_key) {
		rpc_call(door->client, NULL, "keys.stored", store_keys_write(store, reader_key),
			 COMMAND_MS, NULL, NULL);
	} else if (device) {
		json_t *params = store_module_key_of(store, device);
		if (params)
			store_door_tell(store, "module.key", params);
	} else if (json_is_object(draft)) {
		const char *epoch = json_string_or(message, "epoch", "");
		uint64_t number = (uint64_t) json_integer_or(message, "number", 0);
		if (store_log_add_ring(store->log, epoch, number, draft) < 0)
			(void) log_err(0, "door control sent an event of no known kind");
		store_presence_note(store, draft);
	} else if (key) {
		store_state_set(store->state, key, json_incref(json_object_get(message, "value")));
		store_reader_on_state(store, key, json_object_get(message, "value"));
	}
}

static const struct rpc_client_ops client_ops = {
	.on_up = on_up,
	.on_down = on_down,
	.on_push = on_push,
};

struct store_door *
store_door_new(struct store *store)
{
	struct store_door *door = xcalloc(1, sizeof(*door));
	struct timeval grace = { .tv_sec = START_GRACE_MS / 1000 };
	char path[256];

	door->store = store;
	door->late = json_array();
	(void) path_join(path, sizeof(path), store->options->door_dir, "door.sock");
	store_state_set(store->state, "control", json_pack("{sb}", "online", 0));
	door->client = rpc_client_new(store->base, path, "store", &client_ops, door);
	door->grace = evtimer_new(store->base, on_grace_over, door);
	(void) evtimer_add(door->grace, &grace);
	return door;
}

void
store_door_free(struct store_door *door)
{
	if (!door)
		return;
	event_free(door->grace);
	rpc_client_free(door->client);
	json_decref(door->late);
	free(door);
}

void
store_door_catch_up(struct store_door *door)
{
	_cleanup_(json_decrefp) json_t *late = door->late;
	json_t *message;
	size_t i;

	door->late = json_array();
	json_array_foreach (late, i, message)
		on_push(door->client, message, door);
	for (i = 1; i <= READERS; i++) {
		_cleanup_(freep) char *key = xasprintf("reader.%zu", i);
		store_reader_on_state(door->store, key, store_state_get(door->store->state, key));
	}
}

void
store_door_ack(struct store *store, const char *epoch, uint64_t number)
{
	if (store->door)
		rpc_call(store->door->client, NULL, "ack",
			 json_pack("{ss,sI}", "epoch", epoch, "number", (json_int_t) number),
			 COMMAND_MS, NULL, NULL);
}

void
store_door_forget_keys(struct store *store)
{
	if (store->door)
		rpc_call(store->door->client, NULL, "keys.forget", NULL, COMMAND_MS, NULL, NULL);
}

/* A table that is not there, or damaged, is made anew. */
static void
on_reloaded(json_t *result, const struct rpc_error *error, void *context)
{
	struct store *store = context;
	bool is_refused = error && !strcmp(error->code, RPC_INTERNAL);

	if (store->compile && (is_refused || json_bool_or(result, "degraded", false)))
		store_compile_touch(store);
}

void
store_door_reload(struct store *store)
{
	if (store->door)
		rpc_call(store->door->client, NULL, "access.reload", NULL, COMMAND_MS, on_reloaded,
			 store);
}

void
store_door_call(struct store *store, const char *method, json_t *params,
		void (*done)(json_t *result, const struct rpc_error *error, void *context),
		void *context)
{
	rpc_call(store->door->client, NULL, method, params, COMMAND_MS, done, context);
}

void
store_door_tell(struct store *store, const char *method, json_t *params)
{
	if (store->door)
		rpc_call(store->door->client, NULL, method, params, COMMAND_MS, NULL, NULL);
	else
		json_decref(params);
}

static void
audit(struct errand *errand, const char *why)
{
	_cleanup_(json_decrefp) json_t *list = errand->data;
	json_t *each;
	size_t i;

	if (list && !json_is_array(list))
		store_log_add(errand->store->log, errand->kind, "system", errand->caller.actor, why,
			      json_incref(list));
	json_array_foreach (list, i, each)
		store_log_add(errand->store->log, errand->kind, "system", errand->caller.actor, why,
			      json_incref(each));
}

static void
on_errand_done(json_t *result, const struct rpc_error *error, void *context)
{
	struct errand *errand = context;

	audit(errand, result ? NULL : error->message);
	if (result)
		rpc_reply(errand->request, json_incref(result));
	else if (error->field)
		rpc_fail_field(errand->request, error->code, error->field, "%s", error->message);
	else
		rpc_fail(errand->request, error->code, "%s", error->message);
	free(errand);
}

static struct errand *
errand_new(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct errand *errand = xcalloc(1, sizeof(*errand));

	errand->store = store;
	errand->request = request;
	errand->caller = *caller;
	errand->caller.csrf = NULL;
	return errand;
}

/* What the audit says of one of the doors. */
static json_t *
door_command_data(struct store *store, const json_t *params, json_int_t door,
		  const struct caller *caller)
{
	_cleanup_(freep) char *key = xasprintf("door.%lld", (long long) door);
	const json_t *live = store_state_get(store->state, key);
	json_t *data = json_pack("{sI,ss,ss,ss,sO*}", "door", door, "door_name",
				 json_string_or(live, "name", "?"), "command",
				 json_string_or(params, "command", ""), "address", caller->address,
				 "seconds", json_object_get(params, "seconds"));

	store_auth_add_requester(caller, data);
	return data;
}

void
store_door_command(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const json_t *door = json_object_get(request->params, "door");
	const json_t *doors = json_object_get(request->params, "doors");
	json_t *each;
	size_t i;

	if (!door == !json_array_size(doors)) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "door", "one door, or a list of doors");
		return;
	}
	struct errand *errand = errand_new(store, request, caller);
	json_t *params = json_copy(request->params);
	uint64_t expires_us = clock_mono_us() + COMMAND_MS * US_PER_MS;
	errand->kind = EV_DOOR_COMMAND;
	errand->data = json_array();
	if (door)
		(void) json_array_append_new(
			errand->data,
			door_command_data(store, params, json_integer_value(door), caller));
	json_array_foreach (doors, i, each)
		(void) json_array_append_new(
			errand->data,
			door_command_data(store, params, json_integer_value(each), caller));
	(void) json_object_update_new(params,
				      json_pack("{ss,sI}", "actor", caller->actor,
						"expires_mono_us", (json_int_t) expires_us));
	rpc_call(store->door->client, NULL, "door.command", params, COMMAND_MS, on_errand_done,
		 errand);
}

/* What was commanded, without what must not be told. */
static json_t *
audit_data(const struct rpc_request *request, const struct store_method *method,
	   const struct caller *caller)
{
	json_t *data = json_deep_copy(request->params);

	for (size_t i = 0; i < method->params.count; i++) {
		const struct field *field = &method->params.fields[i];
		if (field->flags & FIELD_SECRET && json_object_get(data, field->name))
			(void) json_object_set_new(data, field->name, json_string("***"));
	}
	(void) json_object_update_new(
		data, json_pack("{ss,ss}", "command", request->method, "address", caller->address));
	store_auth_add_requester(caller, data);
	return data;
}

static void
forward(struct store *store, struct rpc_request *request, const struct caller *caller,
	bool is_audited)
{
	const struct store_method *method = store_methods_find(request->method);
	struct errand *errand = errand_new(store, request, caller);
	json_t *params = json_copy(request->params);
	uint64_t expires_us = clock_mono_us() + COMMAND_MS * US_PER_MS;

	if (!params)
		params = json_object();
	if (is_audited) {
		errand->kind = EV_COMMAND;
		errand->data = audit_data(request, method, caller);
	}
	(void) json_object_update_new(params,
				      json_pack("{ss,sI}", "actor", caller->actor,
						"expires_mono_us", (json_int_t) expires_us));
	rpc_call(store->door->client, NULL, request->method, params, COMMAND_MS, on_errand_done,
		 errand);
}

void
store_door_forward(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	forward(store, request, caller, store_methods_find(request->method)->is_mutating);
}

void
store_door_pass(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	forward(store, request, caller, false);
}

void
store_board_console(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	struct errand *errand = errand_new(store, request, caller);

	if (!json_bool_or(store_state_get(store->state, "board"), "console", false)) {
		free(errand);
		rpc_fail(request, RPC_NOT_FOUND, "this board has no console");
		return;
	}
	rpc_call(store->door->client, NULL, "board.console",
		 json_pack("{sO}", "request", json_object_get(request->params, "request")),
		 COMMAND_MS, on_errand_done, errand);
}
