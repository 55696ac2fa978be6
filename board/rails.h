/*
 * The power of the board: what is connected, what draws how much from where, and by the rules of
 * lib/power.h which source feeds it all. Reads and writes the board's points.
 */
#ifndef BOARD_RAILS_H
#define BOARD_RAILS_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/inventory.h"
#include "lib/power.h"

struct board;

/* Of one point. A load draws whenever there is voltage. */
struct rail {
	uint32_t load_ma;
	uint32_t mv; /* of a source, jumper, or rail that is not at its nominal voltage; 0: nominal
		      */
	bool has_mv;
};

enum device_phase { DEVICE_OFF, DEVICE_STARTING, DEVICE_RUNNING };

struct rails {
	struct power_state power;
	enum device_phase phase;
	uint64_t starts_at_us;	     /* while it starts */
	bool is_branch_off[BUDGETS]; /* as the controller told it */
	bool is_unplugged;	     /* the mains are off: no source gives anything */
};

/* What a source is expected to give. */
uint32_t rails_nominal_mv(const struct inventory_row *row);
/* Whether a source gives enough to run on. */
bool rails_is_there(const struct board *board, const struct inventory_row *row);
struct power_supplies rails_supplies(const struct board *board);
/* Whether the doors' part has its DC IN DOOR. */
bool rails_has_doors(const struct board *board);
/* Whether the reader port of a door gives enough for what hangs on it. */
bool rails_feeds_readers(const struct board *board, unsigned door);
/* Whether an output's coil or transistor conducts. */
bool rails_is_energised(const struct board *board, const struct inventory_row *row);

/* Of a source, a supply, a jumper, or what a jumper puts on a relay's COM. */
uint32_t rails_mv(const struct board *board, const struct inventory_row *row);
/* What flows through a source, supply or output. */
uint32_t rails_ma(const struct board *board, const struct inventory_row *row);
/* All that one side draws behind its converters: the doors' or the rest. */
uint32_t rails_used_mw(const struct board *board, bool is_doors);

#endif
