/*
 * From what was shown at a reader to what happens: the decision is asked for, told and done. Floors
 * of a lift are granted here, too.
 */
#ifndef AGENT_DOOR_DECIDE_H
#define AGENT_DOOR_DECIDE_H

#include <jansson.h>

#include "agent/door_access.h"
#include "lib/feedback.h"

struct door_role;

/* What a decision at this access point looks at, as it is now; borrows from the role. */
void door_decide_live(struct door_role *role, unsigned point, struct access_live *ret);

/* at_mono_us: when the reader had it; 0 when that is not of interest. */
enum access_verdict door_decide(struct door_role *role, const struct access_request *request,
				uint64_t at_mono_us);
/* Nobody came with what was wanted for request. */
void door_decide_give_up(struct door_role *role, const struct access_request *request,
			 enum access_verdict wanted);

/* What the reader shows of a decision that has been made. */
enum feedback_outcome door_decision_outcome(const struct access_decision *decision);

/* door_report_access.c: events of decisions. */
json_t *door_decision_data(const struct door_role *role, const struct access_request *request,
			   const struct access_decision *decision);
/* "card:h10301:118:1603"; free with free(). */
char *door_decision_actor(const struct access_decision *decision);
void door_tell_decision(struct door_role *role, const struct access_request *request,
			const struct access_decision *decision);
void door_tell_lockout(struct door_role *role, const struct access_request *request,
		       const struct access_decision *decision);
void door_tell_timeout(struct door_role *role, const struct access_request *request,
		       const struct access_decision *decision, const char *wanted);

#endif
