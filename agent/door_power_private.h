/*
 * The insides of door_power.h: what its wiring (door_power.c) and what it shows
 * (door_power_state.c) share.
 */
#ifndef AGENT_DOOR_POWER_PRIVATE_H
#define AGENT_DOOR_POWER_PRIVATE_H

#include "agent/door_power.h"
#include "agent/door_rail.h"
#include "agent/door_supply.h"
#include "lib/history.h"

struct event;

#define DIRTY_POWER (1u << RAILS)

/* Plots: every rail, and what all of the controller and of the doors take. */
enum { PLOT_MAIN = RAILS, PLOT_DOORS, PLOTS };

struct door_power {
	struct door_role *role;
	struct meter meter;
	struct supplies supplies;
	struct rails rails;
	struct history plots[PLOTS];
	struct event *settle;
	struct event *deadline;
	struct event *tick;
	bool is_restarted; /* the board, and that is not yet told */
	bool is_urgent;	   /* something has changed that is not a mere number */
	unsigned dirty;	   /* rails by their place, DIRTY_POWER */
};

/* What the present supply gives: measured there, else the sum of what is measured behind it. */
uint32_t door_power_main_mw(const struct door_power *power);
uint32_t door_power_doors_mw(const struct door_power *power);
/* Shows what has changed. */
void door_power_push(struct door_power *power);

#endif
