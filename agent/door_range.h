/*
 * Whether a measured value is where it has to be, as a pure function of values and time: outside
 * for raise_ms raises, inside again by slack for clear_ms clears. Voltages, loads and temperatures
 * are judged by it.
 *
 * Times are monotonic microseconds, never 0.
 */
#ifndef AGENT_DOOR_RANGE_H
#define AGENT_DOOR_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/* INT32_MIN and INT32_MAX are ends that nothing leaves. */
struct range {
	int32_t low;
	int32_t high;
	int32_t slack;
	uint32_t raise_ms;
	uint32_t clear_ms;
};

/* All zero: inside. */
struct range_state {
	bool is_outside;
	int32_t value;	   /* the newest */
	uint64_t since_us; /* when value began to say otherwise; 0 while it agrees */
};

/* Takes a value, or the same again because time has passed. true: is_outside has changed. */
bool range_step(const struct range *range, struct range_state *state, int32_t value,
		uint64_t now_us);
/* Nothing is known any longer. true: is_outside has changed. */
bool range_forget(struct range_state *state);
/* When a step is due without a new value; UINT64_MAX for never. */
uint64_t range_deadline_us(const struct range *range, const struct range_state *state);

#endif
