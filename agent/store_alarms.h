/*
 * The alarms that stand. An event that raises one gives it its number as an id, which is never used
 * again; the event that clears the same alarm of the same source carries this id in its data, as
 * "alarm". What stands is decided and written in the transaction that commits the events, so it is
 * what the log says after a restart as well.
 *
 * An alarm that is raised while it stands stays one alarm with the newer event's severity and text.
 * At most ALARMS_MAX stand at once: what is raised beyond that is in the log, without an id.
 */
#ifndef AGENT_STORE_ALARMS_H
#define AGENT_STORE_ALARMS_H

#include <jansson.h>
#include <stdint.h>

#include "agent/store_db.h"
#include "lib/events.h"

#define ALARMS_MAX 512

struct store_alarms;

/* An alarm is {id, seq, kind, name, source, severity, time_us, text, door, ...}; alarm is NULL when
 * it no longer stands. */
typedef void store_alarms_fn(uint64_t id, const json_t *alarm, void *context);

/* db is borrowed. Reads what stands, or finds it in the log when that was never done. */
int store_alarms_open(sqlite3 *db, struct store_alarms **ret);
void store_alarms_close(struct store_alarms *alarms);

/*
 * As part of the transaction that commits the event: what it does to the alarms. Sets, or removes,
 * the member "alarm" of the event's data. The event has its seq.
 */
int store_alarms_apply(struct store_alarms *alarms, const struct event_row *row, json_t *event);
/* The transaction was committed: tells what has changed in it, in order. */
void store_alarms_committed(struct store_alarms *alarms, store_alarms_fn *fn, void *context);
/* It was taken back. */
void store_alarms_undo(struct store_alarms *alarms);

/* Those that stand, by id. fn must not change them. */
void store_alarms_each(const struct store_alarms *alarms, store_alarms_fn *fn, void *context);
/* Borrowed; NULL when it does not stand. */
const json_t *store_alarms_find(const struct store_alarms *alarms, uint64_t id);

#endif
