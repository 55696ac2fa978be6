/*
 * A token bucket: so many at once, then one each interval. What is kept is when it would be full
 * again, which may begin as 0. Pure; times are microseconds of one clock.
 */
#ifndef LIB_BUCKET_H
#define LIB_BUCKET_H

#include <stdint.h>

/* Takes one and returns 0, or returns how long to wait for one, in microseconds. burst > 0. */
uint64_t bucket_take(uint64_t *full_us, uint64_t burst, uint64_t interval_us, uint64_t now_us);

#endif
