/* The store role: opens, serves, closes in reverse order. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/store.h"
#include "agent/store_alarms_method.h"
#include "agent/store_auth.h"
#include "agent/store_clock.h"
#include "agent/store_compile.h"
#include "agent/store_door.h"
#include "agent/store_edge.h"
#include "agent/store_events.h"
#include "agent/store_expiry.h"
#include "agent/store_follow.h"
#include "agent/store_import.h"
#include "agent/store_keys.h"
#include "agent/store_log_servers.h"
#include "agent/store_log_state.h"
#include "agent/store_methods.h"
#include "agent/store_module.h"
#include "agent/store_objects.h"
#include "agent/store_outbox.h"
#include "agent/store_pin.h"
#include "agent/store_presence.h"
#include "agent/store_seal.h"
#include "agent/store_settings.h"
#include "agent/store_special_days.h"
#include "lib/clock.h"
#include "lib/clock_watch.h"
#include "lib/daemon.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

#define PASSWORD_JOBS_MAX 16
#define SIGN_MS		  3600000

static void
on_commit(uint64_t head UNUSED, void *context)
{
	store_follow_wake(context);
}

static void
on_ring_commit(const char *epoch, uint64_t number, void *context)
{
	if (!store_outbox_on_commit(context, epoch, number))
		store_door_ack(context, epoch, number);
}

static const struct store_log_ops log_ops = {
	.on_commit = on_commit,
	.on_ring_commit = on_ring_commit,
	.on_alarm = store_alarms_changed,
};

static void
on_closed(struct rpc_connection *connection, void *context)
{
	store_import_closed(context, connection);
	store_follow_closed(connection);
}

static void
on_drained(struct rpc_connection *connection, void *context)
{
	store_follow_drained(context, connection);
}

static const struct rpc_server_ops server_ops = {
	.on_request = store_dispatch,
	.on_closed = on_closed,
	.on_drained = on_drained,
};

static int
open_databases(struct store *store)
{
	char path[256];
	int r = path_join(path, sizeof(path), store->options->state_dir, "events.db");

	if (r == 0)
		r = store_log_open(store->base, path, &log_ops, store, &store->log);
	if (r == 0)
		r = store_events_open(store, path, &store->events);
	if (r == 0)
		r = path_join(path, sizeof(path), store->options->state_dir, "log.key");
	/* It logs what is wrong: a log without signatures is better than none. */
	if (r == 0)
		(void) store_log_sign_with(store->log, path, SIGN_MS);
	if (r == 0)
		r = path_join(path, sizeof(path), store->options->state_dir, "config.db");
	if (r == 0)
		r = db_open(path, &db_config_schema, &store->config);
	return r;
}

/* What config.db holds. */
static int
load(struct store *store)
{
	int r = store_outbox_open(store);

	if (r == 0)
		r = store_settings_load(store);
	if (r == 0)
		r = store_objects_upgrade(store);
	if (r == 0)
		r = db_begin(store->config);
	if (r == 0)
		r = db_end(store->config, store_objects_seed(store));
	if (r == 0)
		r = store_presence_open(store);
	if (r == 0)
		r = store_compile_open(store);
	if (r == 0)
		store_expiry_open(store);
	if (r == 0)
		store_log_servers_open(store);
	return r;
}

static int
start(struct store *store)
{
	char path[256];
	int r = open_databases(store);

	if (r < 0)
		return r;
	store->state = store_state_new(store_follow_state_changed, store);
	store->worker = worker_new(store->base, PASSWORD_JOBS_MAX);
	store->auth = store_auth_new(store);
	store_keys_open(store);
	store_pin_open(store);
	store_module_key_show(store);
	r = load(store);
	if (r < 0)
		return r;
	store_state_set(store->state, "system",
			json_pack("{ss,ss,sI}", "version", PACKAGE_VERSION, "boot", clock_boot_id(),
				  "started_us", (json_int_t) store->started_us));
	store_alarms_start(store);
	store_log_add(store->log, EV_STARTED, "system", NULL, NULL,
		      json_pack("{ss}", "version", PACKAGE_VERSION));
	r = path_join(path, sizeof(path), store->options->run_dir, "agent.sock");
	if (r == 0)
		r = rpc_server_new(store->base, path, 0660, "store", &server_ops, store,
				   &store->server);
	if (r < 0)
		return log_err(r, "cannot listen at '%s'", path);
	store->door = store_door_new(store);
	store_clock_start(store);
	store->log_state = store_log_state_new(store);
	return 0;
}

static void
stop(struct store *store)
{
	store_log_state_free(store->log_state);
	clock_watch_free(store->clock_watch);
	store_edge_close(store);
	rpc_server_free(store->server);
	store_door_free(steal(&store->door));
	store_events_close(store->events);
	store_import_free(steal(&store->import));
	store_compile_free(steal(&store->compile));
	store_expiry_close(store);
	store_presence_close(store);
	store_log_servers_close(store);
	worker_free(store->worker);
	store_auth_free(store->auth);
	store_log_close(store->log);
	store_outbox_free(store);
	store_state_free(store->state);
	store_seal_free(store->seal);
	store_upload_drop(&store->upload);
	json_decref(store->settings);
	json_decref(store->ending_alarms);
	db_close(store->config);
	event_base_free(store->base);
}

int
store_role_run(const struct agent_options *options)
{
	struct store store = {
		.options = options,
		.base = loop_new(),
		.started_us = clock_wall_us(),
		.started_mono_us = clock_mono_us(),
	};

	LIST_INIT(&store.follows);
	LIST_INIT(&store.edge_calls);
	int r = start(&store);
	if (r == 0)
		daemon_run(store.base, NULL, NULL);
	stop(&store);
	return r < 0 ? 1 : 0;
}
