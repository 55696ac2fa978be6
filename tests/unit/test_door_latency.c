#include "agent/door_latency.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static json_int_t
answer(const struct door_latency *latency, const char *name)
{
	_cleanup_(json_decrefp) json_t *said = door_latency_answer(latency);

	return json_integer_or(said, name, -1);
}

static void
test_nothing_has_been_measured_at_the_start(void)
{
	static struct door_latency latency;

	CU_ASSERT_EQUAL(answer(&latency, "count"), 0);
	CU_ASSERT_EQUAL(answer(&latency, "p99_us"), 0);
	CU_ASSERT_EQUAL(answer(&latency, "max_us"), 0);
}

static void
test_the_half_and_the_hundredth_are_found_in_any_order(void)
{
	static struct door_latency latency;

	for (unsigned i = 0; i < 1000; i++)
		door_latency_add(&latency, (i * 7) % 1000);
	CU_ASSERT_EQUAL(answer(&latency, "count"), 1000);
	CU_ASSERT_EQUAL(answer(&latency, "p50_us"), 500);
	CU_ASSERT_EQUAL(answer(&latency, "p99_us"), 990);
	CU_ASSERT_EQUAL(answer(&latency, "max_us"), 999);
}

static void
test_the_newest_are_kept_and_what_is_too_long_is_the_longest(void)
{
	static struct door_latency latency;

	door_latency_add(&latency, UINT64_MAX);
	CU_ASSERT_EQUAL(answer(&latency, "max_us"), UINT32_MAX);
	for (unsigned i = 0; i < LATENCY_SAMPLES; i++)
		door_latency_add(&latency, 5);
	CU_ASSERT_EQUAL(answer(&latency, "count"), LATENCY_SAMPLES);
	CU_ASSERT_EQUAL(answer(&latency, "max_us"), 5);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_nothing_has_been_measured_at_the_start),
		TAP(test_the_half_and_the_hundredth_are_found_in_any_order),
		TAP(test_the_newest_are_kept_and_what_is_too_long_is_the_longest),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
