#include "lib/schedule.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static const struct schedule_interval intervals[] = { { 100, 200 }, { 300, 301 }, { 400, 500 } };

static bool
is_active(int64_t at_s)
{
	return schedule_is_active(intervals, ARRAY_LEN(intervals), at_s);
}

static int64_t
next(int64_t at_s)
{
	return schedule_next_change(intervals, ARRAY_LEN(intervals), at_s);
}

static void
test_it_is_active_from_the_beginning_until_before_the_end(void)
{
	CU_ASSERT_FALSE(is_active(-1));
	CU_ASSERT_FALSE(is_active(99));
	CU_ASSERT_TRUE(is_active(100));
	CU_ASSERT_TRUE(is_active(199));
	CU_ASSERT_FALSE(is_active(200));
	CU_ASSERT_FALSE(is_active(299));
	CU_ASSERT_TRUE(is_active(300));
	CU_ASSERT_FALSE(is_active(301));
	CU_ASSERT_TRUE(is_active(499));
	CU_ASSERT_FALSE(is_active(500));
	CU_ASSERT_FALSE(is_active(INT64_MAX));
}

static void
test_the_next_change_is_behind_the_instant(void)
{
	CU_ASSERT_EQUAL(next(INT64_MIN), 100);
	CU_ASSERT_EQUAL(next(99), 100);
	CU_ASSERT_EQUAL(next(100), 200);
	CU_ASSERT_EQUAL(next(199), 200);
	CU_ASSERT_EQUAL(next(200), 300);
	CU_ASSERT_EQUAL(next(300), 301);
	CU_ASSERT_EQUAL(next(301), 400);
	CU_ASSERT_EQUAL(next(499), 500);
	CU_ASSERT_EQUAL(next(500), INT64_MAX);
}

static void
test_without_intervals_it_is_never_active(void)
{
	CU_ASSERT_FALSE(schedule_is_active(NULL, 0, 100));
	CU_ASSERT_EQUAL(schedule_next_change(NULL, 0, 100), INT64_MAX);
}

static void
test_the_last_seconds_of_32_bits_count(void)
{
	static const struct schedule_interval late[] = { { UINT32_MAX - 1, UINT32_MAX } };

	CU_ASSERT_FALSE(schedule_is_active(late, 1, UINT32_MAX - 2));
	CU_ASSERT_TRUE(schedule_is_active(late, 1, UINT32_MAX - 1));
	CU_ASSERT_FALSE(schedule_is_active(late, 1, UINT32_MAX));
	CU_ASSERT_FALSE(schedule_is_active(late, 1, INT64_C(1) << 33));
}

/* As a caller goes from change to change. */
static void
test_going_from_change_to_change_meets_every_end_once(void)
{
	unsigned changes = 0;
	bool was_active = false;

	for (int64_t at_s = 0; (at_s = next(at_s)) != INT64_MAX; changes++) {
		CU_ASSERT_NOT_EQUAL(is_active(at_s), was_active);
		was_active = is_active(at_s);
	}
	CU_ASSERT_EQUAL(changes, 2 * ARRAY_LEN(intervals));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_it_is_active_from_the_beginning_until_before_the_end),
		TAP(test_the_next_change_is_behind_the_instant),
		TAP(test_without_intervals_it_is_never_active),
		TAP(test_the_last_seconds_of_32_bits_count),
		TAP(test_going_from_change_to_change_meets_every_end_once),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
