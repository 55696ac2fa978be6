#include "agent/door_lockout.h"

#include <stddef.h>

#define OF_READER (UINT64_C(1) << 63)

uint64_t
lockout_key_of_credential(uint32_t credential)
{
	return (uint64_t) credential + 1;
}

uint64_t
lockout_key_of_reader(unsigned reader)
{
	return OF_READER | reader;
}

static const struct lockout *
find(const struct lockouts *lockouts, uint64_t key)
{
	for (unsigned i = 0; i < LOCKOUTS; i++)
		if (lockouts->rows[i].key == key)
			return &lockouts->rows[i];
	return NULL;
}

bool
lockout_is_locked(const struct lockouts *lockouts, uint64_t key, uint64_t now_us)
{
	const struct lockout *row = find(lockouts, key);

	return row && row->until_us > now_us;
}

/* The row of key, or a free one, or that of whoever was wrong the longest ago. */
static struct lockout *
take(struct lockouts *lockouts, uint64_t key)
{
	struct lockout *best = (struct lockout *) find(lockouts, key);

	if (best)
		return best;
	best = &lockouts->rows[0];
	for (unsigned i = 1; i < LOCKOUTS && best->key; i++)
		if (!lockouts->rows[i].key || lockouts->rows[i].wrong_at_us < best->wrong_at_us)
			best = &lockouts->rows[i];
	*best = (struct lockout){ .key = key };
	return best;
}

bool
lockout_note_wrong(struct lockouts *lockouts, uint64_t key, uint64_t now_us, uint32_t attempts,
		   uint64_t lock_us)
{
	struct lockout *row = take(lockouts, key);

	row->wrong_at_us = now_us;
	/* Who tries on meanwhile neither shortens the lock-out nor makes it longer. */
	if (row->until_us > now_us)
		return false;
	row->until_us = 0;
	if (++row->count < attempts)
		return false;
	row->count = 0;
	row->until_us = now_us + lock_us;
	return true;
}

void
lockout_clear(struct lockouts *lockouts, uint64_t key)
{
	struct lockout *row = (struct lockout *) find(lockouts, key);

	if (row)
		*row = (struct lockout){ 0 };
}
