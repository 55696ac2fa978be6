/*
 * Collects what is typed at a reader's keypad: digits, '#' ends them, '*' throws them away, and so
 * does a pause that is too long. Pure: the clock is an argument.
 *
 * A code is a secret: it is nowhere but in struct door_keypad, and wiped as soon as it has been
 * taken or thrown away.
 */
#ifndef AGENT_DOOR_KEYPAD_H
#define AGENT_DOOR_KEYPAD_H

#include <stdbool.h>
#include <stdint.h>

enum {
	DOOR_CODE_MAX = 16,
	/* Between digits, and from the first to the end. */
	DOOR_CODE_PAUSE_MS = 3000,
	DOOR_CODE_TIME_MS = 10000,
};

struct door_keypad {
	unsigned count;
	char digits[DOOR_CODE_MAX + 1];
	bool is_too_long; /* digits were dropped: what ends them is no code */
	uint64_t first_us;
	uint64_t last_us;
};

struct door_code {
	unsigned count;
	char digits[DOOR_CODE_MAX + 1];
};

enum door_keypad_result {
	DOOR_KEYPAD_NOTHING,
	DOOR_KEYPAD_DIGIT,
	DOOR_KEYPAD_CLEARED,
	DOOR_KEYPAD_CODE,     /* ret_code is filled: wipe it */
	DOOR_KEYPAD_TOO_LONG, /* more than DOOR_CODE_MAX digits were ended */
};

enum door_keypad_result door_keypad_take(struct door_keypad *keypad, char key, uint64_t now_us,
					 struct door_code *ret_code);
/* When the digits are thrown away; UINT64_MAX without any. */
uint64_t door_keypad_deadline_us(const struct door_keypad *keypad);
/* True: it is past the deadline, and they were; ret_count is their number. */
bool door_keypad_expire(struct door_keypad *keypad, uint64_t now_us, unsigned *ret_count);

#endif
