/*
 * cardea-board, the virtual board: plays the hardware of a controller with four doors and eight
 * readers. Inside of the program; the product reaches it only through its sockets.
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "board/cable.h"
#include "lib/inventory.h"
#include "lib/model.h"
#include "lib/rpc.h"

#define BUSES		(READERS / READERS_PER_BUS)
#define READERS_PER_BUS 2

struct line;
struct reader;

/* The lock relay of one door. */
struct wiring {
	bool is_lock_on;
	unsigned lock_moves; /* how often the lock relay has switched */
};

struct board {
	struct event_base *base;
	const char *run_dir;
	struct rpc_server *server;
	struct rpc_connection *controller; /* who attached, NULL for nobody */
	char boot[24];			   /* another one after each loss of power */
	struct wiring wiring[DOORS];
	bool is_on[INVENTORY_ROWS];  /* outputs but lock relays */
	struct cable cables[INPUTS]; /* by number of inventory_input(), from 1 */
	struct line *lines[BUSES];
};

/* points.c: all cables intact, doors closed, buttons released. */
void board_init_inputs(struct board *board);
/*
 * value is what cable_set() takes; a REX button may be "pressed" or "released" too. -ENOENT: no
 * such input; -EINVAL: no such value.
 */
int board_set_input(struct board *board, const char *point, const char *value,
		    const char *argument);
int board_set_output(struct board *board, const char *point, bool is_on);
/* {point: {state, mv, fault}}: what the controller sees. */
json_t *board_inputs(const struct board *board);
/* {point: bool} */
json_t *board_outputs(const struct board *board);
/* {point: word}: what a person sees. */
json_t *board_points(const struct board *board);

/* methods.c */
void board_on_request(struct rpc_request *request, void *board);
void board_on_closed(struct rpc_connection *connection, void *board);

/* ctl.c: cardea-board ctl ...; returns the exit status. */
int board_ctl(const char *run_dir, int argc, char **argv);

#endif
