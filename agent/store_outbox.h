/*
 * Audit events that cannot be lost: they are committed to config.db with the change that they tell,
 * and taken out when the log has committed them. What a kill leaves is told at the next start.
 *
 * Every change of config.db that is audited stands between store_outbox_begin() and
 * store_outbox_end(); there is one transaction at a time.
 */
#ifndef AGENT_STORE_OUTBOX_H
#define AGENT_STORE_OUTBOX_H

#include "agent/store.h"

struct store_outbox;

/* Tells what was left. Needs the log and config.db. */
int store_outbox_open(struct store *store);
void store_outbox_free(struct store *store);

int store_outbox_begin(struct store *store);
/* Commits when r is 0, else takes everything back. Returns r, or why it could not be committed. */
int store_outbox_end(struct store *store, int r);

/* An event within the transaction, as store_log_add(). Steals data. */
int store_outbox_add(struct store *store, enum event_kind kind, const char *actor,
		     const char *reason, json_t *data);
/* The same of something else than the system. */
int store_outbox_add_of(struct store *store, enum event_kind kind, const char *source,
			const char *actor, json_t *data);

/* Goes on after what has kept it from config.db, or when another connection has added to it. */
void store_outbox_wake(struct store *store);

/* The log has committed events of this source up to number; false when it is another source. */
bool store_outbox_on_commit(struct store *store, const char *epoch, uint64_t number);

#endif
