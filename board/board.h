/*
 * cardea-board, the virtual board: plays the hardware of a controller with four doors and eight
 * readers. Inside of the program; the product reaches it only through its sockets.
 *
 * The board has a time of its own, board->now_us, that board_step() moves from one thing that is
 * due to the next: what happens when depends on nothing else. Only main.c and line.c look at a
 * clock; tests step the board by hand.
 */
#ifndef BOARD_BOARD_H
#define BOARD_BOARD_H

#include <event2/event.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "board/cable.h"
#include "board/course.h"
#include "board/led.h"
#include "board/rails.h"
#include "lib/inventory.h"
#include "lib/model.h"
#include "lib/rpc.h"

#define BUSES		(READERS / READERS_PER_BUS)
#define READERS_PER_BUS 2
#define WATCHERS_MAX	8

struct line;
struct play;

/* What the board knows of one row of the inventory; which members count depends on its kind. */
struct point {
	bool is_on;	 /* as the controller told it; a switch, source or jumper: as people did */
	bool is_safe_on; /* where it goes when nobody drives it */
	bool is_output;	 /* direction of AUX I/O */
	bool is_on_nc;	 /* its load is wired to NC instead of NO */
	bool was_energised; /* to count moves */
	unsigned moves;
	struct rail rail;
	char *why; /* it does not work; NULL while it does */
	struct led led;
};

/* What a controller sees of a point. */
struct reading {
	bool has_state;
	bool is_active;
	bool has_mv;
	bool has_ma;
	bool has_mc;
	int32_t mv;
	int32_t ma;
	int32_t mc;
	const char *why; /* borrowed */
	uint32_t why_id; /* 0 while it works */
};

struct board {
	struct event_base *base;
	const char *run_dir;
	const char *memory_dir; /* what readers and modules keep without power */
	struct rpc_server *server;
	struct event *timer;
	struct rpc_connection *controller; /* who attached, NULL for nobody */
	uint64_t now_us;
	char boot[32]; /* another one after each loss of power */
	unsigned boots;
	struct point points[INVENTORY_ROWS];
	struct reading told[INVENTORY_ROWS];
	struct cable cables[INPUTS]; /* by number of inventory_input(), from 1 */
	struct rails rails;
	struct courses courses;
	int32_t temperature_mc;
	uint64_t start_up_us;	/* how long it takes to start */
	uint64_t safe_after_us; /* how long outputs keep their state without a controller */
	bool is_safe;		/* outputs are where nobody drives them */
	struct play *play;	/* the script that runs, or NULL */
	struct rpc_connection *watchers[WATCHERS_MAX];
	bool is_loud; /* what is said goes to standard output, too */
	struct line *lines[BUSES];
};

/* start_up_us and safe_after_us are set. All cables intact, doors closed, buttons released, PoE+
 * and DC IN DOOR connected. */
void board_init(struct board *board);
void board_done(struct board *board);
/* Does what is due until now_us, in order, then tells the controller what has changed. */
void board_step(struct board *board, uint64_t now_us);
uint64_t board_deadline_us(struct board *board);

/* points.c */

struct point *board_point(struct board *board, const struct inventory_row *row);
const struct point *board_point_const(const struct board *board, const struct inventory_row *row);
bool board_is_output(const struct inventory_row *row);
/* value is what cable_set() takes; a REX button may be "pressed" or "released" too. */
int board_set_input(struct board *board, const struct inventory_row *row, const char *value,
		    const char *argument);
/* -ENOENT: no such output; -EIO: it does not work. */
int board_set_output(struct board *board, const char *point, bool is_on);
/* Counts the moves of relays after anything that may have moved them. */
void board_settle(struct board *board);
/* NULL: it works again. */
void board_set_fault(struct board *board, const struct inventory_row *row, const char *why);

/* report.c */

void board_read(const struct board *board, const struct inventory_row *row, struct reading *ret);
/* {point: {state, mv, ma, mc, fault}}: what a controller that attaches gets. */
json_t *board_readings(struct board *board);
/* Pushes what is different from what the controller was told last. */
void board_report(struct board *board);
/* {point: bool} */
json_t *board_outputs(const struct board *board);

/* device.c */

/* Sources or their voltages have moved: the rules of power, and what they do to the device. */
void board_repower(struct board *board);
bool board_is_running(const struct board *board);
/* The controller's connection has come or gone. */
void board_on_driver(struct board *board, struct rpc_connection *controller);

/* say.c */

/* The word for a point's state: what a person sees. */
void board_say_state(const struct board *board, const struct inventory_row *row, char *to,
		     size_t size);
/* describe.c */

/* {point: word} */
json_t *board_points(const struct board *board);
/* Everything, with what can be done to it. */
json_t *board_describe(struct board *board);
json_t *board_show(struct board *board);

/* methods.c */

void board_on_request(struct rpc_request *request, void *board);
void board_on_closed(struct rpc_connection *connection, void *board);

/* methods_words.c */

/* {"words": "set input1 closed"}, or a list of them. */
void board_handle_do(struct board *board, struct rpc_request *request);
/* A method that is a word; false when it is none. */
bool board_handle_words(struct board *board, struct rpc_request *request);

/* ctl.c: cardea-board ctl, play and check; each returns the exit status. */
int board_ctl(const char *run_dir, int argc, char **argv);
int board_play(const char *run_dir, int argc, char **argv);
int board_check(const char *run_dir, int argc, char **argv);
/* Reads a script; says what is wrong with it on standard error. NULL when it cannot be used. */
struct script *board_read_script(const char *path);

#endif
