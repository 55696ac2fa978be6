#include "agent/store_throttle.h"

#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static uint64_t now_us;

static uint64_t
fake_clock(void)
{
	return now_us;
}

static struct throttle *
start(void)
{
	now_us = US_PER_S;
	clock_set_source(fake_clock);
	return throttle_new();
}

static void
fail_times(struct throttle *throttle, const char *address, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		throttle_note_failure(throttle, address);
}

static void
four_failures_cost_no_time(void)
{
	struct throttle *throttle = start();

	fail_times(throttle, "192.0.2.1", 4);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 0);
	throttle_free(throttle);
}

static void
each_further_failure_doubles_the_wait_up_to_five_minutes(void)
{
	struct throttle *throttle = start();

	fail_times(throttle, "192.0.2.1", 5);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 1);
	fail_times(throttle, "192.0.2.1", 1);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 2);
	fail_times(throttle, "192.0.2.1", 60);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 300);
	throttle_free(throttle);
}

static void
the_wait_ends_by_itself(void)
{
	struct throttle *throttle = start();

	fail_times(throttle, "192.0.2.1", 5);
	now_us += US_PER_S - 1;
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 1);
	now_us += 1;
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 0);
	throttle_free(throttle);
}

static void
a_success_makes_the_failures_forgotten(void)
{
	struct throttle *throttle = start();

	fail_times(throttle, "192.0.2.1", 6);
	now_us += 10 * US_PER_S;
	throttle_note_success(throttle, "192.0.2.1");
	fail_times(throttle, "192.0.2.1", 4);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 0);
	throttle_free(throttle);
}

static void
one_address_does_not_slow_another_down(void)
{
	struct throttle *throttle = start();

	fail_times(throttle, "192.0.2.1", 20);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "2001:db8::1"), 0);
	CU_ASSERT_NOT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 0);
	throttle_free(throttle);
}

static void
memory_is_bounded_by_the_addresses_that_failed_last(void)
{
	struct throttle *throttle = start();
	char address[32];

	fail_times(throttle, "192.0.2.1", 20);
	for (unsigned i = 0; i < 64; i++) {
		(void) snprintf(address, sizeof(address), "198.51.100.%u", i);
		fail_times(throttle, address, 5);
	}
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "192.0.2.1"), 0);
	CU_ASSERT_EQUAL(throttle_wait_s(throttle, "198.51.100.63"), 1);
	throttle_free(throttle);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(four_failures_cost_no_time),
		TAP(each_further_failure_doubles_the_wait_up_to_five_minutes),
		TAP(the_wait_ends_by_itself),
		TAP(a_success_makes_the_failures_forgotten),
		TAP(one_address_does_not_slow_another_down),
		TAP(memory_is_bounded_by_the_addresses_that_failed_last),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
