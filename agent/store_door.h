/*
 * The store's side of door.sock: takes events and live state from the door role and passes
 * commands on. The door role never waits for any of it.
 */
#ifndef AGENT_STORE_DOOR_H
#define AGENT_STORE_DOOR_H

#include "agent/store_auth.h"

struct store_door *store_door_new(struct store *store);
void store_door_free(struct store_door *door);
/* config.db can be written again: does what waited for that. */
void store_door_catch_up(struct store_door *door);

/* Events of this ring up to number are on disk: the door role may forget them. */
void store_door_ack(struct store *store, const char *epoch, uint64_t number);
/* The door role keeps no reader's key any longer. */
void store_door_forget_keys(struct store *store);
/* There is a new access table. */
void store_door_reload(struct store *store);

/* A method of the door role; done as in rpc_call(). Steals params. */
void store_door_call(struct store *store, const char *method, json_t *params,
		     void (*done)(json_t *result, const struct rpc_error *error, void *context),
		     void *context);
/* The same when nobody waits for the answer. */
void store_door_tell(struct store *store, const char *method, json_t *params);

void store_door_command(struct store *store, struct rpc_request *request,
			const struct caller *caller);
/*
 * Passes a method on to the door role's method of the same name, with the caller's actor and
 * expires_mono_us added to its parameters. What is mutating is audited as EV_COMMAND, its secret
 * parameters left out.
 */
void store_door_forward(struct store *store, struct rpc_request *request,
			const struct caller *caller);
/* The same without an event: one of many pieces of something that has one. */
void store_door_pass(struct store *store, struct rpc_request *request, const struct caller *caller);
void store_board_console(struct store *store, struct rpc_request *request,
			 const struct caller *caller);

#endif
