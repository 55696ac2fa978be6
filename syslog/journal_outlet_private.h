/*
 * The insides of a journal's outlet: journal_reading.c reads, journal_outlet.c sends,
 * journal_standing.c measures and reports how that goes.
 */
#ifndef SYSLOG_JOURNAL_OUTLET_PRIVATE_H
#define SYSLOG_JOURNAL_OUTLET_PRIVATE_H

#include <event2/util.h>

#include "syslog/destination.h"
#include "syslog/journal_backlog.h"
#include "syslog/journal_outlet.h"
#include "syslog/journal_places.h"
#include "syslog/outlet.h"
#include "syslog/report.h"

struct journal_outlet {
	const struct outlet_world *world;
	unsigned index;
	struct journal_filter filter;
	struct destination *destination;
	struct journal *journal; /* only while something of it is wanted */
	struct event *readable;
	struct event *turn;  /* to read, or to open what could not be opened */
	struct event *timer; /* of the destination */
	struct event *save;
	bool is_wanted; /* entries are */
	bool is_at_end; /* nothing is known of that was not read */
	bool is_saved;
	char error[128]; /* why nothing can be read; "" while it can */
	struct journal_places places;
	struct journal_backlog *backlog; /* only while there is something that was not read */
	struct event *measure;
	struct report *report;
};

/* An entry, just read, goes on its way. */
void journal_outlet_send(struct journal_outlet *outlet, const struct message *message);
/* Writes down what is confirmed. */
void journal_outlet_save(struct journal_outlet *outlet);

/* What cannot be opened is tried again later, and the outlet says why. */
int journal_reading_open(struct journal_outlet *outlet);
void journal_reading_close(struct journal_outlet *outlet);
/* Reads some entries if they are wanted, and opens the journal first; of the event turn. */
void journal_reading_turn(evutil_socket_t fd, short what, void *context);

/* Begins to report, once a second. */
void journal_standing_start(struct journal_outlet *outlet);
void journal_standing_stop(struct journal_outlet *outlet);
/* What was counted does not hold any more: another filter, or another place. */
void journal_standing_forget(struct journal_outlet *outlet);

#endif
