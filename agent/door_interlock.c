#include "agent/door_interlock.h"

bool
door_interlock_allows(const struct access_interlock *interlocks, unsigned count, unsigned door,
		      uint64_t open_doors)
{
	uint64_t own = UINT64_C(1) << (door - 1);

	for (unsigned i = 0; i < count; i++) {
		uint64_t others = interlocks[i].doors & open_doors & ~own;
		if (interlocks[i].doors & own &&
		    (unsigned) __builtin_popcountll(others) >= interlocks[i].max_open)
			return false;
	}
	return true;
}
