/*
 * How many entries of the journal wait behind a place: they are counted by reading them, ahead of
 * whoever sends them, a few at a time. Blocks as the journal does.
 */
#ifndef SYSLOG_JOURNAL_BACKLOG_H
#define SYSLOG_JOURNAL_BACKLOG_H

#include "syslog/journal.h"

struct journal_backlog;

/* From behind cursor on; "" is all of it. dir and filter as in journal_open(). */
int journal_backlog_open(const char *dir, const struct journal_filter *filter, const char *cursor,
			 struct journal_backlog **ret);
void journal_backlog_free(struct journal_backlog *backlog);

/* Reads on. Whether there may be more to count at once. */
bool journal_backlog_count(struct journal_backlog *backlog);
/* So many were found so far. */
uint64_t journal_backlog_waiting(const struct journal_backlog *backlog);
/* When the first of them happened; 0 when there is none, or it does not wait any more. */
uint64_t journal_backlog_oldest_us(const struct journal_backlog *backlog);
/* So many of them do not wait any more; cursor is the place of the last one. */
void journal_backlog_take(struct journal_backlog *backlog, uint64_t count, const char *cursor);

#endif
