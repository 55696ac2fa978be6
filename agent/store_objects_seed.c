/* Objects that the board has. */
#include "agent/store_objects.h"

#include "agent/store_compile.h"
#include "agent/store_objects_write.h"
#include "lib/feedback.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

/* Makes an object that the board has, unless it is there. */
static int
seed(struct store *store, const char *kind, unsigned id, json_t *values)
{
	_cleanup_(json_decrefp) json_t *doc = values;

	field_fill(&model_find(kind)->fields, doc);
	_cleanup_(freep) char *text = json_canonical(doc);
	int r = db_run(store->config, "INSERT OR IGNORE INTO objects VALUES (?, ?, NULL, ?)", "tit",
		       kind, (int64_t) id, text);
	if (r < 0 || !sqlite3_changes(store->config))
		return r;
	return store_object_count(store, kind, 1);
}

static int
seed_input(struct store *store, unsigned id)
{
	const struct inventory_row *row = inventory_input(id);
	_cleanup_(freep) char *name =
		row->door ? xasprintf("%s %u", row->label, row->door) : xstrdup(row->label);

	/* A contact is closed while its door is; everything else waits to be pressed. */
	return seed(store, "input", id,
		    json_pack("{ss,ss}", "name", name, "normal",
			      row->kind == INV_CONTACT ? "closed" : "open"));
}

static int
seed_output(struct store *store, unsigned id)
{
	const struct inventory_row *row = inventory_output(id);
	_cleanup_(freep) char *name =
		row->door ? xasprintf("%s %u", row->label, row->door) : xstrdup(row->label);

	return seed(store, "output", id,
		    json_pack("{ss,ss}", "name", name, "direction",
			      row->kind == INV_AUX_IO ? "input" : "output"));
}

int
store_objects_seed(struct store *store)
{
	int before = sqlite3_total_changes(store->config);
	int r = 0;

	for (unsigned id = 1; id <= DOORS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Door %u", id);
		r = seed(store, "door", id, json_pack("{ss}", "name", name));
	}
	for (unsigned id = 1; id <= INPUTS && r == 0; id++)
		r = seed_input(store, id);
	for (unsigned id = 1; id <= OUTPUTS && r == 0; id++)
		r = seed_output(store, id);
	for (unsigned id = 1; id <= READERS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Reader %u", id);
		r = seed(store, "reader", id, json_pack("{ss}", "name", name));
	}
	for (unsigned id = 1; id <= READERS && r == 0; id++) {
		_cleanup_(freep) char *name = xasprintf("Access point %u", id);
		r = seed(store, "access_point", id,
			 json_pack("{ss,si}", "name", name, "door",
				   (int) ((id - 1) / READERS_EACH + 1)));
	}
	for (unsigned id = 1; id <= FEEDBACK_OUTCOMES && r == 0; id++)
		r = seed(store, "feedback", id, feedback_object(id - 1));
	if (r == 0 && sqlite3_total_changes(store->config) != before)
		r = store_compile_note(store);
	return r;
}
