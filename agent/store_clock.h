/*
 * What follows when the wall clock is set: an event, and schedules around the new time.
 */
#ifndef AGENT_STORE_CLOCK_H
#define AGENT_STORE_CLOCK_H

#include "agent/store.h"

void store_clock_start(struct store *store);
/* As the watch says it: lib/clock_watch.h. */
void store_clock_on_set(uint64_t old_us, uint64_t new_us, void *store);

#endif
