#include "lib/history.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"

/* An hour, a day, a month, a year, and the bin that each of them began in. */
static const struct {
	uint32_t step_s;
	unsigned first; /* its place in bins */
	unsigned count;
} rings[HISTORY_RINGS] = {
	{ 10, 0, 361 },
	{ 300, 361, 289 },
	{ 3600, 361 + 289, 745 },
	{ 86400, 361 + 289 + 745, 367 },
};

_Static_assert(HISTORY_BINS == 361 + 289 + 745 + 367, "the rings fill the memory");

void
history_init(struct history *history)
{
	memset(history, 0, sizeof(*history));
}

static size_t
place(unsigned ring, uint64_t number)
{
	return rings[ring].first + (size_t) (number % rings[ring].count);
}

/* Makes room up to a bin; a gap longer than the ring empties all of it. */
static void
advance(struct history *history, unsigned ring, uint64_t number)
{
	uint64_t passed = MIN_OF(number - history->newest[ring], (uint64_t) rings[ring].count);

	for (uint64_t i = 0; i < passed; i++)
		history->bins[place(ring, number - i)] = (struct history_bin){ 0 };
	history->newest[ring] = number;
}

static void
put(struct history_bin *bin, int32_t value)
{
	/* A bin of a day at a thousand samples a second still counts. */
	if (bin->count == UINT32_MAX)
		return;
	bin->min = bin->count ? MIN_OF(bin->min, value) : value;
	bin->max = bin->count ? MAX_OF(bin->max, value) : value;
	bin->sum += value;
	bin->count++;
}

int
history_add(struct history *history, uint64_t at_s, int32_t value)
{
	if (at_s < history->last_s)
		return -ESTALE;
	history->last_s = at_s;
	for (unsigned i = 0; i < HISTORY_RINGS; i++) {
		advance(history, i, at_s / rings[i].step_s);
		put(&history->bins[place(i, history->newest[i])], value);
	}
	return 0;
}

/* The number of the oldest bin that a ring still has. */
static uint64_t
oldest(const struct history *history, unsigned ring)
{
	uint64_t kept = rings[ring].count - 1;

	return history->newest[ring] > kept ? history->newest[ring] - kept : 0;
}

static unsigned
choose(const struct history *history, uint64_t from_s, uint64_t to_s, size_t room)
{
	unsigned ring = 0;

	while (ring < HISTORY_RINGS - 1 &&
	       (from_s / rings[ring].step_s < oldest(history, ring) ||
		to_s / rings[ring].step_s - from_s / rings[ring].step_s >= room))
		ring++;
	return ring;
}

size_t
history_read(const struct history *history, uint64_t from_s, uint64_t to_s,
	     struct history_point *points, size_t room, uint32_t *ret_step_s)
{
	size_t used = 0;

	to_s = MIN_OF(to_s, history->last_s);
	unsigned ring = choose(history, from_s, MAX_OF(to_s, from_s), room);
	uint32_t step_s = rings[ring].step_s;
	uint64_t number = MAX_OF(from_s / step_s, oldest(history, ring));
	*ret_step_s = step_s;
	for (; from_s <= to_s && number <= to_s / step_s && used < room; number++) {
		const struct history_bin *bin = &history->bins[place(ring, number)];
		if (!bin->count)
			continue;
		points[used++] = (struct history_point){
			.at_s = number * step_s,
			.count = bin->count,
			.min = bin->min,
			.mean = (int32_t) (bin->sum / bin->count),
			.max = bin->max,
		};
	}
	return used;
}
