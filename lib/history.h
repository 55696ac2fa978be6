/*
 * The history of one measured value for plots, from an hour to a year, in a fixed piece of memory:
 * rings of bins with minimum, mean and maximum. Old bins give way to new ones.
 *
 * Time is in seconds of a clock that never goes back. The caller owns the memory; nothing is
 * allocated.
 */
#ifndef LIB_HISTORY_H
#define LIB_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#define HISTORY_RINGS 4
#define HISTORY_BINS  (361 + 289 + 745 + 367)

struct history_bin {
	uint32_t count; /* samples; 0: nothing is known of this time */
	int32_t min;
	int32_t max;
	int64_t sum;
};

struct history {
	uint64_t last_s;
	uint64_t newest[HISTORY_RINGS]; /* number of the newest bin since time 0 */
	struct history_bin bins[HISTORY_BINS];
};

struct history_point {
	uint64_t at_s; /* the bin begins */
	uint32_t count;
	int32_t min;
	int32_t mean;
	int32_t max;
};

void history_init(struct history *history);
/* -ESTALE when at_s is before the newest sample: it is dropped. */
int history_add(struct history *history, uint64_t at_s, int32_t value);
/*
 * Fills points from from_s to to_s, both included, oldest first, of the finest ring that still
 * knows from_s and needs no more than room points; times without samples are left out. Returns
 * their number; ret_step_s is how long each bin is.
 */
size_t history_read(const struct history *history, uint64_t from_s, uint64_t to_s,
		    struct history_point *points, size_t room, uint32_t *ret_step_s);

#endif
