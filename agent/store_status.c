#include "agent/store_status.h"

#include <string.h>

#include "agent/store_log_servers.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

/* An event must fit into one line of the protocol, with room for what is put around it. */
#define DATA_BYTES_MAX 4096

void
store_status(struct store *store, struct rpc_request *request, const struct caller *caller UNUSED)
{
	uint64_t head = store_log_head(store->log);
	_cleanup_(json_decrefp) json_t *cursors = store_log_cursors(store->log);
	json_t *followers = json_array();
	const char *name;
	json_t *seq;

	json_object_foreach (cursors, name, seq)
		(void) json_array_append_new(
			followers, json_pack("{ss,sO,sI}", "name", name, "seq", seq, "lag",
					     (json_int_t) head - json_integer_value(seq)));
	rpc_reply(request,
		  json_pack("{ss,ss,sI,s{sI,sI},so,sO?}", "version", PACKAGE_VERSION, "boot",
			    clock_boot_id(), "uptime_s",
			    (json_int_t) ((clock_mono_us() - store->started_mono_us) / US_PER_S),
			    "log", "head", (json_int_t) head, "first",
			    (json_int_t) store_log_first(store->log), "followers", followers,
			    "control", store_state_get(store->state, "control")));
}

void
store_snapshot(struct store *store, struct rpc_request *request, const struct caller *caller UNUSED)
{
	rpc_reply(request, store_state_snapshot(store->state));
}

/* "syslog.1" and "syslog.down" are syslog's, "syslogger" is not. */
static bool
is_own(const char *name, const char *edge)
{
	size_t length = strlen(edge);
	return !strncmp(name, edge, length) && (name[length] == '.' || !name[length]);
}

static bool
is_small(const json_t *value)
{
	return !value || json_dumpb(value, NULL, 0, JSON_COMPACT) <= DATA_BYTES_MAX;
}

void
store_report(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	const char *edge = edge_name(caller->edge);
	const char *key = json_string_or(request->params, "key", NULL);
	const char *name = json_string_or(request->params, "event", NULL);
	const struct event_row *row = name ? events_find_name(name) : NULL;
	json_t *value = json_object_get(request->params, "value");

	if (!caller->edge || (key && !is_own(key, edge)) || (name && !is_own(name, edge))) {
		rpc_fail(request, RPC_FORBIDDEN, "an edge reports what is its own");
		return;
	}
	if (name && !row) {
		rpc_fail_field(request, RPC_BAD_PARAMS, "event", "there is no such event");
		return;
	}
	if (!is_small(value) || !is_small(json_object_get(request->params, "data"))) {
		rpc_fail(request, RPC_BAD_PARAMS, "at most %d bytes of value and data",
			 DATA_BYTES_MAX);
		return;
	}
	if (key && value && !store_log_servers_take(store, key, value))
		store_state_set(store->state, key, json_incref(value));
	if (row)
		store_log_add(store->log, row->kind, key ? key : edge, caller->actor, NULL,
			      json_incref(json_object_get(request->params, "data")));
	rpc_reply(request, NULL);
}
