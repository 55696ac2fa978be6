/* The times of one door: extended ones, relocking, the bolt, the second lock. */
#include "lib/util.h"
#include "tests/unit/door_script.h"
#include "tests/unit/tap.h"

#define MS(ms) ((ms) *US_PER_MS)

static const struct door_subject slow = { .credential = 5, .is_extended = true, .holder = "Slow" };

static void
test_extended_times_are_for_who_has_them(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &slow, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(30));
	CU_ASSERT_TRUE(move(S(29), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_EQUAL(door.held_at_us, S(89));
	CU_ASSERT_EQUAL(door.warn_at_us, S(79));
	/* The next one has the usual times again. */
	start();
	CU_ASSERT_TRUE(grant(S(10), &slow, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(move(S(12), DOOR_CLOSED, "position:closed mode:locked lock:locked"));
	CU_ASSERT_TRUE(grant(S(13), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(20));
	CU_ASSERT_TRUE(move(S(14), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_EQUAL(door.held_at_us, S(44));
}

static void
test_a_request_to_exit_leaves_an_extended_access_its_times(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &slow, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(11), true, "rex"));
	CU_ASSERT_TRUE(rex(S(12), false, ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(30));
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_EQUAL(door.held_at_us, S(73));
}

static void
test_a_relock_may_wait_a_moment_after_opening(void)
{
	start();
	config.relock = ACCESS_RELOCK_ON_OPEN;
	config.relock_delay_ms = 3000;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(14));
	CU_ASSERT_TRUE(tick(S(14), "mode:locked lock:locked"));
	/* And never beyond the access time. */
	CU_ASSERT_TRUE(move(S(15), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(grant(S(20), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(26), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(27), "mode:locked lock:locked"));
}

static void
test_a_relock_may_wait_a_moment_after_closing(void)
{
	start();
	config.relock_delay_ms = 500;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(move(S(12), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(door.is_released);
	CU_ASSERT_TRUE(tick(S(12) + MS(500), "mode:locked lock:locked"));
}

static void
test_a_relock_after_the_time_waits_for_it_whatever_the_door_does(void)
{
	start();
	config.relock = ACCESS_RELOCK_AFTER_TIME;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(move(S(12), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(move(S(14), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
}

static void
test_a_lock_is_told_when_its_bolt_has_had_its_time(void)
{
	start();
	config.bolt_time_ms = 700;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed"));
	CU_ASSERT_TRUE(door.is_released);
	CU_ASSERT_TRUE(tick(S(10) + MS(700), "lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(17), "not_taken mode:locked"));
	CU_ASSERT_TRUE(tick(S(17) + MS(700), "lock:locked"));
}

static void
test_a_bolt_that_stays_out_after_closing_is_an_alarm_half_a_second_later(void)
{
	start();
	config.lock_monitor = 1;
	CU_ASSERT_TRUE(monitor(S(2), DOOR_LOCK_LOCKED, ""));
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed"));
	CU_ASSERT_TRUE(monitor(S(10) + MS(50), DOOR_LOCK_UNLOCKED, "lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked"));
	CU_ASSERT_TRUE(move(S(20), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(tick(S(20) + MS(499), ""));
	CU_ASSERT_TRUE(tick(S(20) + MS(500), "fault:unlocked"));
	CU_ASSERT_TRUE(monitor(S(30), DOOR_LOCK_LOCKED, "lock:locked fault_cleared:locked"));
}

static void
test_the_second_lock_is_thrown_while_double_locked_and_not_while_somebody_is_let_in(void)
{
	start();
	config.double_lock_output = 2;
	CU_ASSERT_TRUE(
		command(S(10), DOOR_COMMAND_DOUBLE_LOCK, "mode:double_locked double:locked"));
	CU_ASSERT_TRUE(grant(S(11), &ada, "mode:accessed lock:unlocked double:unlocked"));
	CU_ASSERT_TRUE(tick(S(18), "not_taken mode:double_locked lock:locked double:locked"));
	CU_ASSERT_TRUE(command(S(19), DOOR_COMMAND_RELEASE, "mode:locked double:unlocked"));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_extended_times_are_for_who_has_them),
		TAP(test_a_request_to_exit_leaves_an_extended_access_its_times),
		TAP(test_a_relock_may_wait_a_moment_after_opening),
		TAP(test_a_relock_may_wait_a_moment_after_closing),
		TAP(test_a_relock_after_the_time_waits_for_it_whatever_the_door_does),
		TAP(test_a_lock_is_told_when_its_bolt_has_had_its_time),
		TAP(test_a_bolt_that_stays_out_after_closing_is_an_alarm_half_a_second_later),
		TAP(test_the_second_lock_is_thrown_while_double_locked_and_not_while_somebody_is_let_in),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
