/*
 * When a schedule is active, as the store has worked it out for the time zone of the device: sorted
 * disjoint intervals of UTC within a window of some hundred days. Pure; what lies outside of the
 * window is not known.
 */
#ifndef LIB_SCHEDULE_H
#define LIB_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Seconds since 1970, from inclusive, to exclusive. */
struct schedule_interval {
	uint32_t from_s;
	uint32_t to_s;
};

bool schedule_is_active(const struct schedule_interval *intervals, size_t count, int64_t at_s);
/* The first instant behind at_s at which that changes; INT64_MAX when it does not any more. */
int64_t schedule_next_change(const struct schedule_interval *intervals, size_t count, int64_t at_s);

#endif
