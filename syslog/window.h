/*
 * The records that a destination has taken over and the log server has not confirmed, in order
 * of their events. Bounded: the store pushes no more than fits.
 */
#ifndef SYSLOG_WINDOW_H
#define SYSLOG_WINDOW_H

#include <stddef.h>
#include <stdint.h>

#define WINDOW_RECORDS 500

struct window_record {
	uint64_t seq;
	char *bytes; /* NULL for an event that is not sent, but counts */
	size_t size;
};

struct window {
	struct window_record records[WINDOW_RECORDS];
	unsigned head;
	unsigned count;
	unsigned record_count; /* those with bytes */
};

/* Copies bytes; -ENOBUFS when it is full. */
int window_add(struct window *window, uint64_t seq, const char *bytes, size_t size);
/* index counts from the oldest and must be below count. */
const struct window_record *window_at(const struct window *window, unsigned index);
/* Drops the oldest; count must not exceed what is there. Returns the seq of the last dropped. */
uint64_t window_drop(struct window *window, unsigned count);

#endif
