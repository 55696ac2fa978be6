#include "agent/store_gate.h"

#include <string.h>

#include "agent/store_alarms_method.h"
#include "agent/store_compile.h"
#include "agent/store_door.h"
#include "agent/store_expiry.h"
#include "agent/store_log_servers.h"
#include "agent/store_outbox.h"
#include "lib/util.h"

/* Methods that write to config.db, or begin with these words. */
static const char *const writers[] = {
	"account.create", "account.password", "account.remove", "factory.",
	"keys.import",	  "module.key_",      "object.change",	"object.create",
	"object.remove",  "presence.forget",  "reader.adopt",	"special_days.import",
	"session.log",	  "settings.set",     "setup.create",	"threat.",
};

void
store_gate_close(struct store *store)
{
	store->is_storing = true;
	db_patience(store->config, 0);
}

void
store_gate_open(struct store *store)
{
	store->is_storing = false;
	db_patience(store->config, DB_PATIENCE_MS);
	if (store->door)
		store_door_catch_up(store->door);
	store_outbox_wake(store);
	store_compile_begin(store);
	store_expiry_arm(store);
	store_log_servers_show(store);
	store_alarms_sweep(store);
}

bool
store_gate_is_closed(const struct store *store)
{
	return store->is_storing;
}

bool
store_gate_allows(const struct store *store, const char *method)
{
	for (size_t i = 0; store->is_storing && i < ARRAY_LEN(writers); i++)
		if (!strncmp(method, writers[i], strlen(writers[i])))
			return false;
	return true;
}
