#include "hw/osdp/delay.h"

#include "lib/util.h"

const uint16_t osdp_delay_limits_ms[OSDP_DELAY_BUCKETS - 1] = { 1,  2,	3,  5,	 7,   10, 15,
								20, 30, 50, 100, 150, 200 };

void
osdp_delay_add(struct osdp_delay *delay, uint64_t us)
{
	uint32_t value = (uint32_t) MIN_OF(us, (uint64_t) UINT32_MAX);
	unsigned i = 0;

	while (i < OSDP_DELAY_BUCKETS - 1 && value > osdp_delay_limits_ms[i] * US_PER_MS)
		i++;
	delay->buckets[i]++;
	delay->min_us = delay->count == 0 ? value : MIN_OF(delay->min_us, value);
	delay->max_us = MAX_OF(delay->max_us, value);
	delay->sum_us += value;
	delay->count++;
}

struct osdp_delay
osdp_delay_since(const struct osdp_delay *delay, const struct osdp_delay *before)
{
	struct osdp_delay since = *delay;

	since.count -= before->count;
	since.sum_us -= before->sum_us;
	for (unsigned i = 0; i < OSDP_DELAY_BUCKETS; i++)
		since.buckets[i] -= before->buckets[i];
	return since;
}

uint32_t
osdp_delay_mean_us(const struct osdp_delay *delay)
{
	return delay->count == 0 ? 0 : (uint32_t) (delay->sum_us / delay->count);
}

uint32_t
osdp_delay_p99_us(const struct osdp_delay *delay)
{
	uint64_t wanted = ((uint64_t) delay->count * 99 + 99) / 100;
	uint64_t seen = 0;

	for (unsigned i = 0; i < OSDP_DELAY_BUCKETS - 1; i++) {
		seen += delay->buckets[i];
		if (seen >= wanted)
			return (uint32_t) MIN_OF(osdp_delay_limits_ms[i] * US_PER_MS,
						 (uint64_t) delay->max_us);
	}
	return delay->max_us;
}
