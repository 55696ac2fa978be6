/*
 * The log's insides, for its two files: store_log.c numbers and commits, store_log_read.c reads.
 */
#ifndef AGENT_STORE_LOG_PRIVATE_H
#define AGENT_STORE_LOG_PRIVATE_H

#include <event2/event.h>

#include "agent/store_log.h"

struct store_log {
	sqlite3 *db;
	struct event *timer;
	const struct store_log_ops *ops;
	void *context;
	json_t *waiting; /* events without seq */
	json_t *cursors; /* name -> seq, as followers know them */
	bool are_cursors_dirty;
	char epoch[40]; /* the ring under way */
	uint64_t ring_number;
	bool is_ring_dirty;
	bool is_refused; /* the last commit */
	uint64_t lost;
	uint64_t head;
	char hash[LOG_HASH_HEX + 1];
};

/* Sees to a commit in so many milliseconds; 0 at the end of this turn of the loop. */
void store_log_arm(struct store_log *log, unsigned delay_ms);

#define STORE_LOG_GROUP_MS 20

#endif
