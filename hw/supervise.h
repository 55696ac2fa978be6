/*
 * A supervised input: millivolts -> ohms -> state, as a pure function of samples and time. No
 * clock, no hardware; the caller keeps struct supervise and comes back at its deadline.
 *
 * The input pulls the line up through 10.485 kilo-ohms to 2796 mV, so the level is
 * 2796 mV * R / (R + 10.485 k). Wired serial first, a closed switch shows R and an open one 2 R;
 * parallel first, 4.7 k || 22 k and 22 k. Thresholds lie half way between the levels; a level that
 * is no closer to its own than 5 % and 50 ohms of wire is out of tolerance: a wrong resistor, a
 * bad splice, a foreign device on the line.
 *
 * Times are monotonic microseconds.
 */
#ifndef HW_SUPERVISE_H
#define HW_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPERVISE_FULL_MV	  2796
#define SUPERVISE_PULL_UP_OHMS	  10485
#define SUPERVISE_UNSUPERVISED_MV 1000	  /* below: closed */
#define SUPERVISE_HYSTERESIS_MV	  25	  /* between going and coming back */
#define SUPERVISE_OHMS_MAX	  1000000 /* this or more */
#define SUPERVISE_DEBOUNCE_MS	  50
#define SUPERVISE_DEBOUNCE_MS_MAX 399 /* pulses of 400 ms must be seen */

enum supervise_scheme {
	SUPERVISE_OFF,
	SUPERVISE_PARALLEL_22K_4K7,
	SUPERVISE_SERIAL_1K,
	SUPERVISE_SERIAL_2K2,
	SUPERVISE_SERIAL_4K7,
	SUPERVISE_SERIAL_10K,
	SUPERVISE_SCHEMES,
};

enum supervise_state {
	SUPERVISE_UNKNOWN, /* nothing has been measured yet */
	SUPERVISE_OPEN,
	SUPERVISE_CLOSED,
	SUPERVISE_SHORT,
	SUPERVISE_CUT,
	SUPERVISE_OUT_OF_TOLERANCE,
};

struct supervise_config {
	enum supervise_scheme scheme;
	enum supervise_state normal; /* SUPERVISE_OPEN or SUPERVISE_CLOSED */
	uint32_t debounce_ms;
};

/* Levels of a scheme in mV; both ends of a range belong to it. */
struct supervise_levels {
	int short_below;
	int closed_from, closed_to;
	int split; /* half way between closed and open */
	int open_from, open_to;
	int cut_above;
};

/* How the resistance of one switch position has moved. */
struct supervise_trend {
	bool is_known;
	bool is_warned;
	int64_t milliohms; /* filtered over a minute */
};

struct supervise {
	enum supervise_state state; /* settled */
	enum supervise_state seen;  /* what the last sample says; settles after the debounce */
	uint64_t seen_since_us;
	int mv;
	unsigned zone; /* of the last sample, from 1; 0 for none */
	uint64_t filtered_at_us;
	struct supervise_trend closed;
	struct supervise_trend open;
};

/* What a sample or the time has changed. */
struct supervise_change {
	bool is_state;
	bool is_drift;
};

/* An input of which nothing is known. */
void supervise_init(struct supervise *input);
/* After a change of configuration: judges afresh, but the state stays until it is settled again. */
void supervise_forget(struct supervise *input);

void supervise_sample(const struct supervise_config *config, struct supervise *input, int mv,
		      uint64_t now_us, struct supervise_change *ret);
/* The level has not moved since the last sample. */
void supervise_tick(const struct supervise_config *config, struct supervise *input, uint64_t now_us,
		    struct supervise_change *ret);
/* When a tick settles what was seen; UINT64_MAX for never. */
uint64_t supervise_deadline_us(const struct supervise_config *config,
			       const struct supervise *input);

/* Whether the line itself is wrong, whatever the switch does. */
bool supervise_is_fault(enum supervise_state state);
/* Any known state but the normal one, faults included. */
bool supervise_is_active(const struct supervise_config *config, enum supervise_state state);
/* Warning: more than 60 % of the tolerance is used up in a position that it has been in. */
bool supervise_is_drifting(const struct supervise *input);
/* Deviation of the present position's trend from the resistors, in tenths of a percent. */
int supervise_drift_permille(const struct supervise_config *config, const struct supervise *input);

uint32_t supervise_ohms(int mv);
int supervise_mv(uint32_t ohms);
/* What a closed or open switch shows; 0 and SUPERVISE_OHMS_MAX when unsupervised. */
uint32_t supervise_nominal_ohms(enum supervise_scheme scheme, enum supervise_state state);
/* Of a scheme other than SUPERVISE_OFF. */
void supervise_levels(enum supervise_scheme scheme, struct supervise_levels *ret);

/* "serial_4k7"; "open", "out_of_tolerance". */
const char *supervise_scheme_name(enum supervise_scheme scheme);
/* -ENOENT when there is no such scheme. */
int supervise_scheme_find(const char *name, enum supervise_scheme *ret);
const char *supervise_state_name(enum supervise_state state);

#endif
