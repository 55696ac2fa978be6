/*
 * Which entries of the journal are under way to a log server, and the place in the journal from
 * which on they come again when it fails. Entries have no numbers that could be counted on, so they
 * get ours, from 1; one that comes again gets another. Pure.
 */
#ifndef SYSLOG_JOURNAL_PLACES_H
#define SYSLOG_JOURNAL_PLACES_H

#include <stdbool.h>

#include "lib/model.h"
#include "syslog/journal.h"

/* So many entries may come twice after a restart, or those of so much time. */
#define JOURNAL_STRIDE	  32
#define JOURNAL_STRIDE_US 250000
/* Those of the most that may be under way, and of as many seconds as a receipt may take. */
#define JOURNAL_PLACES (5 * LOG_SERVER_WINDOW / 2 / JOURNAL_STRIDE + 130)

struct journal_place {
	uint64_t number;
	uint64_t next_us; /* when the entry behind it happened; 0: there is none yet */
	char cursor[JOURNAL_CURSOR_MAX];
};

/* All zero is a fresh one. */
struct journal_places {
	uint64_t sent;			 /* the last entry that was sent */
	uint64_t confirmed;		 /* the last one that does not come again */
	char cursor[JOURNAL_CURSOR_MAX]; /* its place; "" before the first */
	uint64_t oldest_us; /* when the first one behind it happened; 0: none is known of */
	uint64_t remembered_us;
	unsigned first;
	unsigned count;
	struct journal_place ring[JOURNAL_PLACES];
};

/* One more entry is sent, which happened at time_us. Returns its number. */
uint64_t journal_places_send(struct journal_places *places, uint64_t time_us);
/* Whether the place of that entry is worth to be remembered. */
bool journal_places_is_due(const struct journal_places *places, uint64_t now_mono_us);
/* cursor is the place of the entry that was sent last. */
void journal_places_remember(struct journal_places *places, const char *cursor,
			     uint64_t now_mono_us);
/*
 * Everything up to a number is confirmed. here is the place that was read up to, NULL when that is
 * not known. Returns by how many entries the place to go on from has moved.
 */
uint64_t journal_places_confirm(struct journal_places *places, uint64_t number, const char *here);
/* Everything behind the confirmed place comes again. */
void journal_places_rewind(struct journal_places *places);
/* How many are sent and not confirmed. */
uint64_t journal_places_under_way(const struct journal_places *places);
/* An entry behind the confirmed place waits, which nobody has sent yet. */
void journal_places_wait(struct journal_places *places, uint64_t time_us);

#endif
