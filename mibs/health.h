/*
 * The health tree: how each part of the controller is, and why, judged anew whenever something has
 * changed; the worst of them is the controller's.
 */
#ifndef MIBS_HEALTH_H
#define MIBS_HEALTH_H

#include <stdint.h>

#include "mibs/changes.h"

#define HEALTH_REASON_SIZE 129

/* CardeaHealth; not in the order of badness. */
enum health {
	HEALTH_UNKNOWN = 1,
	HEALTH_GOOD,
	HEALTH_WARNING,
	HEALTH_FAILED,
};

/* cardeaHealthIndex less 1: append. */
enum health_part {
	HEALTH_STORE,
	HEALTH_CONTROL,
	HEALTH_BOARD,
	HEALTH_DOORS,
	HEALTH_READERS,
	HEALTH_INPUTS,
	HEALTH_POINTS,
	HEALTH_MODULES,
	HEALTH_POWER,
	HEALTH_TEMPERATURE,
	HEALTH_TAMPERING,
	HEALTH_FIRE,
	HEALTH_ACCESS,
	HEALTH_LOG,
	HEALTH_SERVERS,
	HEALTH_PARTS,
};

struct health_row {
	unsigned char state;
	char reason[HEALTH_REASON_SIZE]; /* the first that is worst; "" when all is well */
	uint32_t count;			 /* how many things are not well */
	struct replica_stamp stamp;
};

struct replica_health {
	unsigned char worst;
	char reason[HEALTH_REASON_SIZE];
	struct health_row rows[HEALTH_PARTS + 1]; /* from 1 */
};

struct replica;

const char *health_name(enum health_part part);
void health_judge(struct replica *replica);

#endif
