/*
 * Expansion modules in the door role: their events, their live state, their outputs. The key of a
 * device comes from the store, which makes it of the host's; what was brought is kept on tmpfs, so
 * that modules work on while the store is dead.
 *
 * A pulse is the module's own: it ends on time whatever becomes of this process.
 */
#ifndef AGENT_DOOR_MODULE_H
#define AGENT_DOOR_MODULE_H

#include <jansson.h>

#include "hw/module.h"
#include "lib/access.h"
#include "lib/events.h"

struct door_role;
struct rpc_request;

#define DOOR_FINGERPRINT_SIZE 17

/* What outlives the process; secret, and all of it is worth nothing to another device. */
struct door_module_key {
	bool has_key;
	uint8_t cuid[READER_CUID_BYTES]; /* the device that the key belongs to */
	uint8_t key[READER_KEY_BYTES];
	/* Alarms that were raised: the next process clears them. */
	bool is_tampered;
	bool has_power_failure;
};

struct door_module {
	struct access_module config; /* no bus: there is none of this number */
	const char *nowhere;	     /* why it is on no line although it should be; or NULL */
	struct hw_module told;	     /* what events and live state have said last */
	bool was_on_line;
	bool is_told_secure;
	const char *cause_told; /* why it is refused; NULL while it is not */
	uint64_t changed_us;
};

struct door_modules {
	struct door_module all[MODULES];
	struct door_module_key keys[MODULES];
	char fingerprint[DOOR_FINGERPRINT_SIZE]; /* of the host key that keys are made of */
	struct keep *keep;
};

/* Takes the keys that a killed predecessor has left. */
void door_module_open(struct door_role *role);
void door_module_close(struct door_role *role);
/* Takes the access table's modules; needs role->hw. */
void door_module_configure(struct door_role *role);

/* Callbacks of hw_ops; context is the role. */
void door_module_on_change(const struct hw_module *module, void *context);
void door_module_on_trouble(unsigned module, const char *what, void *context);

/* An event of a module; steals data, to which module and name are added. NULL: no more. */
void door_module_tell(struct door_role *role, unsigned module, enum event_kind kind, json_t *data);
void door_module_push(struct door_role *role, unsigned module);
/* A new reference: the live object, or NULL when there is no module of this number. */
json_t *door_module_live_state(const struct door_role *role, unsigned module);
void door_module_refresh(struct door_role *role);

/* door_module_rpc.c: methods of the store: module.host_key, module.key; the others are forwarded.
 */
void door_module_host_key(struct door_role *role, struct rpc_request *request);
void door_module_key(struct door_role *role, struct rpc_request *request);
void door_module_install(struct door_role *role, struct rpc_request *request);
void door_module_output(struct door_role *role, struct rpc_request *request);
/* Asks the store for the key of a device, if the store is there. */
void door_module_want_key(struct door_role *role, const struct hw_module *module);
/* The key that is kept for a module goes to the hardware, or none. */
void door_module_use_key(struct door_role *role, unsigned module);
void door_module_keep(struct door_role *role);

#endif
