/*
 * Learns how an input is wired: takes levels while somebody moves the switch, and proposes the
 * scheme whose two levels were seen. One position alone is never enough: 4.4 k may be an open
 * switch with two resistors of 2.2 k, or a closed one with 4.7 k.
 */
#ifndef HW_SUPERVISE_LEARN_H
#define HW_SUPERVISE_LEARN_H

#include "hw/supervise.h"

#define LEARN_LEVELS 8

struct supervise_learner {
	unsigned count;
	struct {
		int64_t sum_mv;
		unsigned samples;
	} levels[LEARN_LEVELS];
};

struct supervise_proposal {
	enum supervise_scheme scheme;
	int low_mv; /* the switch closed */
	int high_mv;
};

void supervise_learn_init(struct supervise_learner *learner);
void supervise_learn_add(struct supervise_learner *learner, int mv);
/*
 * -EAGAIN while fewer than two levels have been seen at least three times each; -ENOENT when the
 * two that were seen most suit no scheme: ret then holds the levels.
 */
int supervise_learn_propose(const struct supervise_learner *learner,
			    struct supervise_proposal *ret);

#endif
