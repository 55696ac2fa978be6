/*
 * Decisions in one small world, which a test changes by a patch. In texts of JSON ' is written
 * instead of ".
 *
 * The world, at RIG_NOW_S: Ada (1) has card 1 and PIN 1234, her profile gives every access point;
 * Grace (2) has card 2, passes lockdowns and has extended times; Vera (3) with card 3 needs an
 * escort, as which Emil (4) with card 4 may go; code 5555 opens by itself and is Ada's. Access
 * points 1 to 4 lead through the doors of their numbers; 1 asks for a card, 2 for card and PIN, 3
 * for a PIN, 4 for two cards. 5 leads from area 1 to area 2, which is hard; 6 out of area 2; 7 is
 * in a cabin with floors 1 to 3. Schedule 1 is active from RIG_NOW_S on for an hour.
 */
#ifndef TESTS_UNIT_DECIDE_RIG_H
#define TESTS_UNIT_DECIDE_RIG_H

#include "agent/door_access.h"
#include "tests/unit/access_rig.h"

#define RIG_NOW_S INT64_C(1800000000)
#define RIG_DAY_S INT64_C(86400)

struct decide_rig {
	char *dir;
	struct access_table *table;
	struct presence *presence;
	struct lockouts lockouts;
	struct access_live live; /* of the above; the test may change it */
	struct access_decision decision;
	struct access_trace trace;
};

/* patch is merged into the world; NULL for none. */
void decide_start(struct decide_rig *rig, const char *patch);
void decide_stop(struct decide_rig *rig);
/* The same with the table's credentials damaged. */
void decide_start_damaged(struct decide_rig *rig, const char *patch);

/* Cards of format h10301 with facility code 1; 0 and NULL for none. */
struct decide_shown {
	unsigned card;
	const char *pin;
	unsigned companion;
};

/* "granted", "wants_pin" ..., or the reason of a denial. */
const char *decide(struct decide_rig *rig, unsigned point, struct decide_shown shown);
const char *decide_bits(struct decide_rig *rig, unsigned point, unsigned bit_count,
			const char *hex);
/* Whether that is so; else what it is instead is printed. */
bool decide_is(struct decide_rig *rig, unsigned point, struct decide_shown shown,
	       const char *outcome);
/* The same in a world of its own. */
bool decide_is_with(const char *patch, unsigned point, struct decide_shown shown,
		    const char *outcome);
/* The same at that second. */
bool decide_is_at(struct decide_rig *rig, int64_t now_s, unsigned card, const char *outcome);

#endif
