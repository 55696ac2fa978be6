#include "lib/loop.h"

#include <event2/event.h>
#include <event2/thread.h>
#include <signal.h>
#include <stdlib.h>

#include "lib/clock.h"
#include "lib/log.h"
#include "lib/util.h"

static void
on_libevent_error(int error)
{
	(void) log_err(0, "libevent failed with %d", error);
	abort();
}

struct event_base *
loop_new(void)
{
	event_set_fatal_callback(on_libevent_error);
	if (evthread_use_pthreads() < 0)
		abort();
	struct event_config *config = event_config_new();
	/* Line timing and alarms want timers finer than the millisecond of epoll_wait(). */
	(void) event_config_set_flag(config, EVENT_BASE_FLAG_PRECISE_TIMER);
	struct event_base *base = event_base_new_with_config(config);
	event_config_free(config);
	if (!base)
		abort();
	/* A peer that went away is an error of its write, not the end of this process. */
	(void) signal(SIGPIPE, SIG_IGN);
	return base;
}

void
loop_arm_in(struct event *timer, uint64_t delay_us)
{
	struct timeval delay = { .tv_sec = (time_t) (delay_us / US_PER_S),
				 .tv_usec = (suseconds_t) (delay_us % US_PER_S) };

	(void) evtimer_add(timer, &delay);
}

void
loop_arm_at(struct event *timer, uint64_t at_mono_us)
{
	uint64_t now_us = clock_mono_us();

	if (at_mono_us == UINT64_MAX)
		(void) evtimer_del(timer);
	else
		loop_arm_in(timer, at_mono_us > now_us ? at_mono_us - now_us : 0);
}
