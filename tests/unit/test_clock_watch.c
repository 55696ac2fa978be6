#include "lib/clock.h"
#include "lib/clock_watch.h"
#include "lib/loop.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <event2/event.h>

#define START_US (UINT64_C(1793000000) * US_PER_S)

static struct event_base *base;
static struct clock_watch *watch;
static uint64_t mono_us;
static int64_t ahead_us;    /* the wall clock, of what nobody has touched */
static uint64_t held_up_us; /* what every reading of the monotonic clock takes */

static struct {
	unsigned times;
	uint64_t old_us;
	uint64_t new_us;
} said;

static uint64_t
mono(void)
{
	mono_us += held_up_us;
	return mono_us;
}

static uint64_t
wall(void)
{
	return START_US + mono_us + (uint64_t) ahead_us;
}

static void
on_set(uint64_t old_us, uint64_t new_us, void *context UNUSED)
{
	said.times++;
	said.old_us = old_us;
	said.new_us = new_us;
}

static void
start(void)
{
	mono_us = 1000 * US_PER_S;
	ahead_us = 0;
	held_up_us = 0;
	said.times = 0;
	clock_set_source(mono);
	clock_set_wall_source(wall);
	base = loop_new();
	watch = clock_watch_new(base, on_set, NULL);
}

static void
stop(void)
{
	clock_watch_free(watch);
	event_base_free(base);
	clock_set_source(NULL);
	clock_set_wall_source(NULL);
}

static void
look_after(uint64_t seconds)
{
	mono_us += seconds * US_PER_S;
	clock_watch_look(watch);
}

static void
test_a_clock_that_only_goes_on_is_not_set(void)
{
	start();
	look_after(10);
	look_after(400 * 86400);
	unit_turn(base);
	CU_ASSERT_EQUAL(said.times, 0);
	stop();
}

static void
test_a_clock_set_forward_tells_both_times_once(void)
{
	start();
	ahead_us = 3600 * (int64_t) US_PER_S;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 1);
	CU_ASSERT_EQUAL(said.old_us, START_US + 1010 * US_PER_S);
	CU_ASSERT_EQUAL(said.new_us, START_US + 4610 * US_PER_S);
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 1);
	stop();
}

static void
test_a_clock_set_back_tells_both_times_once(void)
{
	start();
	ahead_us = -86400 * (int64_t) US_PER_S;
	look_after(10);
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 1);
	CU_ASSERT_EQUAL(said.old_us - said.new_us, 86400 * US_PER_S);
	stop();
}

static void
test_a_second_is_a_jump_and_less_is_none(void)
{
	start();
	ahead_us = (int64_t) US_PER_S - 1;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 0);
	ahead_us += (int64_t) US_PER_S;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 1);
	ahead_us -= (int64_t) US_PER_S;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 2);
	stop();
}

/* 500 ppm is the most that the kernel steers. */
static void
test_a_slow_steering_never_adds_up_to_a_jump(void)
{
	start();
	for (int i = 0; i < 8640; i++) {
		ahead_us += 5000;
		look_after(10);
	}
	CU_ASSERT_EQUAL(said.times, 0);
	stop();
}

static void
test_a_process_that_was_held_up_has_not_seen_a_jump(void)
{
	start();
	held_up_us = 5 * US_PER_S;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 0);
	held_up_us = 0;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 0);
	ahead_us = 2 * (int64_t) US_PER_S;
	look_after(10);
	CU_ASSERT_EQUAL(said.times, 1);
	stop();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_clock_that_only_goes_on_is_not_set),
		TAP(test_a_clock_set_forward_tells_both_times_once),
		TAP(test_a_clock_set_back_tells_both_times_once),
		TAP(test_a_second_is_a_jump_and_less_is_none),
		TAP(test_a_slow_steering_never_adds_up_to_a_jump),
		TAP(test_a_process_that_was_held_up_has_not_seen_a_jump),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
