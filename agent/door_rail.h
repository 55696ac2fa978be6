/*
 * The branches that the controller feeds others with: readers, door sensors, relays, AUX. Each has
 * a limit that follows the present supply and the relay jumper; what exceeds it or sags is
 * switched off and tried again (door_branch.h). Relays and outputs are watched one by one, too.
 *
 * Takes measurements, says what has to be told and switched. No clock, no hardware; times are
 * monotonic microseconds, never 0.
 */
#ifndef AGENT_DOOR_RAIL_H
#define AGENT_DOOR_RAIL_H

#include <jansson.h>

#include "agent/door_branch.h"
#include "agent/door_meter.h"
#include "agent/door_range.h"
#include "hw/hw.h"
#include "lib/access.h"
#include "lib/events.h"

#define RAILS 7

struct rail_ops {
	/* Steals data. */
	void (*tell)(enum event_kind kind, const char *source, json_t *data, void *context);
	void (*set_branch)(enum inventory_budget branch, bool is_on, void *context);
};

struct rail {
	enum inventory_budget budget;
	const char *label;
	bool is_fed; /* by what is there, and by a jumper that is fitted */
	bool is_shed;
	bool is_switched_off; /* what the board was told */
	struct branch_config config;
	struct branch_state state;
};

/* What the limits depend on. */
struct rail_supply {
	enum inventory_source source; /* SOURCE_ANY: not known, or none */
	bool has_doors;
};

struct rails {
	const struct rail_ops *ops;
	void *context;
	struct meter *meter; /* borrowed */
	struct rail all[RAILS];
	struct range_state overloads[INVENTORY_ROWS]; /* of relays and outputs */
	struct access_power said;		      /* what the board cannot know */
	struct rail_supply supply;
	uint32_t jumper_mv[2];	    /* the position of each jumper by its index from 1 */
	bool is_jumper_measured[2]; /* by this board */
};

void rails_init(struct rails *rails, struct meter *meter, const struct rail_ops *ops,
		void *context);
/* Takes what is configured and what powers us; limits follow, and are judged at once. */
void rails_configure(struct rails *rails, const struct access_power *said,
		     const struct rail_supply *supply, uint64_t now_us);
/* Something of this point was measured, and is in the meter. */
void rails_judge(struct rails *rails, const struct inventory_row *point, uint64_t now_us);
/* Time has passed. */
void rails_tick(struct rails *rails, uint64_t now_us);
uint64_t rails_deadline_us(const struct rails *rails);
/* For want of power. */
void rails_shed(struct rails *rails, enum inventory_budget branch, bool is_shed);
/* The board is away: nothing is fed before the next rails_configure(). */
void rails_lose(struct rails *rails);

const struct rail *rails_find(const struct rails *rails, enum inventory_budget budget);
/* "good", "over_current", "under_voltage", "off", "shed". */
const char *rail_state_name(const struct rail *rail);
uint32_t rails_mv(const struct rails *rails, const struct rail *rail);
uint32_t rails_ma(const struct rails *rails, const struct rail *rail);
uint32_t rails_mw(const struct rails *rails, const struct rail *rail);
/* Of all that PoE or DC IN feeds. */
uint32_t rails_main_mw(const struct rails *rails);
/* Of the readers, relays and sensors of a door. */
uint32_t rails_door_mw(const struct rails *rails, unsigned door);
/* Whether a relay of a door, or what feeds them, is in alarm. */
bool rails_has_relay_fault(const struct rails *rails);

#endif
