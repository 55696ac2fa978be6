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
mean_mv(const struct supervise_rest *rest)
{
	return (int) (rest->sum_mv / rest->samples);
}

static bool
is_rest(const struct supervise_rest *rest)
{
	return rest->samples >= SAMPLES_MIN;
}

static bool
is_same_level(const struct supervise_rest *rest, int mv)
{
	return rest->samples && mean_mv(rest) <= mv + SAME_MV && mean_mv(rest) >= mv - SAME_MV;
}

/* What was no rest is forgotten: a bounce, a finger on the wire. */
static void
end_rest(struct supervise_learner *learner)
{
	if (is_rest(&learner->now)) {
		if (!is_same_level(&learner->before[0], mean_mv(&learner->now)))
			learner->before[1] = learner->before[0];
		learner->before[0] = learner->now;
	}
	learner->now = (struct supervise_rest){ 0 };
}

void
supervise_learn_add(struct supervise_learner *learner, int mv)
{
	if (!is_same_level(&learner->now, mv))
		end_rest(learner);
	learner->now.sum_mv += mv;
	learner->now.samples++;
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
	struct supervise_learner ended = *learner;

	end_rest(&ended);
	if (!is_rest(&ended.before[0]) || !is_rest(&ended.before[1]))
		return -EAGAIN;
	int new_mv = mean_mv(&ended.before[0]);
	int old_mv = mean_mv(&ended.before[1]);
	*ret = (struct supervise_proposal){ .low_mv = MIN_OF(new_mv, old_mv),
					    .high_mv = MAX_OF(new_mv, old_mv) };
	for (unsigned i = 0; i < SUPERVISE_SCHEMES; i++)
		if (suits((enum supervise_scheme) i, ret->low_mv, ret->high_mv)) {
			ret->scheme = (enum supervise_scheme) i;
			return 0;
		}
	return -ENOENT;
}
