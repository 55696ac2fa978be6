/*
 * Who decides over a door: Fire, Lockdown, Operator, Interlock, Schedule, in this order. Each level
 * may hold one wish, the highest that has one wins, and when that is given up the next one counts
 * again. Pure; times are monotonic microseconds.
 */
#ifndef AGENT_DOOR_PRIORITY_H
#define AGENT_DOOR_PRIORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/door_command.h"

/* ONVIF DoorMode. */
enum door_mode {
	DOOR_LOCKED,
	DOOR_UNLOCKED,
	DOOR_ACCESSED,	    /* released for one access; no level wishes it */
	DOOR_BLOCKED,	    /* locked, and nobody is let in */
	DOOR_LOCKED_DOWN,   /* locked, and only who may override that is let in */
	DOOR_LOCKED_OPEN,   /* unlocked, and an operator's lock does not end it */
	DOOR_DOUBLE_LOCKED, /* by a second lock too */
	DOOR_MODES,
};

/* The highest first. */
enum door_level {
	DOOR_LEVEL_FIRE,
	DOOR_LEVEL_LOCKDOWN,
	DOOR_LEVEL_OPERATOR,
	DOOR_LEVEL_INTERLOCK,
	DOOR_LEVEL_SCHEDULE,
	DOOR_LEVEL_DEFAULT, /* nobody wishes anything: locked */
	DOOR_LEVELS,
};

struct door_wish {
	bool is_there;
	enum door_mode mode;
	uint64_t until_us; /* 0: until it is given up */
};

struct door_priority {
	struct door_wish wishes[DOOR_LEVELS];
};

struct door_verdict {
	enum door_mode mode;
	enum door_level level; /* that won */
};

void door_priority_wish(struct door_priority *priority, enum door_level level, enum door_mode mode,
			uint64_t until_us);
void door_priority_give_up(struct door_priority *priority, enum door_level level);
/* Any command but a grant, which wishes nothing; until_us counts for "unlock" only. */
void door_priority_command(struct door_priority *priority, enum door_command command,
			   uint64_t until_us);
/* Whether wishes have ended by their time. */
bool door_priority_expire(struct door_priority *priority, uint64_t now_us);
/* UINT64_MAX for never. */
uint64_t door_priority_deadline_us(const struct door_priority *priority);
struct door_verdict door_priority_verdict(const struct door_priority *priority);

/* The lock is released as long as the mode lasts. */
bool door_mode_is_free(enum door_mode mode);
/* Names on the wire: "locked_down", "fire" ... */
const char *door_mode_name(enum door_mode mode);
const char *door_level_name(enum door_level level);

#endif
