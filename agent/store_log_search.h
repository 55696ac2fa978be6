/*
 * Searches the event log over a connection of its own, which only reads: for a thread beside the
 * loop. The one that made it may use it, one search at a time.
 */
#ifndef AGENT_STORE_LOG_SEARCH_H
#define AGENT_STORE_LOG_SEARCH_H

#include <jansson.h>
#include <stdint.h>

#include "lib/field.h"

/* What is searched for. Filled by store_log_filter_read(), freed by store_log_filter_done(). */
struct store_log_filter {
	bool is_upwards; /* oldest first, behind after; else newest first, below before */
	int64_t after;
	int64_t before;
	int64_t from_us;
	int64_t to_us;
	bool has_time;
	int64_t severity; /* at most */
	unsigned limit;
	char *match; /* of the index; NULL: every event */
};

struct store_log_searcher;

/* From the parameters of events.list. -EINVAL fills error, and there is nothing to free. */
int store_log_filter_read(const json_t *params, struct store_log_filter *ret,
			  struct field_error *error);
void store_log_filter_done(struct store_log_filter *filter);

/* path is the log's; time_ms bounds one search. */
int store_log_searcher_open(const char *path, unsigned time_ms, struct store_log_searcher **ret);
void store_log_searcher_close(struct store_log_searcher *searcher);

/*
 * The answer of events.list, a new reference: {events, first, head, anchor, next?}. next is the
 * cursor for what follows. -ETIME: nothing was found in the time there is; -EINVAL: the index
 * cannot be asked for such a text; -EIO.
 */
int store_log_search(struct store_log_searcher *searcher, const struct store_log_filter *filter,
		     json_t **ret);

#endif
