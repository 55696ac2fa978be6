#include "agent/door_latency.h"

#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

void
door_latency_add(struct door_latency *latency, uint64_t us)
{
	latency->samples_us[latency->count++ % LATENCY_SAMPLES] =
		(uint32_t) MIN_OF(us, (uint64_t) UINT32_MAX);
}

static int
compare_numbers(const void *a, const void *b)
{
	uint32_t left = *(const uint32_t *) a;
	uint32_t right = *(const uint32_t *) b;
	return left < right ? -1 : left > right;
}

json_t *
door_latency_answer(const struct door_latency *latency)
{
	size_t count = (size_t) MIN_OF(latency->count, (uint64_t) LATENCY_SAMPLES);
	_cleanup_(freep) uint32_t *sorted = xcalloc(count + 1, sizeof(*sorted));

	memcpy(sorted, latency->samples_us, count * sizeof(*sorted));
	qsort(sorted, count, sizeof(*sorted), compare_numbers);
	return json_pack("{sI,sI,sI,sI}", "count", (json_int_t) count, "p50_us",
			 (json_int_t) sorted[count / 2], "p99_us",
			 (json_int_t) sorted[count * 99 / 100], "max_us",
			 (json_int_t) (count ? sorted[count - 1] : 0));
}
