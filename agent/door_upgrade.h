/*
 * Firmware for readers and modules: one file at a time, in memory, given to one device after
 * another. Cards are taken meanwhile. A device that is not on line, or refuses files, is not
 * upgraded and says why.
 *
 * Those who may take it are numbered: readers as they are, modules behind the last reader.
 */
#ifndef AGENT_DOOR_UPGRADE_H
#define AGENT_DOOR_UPGRADE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/line.h"
#include "lib/model.h"

struct door_role;
struct rpc_request;

enum {
	DOOR_FIRMWARE_MAX = 4 * 1024 * 1024,
	DOOR_FIRMWARE_NAME_MAX = 64,
	DOOR_UPGRADE_TAKERS = READERS + MODULES,
};

enum door_upgrade_state {
	DOOR_UPGRADE_NONE,
	DOOR_UPGRADE_WAITING, /* for those before it */
	DOOR_UPGRADE_SENDING,
	DOOR_UPGRADE_DONE,
	DOOR_UPGRADE_FAILED,
};

struct door_upgrade_taker {
	enum door_upgrade_state state;
	uint32_t sent;
	const char *reason; /* of FAILED; static */
};

struct door_upgrade {
	char name[DOOR_FIRMWARE_NAME_MAX + 1];
	uint8_t *data; /* NULL: no file */
	uint32_t size;
	uint32_t have; /* so much of it has come */
	struct door_upgrade_taker takers[DOOR_UPGRADE_TAKERS];
};

/* The file in pieces, each behind the one before. Pure. */

/* -EBUSY: somebody is taking the file that is there. -EFBIG, -EINVAL. */
int door_firmware_begin(struct door_upgrade *upgrade, const char *name, uint32_t size);
/* -ENOENT: no file was begun. -ESPIPE: not behind what has come. -EBUSY: it is complete. */
int door_firmware_add(struct door_upgrade *upgrade, uint32_t offset, const uint8_t *data,
		      size_t size);
/* -EBUSY: somebody is taking it. */
int door_firmware_drop(struct door_upgrade *upgrade);

/* Queues a taker, from 1. -ENOENT: no complete file. -EALREADY: it waits or is taking it. */
int door_upgrade_add(struct door_upgrade *upgrade, unsigned taker);
/* The taker to begin with, or 0: nobody waits, or one is under way. */
unsigned door_upgrade_next(const struct door_upgrade *upgrade);
bool door_upgrade_is_busy(const struct door_upgrade *upgrade);
const char *door_upgrade_state_name(enum door_upgrade_state state);

/* door_upgrade_run.c */

void door_upgrade_close(struct door_role *role);
void door_upgrade_on_work(struct door_role *role, const struct hw_work *work);
/* A new reference: what of it a taker's live object shows; NULL: nothing. */
json_t *door_upgrade_live_state(const struct door_role *role, unsigned taker);

/* Methods: firmware.begin, firmware.chunk, firmware.drop, and of readers and modules upgrade and
 * upgrade_cancel. */
void door_upgrade_begin(struct door_role *role, struct rpc_request *request);
void door_upgrade_chunk(struct door_role *role, struct rpc_request *request);
void door_upgrade_drop(struct door_role *role, struct rpc_request *request);
void door_upgrade_start(struct door_role *role, struct rpc_request *request);
void door_upgrade_cancel(struct door_role *role, struct rpc_request *request);

#endif
