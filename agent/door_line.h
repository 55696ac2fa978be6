/*
 * The inputs of the door role: levels in, events, live state and positions of doors out. An input
 * that the board does not measure has two levels: that of a closed and that of an open circuit.
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
	bool is_resting;	   /* an AUX port that is an output is not read */
	bool is_faulty;		   /* and said so */
	bool is_broken;		   /* the point itself does not work */
	enum supervise_state told; /* of the last event; UNKNOWN before the first */
	uint64_t changed_us;
	struct history *history; /* of a measured line, see door_trend.h */
};

void door_line_open(struct door_role *role);
void door_line_close(struct door_role *role);
/* Takes the configuration of the access table, or the defaults; needs role->hw. */
void door_line_configure(struct door_role *role);

/* What the hardware says of an input; a state counts only where nothing is measured. */
void door_line_take_level(struct door_role *role, unsigned input, int mv);
void door_line_take_state(struct door_role *role, unsigned input, enum hw_state state);
/* The point of an input works no longer, or again. */
void door_line_break(struct door_role *role, unsigned input, bool is_broken);
/* The board is away: nothing is known of any line before it sends levels again. */
void door_line_lose(struct door_role *role);
/* Time passes for trends and for learning how a line is wired. */
void door_line_refresh(struct door_role *role);

/* What the input says, faults of its line included. */
enum hw_state door_line_state(const struct door_line *line);

/* A new reference: the live object of an input, or NULL when the board has no such. */
json_t *door_line_live_state(const struct door_line *line);

#endif
