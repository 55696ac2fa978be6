/* What commands, fire, schedules and interlocks make of one door. */
#include "lib/util.h"
#include "tests/unit/door_script.h"
#include "tests/unit/tap.h"

static const struct door_subject warden = { .credential = 3,
					    .may_override = true,
					    .holder = "Warden" };
static const struct door_subject keeper = {
	.credential = 4, .may_toggle = true, .is_first_person = true, .holder = "Keeper"
};

static void
test_a_blocked_door_lets_nobody_in_until_it_is_released(void)
{
	start();
	CU_ASSERT_EQUAL(door_admission(&door), DOOR_ADMITS);
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_BLOCK, "mode:blocked"));
	CU_ASSERT_EQUAL(door_admission(&door), DOOR_ADMITS_NOBODY);
	CU_ASSERT_TRUE(grant(S(11), &ada, ""));
	CU_ASSERT_TRUE(grant(S(11), &warden, ""));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed forced_cleared"));
	CU_ASSERT_TRUE(command(S(14), DOOR_COMMAND_RELEASE, "mode:locked"));
	CU_ASSERT_TRUE(grant(S(15), &ada, "mode:accessed lock:unlocked"));
}

static void
test_a_door_that_is_locked_down_lets_in_only_who_may_override(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(9), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_LOCKDOWN,
			       "not_taken mode:locked_down/lockdown lock:locked"));
	CU_ASSERT_EQUAL(door_admission(&door), DOOR_ADMITS_OVERRIDE);
	CU_ASSERT_TRUE(grant(S(11), &ada, ""));
	CU_ASSERT_TRUE(grant(S(12), &warden, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door_admission(&door), DOOR_ADMITS_OVERRIDE);
	CU_ASSERT_TRUE(grant(S(13), &ada, ""));
	CU_ASSERT_TRUE(move(S(14), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(
		move(S(15), DOOR_CLOSED, "position:closed mode:locked_down/lockdown lock:locked"));
	/* Whoever is inside gets out. */
	CU_ASSERT_TRUE(rex(S(16), true, "rex mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(17), false, ""));
	CU_ASSERT_TRUE(tick(S(24), "mode:locked_down/lockdown lock:locked"));
}

static void
test_a_lockdown_hides_what_operators_wish_and_its_release_brings_it_back(void)
{
	start();
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_UNLOCK, "mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(
		command(S(11), DOOR_COMMAND_LOCKDOWN, "mode:locked_down/lockdown lock:locked"));
	CU_ASSERT_TRUE(command(S(12), DOOR_COMMAND_UNLOCK, ""));
	CU_ASSERT_FALSE(door.is_released);
	CU_ASSERT_TRUE(
		command(S(13), DOOR_COMMAND_LOCKDOWN_RELEASE, "mode:unlocked lock:unlocked"));
}

static void
test_a_door_that_is_locked_open_is_locked_by_no_operator(void)
{
	start();
	CU_ASSERT_TRUE(
		command(S(10), DOOR_COMMAND_LOCK_OPEN, "mode:locked_open/lockdown lock:unlocked"));
	CU_ASSERT_TRUE(command(S(11), DOOR_COMMAND_LOCK, ""));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(tick(S(999), ""));
	CU_ASSERT_TRUE(move(S(1000), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(command(S(1001), DOOR_COMMAND_LOCK_OPEN_RELEASE, "mode:locked lock:locked"));
}

static void
test_unlock_until_ends_by_itself(void)
{
	start();
	CU_ASSERT_TRUE(unlock_until(S(10), S(60), "mode:unlocked lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(60));
	CU_ASSERT_TRUE(tick(S(60) - 1, ""));
	CU_ASSERT_TRUE(tick(S(60), "mode:locked lock:locked"));
	CU_ASSERT_STRING_EQUAL(door_reason_name(&door), "default");
	/* It ends below a higher wish too. */
	CU_ASSERT_TRUE(unlock_until(S(70), S(90), "mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(
		command(S(80), DOOR_COMMAND_LOCKDOWN, "mode:locked_down/lockdown lock:locked"));
	CU_ASSERT_TRUE(tick(S(90), ""));
	CU_ASSERT_TRUE(command(S(91), DOOR_COMMAND_LOCKDOWN_RELEASE, "mode:locked"));
}

static void
test_fire_opens_whatever_is_wished_and_leaves_the_wishes_alone(void)
{
	start();
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_LOCKDOWN, "mode:locked_down/lockdown"));
	CU_ASSERT_TRUE(level(S(11), DOOR_INPUT_FIRE, true, "mode:unlocked/fire lock:unlocked"));
	CU_ASSERT_TRUE(level(S(11), DOOR_INPUT_FIRE, true, ""));
	CU_ASSERT_TRUE(command(S(12), DOOR_COMMAND_BLOCK, ""));
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(tick(S(999), ""));
	CU_ASSERT_TRUE(
		level(S(1000), DOOR_INPUT_FIRE, false, "mode:locked_down/lockdown lock:locked"));
	/* It still stands open: that is timed from now. */
	CU_ASSERT_TRUE(tick(S(1020), "warning"));
	CU_ASSERT_TRUE(tick(S(1030), "held"));
	CU_ASSERT_TRUE(command(S(1031), DOOR_COMMAND_LOCKDOWN_RELEASE, "mode:blocked"));
}

static void
test_another_reason_for_the_same_mode_is_told(void)
{
	start();
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_UNLOCK, "mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(level(S(11), DOOR_INPUT_FIRE, true, "mode:unlocked/fire"));
	CU_ASSERT_TRUE(command(S(12), DOOR_COMMAND_RELEASE, ""));
	CU_ASSERT_TRUE(level(S(13), DOOR_INPUT_SCHEDULE, true, ""));
	CU_ASSERT_TRUE(level(S(14), DOOR_INPUT_FIRE, false, "mode:unlocked/schedule"));
}

static void
test_a_schedule_unlocks_and_an_interlock_and_an_operator_are_above_it(void)
{
	start();
	CU_ASSERT_TRUE(
		level(S(10), DOOR_INPUT_SCHEDULE, true, "mode:unlocked/schedule lock:unlocked"));
	CU_ASSERT_TRUE(
		level(S(11), DOOR_INPUT_INTERLOCK, true, "mode:locked/interlock lock:locked"));
	CU_ASSERT_TRUE(command(S(12), DOOR_COMMAND_UNLOCK, "mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(command(S(13), DOOR_COMMAND_RELEASE, "mode:locked/interlock lock:locked"));
	CU_ASSERT_TRUE(
		level(S(14), DOOR_INPUT_INTERLOCK, false, "mode:unlocked/schedule lock:unlocked"));
	CU_ASSERT_TRUE(level(S(15), DOOR_INPUT_SCHEDULE, false, "mode:locked lock:locked"));
}

static void
test_an_interlock_of_a_door_that_is_locked_anyhow_is_shown_and_not_told(void)
{
	start();
	CU_ASSERT_TRUE(level(S(10), DOOR_INPUT_INTERLOCK, true, ""));
	CU_ASSERT_STRING_EQUAL(door_reason_name(&door), "interlock");
	CU_ASSERT_TRUE(level(S(11), DOOR_INPUT_INTERLOCK, false, ""));
	CU_ASSERT_STRING_EQUAL(door_reason_name(&door), "default");
}

static void
test_a_level_that_changes_cuts_nobody_off_who_was_let_in(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(11), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(level(S(12), DOOR_INPUT_INTERLOCK, true, ""));
	CU_ASSERT_TRUE(command(S(12), DOOR_COMMAND_RELEASE, ""));
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(
		move(S(14), DOOR_CLOSED, "position:closed mode:locked/interlock lock:locked"));
}

static void
test_the_first_person_within_an_interval_lets_the_schedule_unlock(void)
{
	start();
	config.needs_first_person = true;
	/* Before the interval nobody is the first. */
	CU_ASSERT_TRUE(grant(S(1), &keeper, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(8), "not_taken mode:locked lock:locked"));
	CU_ASSERT_TRUE(level(S(10), DOOR_INPUT_SCHEDULE, true, ""));
	CU_ASSERT_TRUE(grant(S(11), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(18), "not_taken mode:locked lock:locked"));
	CU_ASSERT_TRUE(grant(S(20), &keeper, "mode:unlocked/schedule lock:unlocked"));
	CU_ASSERT_TRUE(level(S(30), DOOR_INPUT_SCHEDULE, true, ""));
	CU_ASSERT_TRUE(level(S(40), DOOR_INPUT_SCHEDULE, false, "mode:locked lock:locked"));
	/* Of each interval anew. */
	CU_ASSERT_TRUE(level(S(50), DOOR_INPUT_SCHEDULE, true, ""));
	CU_ASSERT_FALSE(door.is_released);
}

static void
test_a_double_badge_unlocks_and_locks(void)
{
	start();
	config.has_toggle = true;
	CU_ASSERT_TRUE(grant(S(10), &keeper, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(grant(S(12), &keeper, "not_taken mode:unlocked"));
	CU_ASSERT_STRING_EQUAL(door_reason_name(&door), "operator");
	/* The third is the first of the next pair. */
	CU_ASSERT_TRUE(grant(S(14), &keeper, ""));
	CU_ASSERT_TRUE(tick(S(99), ""));
	CU_ASSERT_TRUE(grant(S(100), &keeper, ""));
	CU_ASSERT_TRUE(grant(S(102), &keeper, "mode:locked lock:locked"));
	CU_ASSERT_STRING_EQUAL(door_reason_name(&door), "default");
}

static void
test_what_is_no_double_badge_switches_nothing(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &keeper, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(grant(S(11), &keeper, "not_taken"));
	config.has_toggle = true;
	CU_ASSERT_TRUE(grant(S(12), &ada, "not_taken"));
	CU_ASSERT_TRUE(grant(S(13), &ada, "not_taken"));
	CU_ASSERT_TRUE(grant(S(14), &keeper, "not_taken"));
	CU_ASSERT_TRUE(grant(S(17), &keeper, "not_taken"));
	CU_ASSERT_EQUAL(door.mode, DOOR_ACCESSED);
	/* An operator's lock is not undone by a badge. */
	CU_ASSERT_TRUE(command(S(18), DOOR_COMMAND_LOCK, "not_taken mode:locked lock:locked"));
	CU_ASSERT_TRUE(grant(S(19), &keeper, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(grant(S(20), &keeper, "not_taken"));
	CU_ASSERT_EQUAL(door.mode, DOOR_ACCESSED);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_blocked_door_lets_nobody_in_until_it_is_released),
		TAP(test_a_door_that_is_locked_down_lets_in_only_who_may_override),
		TAP(test_a_lockdown_hides_what_operators_wish_and_its_release_brings_it_back),
		TAP(test_a_door_that_is_locked_open_is_locked_by_no_operator),
		TAP(test_unlock_until_ends_by_itself),
		TAP(test_fire_opens_whatever_is_wished_and_leaves_the_wishes_alone),
		TAP(test_another_reason_for_the_same_mode_is_told),
		TAP(test_a_schedule_unlocks_and_an_interlock_and_an_operator_are_above_it),
		TAP(test_an_interlock_of_a_door_that_is_locked_anyhow_is_shown_and_not_told),
		TAP(test_a_level_that_changes_cuts_nobody_off_who_was_let_in),
		TAP(test_the_first_person_within_an_interval_lets_the_schedule_unlock),
		TAP(test_a_double_badge_unlocks_and_locks),
		TAP(test_what_is_no_double_badge_switches_nothing),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
