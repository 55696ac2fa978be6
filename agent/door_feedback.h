/*
 * Which row of the feedback table (lib/feedback.h) the readers of a door show. Pure.
 */
#ifndef AGENT_DOOR_FEEDBACK_H
#define AGENT_DOOR_FEEDBACK_H

#include "agent/door_fsm.h"
#include "lib/feedback.h"

/* The reader's own state, which may hide the door's. */
struct door_feedback_reader {
	bool is_busy;	     /* it takes a file */
	bool is_taking_code; /* digits have been typed, or a card waits for its PIN */
	bool is_taking_card; /* a code, or a first card, waits for a card */
};

/* What a reader shows while nothing happens: the worst first. Pure. */
enum feedback_outcome door_feedback_resting(const struct door_state *state,
					    const struct door_feedback_reader *reader);

#endif
