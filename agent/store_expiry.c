#include "agent/store_expiry.h"

#include <errno.h>
#include <string.h>

#include "agent/store_compile.h"
#include "agent/store_gate.h"
#include "agent/store_objects_write.h"
#include "agent/store_outbox.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/log.h"
#include "lib/loop.h"
#include "lib/util.h"

/* Of one transaction, so that many do not hold up everything else. */
#define BATCH 100
/* The clock may jump meanwhile. */
#define LOOK_S 60

static const struct caller self = { .actor = "system" };

static int
expire(struct store *store, int64_t id)
{
	const struct model_kind *kind = model_find("credential");
	_cleanup_(json_decrefp) json_t *old = store_object_load(store, kind, id);
	_cleanup_(json_decrefp) json_t *doc = NULL;
	struct object_change change = {
		.kind = kind, .id = id, .old = old, .caller = &self, .reason = "expired"
	};
	struct store_refusal refusal;

	if (!old)
		return -ENOENT;
	if (!strcmp(json_string_or(old, "expire_action", ""), "remove"))
		return store_object_delete(store, &change, false, &refusal);
	doc = json_deep_copy(old);
	(void) json_object_set_new(doc, "status", json_string("expired"));
	change.doc = doc;
	return store_object_put(store, &change, &refusal);
}

/* All or none; how many there were. */
static int
expire_batch(struct store *store, int64_t now_s, int64_t limit)
{
	int64_t ids[BATCH];
	int count = 0;
	int r = 0;
	_cleanup_(db_finalizep) sqlite3_stmt *rows = db_query(
		store->config, "SELECT id FROM expiries WHERE at_s <= ? ORDER BY at_s LIMIT ?",
		"ii", now_s, limit);

	while (count < BATCH && db_next(&rows))
		ids[count++] = sqlite3_column_int64(rows, 0);
	(void) sqlite3_finalize(steal(&rows));
	if (!count)
		return 0;
	r = store_outbox_begin(store);
	if (r < 0)
		return r;
	for (int i = 0; i < count && r == 0; i++)
		r = expire(store, ids[i]);
	r = store_outbox_end(store, r);
	return r < 0 ? r : count;
}

/* The first one cannot be treated, and is not tried again. */
static int
pass_over(struct store *store, int64_t now_s)
{
	(void) log_err(0, "a credential that has expired could not be changed");
	return db_run(store->config,
		      "DELETE FROM expiries WHERE id ="
		      " (SELECT id FROM expiries WHERE at_s <= ? ORDER BY at_s LIMIT 1)",
		      "i", now_s);
}

int
store_expiry_run(struct store *store, int64_t now_s)
{
	int r = expire_batch(store, now_s, BATCH);

	/* One that is damaged must not keep the others. */
	if (r < 0 && r != -EIO)
		r = expire_batch(store, now_s, 1);
	if (r < 0 && r != -EIO) {
		r = pass_over(store, now_s);
		r = r < 0 ? r : 1;
	}
	if (r > 0)
		store_compile_begin(store);
	return r;
}

static int64_t
wall_s(void)
{
	return (int64_t) (clock_wall_us() / US_PER_S);
}

void
store_expiry_arm(struct store *store)
{
	_cleanup_(db_finalizep) sqlite3_stmt *row =
		db_query(store->config, "SELECT min(at_s) FROM expiries WHERE at_s > 0", "");
	int64_t wait_s = LOOK_S;

	if (!store->expiry)
		return;
	if (db_next(&row) && sqlite3_column_type(row, 0) != SQLITE_NULL)
		wait_s = sqlite3_column_int64(row, 0) - wall_s();
	loop_arm_in(store->expiry, (uint64_t) MAX_OF(0, MIN_OF(wait_s, LOOK_S)) * US_PER_S);
}

static void
on_due(evutil_socket_t fd UNUSED, short what UNUSED, void *context)
{
	struct store *store = context;

	if (store_gate_is_closed(store) || store_expiry_run(store, wall_s()) < 0)
		loop_arm_in(store->expiry, LOOK_S * US_PER_S);
	else
		store_expiry_arm(store);
}

void
store_expiry_open(struct store *store)
{
	store->expiry = evtimer_new(store->base, on_due, store);
	store_expiry_arm(store);
}

void
store_expiry_close(struct store *store)
{
	if (store->expiry)
		event_free(steal(&store->expiry));
}
