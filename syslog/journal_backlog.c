#include "syslog/journal_backlog.h"

#include <errno.h>
#include <stdlib.h>

#include "lib/util.h"

/* Entries that are read before others get their turn. */
#define TURN 256

struct journal_backlog {
	struct journal *journal;
	uint64_t waiting;
	uint64_t oldest_us;
	struct message message;
};

int
journal_backlog_open(const char *dir, const struct journal_filter *filter, const char *cursor,
		     struct journal_backlog **ret)
{
	struct journal *journal;
	int r = journal_open(dir, filter, cursor, &journal);

	if (r < 0)
		return r;
	/* There was nothing yet when the place was looked for: all of it is new. */
	if (!*cursor)
		(void) journal_seek(journal, cursor);
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->journal = journal;
	return 0;
}

void
journal_backlog_free(struct journal_backlog *backlog)
{
	if (!backlog)
		return;
	journal_free(backlog->journal);
	free(backlog);
}

bool
journal_backlog_count(struct journal_backlog *backlog)
{
	int r = 1;

	(void) journal_process(backlog->journal);
	for (unsigned i = 0; i < TURN && r == 1; i++) {
		r = journal_next(backlog->journal, false, &backlog->message);
		if (r != 1)
			continue;
		if (!backlog->waiting)
			backlog->oldest_us = journal_time_us(backlog->journal);
		backlog->waiting++;
	}
	return r == 1 || r == -EAGAIN;
}

uint64_t
journal_backlog_waiting(const struct journal_backlog *backlog)
{
	return backlog->waiting;
}

uint64_t
journal_backlog_oldest_us(const struct journal_backlog *backlog)
{
	return backlog->oldest_us;
}

void
journal_backlog_take(struct journal_backlog *backlog, uint64_t count, const char *cursor)
{
	if (!count)
		return;
	/* Those who send are ahead of what was counted. */
	if (count > backlog->waiting)
		(void) journal_seek(backlog->journal, cursor);
	backlog->waiting -= MIN_OF(count, backlog->waiting);
	backlog->oldest_us = 0;
}
