/*
 * Learns how an input is wired: takes a level now and then while somebody moves the switch, and
 * proposes the scheme whose two levels were seen. One position alone is never enough: 4.4 k may be
 * an open switch with two resistors of 2.2 k, or a closed one with 4.7 k.
 */
#ifndef HW_SUPERVISE_LEARN_H
#define HW_SUPERVISE_LEARN_H

#include "hw/supervise.h"

/* Equal samples in a row, or nearly. */
struct supervise_rest {
	int64_t sum_mv;
	unsigned samples;
};

struct supervise_learner {
	struct supervise_rest now;
	struct supervise_rest before[2]; /* the last levels that it rested at, newest first */
};

struct supervise_proposal {
	enum supervise_scheme scheme;
	int low_mv; /* the switch closed */
	int high_mv;
};

void supervise_learn_init(struct supervise_learner *learner);
void supervise_learn_add(struct supervise_learner *learner, int mv);
/*
 * Of the last two levels that were seen three times in a row. -EAGAIN while there are not two;
 * -ENOENT when they suit no scheme: ret then holds them.
 */
int supervise_learn_propose(const struct supervise_learner *learner,
			    struct supervise_proposal *ret);

#endif
