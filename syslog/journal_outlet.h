/*
 * The system journal on its way to one log server, beside the event log and over connections of
 * its own, so that neither waits for the other. Its place is kept in a file of its own and moves
 * when the log server has confirmed: entries arrive at least once, as events do. How it stands is
 * reported as "syslog.N.journal", which the store shows in the live object "syslog.N".
 */
#ifndef SYSLOG_JOURNAL_OUTLET_H
#define SYSLOG_JOURNAL_OUTLET_H

#include <jansson.h>

struct journal_outlet;
struct outlet_world;

/* index counts from 1, as the objects do. */
struct journal_outlet *journal_outlet_new(const struct outlet_world *world, unsigned index);
/* What is confirmed is on disk then. */
void journal_outlet_free(struct journal_outlet *outlet);
/* object is of the kind log_server; when it wants nothing of the journal, nothing is read. */
void journal_outlet_apply(struct journal_outlet *outlet, const json_t *object);
/* The store is there again and knows nothing of before. */
void journal_outlet_renew(struct journal_outlet *outlet);

#endif
