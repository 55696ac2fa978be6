/*
 * Tells when the wall clock is set: by a person, by NTP's first step, by a battery that was empty.
 * The kernel says at once that something set it; a comparison with the monotonic clock every few
 * seconds finds what it does not say. What is less than a second, as NTP steers, is no jump.
 *
 * Nothing blocks; the callback runs in the loop and may free the watch.
 */
#ifndef LIB_CLOCK_WATCH_H
#define LIB_CLOCK_WATCH_H

#include <stdint.h>

struct event_base;
struct clock_watch;

/* What the wall clock would say now had nobody set it, and what it says, in microseconds. */
typedef void clock_watch_fn(uint64_t old_us, uint64_t new_us, void *context);

struct clock_watch *clock_watch_new(struct event_base *base, clock_watch_fn *on_set, void *context);
void clock_watch_free(struct clock_watch *watch);
/* Compares now. */
void clock_watch_look(struct clock_watch *watch);

#endif
