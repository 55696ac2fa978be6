/* The part of the replica about decisions, floors of lifts and the fire alarm; see replica.h. */
#ifndef MIBS_REPLICA_ACCESS_H
#define MIBS_REPLICA_ACCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/model.h"
#include "lib/reason.h"
#include "mibs/changes.h"
#include "mibs/replica_command.h"

#define REPLICA_FLOOR_NAME 65

struct replica_denied {
	uint32_t door;
	uint32_t reason; /* enum reason */
	uint32_t count;
	struct replica_stamp stamp; /* of the last one; its hash is not used */
};

struct replica_floor {
	bool is_there;
	unsigned snapshot;
	struct replica_stamp stamp;
	char name[REPLICA_FLOOR_NAME];
	uint32_t module;
	uint32_t output;
	uint32_t reader;
	uint32_t pulse_ms;
	uint32_t granted;
};

struct replica_fire {
	uint32_t input;
	bool is_active;
	bool is_latched;
	struct replica_stamp stamp;
	struct replica_command command;
};

/* By door, 0 for floors, and reason, both as they rise. */
#define REPLICA_DENIED ((DOORS + 1) * (REASON_COUNT - 1))

struct replica_access {
	bool is_degraded;
	uint32_t threat;
	struct replica_command threat_command;
	uint32_t granted;
	uint32_t denied_sum;
	struct replica_denied denied[REPLICA_DENIED];
	struct replica_floor floors[FLOORS + 1]; /* from 1 */
	struct replica_fire fire;
};

struct replica;

void replica_access_init(struct replica_access *access);
void replica_set_access(struct replica *replica, const json_t *value);
void replica_set_floor(struct replica *replica, struct replica_floor *floor, const json_t *value);
void replica_set_fire(struct replica *replica, const json_t *value);

#endif
