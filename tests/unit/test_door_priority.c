#include "agent/door_priority.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/tap.h"

static bool
is(const struct door_priority *priority, enum door_mode mode, enum door_level level)
{
	struct door_verdict verdict = door_priority_verdict(priority);

	return verdict.mode == mode && verdict.level == level;
}

static void
test_the_highest_level_that_wishes_anything_wins(void)
{
	struct door_priority priority = { 0 };

	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED, DOOR_LEVEL_DEFAULT));
	door_priority_wish(&priority, DOOR_LEVEL_SCHEDULE, DOOR_UNLOCKED, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_UNLOCKED, DOOR_LEVEL_SCHEDULE));
	door_priority_wish(&priority, DOOR_LEVEL_INTERLOCK, DOOR_LOCKED, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED, DOOR_LEVEL_INTERLOCK));
	door_priority_wish(&priority, DOOR_LEVEL_OPERATOR, DOOR_BLOCKED, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_BLOCKED, DOOR_LEVEL_OPERATOR));
	door_priority_wish(&priority, DOOR_LEVEL_LOCKDOWN, DOOR_LOCKED_DOWN, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED_DOWN, DOOR_LEVEL_LOCKDOWN));
	door_priority_wish(&priority, DOOR_LEVEL_FIRE, DOOR_UNLOCKED, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_UNLOCKED, DOOR_LEVEL_FIRE));
}

static void
test_a_wish_comes_back_when_the_higher_one_is_given_up(void)
{
	struct door_priority priority = { 0 };

	door_priority_wish(&priority, DOOR_LEVEL_FIRE, DOOR_UNLOCKED, 0);
	door_priority_command(&priority, DOOR_COMMAND_BLOCK, 0);
	door_priority_wish(&priority, DOOR_LEVEL_SCHEDULE, DOOR_UNLOCKED, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_UNLOCKED, DOOR_LEVEL_FIRE));
	door_priority_give_up(&priority, DOOR_LEVEL_FIRE);
	CU_ASSERT_TRUE(is(&priority, DOOR_BLOCKED, DOOR_LEVEL_OPERATOR));
	door_priority_command(&priority, DOOR_COMMAND_RELEASE, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_UNLOCKED, DOOR_LEVEL_SCHEDULE));
}

/* Every combination of who wishes something, against reading it from the top. */
static void
test_all_combinations_of_levels_are_decided_from_the_top(void)
{
	for (unsigned set = 0; set < 1U << DOOR_LEVEL_DEFAULT; set++) {
		struct door_priority priority = { 0 };
		unsigned level = DOOR_LEVEL_DEFAULT;
		for (unsigned i = DOOR_LEVEL_DEFAULT; i-- > 0;) {
			if (!(set & 1U << i))
				continue;
			door_priority_wish(&priority, (enum door_level) i, DOOR_UNLOCKED, 0);
			level = i;
		}
		CU_ASSERT_EQUAL(door_priority_verdict(&priority).level, level);
	}
}

static void
test_every_command_has_its_level_and_mode(void)
{
	static const struct {
		enum door_command command;
		enum door_mode mode;
		enum door_level level;
	} rows[] = {
		{ DOOR_COMMAND_GRANT, DOOR_LOCKED, DOOR_LEVEL_DEFAULT },
		{ DOOR_COMMAND_LOCK, DOOR_LOCKED, DOOR_LEVEL_OPERATOR },
		{ DOOR_COMMAND_UNLOCK, DOOR_UNLOCKED, DOOR_LEVEL_OPERATOR },
		{ DOOR_COMMAND_RELEASE, DOOR_LOCKED, DOOR_LEVEL_DEFAULT },
		{ DOOR_COMMAND_BLOCK, DOOR_BLOCKED, DOOR_LEVEL_OPERATOR },
		{ DOOR_COMMAND_LOCKDOWN, DOOR_LOCKED_DOWN, DOOR_LEVEL_LOCKDOWN },
		{ DOOR_COMMAND_LOCKDOWN_RELEASE, DOOR_LOCKED, DOOR_LEVEL_DEFAULT },
		{ DOOR_COMMAND_LOCK_OPEN, DOOR_LOCKED_OPEN, DOOR_LEVEL_LOCKDOWN },
		{ DOOR_COMMAND_LOCK_OPEN_RELEASE, DOOR_LOCKED, DOOR_LEVEL_DEFAULT },
		{ DOOR_COMMAND_DOUBLE_LOCK, DOOR_DOUBLE_LOCKED, DOOR_LEVEL_OPERATOR },
	};

	CU_ASSERT_EQUAL(ARRAY_LEN(rows), DOOR_COMMANDS);
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct door_priority priority = { 0 };
		door_priority_command(&priority, rows[i].command, 0);
		CU_ASSERT_TRUE(is(&priority, rows[i].mode, rows[i].level));
	}
}

