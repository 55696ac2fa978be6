/*
 * The door role's insides: what its files share. This process decides and actuates; it has no
 * database, no network and no SNMP, and waits for nobody.
 */
#ifndef AGENT_DOOR_H
#define AGENT_DOOR_H

#include <event2/event.h>
#include <jansson.h>
#include <stdint.h>

#include "agent/agent.h"
#include "agent/door_access.h"
#include "agent/door_fire.h"
#include "agent/door_fsm.h"
#include "agent/door_keypad.h"
#include "agent/door_latency.h"
#include "agent/door_line.h"
#include "agent/door_module.h"
#include "agent/door_output.h"
#include "agent/door_reader.h"
#include "agent/door_session.h"
#include "agent/door_statistics.h"
#include "agent/door_upgrade.h"
#include "hw/hw.h"
#include "lib/access.h"
#include "lib/ring.h"
#include "lib/rpc.h"
#include "lib/worker.h"

struct door {
	struct door_role *role;
	unsigned number;
	struct door_state state;
	struct event *timer;
	uint64_t changed_us;
	uint64_t changed_mono_us;
	uint32_t granted;
	uint32_t denied;
	uint32_t forced;
	uint64_t card_at_us; /* of the card that the lock's next release is for; 0 for none */
};

struct door_role {
	const struct agent_options *options;
	struct event_base *base;
	struct hw *hw;
	struct ring *ring;
	struct access_table *table;
	struct worker *loader; /* of tables */
	bool is_degraded;      /* said so in the log */
	struct access_door defaults[DOORS];
	struct door doors[DOORS];
	struct door_line lines[INPUTS];
	struct door_output outputs[OUTPUTS];
	struct door_fire fire;
	struct event *schedule_timer;
	struct keep *keep; /* see door_keep.h */
	bool was_kept;	   /* this is not the first start since the device has power */
	struct door_climate *climate;
	struct door_light *light;
	struct door_power *power;
	bool is_board_online;
	char *faults[INVENTORY_ROWS]; /* why a point does not work; NULL while it does */
	bool was_board_reported;
	struct door_reader readers[READERS];
	struct door_modules modules;
	bool has_keys; /* what is known of the readers' keys is all there is */
	struct door_keypad keypads[READERS];
	struct door_session sessions[READERS];
	struct lockouts lockouts;
	struct presence *presence; /* NULL: nobody is known to be anywhere */
	size_t presence_room;
	bool was_presence_loaded; /* what the store remembers */
	struct event *keypad_timer;
	struct door_upgrade upgrade;
	struct event *reader_refresh;
	/* The store's connection and what it has been sent. */
	struct rpc_server *server;
	struct rpc_connection *store;
	uid_t store_uid;
	struct event *pump;
	uint64_t sent;
	/* From a card until its relay has moved, and until it was told to. */
	struct door_latency relay_latency;
	struct door_latency command_latency;
	struct door_statistics statistics;
};

/* door_apply.c */
const struct access_door *door_config(const struct door *door);
/* What the store makes of a door that nobody has configured. */
void door_config_default(unsigned number, struct access_door *ret);
/* Those that are open or released, bit n - 1 for door n. */
uint64_t door_open_doors(const struct door_role *role);
/* Steps the state machine, moves the lock, tells the events; other doors may be interlocked. */
void door_apply(struct door *door, const struct door_input *input);
/* A contact or a REX button, wherever it was judged. */
void door_take_input(struct door *door, enum inventory_kind kind, enum hw_state state);

/* door_fault.c: a point of the board does not work, or works again (why NULL). */
void door_fault_take(const struct inventory_row *point, const char *why, void *role);
/* {point: why} of all that do not work. */
json_t *door_fault_list(const struct door_role *role);
/* Names of the points that this board's profile lacks. */
json_t *door_absent_list(const struct door_role *role);

/* door_report.c: events into the ring, live state to the store. Each steals data. */
void door_tell(struct door_role *role, enum event_kind kind, const char *source, const char *actor,
	       const char *reason, json_t *data);
void door_tell_event(struct door *door, const struct door_event *event);
json_t *door_live_state(const struct door *door);
json_t *door_board_state(const struct door_role *role);

/* door_rpc.c: door.sock. */
int door_rpc_open(struct door_role *role);
void door_rpc_close(struct door_role *role);
/* There is a new event in the ring. */
void door_rpc_wake(struct door_role *role);
/* A command is never queued: refuses it when its time is over or the board is away. */
bool door_rpc_is_late(const struct door_role *role, struct rpc_request *request);
/* Asks the store for the factory default; factory.done is its answer. */
void door_rpc_push_factory_default(struct door_role *role);
/* Steals value. */
void door_rpc_push_state(struct door_role *role, const char *key, json_t *value);

#endif
