/*
 * What a driver of a board is: points and a byte stream for each bus. hw.c finds it by the name in
 * the profile (hw/drivers.c) and knows nothing else of it.
 *
 * A driver reports every point it has when it opens or comes back, and later what changes. It
 * calls back from the loop, never from within set_...() or open().
 */
#ifndef HW_DRIVER_H
#define HW_DRIVER_H

#include "hw/hw.h"

struct profile;

/* Each as in struct hw_ops. */
struct driver_ops {
	void (*on_state)(const struct inventory_row *point, enum hw_state state, void *context);
	void (*on_measure)(const struct inventory_row *point, enum hw_quantity quantity,
			   int32_t value, void *context);
	void (*on_output)(const struct inventory_row *point, bool is_on, uint64_t at_mono_us,
			  void *context);
	void (*on_fault)(const struct inventory_row *point, const char *why, void *context);
	void (*on_board)(bool is_online, bool is_restarted, void *context);
};

struct driver_setup {
	struct event_base *base;
	const char *run_dir;
	const struct profile *profile; /* outlives the board */
	char **ret_why;		       /* on error one line, which the caller frees, or NULL */
};

struct driver {
	const char *name;
	int (*open)(const struct driver_setup *setup, const struct driver_ops *ops, void *context,
		    void **ret);
	void (*close)(void *board);
	/* -ENOTCONN, -EIO and the like while the point is away: hw asserts it again. */
	int (*set_output)(void *board, const struct inventory_row *point, bool is_on);
	/* The rest may be NULL for boards that have no such thing, or all that are fitted. */
	bool (*has)(const void *board, const struct inventory_row *point);
	int (*set_direction)(void *board, const struct inventory_row *point, bool is_output);
	int (*set_branch)(void *board, enum inventory_budget branch, bool is_on);
	int (*set_led)(void *board, const struct inventory_row *point, const struct hw_led *led);
	/* A connected, non-blocking byte stream of a bus (from 1), or a negative errno for now. */
	int (*open_bus)(void *board, unsigned bus, uint32_t baud);
	/* The speed of a stream that open_bus() returned. */
	int (*set_baud)(void *board, int fd, uint32_t baud);
	void (*console)(void *board, const json_t *request,
			void (*done)(json_t *, const struct rpc_error *, void *), void *context);
};

/* NULL when there is no driver of this name. */
const struct driver *driver_find(const char *name);

extern const struct driver driver_linux;
extern const struct driver driver_virtual;

#endif
