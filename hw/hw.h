/*
 * The hardware as the door role sees it: points, which are rows of the inventory, and readers.
 * Which physical thing each of them is says the board profile; a driver for it sits behind this
 * header.
 *
 * Nothing here blocks. Callbacks come from the loop. Doors and readers count from 1.
 */
#ifndef HW_HW_H
#define HW_HW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/line.h"
#include "hw/line_test.h"
#include "hw/module.h"
#include "hw/reader.h"
#include "hw/supervise.h"
#include "lib/inventory.h"

struct event_base;
struct hw;
struct rpc_error;

/* Of a digital point. A supply that is there, a button that is pressed, a casing that is open and a
 * controller that is moved are active. */
enum hw_state { HW_UNKNOWN, HW_INACTIVE, HW_ACTIVE, HW_FAULT };

enum hw_quantity {
	HW_MV, /* level of a supervised input, voltage of a supply */
	HW_MA,
	HW_MILLICELSIUS,
	HW_QUANTITIES,
};

enum hw_colour { HW_DARK, HW_GREEN, HW_AMBER, HW_RED };

/* "dark", "green". */
const char *hw_colour_name(enum hw_colour colour);

/* One colour for first_ms, another for second_ms, and again; 0 and 0: first for ever. */
struct hw_led {
	enum hw_colour first;
	enum hw_colour second;
	uint32_t first_ms;
	uint32_t second_ms;
};

struct hw_ops {
	void (*on_state)(const struct inventory_row *point, enum hw_state state, void *context);
	void (*on_measure)(const struct inventory_row *point, enum hw_quantity quantity,
			   int32_t value, void *context);
	/* An output has moved; at_mono_us is when the board had taken it. */
	void (*on_output)(const struct inventory_row *point, bool is_on, uint64_t at_mono_us,
			  void *context);
	/* A point does not work, and why; NULL: it works again, and what it says follows. */
	void (*on_fault)(const struct inventory_row *point, const char *why, void *context);
	void (*on_card)(const struct hw_card *card, void *context);
	void (*on_keys)(const struct hw_keys *keys, void *context);
	/* A reader came, went, or reports tampering or a failure of its power. */
	void (*on_reader)(const struct hw_reader *reader, void *context);
	/* What becomes of a reader's secure channel; the event is the callee's to wipe. */
	void (*on_reader_event)(struct hw_reader_event *event, void *context);
	/* Another device answers at a reader's address. */
	void (*on_reader_replaced)(const struct hw_reader *reader, void *context);
	/* Anything that hw_module() tells has changed. */
	void (*on_module)(const struct hw_module *module, void *context);
	/* Somebody on its line does what a module would not; one word. */
	void (*on_module_trouble)(unsigned module, const char *what, void *context);
	/* A move or a file has gone on or come to its end. */
	void (*on_work)(const struct hw_work *work, void *context);
	/* A search of a bus goes on or has ended. */
	void (*on_line)(const struct hw_line *line, void *context);
	/* The test of a line goes on or has ended. */
	void (*on_line_test)(const struct hw_line_test *test, void *context);
	/* count malformed frames so far on the bus of this door. */
	void (*on_frame_error)(unsigned door, uint32_t count, void *context);
	/* The board itself answers or not; is_restarted: it has been without power meanwhile. */
	void (*on_board)(bool is_online, bool is_restarted, void *context);
};

/*
 * Opens the board of a profile. -ENOENT, -EBADMSG and the like leave one line about why in
 * ret_why, which the caller frees. ops must outlive it.
 */
int hw_open(struct event_base *base, const char *profile, const char *run_dir,
	    const struct hw_ops *ops, void *context, struct hw **ret, char **ret_why);
void hw_close(struct hw *hw);

/* The board's name of the profile. */
const char *hw_name(const struct hw *hw);

/* Whether the board measures an input's level, and how its profile says that it is wired. */
bool hw_input_is_measured(const struct hw *hw, unsigned input);
enum supervise_scheme hw_input_scheme(const struct hw *hw, unsigned input);

/* Whether the profile says where this point is. */
bool hw_has(const struct hw *hw, const struct inventory_row *point);
/* Whether the board measures this of a supply or a branch. */
bool hw_measures(const struct hw *hw, const struct inventory_row *point, enum hw_quantity quantity);
bool hw_is_faulty(const struct hw *hw, const struct inventory_row *point);

/*
 * What is wanted of a point, asserted again whenever it or the board comes back. Before the first
 * call an output is left as it is found. A lock relay that is on releases the lock.
 */
void hw_set_output(struct hw *hw, const struct inventory_row *point, bool is_on);
/* AUX I/O are inputs until they are told otherwise. */
void hw_set_direction(struct hw *hw, const struct inventory_row *point, bool is_output);
/* The supplies of a budget group, which are on until they are told otherwise. */
void hw_set_branch(struct hw *hw, enum inventory_budget branch, bool is_on);
void hw_set_led(struct hw *hw, const struct inventory_row *point, const struct hw_led *led);

/* Some boards can be asked about themselves by their own console. */
bool hw_has_console(const struct hw *hw);
/* done as in rpc_call(); request is {method, params}. */
void hw_console(struct hw *hw, const json_t *request,
		void (*done)(json_t *result, const struct rpc_error *error, void *context),
		void *context);

#endif
