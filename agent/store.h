/*
 * The store role's insides: what its files share. The store is the only process that opens
 * SQLite; everything else reaches settings, objects, accounts and the log through its methods.
 */
#ifndef AGENT_STORE_H
#define AGENT_STORE_H

#include <event2/event.h>
#include <jansson.h>
#include <sys/queue.h>

#include "agent/agent.h"
#include "agent/store_db.h"
#include "agent/store_log.h"
#include "agent/store_state.h"
#include "lib/pin.h"
#include "lib/rpc.h"
#include "lib/worker.h"

struct clock_watch;
struct store_auth;
struct store_compile;
struct store_door;
struct store_events;
struct store_import;
struct store_log_state;
struct store_log_servers;
struct store_outbox;
struct store_presence;
struct store_seal;
struct follow;
struct edge_call;

/* A calendar that comes in pieces, each a call; one at a time. */
struct store_upload {
	char actor[96];
	char *text; /* NULL when there is none */
	size_t size;
};

struct store {
	const struct agent_options *options;
	struct event_base *base;
	sqlite3 *config;
	struct db_cache *statements; /* of config, for what is done with every object */
	struct store_log *log;
	struct store_events *events;
	struct store_outbox *outbox;
	struct store_import *import; /* NULL before the first one */
	bool is_storing;	     /* config.db belongs to an import (store_gate.h) */
	struct store_compile *compile;
	struct event *expiry;
	struct store_state *state;
	struct store_auth *auth;
	struct store_seal *seal; /* NULL: the device's key cannot be used, nor can the readers' */
	struct store_door *door;
	struct store_presence *presence;
	struct store_log_servers *log_servers;
	struct rpc_server *server;
	struct worker *worker;
	struct clock_watch *clock_watch;
	struct store_log_state *log_state;
	LIST_HEAD(, follow) follows;
	uint64_t snmp_changes; /* of the live object snmp_config */
	LIST_HEAD(, edge_call) edge_calls;
	json_int_t last_edge_call;
	uint8_t pin_key[PIN_KEY_SIZE];
	bool has_pin_key;
	struct store_upload upload;
	json_t *ending_alarms; /* whose end is under way to the log, by key; NULL for none yet */
	json_t *settings;      /* every setting by its name */
	uint64_t started_us;
	uint64_t started_mono_us;
};

#endif
