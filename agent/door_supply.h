/*
 * The supplies that feed the controller: which are there, which of them powers it (lib/power.h),
 * whether their voltage and load are right, and whether there is enough. Takes states and
 * measurements, says what has to be told and which branches have to be shed. No clock, no
 * hardware.
 *
 * Times are monotonic microseconds, never 0.
 */
#ifndef AGENT_DOOR_SUPPLY_H
#define AGENT_DOOR_SUPPLY_H

#include <jansson.h>

#include "agent/door_meter.h"
#include "agent/door_range.h"
#include "hw/hw.h"
#include "lib/events.h"
#include "lib/power.h"

/* PoE, PoE+, DC IN, DC IN DOOR 1-4 and, in the model, 5-8: index of their kind from 1. */
#define SUPPLIES     5
#define SUPPLY_DOORS 4

struct supply_ops {
	/* Steals data. */
	void (*tell)(enum event_kind kind, const char *source, json_t *data, void *context);
	/* A branch has to go off, or may come back, for want of power. */
	void (*shed)(enum inventory_budget branch, bool is_shed, void *context);
};

struct supply {
	const struct inventory_row *row;
	enum hw_state state; /* UNKNOWN: the board does not say */
	enum hw_state told;
	struct range_state voltage;
	struct range_state load;
};

struct supplies {
	const struct supply_ops *ops;
	void *context;
	struct supply all[SUPPLIES]; /* by index from 1 */
	struct power_state power;
	struct power_load load;
	bool has_begun;
	bool is_settled;	      /* what is there is known */
	enum inventory_source before; /* what powered us last; SOURCE_ANY before the first */
	bool was_lost;		      /* the board went away when there was nothing left */
	bool was_restarting;	      /* or when it had to restart */
	uint64_t restarting_since_us;
};

void supplies_init(struct supplies *supplies, const struct supply_ops *ops, void *context);

/* The board says whether a supply is there; settle later, when all that belongs to it has come. */
void supplies_take_state(struct supplies *supplies, const struct inventory_row *point,
			 enum hw_state state);
/*
 * Draws the conclusions. The first time after a start or supplies_lose() the present state is
 * taken as it is; is_restarted: the board has been without power meanwhile.
 */
void supplies_settle(struct supplies *supplies, const struct meter *meter, bool is_restarted);
/* Judges voltages and loads; call it after measurements and when the deadline is over. */
void supplies_judge(struct supplies *supplies, const struct meter *meter, uint64_t now_us);
/* Warns, sheds and restores; call it about twice a second. */
void supplies_weigh(struct supplies *supplies, uint32_t used_mw, uint64_t now_us);
uint64_t supplies_deadline_us(const struct supplies *supplies);
/* The board is away. */
void supplies_lose(struct supplies *supplies);

/* Whether anything is known about what powers the controller. */
bool supplies_are_known(const struct supplies *supplies);
/* False only when the board says that DC IN DOOR 1-4 is not there. */
bool supplies_have_doors(const struct supplies *supplies);
/* "present", "absent", "unknown", "not_fitted". */
const char *supply_state_name(const struct supply *supply);
/* What powers the controller: "poe", "dc_in"; "unknown", "none". */
const char *supplies_source_name(const struct supplies *supplies);

#endif
