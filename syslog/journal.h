/*
 * The system journal as a source of messages, from a place in it on that its owner keeps.
 *
 * It is read where it lies: nothing of it is copied beyond the entry at hand. What this program
 * logs itself is never in it, so that nothing feeds itself. Reads files; may block for the disk.
 */
#ifndef SYSLOG_JOURNAL_H
#define SYSLOG_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "syslog/message.h"

#define JOURNAL_CURSOR_MAX 256
#define JOURNAL_UNITS_MAX  1024

struct journal_filter {
	unsigned severity;	       /* entries with a larger number are passed over */
	char units[JOURNAL_UNITS_MAX]; /* "ssh.service,cron.service"; "" is all */
};

struct journal;

/*
 * dir is NULL for the journal of this machine. From behind cursor on; "" is what comes from now
 * on. When the place is no longer there, from the one nearest to it.
 */
int journal_open(const char *dir, const struct journal_filter *filter, const char *cursor,
		 struct journal **ret);
void journal_free(struct journal *journal);

/* To be watched for reading; journal_process() is to be called then. */
int journal_fd(struct journal *journal);
/* Whether there may be more than before. */
bool journal_process(struct journal *journal);

/*
 * The next entry: 1, with a message that is good until the next call; 0: there is none yet;
 * -EAGAIN: many were passed over, ask again. A damaged entry is passed over. is_synced is the
 * clock's at present.
 */
int journal_next(struct journal *journal, bool is_synced, struct message *ret);
/* The place that was read last, passed over or not, or gone to; "" before the first entry. to must
 * hold JOURNAL_CURSOR_MAX. */
int journal_cursor(struct journal *journal, char *to);
/* Goes to behind a place; "" is before the first entry. */
int journal_seek(struct journal *journal, const char *cursor);
/*
 * When the entry that was read last happened, in wall time as the clock is set now: that it was
 * wrong when the machine started makes no entry old. 0 when it cannot be told.
 */
uint64_t journal_time_us(struct journal *journal);
/* Whether there is a file of this machine's journal that may be read; true for a directory. */
bool journal_has_files(struct journal *journal);

#endif
