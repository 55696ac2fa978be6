/* door.sock: the store follows events and live state and passes commands on. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "agent/door.h"
#include "agent/door_climate.h"
#include "agent/door_command.h"
#include "agent/door_explain.h"
#include "agent/door_key.h"
#include "agent/door_light.h"
#include "agent/door_line_test.h"
#include "agent/door_power.h"
#include "agent/door_presence.h"
#include "agent/door_reader.h"
#include "agent/door_table.h"
#include "agent/door_tools.h"
#include "agent/door_trend.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

#define UNSENT_HIGH (256 * 1024)
#define STORE_USER  "cardea-store"

static void
pump(struct door_role *role)
{
	const char *text;

	if (!role->store)
		return;
	while (role->sent < ring_last(role->ring) && rpc_unsent_bytes(role->store) < UNSENT_HIGH) {
		uint64_t number = ++role->sent;
		if (ring_read(role->ring, number, &text) < 0)
			continue;
		_cleanup_(freep) char *line =
			xasprintf("{\"door_event\":%s,\"epoch\":\"%s\",\"number\":%llu}", text,
				  ring_epoch(role->ring), (unsigned long long) number);
		(void) rpc_push_text(role->store, line);
	}
}

static void
on_pump(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	pump(context);
}

/* Later in this turn of the loop: the lock has moved by then. */
void
door_rpc_wake(struct door_role *role)
{
	if (role->pump)
		event_active(role->pump, 0, 0);
}

void
door_rpc_push_state(struct door_role *role, const char *key, json_t *value)
{
	_cleanup_(json_decrefp) json_t *message = json_pack("{ss,so}", "key", key, "value", value);

	if (role->store)
		(void) rpc_push(role->store, message);
}

void
door_rpc_push_factory_default(struct door_role *role)
{
	_cleanup_(json_decrefp) json_t *message = json_pack("{sb}", "factory_default", 1);

	if (role->store)
		(void) rpc_push(role->store, message);
}

static json_t *
all_state(struct door_role *role)
{
	json_t *objects = json_object();
	char key[16];

	for (unsigned i = 0; i < DOORS; i++) {
		(void) snprintf(key, sizeof(key), "door.%u", i + 1);
		(void) json_object_set_new(objects, key, door_live_state(&role->doors[i]));
	}
	for (unsigned i = 1; i <= READERS; i++) {
		json_t *state = door_reader_live_state(role, i);
		(void) snprintf(key, sizeof(key), "reader.%u", i);
		if (state)
			(void) json_object_set_new(objects, key, state);
	}
	json_t *line;
	for (unsigned i = 1; (line = door_tools_line_state(role, i)); i++) {
		(void) snprintf(key, sizeof(key), "line.%u", i);
		(void) json_object_set_new(objects, key, line);
	}
	for (unsigned i = 0; i < INPUTS; i++) {
		json_t *state = door_line_live_state(&role->lines[i]);
		(void) snprintf(key, sizeof(key), "input.%u", i + 1);
		if (state)
			(void) json_object_set_new(objects, key, state);
	}
	for (unsigned i = 0; i < OUTPUTS; i++) {
		json_t *state = door_output_live_state(&role->outputs[i]);
		(void) snprintf(key, sizeof(key), "output.%u", i + 1);
		if (state)
			(void) json_object_set_new(objects, key, state);
	}
	for (unsigned i = 1; i <= MODULES; i++) {
		json_t *state = door_module_live_state(role, i);
		(void) snprintf(key, sizeof(key), "module.%u", i);
		if (state)
			(void) json_object_set_new(objects, key, state);
	}
	(void) json_object_set_new(objects, "board", door_board_state(role));
	(void) json_object_set_new(objects, "fire", door_fire_live_state(role));
	(void) json_object_set_new(objects, "climate", door_climate_live_state(role));
	door_light_live_state(role, objects);
	door_statistics_live_state(role, objects);
	door_power_live_state(role, objects);
	return objects;
}

static void
tell_lost(struct door_role *role)
{
	uint64_t lost = ring_take_lost(role->ring);

	if (lost)
		door_tell(role, EV_EVENTS_LOST, "system", NULL, NULL,
			  json_pack("{sI}", "count", (json_int_t) lost));
}

static void
handle_ring(struct door_role *role, struct rpc_request *request)
{
	rpc_reply(request, json_pack("{ss}", "epoch", ring_epoch(role->ring)));
}

static void
handle_follow(struct door_role *role, struct rpc_request *request)
{
	uint64_t after = (uint64_t) json_integer_or(request->params, "after", 0);

	if (strcmp(json_string_or(request->params, "epoch", ""), ring_epoch(role->ring))) {
		rpc_fail_field(request, RPC_CONFLICT, "epoch", "the ring is another one");
		return;
	}
	ring_acknowledge(role->ring, after);
	role->store = request->connection;
	role->sent = ring_acknowledged(role->ring);
	rpc_reply(request, json_pack("{so,sb}", "objects", all_state(role), "wants_presence",
				     door_presence_is_wanted(role)));
	door_light_take_store(role);
	tell_lost(role);
	door_rpc_wake(role);
}

static void
handle_ack(struct door_role *role, struct rpc_request *request)
{
	if (!strcmp(json_string_or(request->params, "epoch", ""), ring_epoch(role->ring)))
		ring_acknowledge(role->ring,
				 (uint64_t) json_integer_or(request->params, "number", 0));
	rpc_reply(request, NULL);
	tell_lost(role);
}

