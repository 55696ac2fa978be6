#include "agent/door_interlock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

/* Door n as a bit. */
#define D(n) (UINT64_C(1) << ((n) -1))

static void
test_a_door_may_open_while_the_others_of_its_group_are_shut(void)
{
	const struct access_interlock trap[] = { { D(1) | D(2), 1 } };

	CU_ASSERT_TRUE(door_interlock_allows(trap, 1, 1, 0));
	CU_ASSERT_FALSE(door_interlock_allows(trap, 1, 1, D(2)));
	CU_ASSERT_FALSE(door_interlock_allows(trap, 1, 2, D(1)));
	/* Its own opening holds up nobody but the others. */
	CU_ASSERT_TRUE(door_interlock_allows(trap, 1, 1, D(1)));
}

static void
test_a_door_of_another_group_does_not_count(void)
{
	const struct access_interlock traps[] = { { D(1) | D(2), 1 }, { D(3) | D(4), 1 } };

	CU_ASSERT_TRUE(door_interlock_allows(traps, 2, 1, D(3) | D(4)));
	CU_ASSERT_FALSE(door_interlock_allows(traps, 2, 4, D(3)));
}

static void
test_as_many_doors_may_be_open_as_the_group_says(void)
{
	const struct access_interlock hall[] = { { D(1) | D(2) | D(3), 2 } };

	CU_ASSERT_TRUE(door_interlock_allows(hall, 1, 1, D(2)));
	CU_ASSERT_FALSE(door_interlock_allows(hall, 1, 1, D(2) | D(3)));
	CU_ASSERT_TRUE(door_interlock_allows(hall, 1, 1, D(1) | D(2) | D(4)));
}

static void
test_a_door_in_two_groups_needs_both(void)
{
	const struct access_interlock both[] = { { D(1) | D(2), 1 }, { D(2) | D(3), 1 } };

	CU_ASSERT_TRUE(door_interlock_allows(both, 2, 2, 0));
	CU_ASSERT_FALSE(door_interlock_allows(both, 2, 2, D(1)));
	CU_ASSERT_FALSE(door_interlock_allows(both, 2, 2, D(3)));
	CU_ASSERT_TRUE(door_interlock_allows(both, 2, 1, D(3)));
}

static void
test_a_group_that_is_not_there_and_the_last_door_of_the_model(void)
{
	const struct access_interlock rows[] = { { 0, 0 }, { D(1) | D(64), 1 } };

	CU_ASSERT_TRUE(door_interlock_allows(rows, 1, 1, UINT64_MAX));
	CU_ASSERT_FALSE(door_interlock_allows(rows, 2, 64, D(1)));
	CU_ASSERT_TRUE(door_interlock_allows(rows, 0, 1, UINT64_MAX));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_door_may_open_while_the_others_of_its_group_are_shut),
		TAP(test_a_door_of_another_group_does_not_count),
		TAP(test_as_many_doors_may_be_open_as_the_group_says),
		TAP(test_a_door_in_two_groups_needs_both),
		TAP(test_a_group_that_is_not_there_and_the_last_door_of_the_model),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
