/*
 * The access decision: a pure function of the access table and a card. No clock, no state.
 */
#ifndef AGENT_DOOR_ACCESS_H
#define AGENT_DOOR_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/access.h"

struct cardformat;

struct access_request {
	unsigned door;
	unsigned bit_count;
	const uint8_t *data; /* left-justified */
};

struct access_decision {
	bool is_granted;
	/* Why not, in the vocabulary of ONVIF and ours; NULL when granted. Static. */
	const char *reason;
	const struct cardformat *format; /* NULL when the bits are of no known format */
	struct access_card card;
	const struct access_credential *credential; /* NULL when nobody holds the card */
};

/*
 * Who holds the card, and whether it counts at all; the rest of the decision is the caller's. On
 * return either ret->reason says why not, or ret->credential is who.
 */
void access_recognise(const struct access_table *table, const struct access_request *request,
		      struct access_decision *ret);

/* table may be NULL: then nobody is let in. */
void access_decide(const struct access_table *table, const struct access_request *request,
		   struct access_decision *ret);

/* The floors, bit n - 1 for floor n, of which this is the cabin reader. */
uint32_t access_floors_of(const struct access_table *table, unsigned reader);
/*
 * What a card enables there. ret->is_granted is whether it is any floor, and
 * ret->reason why not. The door of request plays no part.
 */
uint32_t access_decide_floors(const struct access_table *table, unsigned reader,
			      const struct access_request *request, struct access_decision *ret);

#endif
