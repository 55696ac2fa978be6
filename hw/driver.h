/*
 * What a driver of a board is: inputs, outputs and a byte stream for each bus. hw.c finds it by
 * the name in the profile (hw/drivers.c) and knows nothing else of it.
 */
#ifndef HW_DRIVER_H
#define HW_DRIVER_H

#include "hw/hw.h"

struct driver_ops {
	void (*on_input)(unsigned door, enum hw_input input, enum hw_input_state state,
			 void *context);
	/* A level has moved; input is a number of inventory_input(). */
	void (*on_level)(unsigned input, int mv, void *context);
	void (*on_output)(unsigned door, enum hw_output output, bool is_on, uint64_t at_mono_us,
			  void *context);
	void (*on_board)(bool is_online, void *context);
};

struct driver {
	const char *name;
	int (*open)(struct event_base *base, const char *run_dir, const struct driver_ops *ops,
		    void *context, void **ret);
	void (*close)(void *board);
	/* -ENOTCONN while the board is away: hw asserts it again. */
	int (*set_output)(void *board, unsigned door, enum hw_output output, bool is_on);
	/* A connected, non-blocking byte stream of a bus (from 1), or a negative errno for now. */
	int (*open_bus)(void *board, unsigned bus);
	/* NULL for boards without a console. */
	void (*console)(void *board, const json_t *request,
			void (*done)(json_t *, const struct rpc_error *, void *), void *context);
};

/* NULL when there is no driver of this name. */
const struct driver *driver_find(const char *name);

extern const struct driver driver_virtual;

#endif
