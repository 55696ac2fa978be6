/*
 * Whether a controller is moved, from an accelerometer at rest: a pure function of samples and
 * time. What a slow mean of each axis differs from by more than a threshold is a movement; gravity,
 * the way it is mounted and the sensor's own error are in the mean.
 */
#ifndef HW_MOTION_H
#define HW_MOTION_H

#include <stdbool.h>
#include <stdint.h>

#define MOTION_AXES    3
#define MOTION_HOLD_US UINT64_C(2000000) /* of quiet before it is over */

struct motion {
	double threshold_mg;
	bool has_mean;
	double mean_mg[MOTION_AXES];
	bool is_moved;
	uint64_t moved_us;
};

void motion_init(struct motion *motion, double threshold_mg);
/* One sample of all axes; returns whether it is being moved. */
bool motion_add(struct motion *motion, const double *mg, uint64_t now_us);

#endif
