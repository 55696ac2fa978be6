#include "hw/motion.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#define STEP_US UINT64_C(100000)

static struct motion motion;
static uint64_t now_us;

/* The next sample, a tenth of a second later. */
static bool
feel(double x, double y, double z)
{
	double mg[MOTION_AXES] = { x, y, z };

	now_us += STEP_US;
	return motion_add(&motion, mg, now_us);
}

static void
rest(unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		(void) feel(20, -30, 980);
}

static void
test_gravity_and_noise_are_no_movement(void)
{
	motion_init(&motion, 150);
	for (int i = 0; i < 100; i++)
		CU_ASSERT_FALSE(feel(i % 2 ? 100 : -40, 0, 1000 - i % 3));
}

static void
test_a_knock_is_a_movement_that_is_over_after_a_while(void)
{
	motion_init(&motion, 150);
	rest(20);
	CU_ASSERT_TRUE(feel(20, 200, 980));
	/* Two seconds after the last of it, not sooner. */
	for (uint64_t us = STEP_US; us < MOTION_HOLD_US; us += STEP_US)
		CU_ASSERT_TRUE(feel(20, -30, 980));
	CU_ASSERT_FALSE(feel(20, -30, 980));
}

static void
test_another_mounting_is_a_movement_and_then_the_new_rest(void)
{
	bool is_moved = true;

	motion_init(&motion, 150);
	rest(20);
	CU_ASSERT_TRUE(feel(980, 0, 0));
	for (unsigned i = 0; i < 200; i++)
		is_moved = feel(980, 0, 0);
	CU_ASSERT_FALSE(is_moved);
	CU_ASSERT_TRUE(feel(20, 0, 980));
}

static void
test_a_slow_drift_is_the_weather(void)
{
	motion_init(&motion, 150);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT_FALSE(feel(i, 0, 1000));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_gravity_and_noise_are_no_movement),
		TAP(test_a_knock_is_a_movement_that_is_over_after_a_while),
		TAP(test_another_mounting_is_a_movement_and_then_the_new_rest),
		TAP(test_a_slow_drift_is_the_weather),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
