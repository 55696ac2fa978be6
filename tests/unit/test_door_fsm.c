#include "lib/util.h"
#include "tests/unit/door_script.h"
#include "tests/unit/tap.h"

static void
test_a_grant_releases_the_lock_for_the_access_time(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(17));
	CU_ASSERT_TRUE(tick(S(17) - 1, ""));
	CU_ASSERT_TRUE(door.is_released);
	CU_ASSERT_TRUE(tick(S(17), "not_taken mode:locked lock:locked"));
	CU_ASSERT_STRING_EQUAL(last_subject.holder, "Ada");
	CU_ASSERT_EQUAL(last_subject.reader, 2);
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(tick(S(99), ""));
}

static void
test_opening_within_the_time_takes_the_access_and_closing_relocks(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(17) - 1, DOOR_OPEN, "position:open taken"));
	CU_ASSERT_STRING_EQUAL(last_subject.holder, "Ada");
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
	CU_ASSERT_TRUE(move(S(17) - 1, DOOR_CLOSED, "position:closed mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	/* The same opening again is a break-in. */
	CU_ASSERT_TRUE(move(S(17), DOOR_OPEN, "position:open forced"));
}

static void
test_an_open_door_relocks_when_the_access_time_ends(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
	CU_ASSERT_TRUE(move(S(20), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
}

static void
test_a_door_may_relock_as_soon_as_it_opens(void)
{
	start();
	config.relock = ACCESS_RELOCK_ON_OPEN;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open taken mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
	CU_ASSERT_EQUAL(door.held_at_us, S(42));
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(move(S(13) + 1, DOOR_OPEN, "position:open forced"));
}

static void
test_what_was_due_before_an_input_happened_before_it(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	/* The tick is late: the door opened after the access had ended. */
	CU_ASSERT_TRUE(
		move(S(18), DOOR_OPEN, "not_taken position:open forced mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_FORCED);
}

static void
test_a_second_grant_extends_and_ends_the_first(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(grant(S(14), &grace, "not_taken"));
	CU_ASSERT_STRING_EQUAL(last_subject.holder, "Ada");
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(21));
	CU_ASSERT_TRUE(tick(S(17), ""));
	CU_ASSERT_TRUE(move(S(20), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_STRING_EQUAL(last_subject.holder, "Grace");
}

static void
test_a_shorter_access_time_never_cuts_an_access_short(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	config.access_time_ms = 1000;
	CU_ASSERT_TRUE(grant(S(11), &grace, "not_taken"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(17));
}

static void
test_a_forced_door_raises_one_alarm_until_it_is_closed(void)
{
	start();
	CU_ASSERT_TRUE(move(S(10), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_FORCED);
	CU_ASSERT_FALSE(door.is_released);
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(tick(S(1000), ""));
	CU_ASSERT_TRUE(move(S(1001), DOOR_OPEN, ""));
	CU_ASSERT_TRUE(move(S(1002), DOOR_CLOSED, "position:closed forced_cleared"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
	CU_ASSERT_TRUE(move(S(1003), DOOR_OPEN, "position:open forced"));
}

static void
test_a_door_held_open_warns_then_alarms_until_it_is_closed(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(31));
	CU_ASSERT_TRUE(tick(S(31) - 1, ""));
	CU_ASSERT_TRUE(tick(S(31), "warning"));
	CU_ASSERT_TRUE(door.is_warning);
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(41));
	CU_ASSERT_TRUE(tick(S(41) - 1, ""));
	CU_ASSERT_TRUE(tick(S(41), "held"));
	CU_ASSERT_FALSE(door.is_warning);
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_HELD);
	CU_ASSERT_TRUE(tick(S(9999), ""));
	CU_ASSERT_TRUE(move(S(10000), DOOR_CLOSED, "position:closed held_cleared"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
}

static void
test_closing_during_the_warning_ends_it_without_an_alarm(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(31), "warning mode:locked lock:locked"));
	CU_ASSERT_TRUE(move(S(40), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_FALSE(door.is_warning);
	CU_ASSERT_TRUE(tick(S(99), ""));
}

static void
test_without_a_pre_alarm_time_there_is_no_warning(void)
{
	start();
	config.pre_alarm_time_ms = 0;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(41));
	CU_ASSERT_TRUE(tick(S(41), "held"));
}

static void
test_a_grant_at_an_open_door_starts_its_held_open_time_anew(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
	CU_ASSERT_TRUE(tick(S(31), "warning"));
	CU_ASSERT_TRUE(grant(S(35), &grace, "mode:accessed lock:unlocked"));
	CU_ASSERT_FALSE(door.is_warning);
	CU_ASSERT_EQUAL(door.held_at_us, S(65));
	/* Whether an open door was used cannot be seen: nothing is said of it. */
	CU_ASSERT_TRUE(tick(S(42), "mode:locked lock:locked"));
	CU_ASSERT_TRUE(tick(S(55), "warning"));
	CU_ASSERT_TRUE(tick(S(65), "held"));
	/* An alarm that stands is not hidden by another grant. */
	CU_ASSERT_TRUE(grant(S(70), &grace, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_HELD);
}

static void
test_unlock_holds_the_door_unlocked_until_lock(void)
{
	start();
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_UNLOCK, "mode:unlocked lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(move(S(20), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(tick(S(9999), ""));
	CU_ASSERT_TRUE(move(S(10000), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(command(S(10001), DOOR_COMMAND_UNLOCK, ""));
	CU_ASSERT_TRUE(grant(S(10002), &ada, ""));
	CU_ASSERT_TRUE(tick(S(10020), ""));
	CU_ASSERT_TRUE(door.is_released);
	CU_ASSERT_TRUE(command(S(10021), DOOR_COMMAND_LOCK, "mode:locked lock:locked"));
	CU_ASSERT_TRUE(command(S(10022), DOOR_COMMAND_LOCK, ""));
	CU_ASSERT_TRUE(move(S(10023), DOOR_OPEN, "position:open forced"));
}

static void
test_unlock_clears_alarms_and_lock_times_the_open_door_anew(void)
{
	start();
	CU_ASSERT_TRUE(move(S(10), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_TRUE(
		command(S(11), DOOR_COMMAND_UNLOCK, "forced_cleared mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(command(S(20), DOOR_COMMAND_LOCK, "mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(40));
	CU_ASSERT_TRUE(tick(S(40), "warning"));
	CU_ASSERT_TRUE(command(S(45), DOOR_COMMAND_LOCK, ""));
	CU_ASSERT_TRUE(tick(S(50), "held"));
	CU_ASSERT_TRUE(
		command(S(51), DOOR_COMMAND_UNLOCK, "held_cleared mode:unlocked lock:unlocked"));
}

static void
test_commands_end_an_access_that_was_not_taken(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(command(S(11), DOOR_COMMAND_LOCK, "not_taken mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed forced_cleared"));
	CU_ASSERT_TRUE(grant(S(20), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(command(S(21), DOOR_COMMAND_UNLOCK, "not_taken mode:unlocked"));
	CU_ASSERT_TRUE(tick(S(60), ""));
	CU_ASSERT_TRUE(door.is_released);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_grant_releases_the_lock_for_the_access_time),
		TAP(test_opening_within_the_time_takes_the_access_and_closing_relocks),
		TAP(test_an_open_door_relocks_when_the_access_time_ends),
		TAP(test_a_door_may_relock_as_soon_as_it_opens),
		TAP(test_what_was_due_before_an_input_happened_before_it),
		TAP(test_a_second_grant_extends_and_ends_the_first),
		TAP(test_a_shorter_access_time_never_cuts_an_access_short),
		TAP(test_a_forced_door_raises_one_alarm_until_it_is_closed),
		TAP(test_a_door_held_open_warns_then_alarms_until_it_is_closed),
		TAP(test_closing_during_the_warning_ends_it_without_an_alarm),
		TAP(test_without_a_pre_alarm_time_there_is_no_warning),
		TAP(test_a_grant_at_an_open_door_starts_its_held_open_time_anew),
		TAP(test_unlock_holds_the_door_unlocked_until_lock),
		TAP(test_unlock_clears_alarms_and_lock_times_the_open_door_anew),
		TAP(test_commands_end_an_access_that_was_not_taken),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
