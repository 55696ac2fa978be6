/*
 * How regularly one reader is polled: a histogram of the times between polls that it heard, in
 * fixed memory. Only the benchmarks ask for it.
 */
#ifndef BOARD_POLLS_H
#define BOARD_POLLS_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#define POLLS_BUCKET_US 250
#define POLLS_BUCKETS	2400 /* 600 ms; the last one holds all that is longer */

/* All zero is a valid start. */
struct polls {
	uint64_t last_us; /* 0: none yet, so the next one ends no interval */
	uint64_t max_us;
	uint32_t count;
	uint32_t buckets[POLLS_BUCKETS];
};

/* Bytes that a reader with this address heard from the line. */
void polls_note(struct polls *polls, uint8_t address, const uint8_t *bytes, size_t size,
		uint64_t now_us);
/* Begins anew; the time before the next poll counts as no interval. */
void polls_reset(struct polls *polls);
/* {"count","p50_us","p99_us","max_us"}, rounded up to whole buckets; a new reference. */
json_t *polls_show(const struct polls *polls);

#endif
