/* The decision's insides: door_access.c has the steps, door_access_rules.c what they ask. */
#ifndef AGENT_DOOR_ACCESS_PRIVATE_H
#define AGENT_DOOR_ACCESS_PRIVATE_H

#include "agent/door_access.h"
#include "lib/util.h"

/* A decision on its way. */
struct access_work {
	const struct access_live *live;
	const struct access_request *request;
	const struct access_point *point;
	struct access_decision *decision;
	struct access_trace *trace; /* NULL: nobody wants it */
	uint32_t cabin;		    /* the floors of which the point is the cabin reader */
};

/* Adds to what the step under way looked at. */
void access_note(struct access_work *work, const char *format, ...) PRINTF(2, 3);

/* Each returns REASON_NONE, or why not. */
enum reason access_recognise(struct access_work *work, const struct access_shown *shown,
			     struct access_holder *ret);
enum reason access_check_status(struct access_work *work, const struct access_holder *holder);
enum reason access_check_validity(struct access_work *work, const struct access_holder *holder);
/* ret_floors: of the cabin's floors those that are given now. */
enum reason access_check_profiles(struct access_work *work, const struct access_holder *holder,
				  uint32_t *ret_floors);
enum reason access_check_apb(struct access_work *work, bool *ret_is_violation);
enum reason access_check_capacity(struct access_work *work);
/* Whether the card has a facility code of the degraded mode; ret then names it by that format. */
bool access_is_of_facilities(const struct access_work *work, const struct access_shown *shown,
			     struct access_holder *ret);

/* The PIN credential of these digits: one that opens by itself, or one of person; NULL. */
const struct access_credential *access_find_pin(const struct access_live *live, uint32_t person,
						const char *digits);
bool access_is_clock_good(const struct access_live *live);

#endif
