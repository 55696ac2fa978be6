#include "agent/door_keypad.h"

#include <string.h>

#include "lib/util.h"

static void
wipe(struct door_keypad *keypad)
{
	explicit_bzero(keypad, sizeof(*keypad));
}

static enum door_keypad_result
finish(struct door_keypad *keypad, struct door_code *ret_code)
{
	enum door_keypad_result result = DOOR_KEYPAD_NOTHING;

	if (keypad->is_too_long) {
		result = DOOR_KEYPAD_TOO_LONG;
	} else if (keypad->count) {
		result = DOOR_KEYPAD_CODE;
		ret_code->count = keypad->count;
		memcpy(ret_code->digits, keypad->digits, sizeof(ret_code->digits));
	}
	wipe(keypad);
	return result;
}

static enum door_keypad_result
add(struct door_keypad *keypad, char digit, uint64_t now_us)
{
	if (!keypad->count)
		keypad->first_us = now_us;
	keypad->last_us = now_us;
	if (keypad->count == DOOR_CODE_MAX)
		keypad->is_too_long = true;
	else
		keypad->digits[keypad->count++] = digit;
	return DOOR_KEYPAD_DIGIT;
}

enum door_keypad_result
door_keypad_take(struct door_keypad *keypad, char key, uint64_t now_us, struct door_code *ret_code)
{
	unsigned expired;

	/* The timer may come after the key that was too late. */
	(void) door_keypad_expire(keypad, now_us, &expired);
	if (key >= '0' && key <= '9')
		return add(keypad, key, now_us);
	if (key == '#')
		return finish(keypad, ret_code);
	if (key != '*' || !keypad->count)
		return DOOR_KEYPAD_NOTHING;
	wipe(keypad);
	return DOOR_KEYPAD_CLEARED;
}

uint64_t
door_keypad_deadline_us(const struct door_keypad *keypad)
{
	if (!keypad->count)
		return UINT64_MAX;
	return MIN_OF(keypad->last_us + DOOR_CODE_PAUSE_MS * US_PER_MS,
		      keypad->first_us + DOOR_CODE_TIME_MS * US_PER_MS);
}

bool
door_keypad_expire(struct door_keypad *keypad, uint64_t now_us, unsigned *ret_count)
{
	if (now_us < door_keypad_deadline_us(keypad))
		return false;
	*ret_count = keypad->count;
	wipe(keypad);
	return true;
}
