#include "agent/store_factory.h"

#include <errno.h>

#include "agent/store_alarms_method.h"
#include "agent/store_compile.h"
#include "agent/store_door.h"
#include "agent/store_log_servers.h"
#include "agent/store_module.h"
#include "agent/store_objects.h"
#include "agent/store_outbox.h"
#include "agent/store_sessions.h"
#include "agent/store_settings.h"
#include "lib/log.h"
#include "lib/util.h"

/* Every table of the configuration, whatever later versions have added; not what belongs to this
 * database whatever is configured, nor what the table search consists of. */
static int
empty_tables(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *tables =
		db_query(store->config,
			 "SELECT name FROM sqlite_master WHERE type = 'table'"
			 " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'search_%'"
			 " AND name NOT IN ('meta', 'outbox') ORDER BY rowid DESC",
			 "");
	int r = 0;

	/* The newest first: what refers to another table is younger than that. */
	while (r == 0 && db_next(&tables)) {
		_cleanup_(freep) char *sql = xasprintf("DELETE FROM \"%s\"", db_text(tables, 0));
		r = db_run(store->config, sql, "");
	}
	return r;
}

static int
replace_config(struct store *store, const char *actor, const char *address)
{
	int r = store_outbox_begin(store);

	if (r < 0)
		return r;
	r = empty_tables(store);
	if (r == 0)
		r = store_objects_seed(store);
	if (r == 0)
		r = store_compile_note(store);
	if (r == 0)
		r = store_outbox_add(store, EV_FACTORY_DEFAULT, actor, NULL,
				     json_pack("{ss*}", "address", address));
	return store_outbox_end(store, r);
}

int
store_factory_default(struct store *store, const char *actor, const char *address)
{
	int r = replace_config(store, actor, address);

	if (r < 0)
		return log_err(r, "cannot reset to the factory default, nothing has changed");
	sessions_end_all(store_auth_sessions(store));
	json_decref(store->settings);
	r = store_settings_load(store);
	store_log_servers_show(store);
	store_alarms_sweep(store);
	store_compile_begin(store);
	store_door_forget_keys(store);
	store_module_key_changed(store);
	return r;
}

void
store_factory_method(struct store *store, struct rpc_request *request, const struct caller *caller)
{
	if (store_factory_default(store, caller->actor, caller->address) < 0)
		rpc_fail(request, RPC_INTERNAL, "the factory default could not be stored");
	else
		store_compile_reply(store, request, NULL);
}