static void
test_a_lockdown_and_a_lock_open_are_each_ended_by_their_own_release(void)
{
	struct door_priority priority = { 0 };

	door_priority_command(&priority, DOOR_COMMAND_LOCKDOWN, 0);
	door_priority_command(&priority, DOOR_COMMAND_LOCK_OPEN_RELEASE, 0);
	door_priority_command(&priority, DOOR_COMMAND_RELEASE, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED_DOWN, DOOR_LEVEL_LOCKDOWN));
	/* The last one wins. */
	door_priority_command(&priority, DOOR_COMMAND_LOCK_OPEN, 0);
	door_priority_command(&priority, DOOR_COMMAND_LOCKDOWN_RELEASE, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED_OPEN, DOOR_LEVEL_LOCKDOWN));
	door_priority_command(&priority, DOOR_COMMAND_LOCK_OPEN_RELEASE, 0);
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED, DOOR_LEVEL_DEFAULT));
}

static void
test_a_wish_with_an_end_ends_then(void)
{
	struct door_priority priority = { 0 };

	CU_ASSERT_EQUAL(door_priority_deadline_us(&priority), UINT64_MAX);
	door_priority_command(&priority, DOOR_COMMAND_UNLOCK, 500);
	CU_ASSERT_EQUAL(door_priority_deadline_us(&priority), 500);
	CU_ASSERT_FALSE(door_priority_expire(&priority, 499));
	CU_ASSERT_TRUE(is(&priority, DOOR_UNLOCKED, DOOR_LEVEL_OPERATOR));
	CU_ASSERT_TRUE(door_priority_expire(&priority, 500));
	CU_ASSERT_TRUE(is(&priority, DOOR_LOCKED, DOOR_LEVEL_DEFAULT));
	CU_ASSERT_FALSE(door_priority_expire(&priority, 501));
	/* Another wish of the level takes the end with it. */
	door_priority_command(&priority, DOOR_COMMAND_UNLOCK, 600);
	door_priority_command(&priority, DOOR_COMMAND_BLOCK, 600);
	CU_ASSERT_EQUAL(door_priority_deadline_us(&priority), UINT64_MAX);
}

static void
test_commands_and_levels_have_the_names_of_the_protocol(void)
{
	static const char *const levels[DOOR_LEVELS] = { "fire",      "lockdown", "operator",
							 "interlock", "schedule", "default" };
	static const char *const modes[DOOR_MODES] = { "locked",       "unlocked",    "accessed",
						       "blocked",      "locked_down", "locked_open",
						       "double_locked" };
	enum door_command command;

	for (unsigned i = 0; i < DOOR_LEVELS; i++)
		CU_ASSERT_STRING_EQUAL(door_level_name((enum door_level) i), levels[i]);
	for (unsigned i = 0; i < DOOR_MODES; i++)
		CU_ASSERT_STRING_EQUAL(door_mode_name((enum door_mode) i), modes[i]);
	for (unsigned i = 0; i < DOOR_COMMANDS; i++) {
		CU_ASSERT_EQUAL(door_command_find(door_command_names[i], &command), 0);
		CU_ASSERT_EQUAL(command, i);
	}
	CU_ASSERT_PTR_NULL(door_command_names[DOOR_COMMANDS]);
	CU_ASSERT_EQUAL(door_command_find("open", &command), -ENOENT);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_highest_level_that_wishes_anything_wins),
		TAP(test_a_wish_comes_back_when_the_higher_one_is_given_up),
		TAP(test_all_combinations_of_levels_are_decided_from_the_top),
		TAP(test_every_command_has_its_level_and_mode),
		TAP(test_a_lockdown_and_a_lock_open_are_each_ended_by_their_own_release),
		TAP(test_a_wish_with_an_end_ends_then),
		TAP(test_commands_and_levels_have_the_names_of_the_protocol),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
