/*
 * Who has entered too many wrong PINs: cards, and the keypads of readers. Pure; times are monotonic
 * microseconds. A bounded table: when it is full, whoever was wrong the longest ago is forgotten.
 */
#ifndef AGENT_DOOR_LOCKOUT_H
#define AGENT_DOOR_LOCKOUT_H

#include <stdbool.h>
#include <stdint.h>

#define LOCKOUTS 256

struct lockout {
	uint64_t key; /* 0: free */
	uint64_t wrong_at_us;
	uint64_t until_us; /* 0: not locked out */
	uint32_t count;
};

struct lockouts {
	struct lockout rows[LOCKOUTS];
};

uint64_t lockout_key_of_credential(uint32_t credential);
uint64_t lockout_key_of_reader(unsigned reader);

bool lockout_is_locked(const struct lockouts *lockouts, uint64_t key, uint64_t now_us);
/* Returns whether this attempt has locked it out. */
bool lockout_note_wrong(struct lockouts *lockouts, uint64_t key, uint64_t now_us, uint32_t attempts,
			uint64_t lock_us);
void lockout_clear(struct lockouts *lockouts, uint64_t key);

#endif
