#include "lib/bucket.h"

#include "lib/util.h"

uint64_t
bucket_take(uint64_t *full_us, uint64_t burst, uint64_t interval_us, uint64_t now_us)
{
	uint64_t limit_us = (burst - 1) * interval_us;

	*full_us = MAX_OF(*full_us, now_us);
	if (*full_us - now_us > limit_us)
		return *full_us - now_us - limit_us;
	*full_us += interval_us;
	return 0;
}
