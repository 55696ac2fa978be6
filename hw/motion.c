#include "hw/motion.h"

#include <math.h>

#define MEAN_SHARE 16 /* a new sample's part of the mean is one of these */

void
motion_init(struct motion *motion, double threshold_mg)
{
	*motion = (struct motion){ .threshold_mg = threshold_mg };
}

bool
motion_add(struct motion *motion, const double *mg, uint64_t now_us)
{
	bool is_far = false;

	for (unsigned i = 0; i < MOTION_AXES; i++) {
		if (!motion->has_mean)
			motion->mean_mg[i] = mg[i];
		is_far |= fabs(mg[i] - motion->mean_mg[i]) > motion->threshold_mg;
		motion->mean_mg[i] += (mg[i] - motion->mean_mg[i]) / MEAN_SHARE;
	}
	motion->has_mean = true;
	if (is_far) {
		motion->moved_us = now_us;
		motion->is_moved = true;
	} else if (now_us - motion->moved_us >= MOTION_HOLD_US) {
		motion->is_moved = false;
	}
	return motion->is_moved;
}
