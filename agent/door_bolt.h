/*
 * Where the bolt of a lock really is: with a lock monitor as that says, without one as commanded
 * once the bolt has had its time. A monitor that says otherwise for longer than that is a fault.
 * Pure; times are monotonic microseconds.
 */
#ifndef AGENT_DOOR_BOLT_H
#define AGENT_DOOR_BOLT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/access.h"

/* After the door has closed, and for any lock: no bolt is expected to be faster. */
#define DOOR_BOLT_SETTLE_MS 500

enum door_lock { DOOR_LOCK_UNKNOWN, DOOR_LOCK_LOCKED, DOOR_LOCK_UNLOCKED };

struct door_bolt {
	enum door_lock lock;
	enum door_lock monitor; /* UNKNOWN without one, or when its line is broken */
	bool is_released;	/* as it was commanded last */
	bool is_faulty;
	uint64_t arrives_at_us; /* 0: it has */
	uint64_t faulty_at_us;	/* 0: nothing is wrong */
};

/* What is wanted of it, and whether the door stands open: no bolt can be thrown then. */
struct door_bolt_wanted {
	bool is_released;
	bool is_open;
};

void door_bolt_init(struct door_bolt *bolt);
void door_bolt_step(const struct access_door *config, struct door_bolt *bolt,
		    const struct door_bolt_wanted *wanted, uint64_t now_us);
/* When the next step is due; UINT64_MAX for never. */
uint64_t door_bolt_deadline_us(const struct door_bolt *bolt);

/* "locked", "unlocked", "unknown". */
const char *door_lock_name(enum door_lock lock);

#endif
