#include "hw/supervise_learn.h"

#include <errno.h>

#include "lib/util.h"

#define SAME_MV	    25 /* noise around one level */
#define SAMPLES_MIN 3

void
supervise_learn_init(struct supervise_learner *learner)
{
	*learner = (struct supervise_learner){ 0 };
}

static int
mean_mv(const struct supervise_learner *learner, unsigned level)
{
	return (int) (learner->levels[level].sum_mv / learner->levels[level].samples);
}

/* The level that has been seen least gives way: a bounce must not keep a position out. */
static unsigned
room_for_level(struct supervise_learner *learner)
{
	unsigned least = 0;

	if (learner->count < LEARN_LEVELS)
		return learner->count++;
	for (unsigned i = 1; i < LEARN_LEVELS; i++)
		if (learner->levels[i].samples < learner->levels[least].samples)
			least = i;
	learner->levels[least].sum_mv = 0;
	learner->levels[least].samples = 0;
	return least;
}

void
supervise_learn_add(struct supervise_learner *learner, int mv)
{
	unsigned at = 0;

	while (at < learner->count &&
	       (mean_mv(learner, at) > mv + SAME_MV || mean_mv(learner, at) < mv - SAME_MV))
		at++;
	if (at == learner->count)
		at = room_for_level(learner);
	learner->levels[at].sum_mv += mv;
	learner->levels[at].samples++;
}

/* Of the levels but one; LEARN_LEVELS when there is none. */
static unsigned
most_seen(const struct supervise_learner *learner, unsigned except)
{
	unsigned most = LEARN_LEVELS;

	for (unsigned i = 0; i < learner->count; i++)
		if (i != except && learner->levels[i].samples >= SAMPLES_MIN &&
		    (most == LEARN_LEVELS ||
		     learner->levels[i].samples > learner->levels[most].samples))
			most = i;
	return most;
}

static bool
suits(enum supervise_scheme scheme, int low_mv, int high_mv)
{
	struct supervise_levels levels;

	if (scheme == SUPERVISE_OFF) {
		/* Bare wires: no scheme has a closed level as low or an open one as high. */
		supervise_levels(SUPERVISE_SERIAL_1K, &levels);
		int short_mv = levels.short_below;
		supervise_levels(SUPERVISE_PARALLEL_22K_4K7, &levels);
		return low_mv < short_mv && high_mv > levels.cut_above;
	}
	supervise_levels(scheme, &levels);
	return low_mv >= levels.closed_from && low_mv <= levels.closed_to &&
	       high_mv >= levels.open_from && high_mv <= levels.open_to;
}

int
supervise_learn_propose(const struct supervise_learner *learner, struct supervise_proposal *ret)
{
	unsigned first = most_seen(learner, LEARN_LEVELS);
	unsigned second = most_seen(learner, first);

	if (first == LEARN_LEVELS || second == LEARN_LEVELS)
		return -EAGAIN;
	int first_mv = mean_mv(learner, first);
	int second_mv = mean_mv(learner, second);
	*ret = (struct supervise_proposal){ .low_mv = MIN_OF(first_mv, second_mv),
					    .high_mv = MAX_OF(first_mv, second_mv) };
	for (unsigned i = 0; i < SUPERVISE_SCHEMES; i++)
		if (suits((enum supervise_scheme) i, ret->low_mv, ret->high_mv)) {
			ret->scheme = (enum supervise_scheme) i;
			return 0;
		}
	return -ENOENT;
}
