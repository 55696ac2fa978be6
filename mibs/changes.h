/*
 * When rows have last changed: the values of their state columns are hashed, and another hash is a
 * change. Counters, measured values and what is commanded do not count. A row that is new, also
 * after a start of the subagent, has changed: a manager reads it once too often, never too seldom.
 */
#ifndef MIBS_CHANGES_H
#define MIBS_CHANGES_H

#include <stdint.h>

struct replica;

struct replica_stamp {
	uint64_t hash; /* 0: there is no such row */
	uint64_t mono_us;
	uint64_t wall_us;
};

/* Tables that tell when they have last changed. */
enum replica_part {
	PART_READERS,
	PART_POINTS,
	PART_INPUTS,
	PART_OUTPUTS,
	PART_SOURCES,
	PART_RAILS,
	PART_LEDS,
	PART_MODULES,
	PART_MODULE_OUTPUTS,
	PART_FLOORS,
	PART_FIRE,
	PART_SERVERS,
	PART_HEALTH,
	/* These see to themselves. */
	PART_DENIED,
	PART_FOLLOWERS,
	PARTS,
};

#define PART_BIT(part) (1u << (part))

/* Looks at all rows of these parts, a bit each. */
void changes_note(struct replica *replica, unsigned parts);

#endif
