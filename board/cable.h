/*
 * A pair of wires from an input to a switch, with or without end-of-line resistors: what somebody
 * with a screwdriver does to it, and the level that the input then sees.
 */
#ifndef BOARD_CABLE_H
#define BOARD_CABLE_H

#include <stdbool.h>
#include <stdint.h>

#define CABLE_OHMS_MAX 1000000 /* this or more is no connection */

/* DEAD: the wires are fine, the input's own electronics are not. */
enum cable_damage { CABLE_INTACT, CABLE_SHORT, CABLE_CUT, CABLE_DEAD };

struct cable {
	const char *point;    /* borrowed: a row of the inventory */
	uint32_t closed_ohms; /* of the resistors that are soldered in */
	uint32_t open_ohms;
	bool is_closed;
	enum cable_damage damage;
	bool has_ohms; /* somebody holds a decade box to it */
	uint32_t ohms;
	int drift_percent;
};

/* Bare wires, the switch open. */
void cable_init(struct cable *cable, const char *point);
/*
 * "open", "closed": the switch; "short", "cut": the line; "fault": the input itself; "ohms",
 * "drift": its resistance, with a number; "wired": its resistors, with the name of a scheme.
 * -EINVAL for anything else.
 */
int cable_set(struct cable *cable, const char *what, const char *argument);
/* "short", "cut", "fault"; "" for none. */
const char *cable_damage_name(enum cable_damage damage);
/* The circuit, as an input that knows only two states sees it. */
bool cable_is_closed(const struct cable *cable);
uint32_t cable_ohms(const struct cable *cable);
/* What the input's converter reads. */
int cable_mv(const struct cable *cable);

#endif
