/*
 * An event log in a directory of its own, what it told, and an independent look into its file.
 */
#ifndef TESTS_UNIT_LOG_RIG_H
#define TESTS_UNIT_LOG_RIG_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "agent/store_log.h"

struct log_rig {
	struct event_base *base;
	char *dir;
	char *path;
	struct store_log *log;
	unsigned commits;
	uint64_t head;
	unsigned ring_commits;
	char epoch[40];
	uint64_t ring_number;
};

void log_rig_start(struct log_rig *rig);
void log_rig_stop(struct log_rig *rig);
void log_rig_open(struct log_rig *rig);
/* Closes, which commits what waits, and opens again. */
void log_rig_reopen(struct log_rig *rig);

/* An ordinary event with this number in its data, and one that is an alert. */
void log_rig_add(struct log_rig *rig, int number);
void log_rig_add_alert(struct log_rig *rig, int number);
/* An event of the door role's ring. */
int log_rig_add_ring(struct log_rig *rig, const char *epoch, uint64_t number);
/* Runs the loop until everything up to head is committed; false when that takes too long. */
bool log_rig_await(struct log_rig *rig, uint64_t head);

/*
 * Reads the file with SQLite alone: numbers without gaps, hashes chained as docs/PROTOCOL.md
 * says, columns that say what the text says. Returns the last event before the first that is not
 * right, and prints why that one is not.
 */
uint64_t log_rig_verify(const struct log_rig *rig);
/* One number that SQL selects from the file, as another process sees it; -1 without a row. */
int64_t log_rig_select(const struct log_rig *rig, const char *sql);

#endif
