/*
 * The event loop (libevent) of every process: one base whose timers are finer than a millisecond
 * and whose events may be activated from other threads.
 */
#ifndef LIB_LOOP_H
#define LIB_LOOP_H

#include <stdint.h>

struct event;
struct event_base;

/* Ends the process when libevent cannot do its work. Ignores SIGPIPE for the whole process. */
struct event_base *loop_new(void);

/* Lets a timer come in so many microseconds. */
void loop_arm_in(struct event *timer, uint64_t delay_us);
/* The same at a time of the monotonic clock; what is past is due now, UINT64_MAX is never. */
void loop_arm_at(struct event *timer, uint64_t at_mono_us);

#endif
