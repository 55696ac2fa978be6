#include "agent/door_feedback.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static void
test_the_worst_state_of_a_door_is_what_its_readers_show(void)
{
	static const struct {
		struct door_state state;
		struct door_feedback_reader reader;
		enum feedback_outcome shown;
	} rows[] = {
		{ .shown = FEEDBACK_IDLE_LOCKED },
		{ .state = { .is_released = true }, .shown = FEEDBACK_IDLE_UNLOCKED },
		{ .state = { .is_released = true, .is_warning = true },
		  .shown = FEEDBACK_PRE_ALARM },
		{ .state = { .is_warning = true, .alarm = DOOR_ALARM_HELD },
		  .shown = FEEDBACK_HELD_OPEN },
		{ .state = { .is_released = true, .alarm = DOOR_ALARM_FORCED },
		  .shown = FEEDBACK_FORCED },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT_EQUAL(door_feedback_resting(&rows[i].state, &rows[i].reader),
				rows[i].shown);
}

static void
test_a_reader_shows_its_own_state_unless_the_door_is_in_alarm(void)
{
	struct door_state state = { .is_released = true };
	struct door_feedback_reader reader = { .is_taking_code = true };

	CU_ASSERT_EQUAL(door_feedback_resting(&state, &reader), FEEDBACK_WAITING_FOR_PIN);
	reader.is_busy = true;
	CU_ASSERT_EQUAL(door_feedback_resting(&state, &reader), FEEDBACK_BUSY);
	state.alarm = DOOR_ALARM_HELD;
	CU_ASSERT_EQUAL(door_feedback_resting(&state, &reader), FEEDBACK_HELD_OPEN);
}

static void
test_every_state_that_is_shown_is_a_resting_one(void)
{
	for (unsigned i = 0; i < 64; i++) {
		struct door_state state = { .alarm = i % 4 % 3,
					    .is_warning = i & 4,
					    .is_released = i & 8 };
		struct door_feedback_reader reader = { .is_busy = i & 16,
						       .is_taking_code = i & 32 };
		CU_ASSERT_TRUE(feedback_is_resting(door_feedback_resting(&state, &reader)));
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_worst_state_of_a_door_is_what_its_readers_show),
		TAP(test_a_reader_shows_its_own_state_unless_the_door_is_in_alarm),
		TAP(test_every_state_that_is_shown_is_a_resting_one),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
