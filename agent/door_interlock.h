/* Interlocks: of some doors only so many may be open or released at a time. Pure. */
#ifndef AGENT_DOOR_INTERLOCK_H
#define AGENT_DOOR_INTERLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/access.h"

/*
 * Whether this door, from 1, may be released while those of open_doors are open or released, bit
 * n - 1 for door n; its own bit does not count.
 */
bool door_interlock_allows(const struct access_interlock *interlocks, unsigned count, unsigned door,
			   uint64_t open_doors);

#endif
