#include "agent/store_outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_gate.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

/* How many may be on their way to the log: the others wait on disk. It is the share that an import
 * of hundreds of thousands has of each group, behind which an alarm may have to wait. */
#define WINDOW 128

struct store_outbox {
	char epoch[64];
	uint64_t sent;
	uint64_t committed;
};

/* Hands over what may go. */
static void
hand_over(struct store *store)
{
	struct store_outbox *outbox = store->outbox;
	int64_t room = WINDOW - (int64_t) (outbox->sent - outbox->committed);
	_cleanup_(db_finalizep) sqlite3_stmt *rows =
		db_query(store->config, "SELECT id, draft FROM outbox WHERE id > ? LIMIT ?", "ii",
			 (int64_t) outbox->sent, room > 0 ? room : 0);

	while (db_next(&rows)) {
		_cleanup_(json_decrefp) json_t *draft = json_loads(db_text(rows, 1), 0, NULL);
		outbox->sent = (uint64_t) sqlite3_column_int64(rows, 0);
		if (store_log_add_ring(store->log, outbox->epoch, outbox->sent, draft) < 0)
			(void) log_err(0, "an event of no known kind was left to be told");
	}
}

/* That a row is gone need not be on disk: it would be told twice to a log that knows it. */
static void
forget(struct store *store, uint64_t upto)
{
	(void) db_exec(store->config, "PRAGMA synchronous = NORMAL");
	(void) db_run(store->config, "DELETE FROM outbox WHERE id <= ?", "i", (int64_t) upto);
	(void) db_exec(store->config, "PRAGMA synchronous = FULL");
}

int
store_outbox_open(struct store *store)
{
	struct store_outbox *outbox = xcalloc(1, sizeof(*outbox));
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT value FROM meta WHERE name = 'uuid'", "");

	(void) snprintf(outbox->epoch, sizeof(outbox->epoch), "outbox:%.40s",
			db_next(&row) ? db_text(row, 0) : "");
	(void) sqlite3_finalize(steal(&row));
	outbox->committed = store_log_ring_position(store->log, outbox->epoch);
	outbox->sent = outbox->committed;
	store->outbox = outbox;
	store->statements = db_cache_new(store->config);
	/* An older copy of this database that was put back must not number from where it was. */
	int r = db_run(store->config,
		       "INSERT INTO outbox (id, draft) SELECT ?1, '' WHERE ?1 >"
		       " (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox')",
		       "i", (int64_t) outbox->committed);
	if (r < 0)
		return r;
	forget(store, outbox->committed);
	hand_over(store);
	return 0;
}

void
store_outbox_free(struct store *store)
{
	db_cache_free(steal(&store->statements));
	free(steal(&store->outbox));
}

int
store_outbox_begin(struct store *store)
{
	return db_begin(store->config);
}

int
store_outbox_end(struct store *store, int r)
{
	r = db_end(store->config, r);
	if (r == 0)
		hand_over(store);
	return r;
}

/* Steals draft. */
static int
keep(struct store *store, json_t *draft)
{
	_cleanup_(freep) char *text = json_canonical(draft);

	json_decref(draft);
	return db_cache_run(store->statements, "INSERT INTO outbox (draft) VALUES (?)", "t", text);
}

int
store_outbox_add(struct store *store, enum event_kind kind, const char *actor, const char *reason,
		 json_t *data)
{
	return keep(store, store_log_draft(kind, "system", actor, reason, data));
}

int
store_outbox_add_of(struct store *store, enum event_kind kind, const char *source,
		    const char *actor, json_t *data)
{
	return keep(store, store_log_draft(kind, source, actor, NULL, data));
}

void
store_outbox_wake(struct store *store)
{
	forget(store, store->outbox->committed);
	hand_over(store);
}

bool
store_outbox_on_commit(struct store *store, const char *epoch, uint64_t number)
{
	if (!store->outbox || strcmp(epoch, store->outbox->epoch))
		return false;
	store->outbox->committed = number;
	/* A transaction under way takes it along the next time. */
	if (sqlite3_get_autocommit(store->config) && !store_gate_is_closed(store))
		forget(store, number);
	hand_over(store);
	return true;
}
