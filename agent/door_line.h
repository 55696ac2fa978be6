/*
 * The supervised inputs of the door role: levels in, events, live state and positions of doors
 * out. A contact or REX without supervision goes on as the board's digital input.
 */
#ifndef AGENT_DOOR_LINE_H
#define AGENT_DOOR_LINE_H

#include <jansson.h>

#include "hw/hw.h"
#include "hw/supervise_learn.h"
#include "lib/inventory.h"
#include "lib/model.h"

struct door_role;
struct event;
struct history;

struct door_line {
	struct door_role *role;
	unsigned number; /* of inventory_input(), from 1 */
	const struct inventory_row *row;
	struct supervise_config config;
	struct supervise input;
	struct supervise_learner learner;
	struct event *timer;
	bool has_level;
	bool is_faulty;		     /* and said so */
	enum supervise_state told;   /* of the last event; UNKNOWN before the first */
	enum hw_input_state digital; /* of a door's input, as the board says */
	uint64_t changed_us;
	struct history *history; /* of a measured line, see door_trend.h */
};

void door_line_open(struct door_role *role);
void door_line_close(struct door_role *role);
/* Takes the configuration of the access table, or the defaults; needs role->hw. */
void door_line_configure(struct door_role *role);

/* What the hardware says; a digital state counts only while the line is not supervised. */
void door_line_take_level(struct door_role *role, unsigned input, int mv);
void door_line_take_state(struct door_role *role, unsigned door, enum hw_input input,
			  enum hw_input_state state);
/* The board is away: nothing is known of any line before it sends levels again. */
void door_line_lose(struct door_role *role);
/* Time passes for trends and for learning how a line is wired. */
void door_line_refresh(struct door_role *role);

/* A new reference: the live object of an input, or NULL when the board does not measure it. */
json_t *door_line_live_state(const struct door_line *line);

#endif