bool
door_rpc_is_late(const struct door_role *role, struct rpc_request *request)
{
	if ((json_int_t) clock_mono_us() > json_integer_or(request->params, "expires_mono_us", 0)) {
		rpc_fail(request, RPC_TIMEOUT, "the command came too late and was not carried out");
		return true;
	}
	if (!role->is_board_online) {
		rpc_fail(request, RPC_UNAVAILABLE, "the board does not answer");
		return true;
	}
	return false;
}

static void
on_console(json_t *result, const struct rpc_error *error, void *context)
{
	struct rpc_request *request = context;

	if (result)
		rpc_reply(request, json_incref(result));
	else if (error->field)
		rpc_fail_field(request, error->code, error->field, "%s", error->message);
	else
		rpc_fail(request, error->code, "%s", error->message);
}

static void
handle_console(struct door_role *role, struct rpc_request *request)
{
	if (!hw_has_console(role->hw))
		rpc_fail(request, RPC_NOT_FOUND, "this board has no console");
	else
		hw_console(role->hw, json_object_get(request->params, "request"), on_console,
			   request);
}

/* From the last byte of a card's frame: until the board has taken the command, and was given it. */
static void
handle_latency(struct door_role *role, struct rpc_request *request)
{
	json_t *answer = door_latency_answer(&role->relay_latency);

	(void) json_object_set_new(answer, "commanded",
				   door_latency_answer(&role->command_latency));
	rpc_reply(request, answer);
	if (json_bool_or(request->params, "reset", false))
		role->relay_latency.count = role->command_latency.count = 0;
}

static const struct {
	const char *name;
	void (*handle)(struct door_role *role, struct rpc_request *request);
} methods[] = {
	{ "access.explain", door_explain },
	{ "access.reload", door_table_reload },
	{ "ack", handle_ack },
	{ "board.console", handle_console },
	{ "door.command", door_command_take },
	{ "factory.done", door_light_factory_done },
	{ "fire.reset", door_fire_reset },
	{ "firmware.begin", door_upgrade_begin },
	{ "firmware.chunk", door_upgrade_chunk },
	{ "firmware.drop", door_upgrade_drop },
	{ "follow", handle_follow },
	{ "input.history", door_trend_answer },
	{ "keys.forget", door_key_forget },
	{ "keys.load", door_key_load },
	{ "keys.stored", door_key_stored },
	{ "latency", handle_latency },
	{ "light.fact", door_light_fact },
	{ "power.history", door_power_history },
	{ "presence.forget", door_presence_forget },
	{ "presence.load", door_presence_load },
	{ "reader.accept", door_key_accept },
	{ "reader.install", door_key_install },
	{ "reader.install_cancel", door_key_install_cancel },
	{ "reader.comset", door_tools_move },
	{ "reader.diagnostics", door_tools_diagnostics },
	{ "reader.output", door_tools_output },
	{ "reader.rotate", door_key_rotate },
	{ "reader.line_test", door_line_test_start },
	{ "reader.line_test_stop", door_line_test_stop },
	{ "reader.scan", door_tools_scan },
	{ "reader.scan_stop", door_tools_scan_stop },
	{ "reader.text", door_tools_text },
	{ "reader.trace", door_tools_trace },
	{ "reader.upgrade", door_upgrade_start },
	{ "reader.upgrade_cancel", door_upgrade_cancel },
	{ "module.host_key", door_module_host_key },
	{ "module.install", door_module_install },
	{ "module.key", door_module_key },
	{ "module.output", door_module_output },
	{ "module.upgrade", door_upgrade_start },
	{ "module.upgrade_cancel", door_upgrade_cancel },
	{ "output.command", door_output_command },
	{ "ring", handle_ring },
};

static bool
may_call(const struct door_role *role, uid_t uid)
{
	return uid == 0 || uid == geteuid() || uid == role->store_uid;
}

static void
on_request(struct rpc_request *request, void *context)
{
	/* In production the directory lets only the store in; this is the second lock. */
	if (!may_call(context, rpc_peer_uid(request->connection))) {
		rpc_fail(request, RPC_FORBIDDEN, "door.sock is for the store");
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(methods); i++)
		if (!strcmp(methods[i].name, request->method)) {
			methods[i].handle(context, request);
			return;
		}
	rpc_fail(request, RPC_UNKNOWN_METHOD, "there is no method of this name");
}

static void
on_closed(struct rpc_connection *connection, void *context)
{
	struct door_role *role = context;

	if (role->store == connection)
		role->store = NULL;
}

static void
on_drained(struct rpc_connection *connection UNUSED, void *context)
{
	pump(context);
}

static const struct rpc_server_ops server_ops = {
	.on_request = on_request,
	.on_closed = on_closed,
	.on_drained = on_drained,
};

int
door_rpc_open(struct door_role *role)
{
	const struct passwd *store = getpwnam(STORE_USER);
	char path[256];
	int r = path_join(path, sizeof(path), role->options->door_dir, "door.sock");

	/* Where there is no such user, in a demo, both roles have ours. */
	role->store_uid = store ? store->pw_uid : geteuid();
	if (r == 0)
		r = rpc_server_new(role->base, path, 0660, "door", &server_ops, role,
				   &role->server);
	if (r < 0)
		return log_err(r, "cannot listen at '%s'", path);
	role->pump = event_new(role->base, -1, 0, on_pump, role);
	return 0;
}

void
door_rpc_close(struct door_role *role)
{
	rpc_server_free(role->server);
	if (role->pump)
		event_free(role->pump);
	role->pump = NULL;
}
