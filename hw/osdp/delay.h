/*
 * How long a PD takes to answer, from the end of a command to the first byte of its reply: fixed
 * memory, no clock.
 */
#ifndef HW_OSDP_DELAY_H
#define HW_OSDP_DELAY_H

#include <stddef.h>
#include <stdint.h>

enum { OSDP_DELAY_BUCKETS = 14 };

/* All zero is a valid start. */
struct osdp_delay {
	uint32_t count;
	uint32_t min_us;
	uint32_t max_us;
	uint64_t sum_us;
	uint32_t buckets[OSDP_DELAY_BUCKETS];
};

/* The upper limits of the buckets in milliseconds; the last one has none. */
extern const uint16_t osdp_delay_limits_ms[OSDP_DELAY_BUCKETS - 1];

void osdp_delay_add(struct osdp_delay *delay, uint64_t us);
/* What has been added since it was as before; the maximum is that of all. */
struct osdp_delay osdp_delay_since(const struct osdp_delay *delay, const struct osdp_delay *before);
/* 0 without a reply. */
uint32_t osdp_delay_mean_us(const struct osdp_delay *delay);
/* The limit of the bucket in which the 99th percentile lies, never above the maximum. */
uint32_t osdp_delay_p99_us(const struct osdp_delay *delay);

#endif
