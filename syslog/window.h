/*
 * The events that a destination has taken over and the log server has not confirmed, in order:
 * their numbers only. The records themselves are in the store, which pushes them again.
 */
#ifndef SYSLOG_WINDOW_H
#define SYSLOG_WINDOW_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/model.h"

struct window {
	uint64_t places[LOG_SERVER_WINDOW]; /* seq, and in the lowest bit whether it was sent */
	unsigned head;
	unsigned count;
	unsigned sent_count; /* those that were sent; the others were not wanted */
};

/* -ENOBUFS when it is full. */
int window_add(struct window *window, uint64_t seq, bool is_sent);
/*
 * Drops the oldest, so many that were sent and all others up to the next that was; so many must be
 * there. Returns the number of the last one dropped; 0 when there is none.
 */
uint64_t window_confirm(struct window *window, unsigned sent_count);
void window_clear(struct window *window);

#endif
