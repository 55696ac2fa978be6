/* Stores the rows of an import that are all right: one transaction, by a connection of its own. */
#include "agent/store_import_private.h"

#include <errno.h>
#include <string.h>

#include "agent/store_objects_write.h"
#include "agent/store_outbox.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/util.h"

/* Much is written in no order, and what does not fit is written again and again. */
#define CACHE_PRAGMA "PRAGMA cache_size = -64000"
/* Whoever still reads what was before is waited for, so that the loop has not to clear up. */
#define CHECKPOINT_WAIT_MS 10000

struct staged {
	int64_t line;
	int64_t id;
	uint32_t mark;
	const char *text;
};

static int
put(struct import_stage *stage, const struct staged *staged, struct store_refusal *refusal)
{
	const struct model_kind *kind = stage->options.kind;
	_cleanup_(json_decrefp) json_t *doc = json_loads(staged->text, 0, NULL);
	_cleanup_(json_decrefp) json_t *old =
		staged->mark ? store_object_load(&stage->store, kind, staged->id) : NULL;
	struct object_change change = { .kind = kind,
					.id = staged->id,
					.old = old,
					.doc = doc,
					.caller = &stage->options.caller,
					.is_proven = true };

	if (!doc)
		return store_refuse(refusal, RPC_INTERNAL, NULL, "the row was damaged");
	if (import_stage_mark(old) != staged->mark)
		return store_refuse(refusal, RPC_CONFLICT, "id", "it was changed meanwhile");
	if (old && json_equal(old, doc))
		return 0;
	int r = store_object_put(&stage->store, &change, refusal);
	if (r == 0)
		atomic_fetch_add(&stage->progress.done, 1);
	return r;
}

static int
put_all(struct import_stage *stage)
{
	struct store_refusal refusal = { 0 };
	int r = 0;
	/* Numbers that are given before those that are taken. */
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		stage->rows, "SELECT line, id, mark, doc FROM rows ORDER BY id IS NULL, line", "");

	while (r == 0 && db_next(&rows)) {
		struct staged staged = { sqlite3_column_int64(rows, 0),
					 sqlite3_column_int64(rows, 1),
					 (uint32_t) sqlite3_column_int64(rows, 2),
					 db_text(rows, 3) };
		if (atomic_load(&stage->progress.is_cancelled))
			return -ECANCELED;
		r = put(stage, &staged, &refusal);
		if (r < 0)
			import_stage_refuse(stage, staged.line, refusal.field, refusal.message);
	}
	return r;
}

static int
write_all(struct import_stage *stage)
{
	int r = db_begin(stage->store.config);

	if (r < 0)
		return r;
	r = put_all(stage);
	if (r == 0)
		r = store_outbox_add(&stage->store, EV_COMMAND, stage->options.caller.actor, NULL,
				     json_pack("{ss,ss,sI,sI,ss}", "command", "import", "object",
					       stage->options.kind->name, "created",
					       (json_int_t) stage->created, "changed",
					       (json_int_t) stage->changed, "address",
					       stage->options.caller.address));
	return db_end(stage->store.config, r);
}

/* What the transaction has left beside config.db goes into it here, where nobody waits for it. */
static void
clear_up(sqlite3 *db)
{
	db_patience(db, CHECKPOINT_WAIT_MS);
	(void) db_exec(db, "PRAGMA wal_checkpoint(PASSIVE); PRAGMA wal_checkpoint(TRUNCATE)");
}

int
import_stage_commit(struct import_stage *stage)
{
	db_cache_free(steal(&stage->store.statements));
	db_close(steal(&stage->store.config));
	int r = db_open(stage->config, &db_config_schema, &stage->store.config);

	if (r == 0)
		r = db_exec(stage->store.config, CACHE_PRAGMA);
	if (r < 0) {
		import_stage_refuse(stage, 0, "", "nothing could be stored");
		return r;
	}
	stage->store.statements = db_cache_new(stage->store.config);
	r = write_all(stage);
	if (r == 0)
		clear_up(stage->store.config);
	if (r < 0 && !stage->error_count && r != -ECANCELED)
		import_stage_refuse(stage, 0, "", "nothing could be stored");
	return r;
}
