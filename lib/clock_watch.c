#include "lib/clock_watch.h"

#include <event2/event.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

#define JUMP_US	  ((int64_t) US_PER_S)
#define PERIOD_US (10 * US_PER_S)
/* A process that was held up between reading both clocks has not seen a jump. */
#define HELD_UP_US (US_PER_S / 10)
#define TRIES	   3

struct clock_watch {
	clock_watch_fn *on_set;
	void *context;
	int fd; /* readable when the clock was set; -1 when the kernel has no such timers */
	struct event *set;
	struct event *timer;
	int64_t ahead_us; /* the wall clock, of the monotonic one */
};

static bool
read_both(uint64_t *ret_mono_us, uint64_t *ret_wall_us)
{
	for (int i = 0; i < TRIES; i++) {
		uint64_t before_us = clock_mono_us();
		*ret_wall_us = clock_wall_us();
		*ret_mono_us = clock_mono_us();
		if (*ret_mono_us - before_us < HELD_UP_US)
			return true;
	}
	return false;
}

void
clock_watch_look(struct clock_watch *watch)
{
	uint64_t mono_us;
	uint64_t wall_us;

	if (!read_both(&mono_us, &wall_us))
		return;
	int64_t ahead_us = (int64_t) (wall_us - mono_us);
	int64_t jump_us = ahead_us - watch->ahead_us;
	uint64_t old_us = mono_us + (uint64_t) watch->ahead_us;
	/* Also what is no jump, so that many small steps never add up to one. */
	watch->ahead_us = ahead_us;
	if (llabs(jump_us) >= JUMP_US)
		watch->on_set(old_us, wall_us, watch->context);
}

/* A timer that never comes, but is cancelled when the clock is set. */
static void
arm(struct clock_watch *watch)
{
	const struct itimerspec never = { .it_value.tv_sec = INT64_C(1) << 40 };

	(void) timerfd_settime(watch->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never,
			       NULL);
}

static void
on_cancelled(evutil_socket_t fd, short what UNUSED, void *context)
{
	struct clock_watch *watch = context;
	uint64_t count;

	/* Fails with ECANCELED, which is the message. */
	(void) !read(fd, &count, sizeof(count));
	arm(watch);
	clock_watch_look(watch);
}

static void
on_timer(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct clock_watch *watch = context;

	loop_arm_in(watch->timer, PERIOD_US);
	clock_watch_look(watch);
}

struct clock_watch *
clock_watch_new(struct event_base *base, clock_watch_fn *on_set, void *context)
{
	struct clock_watch *watch = xcalloc(1, sizeof(*watch));

	watch->on_set = on_set;
	watch->context = context;
	watch->ahead_us = (int64_t) (clock_wall_us() - clock_mono_us());
	watch->timer = evtimer_new(base, on_timer, watch);
	loop_arm_in(watch->timer, PERIOD_US);
	watch->fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (watch->fd < 0)
		return watch;
	watch->set = event_new(base, watch->fd, EV_READ | EV_PERSIST, on_cancelled, watch);
	arm(watch);
	(void) event_add(watch->set, NULL);
	return watch;
}

void
clock_watch_free(struct clock_watch *watch)
{
	if (!watch)
		return;
	event_free(watch->timer);
	if (watch->set)
		event_free(watch->set);
	closep(&watch->fd);
	free(watch);
}
