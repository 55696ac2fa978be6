/*
 * The keys of readers in the door role: a copy on tmpfs, with which readers work on while the store
 * is dead, and the store's own, which is what counts after a power cut.
 *
 * No key goes into an event, a live object, an answer or a log line. A new key is used only when
 * the store has said that it is safe.
 */
#ifndef AGENT_DOOR_KEY_H
#define AGENT_DOOR_KEY_H

#include "hw/reader.h"

struct door_role;
struct rpc_request;

/* Takes what a killed predecessor has left; needs role->hw. */
void door_key_open(struct door_role *role);
void door_key_close(struct door_role *role);
/* Takes the protection of every reader from the access table. Only what has changed is touched:
 * an installation does not end because somebody adds a card. */
void door_key_configure(struct door_role *role);

/* What readers report. */
void door_key_offer(struct door_role *role, struct hw_reader_event *event);
void door_key_commit(struct door_role *role, unsigned reader);
void door_key_drop(struct door_role *role, unsigned reader);
/* The device that has just proved its key. */
void door_key_pin(struct door_role *role, const struct hw_reader_event *event);

/* Methods: keys.load, keys.stored, keys.forget of the store; the others are forwarded. */
void door_key_forget(struct door_role *role, struct rpc_request *request);
void door_key_load(struct door_role *role, struct rpc_request *request);
void door_key_stored(struct door_role *role, struct rpc_request *request);
void door_key_install(struct door_role *role, struct rpc_request *request);
void door_key_install_cancel(struct door_role *role, struct rpc_request *request);
void door_key_rotate(struct door_role *role, struct rpc_request *request);
void door_key_accept(struct door_role *role, struct rpc_request *request);

#endif
