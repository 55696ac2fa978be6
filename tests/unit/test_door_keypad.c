#include "agent/door_keypad.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

#define START_US (100 * US_PER_S)

struct rig {
	struct door_keypad keypad;
	struct door_code code;
	uint64_t now_us;
};

/* Types keys 100 ms apart and returns what the last one did. */
static enum door_keypad_result
type(struct rig *rig, const char *keys)
{
	enum door_keypad_result result = DOOR_KEYPAD_NOTHING;

	for (; *keys; keys++) {
		rig->now_us += 100 * US_PER_MS;
		result = door_keypad_take(&rig->keypad, *keys, rig->now_us, &rig->code);
	}
	return result;
}

static void
test_a_number_sign_ends_a_code(void)
{
	struct rig rig = { .now_us = START_US };

	CU_ASSERT_EQUAL(type(&rig, "1234"), DOOR_KEYPAD_DIGIT);
	CU_ASSERT_EQUAL(type(&rig, "#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_EQUAL(rig.code.count, 4);
	CU_ASSERT_STRING_EQUAL(rig.code.digits, "1234");
	CU_ASSERT_EQUAL(type(&rig, "#"), DOOR_KEYPAD_NOTHING);
}

static void
test_nothing_of_a_code_stays_behind(void)
{
	static const struct door_keypad clean;
	struct rig rig = { .now_us = START_US };

	CU_ASSERT_EQUAL(type(&rig, "1234#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_EQUAL(memcmp(&rig.keypad, &clean, sizeof(clean)), 0);
	CU_ASSERT_EQUAL(type(&rig, "1234*"), DOOR_KEYPAD_CLEARED);
	CU_ASSERT_EQUAL(memcmp(&rig.keypad, &clean, sizeof(clean)), 0);
}

static void
test_a_star_begins_anew(void)
{
	struct rig rig = { .now_us = START_US };

	CU_ASSERT_EQUAL(type(&rig, "99*"), DOOR_KEYPAD_CLEARED);
	CU_ASSERT_EQUAL(type(&rig, "*"), DOOR_KEYPAD_NOTHING);
	CU_ASSERT_EQUAL(type(&rig, "12#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_STRING_EQUAL(rig.code.digits, "12");
}

static void
test_too_many_digits_are_no_code_and_the_next_one_is(void)
{
	struct rig rig = { .now_us = START_US };

	CU_ASSERT_EQUAL(type(&rig, "1234567890123456#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_EQUAL(rig.code.count, DOOR_CODE_MAX);
	CU_ASSERT_EQUAL(type(&rig, "12345678901234567#"), DOOR_KEYPAD_TOO_LONG);
	CU_ASSERT_EQUAL(type(&rig, "7#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_STRING_EQUAL(rig.code.digits, "7");
}

static void
test_a_pause_throws_the_digits_away(void)
{
	struct rig rig = { .now_us = START_US };
	unsigned count = 0;

	CU_ASSERT_EQUAL(door_keypad_deadline_us(&rig.keypad), UINT64_MAX);
	CU_ASSERT_FALSE(door_keypad_expire(&rig.keypad, rig.now_us, &count));
	(void) type(&rig, "12");
	uint64_t deadline_us = door_keypad_deadline_us(&rig.keypad);
	CU_ASSERT_EQUAL(deadline_us, rig.now_us + DOOR_CODE_PAUSE_MS * US_PER_MS);
	CU_ASSERT_FALSE(door_keypad_expire(&rig.keypad, deadline_us - 1, &count));
	CU_ASSERT_TRUE(door_keypad_expire(&rig.keypad, deadline_us, &count));
	CU_ASSERT_EQUAL(count, 2);
	CU_ASSERT_EQUAL(rig.keypad.count, 0);
}

static void
test_a_code_must_be_whole_in_time_whatever_the_pauses(void)
{
	struct rig rig = { .now_us = START_US };

	(void) type(&rig, "1");
	for (int i = 0; i < 3; i++) {
		rig.now_us += 2800 * US_PER_MS;
		(void) type(&rig, "2");
	}
	CU_ASSERT_EQUAL(door_keypad_deadline_us(&rig.keypad),
			START_US + (100 + DOOR_CODE_TIME_MS) * US_PER_MS);
	/* The key comes before the timer does: it is not of the code that was begun. */
	rig.now_us = START_US + 11 * US_PER_S;
	CU_ASSERT_EQUAL(type(&rig, "#"), DOOR_KEYPAD_NOTHING);
}

static void
test_other_keys_are_ignored(void)
{
	struct rig rig = { .now_us = START_US };

	CU_ASSERT_EQUAL(type(&rig, "1AB\x01"), DOOR_KEYPAD_NOTHING);
	CU_ASSERT_EQUAL(type(&rig, "2#"), DOOR_KEYPAD_CODE);
	CU_ASSERT_STRING_EQUAL(rig.code.digits, "12");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_number_sign_ends_a_code),
		TAP(test_nothing_of_a_code_stays_behind),
		TAP(test_a_star_begins_anew),
		TAP(test_too_many_digits_are_no_code_and_the_next_one_is),
		TAP(test_a_pause_throws_the_digits_away),
		TAP(test_a_code_must_be_whole_in_time_whatever_the_pauses),
		TAP(test_other_keys_are_ignored),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
