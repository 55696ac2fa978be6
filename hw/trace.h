/*
 * The newest frames of a line, for whoever wants to know afterwards what was said on it: fixed
 * memory, the oldest are overwritten. Records count from 1. Pure; the clock is an argument.
 *
 * The ring itself knows no secrets: who fills it leaves out what nobody may read.
 */
#ifndef HW_TRACE_H
#define HW_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	TRACE_BYTES = 64 * 1024,
	TRACE_RECORDS = 4096,
};

struct trace;

struct trace_record {
	uint64_t at_wall_us;
	bool is_output; /* from the panel */
	uint16_t size;
	const uint8_t *bytes; /* of trace_at(): borrowed until the next trace_add() */
};

struct trace *trace_new(void);
void trace_free(struct trace *trace);

/* What is longer than UINT16_MAX or empty is left out. */
void trace_add(struct trace *trace, const struct trace_record *record);
/* All that is there. */
void trace_wipe(struct trace *trace);
/* The oldest and the newest record; the oldest is above the newest when there is none. */
uint64_t trace_first(const struct trace *trace);
uint64_t trace_last(const struct trace *trace);
/* -ENOENT: it is overwritten, or has not been yet. */
int trace_at(const struct trace *trace, uint64_t number, struct trace_record *ret);

#endif
