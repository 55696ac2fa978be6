#include "lib/util.h"
#include "tests/unit/door_script.h"
#include "tests/unit/tap.h"

static void
test_the_request_to_exit_releases_and_is_no_break_in(void)
{
	start();
	CU_ASSERT_TRUE(rex(S(10), true, "rex mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(11), false, ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(18));
	/* Nobody is known to have gone through. */
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed mode:locked lock:locked"));
	CU_ASSERT_TRUE(rex(S(20), true, "rex mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(20), true, ""));
	CU_ASSERT_TRUE(rex(S(20), false, ""));
	CU_ASSERT_TRUE(tick(S(27), "mode:locked lock:locked"));
}

static void
test_a_held_rex_keeps_the_strike_released(void)
{
	start();
	CU_ASSERT_TRUE(rex(S(10), true, "rex mode:accessed lock:unlocked"));
	/* The shunt ends, the strike does not. */
	CU_ASSERT_TRUE(tick(S(17), ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(move(S(100), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(move(S(101), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(door.is_released);
	CU_ASSERT_TRUE(rex(S(200), false, ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(207));
	CU_ASSERT_TRUE(tick(S(207), "mode:locked lock:locked"));
}

static void
test_a_rex_that_only_shunts_moves_no_lock(void)
{
	start();
	config.rex_unlocks = false;
	CU_ASSERT_TRUE(rex(S(10), true, "rex"));
	CU_ASSERT_FALSE(door.is_released);
	CU_ASSERT_TRUE(rex(S(11), false, ""));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(18));
	CU_ASSERT_TRUE(move(S(18) - 1, DOOR_OPEN, "position:open"));
	CU_ASSERT_EQUAL(door.held_at_us, S(48) - 1);
	CU_ASSERT_TRUE(move(S(19), DOOR_CLOSED, "position:closed"));
	CU_ASSERT_TRUE(rex(S(20), true, "rex"));
	CU_ASSERT_TRUE(rex(S(20), false, ""));
	CU_ASSERT_TRUE(tick(S(27), ""));
	CU_ASSERT_TRUE(move(S(27), DOOR_OPEN, "position:open forced"));
}

static void
test_a_held_rex_that_only_shunts_does_not_keep_an_access_alive(void)
{
	start();
	config.rex_unlocks = false;
	CU_ASSERT_TRUE(rex(S(10), true, "rex"));
	CU_ASSERT_TRUE(grant(S(11), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(18));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed mode:locked lock:locked"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(grant(S(20), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(27), "not_taken mode:locked lock:locked"));
	/* It is still held: whoever leaves raises no alarm. */
	CU_ASSERT_TRUE(move(S(60), DOOR_OPEN, "position:open"));
}

static void
test_a_rex_pressed_late_does_not_delay_the_relock_when_it_only_shunts(void)
{
	start();
	config.rex_unlocks = false;
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(15), true, "rex"));
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(17));
	CU_ASSERT_TRUE(tick(S(17), "not_taken mode:locked lock:locked"));
}

static void
test_a_lock_command_is_not_undone_when_rex_is_let_go(void)
{
	start();
	CU_ASSERT_TRUE(rex(S(10), true, "rex mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(command(S(11), DOOR_COMMAND_LOCK, "mode:locked lock:locked"));
	CU_ASSERT_TRUE(rex(S(12), false, ""));
	CU_ASSERT_FALSE(door.is_released);
	/* Whoever stands at the door has still been let out. */
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open"));
}

static void
test_a_rex_pressed_while_unlocked_changes_nothing(void)
{
	start();
	CU_ASSERT_TRUE(command(S(10), DOOR_COMMAND_UNLOCK, "mode:unlocked lock:unlocked"));
	CU_ASSERT_TRUE(rex(S(11), true, "rex"));
	CU_ASSERT_TRUE(rex(S(12), false, ""));
	CU_ASSERT_TRUE(tick(S(99), ""));
	CU_ASSERT_EQUAL(door.mode, DOOR_UNLOCKED);
}

static void
test_a_door_found_closed_at_the_start_is_no_news_and_one_found_open_no_break_in(void)
{
	start();
	door_init(&door);
	CU_ASSERT_TRUE(move(S(1), DOOR_POSITION_UNKNOWN, ""));
	CU_ASSERT_TRUE(move(S(2), DOOR_OPEN, "position:open"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_NONE);
	CU_ASSERT_EQUAL(door_deadline_us(&door), S(22));
	CU_ASSERT_TRUE(tick(S(22), "warning"));
	CU_ASSERT_TRUE(tick(S(32), "held"));
	CU_ASSERT_TRUE(move(S(33), DOOR_CLOSED, "position:closed held_cleared"));
}

static void
test_a_contact_that_fails_neither_hides_nor_doubles_an_alarm(void)
{
	start();
	CU_ASSERT_TRUE(move(S(10), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_TRUE(move(S(11), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_FORCED);
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_FORCED);
	CU_ASSERT_EQUAL(door_deadline_us(&door), NEVER);
	CU_ASSERT_TRUE(move(S(13), DOOR_POSITION_UNKNOWN, "position:unknown"));
	CU_ASSERT_TRUE(move(S(14), DOOR_CLOSED, "position:closed forced_cleared"));
}

static void
test_a_contact_that_fails_before_the_door_is_forced_hides_nothing(void)
{
	start();
	CU_ASSERT_TRUE(move(S(10), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open forced"));
	CU_ASSERT_EQUAL(door.alarm, DOOR_ALARM_FORCED);
}

static void
test_a_held_alarm_is_not_raised_twice_over_a_failing_contact(void)
{
	start();
	door_init(&door);
	CU_ASSERT_TRUE(move(S(1), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(tick(S(31), "warning held"));
	CU_ASSERT_TRUE(move(S(40), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_TRUE(move(S(41), DOOR_OPEN, "position:open"));
	CU_ASSERT_TRUE(tick(S(999), ""));
	CU_ASSERT_TRUE(move(S(1000), DOOR_CLOSED, "position:closed held_cleared"));
}

static void
test_the_held_open_time_runs_on_while_the_contact_fails(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_TRUE(move(S(12), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_TRUE(move(S(13), DOOR_OPEN, "position:open"));
	CU_ASSERT_EQUAL(door.held_at_us, S(41));
}

static void
test_an_access_over_a_failing_contact_is_taken_once_and_by_nobody_else(void)
{
	start();
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(11), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_TRUE(move(S(12), DOOR_OPEN, "position:open taken"));
	CU_ASSERT_STRING_EQUAL(last_subject.holder, "Ada");
	CU_ASSERT_TRUE(move(S(13), DOOR_CLOSED, "position:closed mode:locked lock:locked"));
	/* Whoever leaves next is not Ada again. */
	CU_ASSERT_TRUE(rex(S(20), true, "rex mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(move(S(21), DOOR_OPEN, "position:open"));
}

static void
test_a_door_without_a_contact_is_granted_without_waiting_for_it(void)
{
	start();
	door_init(&door);
	CU_ASSERT_TRUE(grant(S(10), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(17), "mode:locked lock:locked"));
	CU_ASSERT_TRUE(move(S(18), DOOR_POSITION_FAULT, "position:fault"));
	CU_ASSERT_TRUE(grant(S(20), &ada, "mode:accessed lock:unlocked"));
	CU_ASSERT_TRUE(tick(S(27), "mode:locked lock:locked"));
}

static void
test_states_have_the_names_of_the_protocol(void)
{
	CU_ASSERT_STRING_EQUAL(door_mode_name(DOOR_LOCKED), "locked");
	CU_ASSERT_STRING_EQUAL(door_mode_name(DOOR_UNLOCKED), "unlocked");
	CU_ASSERT_STRING_EQUAL(door_mode_name(DOOR_ACCESSED), "accessed");
	CU_ASSERT_STRING_EQUAL(door_position_name(DOOR_POSITION_UNKNOWN), "unknown");
	CU_ASSERT_STRING_EQUAL(door_position_name(DOOR_CLOSED), "closed");
	CU_ASSERT_STRING_EQUAL(door_position_name(DOOR_OPEN), "open");
	CU_ASSERT_STRING_EQUAL(door_position_name(DOOR_POSITION_FAULT), "fault");
	CU_ASSERT_STRING_EQUAL(door_alarm_name(DOOR_ALARM_NONE), "normal");
	CU_ASSERT_STRING_EQUAL(door_alarm_name(DOOR_ALARM_FORCED), "forced_open");
	CU_ASSERT_STRING_EQUAL(door_alarm_name(DOOR_ALARM_HELD), "held_open");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_request_to_exit_releases_and_is_no_break_in),
		TAP(test_a_held_rex_keeps_the_strike_released),
		TAP(test_a_rex_that_only_shunts_moves_no_lock),
		TAP(test_a_held_rex_that_only_shunts_does_not_keep_an_access_alive),
		TAP(test_a_rex_pressed_late_does_not_delay_the_relock_when_it_only_shunts),
		TAP(test_a_lock_command_is_not_undone_when_rex_is_let_go),
		TAP(test_a_rex_pressed_while_unlocked_changes_nothing),
		TAP(test_a_door_found_closed_at_the_start_is_no_news_and_one_found_open_no_break_in),
		TAP(test_a_contact_that_fails_neither_hides_nor_doubles_an_alarm),
		TAP(test_a_contact_that_fails_before_the_door_is_forced_hides_nothing),
		TAP(test_a_held_alarm_is_not_raised_twice_over_a_failing_contact),
		TAP(test_the_held_open_time_runs_on_while_the_contact_fails),
		TAP(test_an_access_over_a_failing_contact_is_taken_once_and_by_nobody_else),
		TAP(test_a_door_without_a_contact_is_granted_without_waiting_for_it),
		TAP(test_states_have_the_names_of_the_protocol),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
