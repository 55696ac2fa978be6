#include "agent/store_formats.h"

#include <string.h>

#include "lib/json.h"
#include "lib/model_format.h"
#include "lib/util.h"

static int
check_card(struct store *store, const json_t *credential, struct store_refusal *refusal)
{
	int64_t own = json_integer_or(credential, "card_format", 0);
	struct cardformat_shape shape;
	struct field_error error;

	if (!own)
		return 0;
	_cleanup_(json_decrefp) json_t *format =
		store_object_load(store, model_find("card_format"), own);
	if (model_format_shape(format, &shape, &error) < 0)
		return store_refuse(refusal, RPC_BAD_PARAMS, "card_format", "it is damaged");
	if (model_format_holds(&shape, credential, &error) < 0)
		return store_refuse_value(refusal, &error);
	return 0;
}

static bool
is_in_use(struct store *store, int64_t format)
{
	int64_t found;

	return db_cache_number(store->statements, &found,
			       "SELECT id FROM refs WHERE ref_kind = 'card_format' AND ref_id = ?"
			       " LIMIT 1",
			       "i", format);
}

/* Cards that were stored under one shape would be others under another. */
static int
check_format(struct store *store, const struct object_change *change, struct store_refusal *refusal)
{
	const char *name;
	json_t *value;

	json_object_foreach (change->doc, name, value) {
		if (!strcmp(name, "name") || !strcmp(name, "vectors") ||
		    json_equal(json_object_get(change->old, name), value))
			continue;
		if (!is_in_use(store, change->id))
			return 0;
		return store_refuse(refusal, RPC_CONFLICT, name,
				    "credentials use it: only its name and vectors can change");
	}
	return 0;
}

int
store_formats_check(struct store *store, const struct object_change *change,
		    struct store_refusal *refusal)
{
	if (!strcmp(change->kind->name, "credential"))
		return check_card(store, change->doc, refusal);
	if (!strcmp(change->kind->name, "card_format") && change->old)
		return check_format(store, change, refusal);
	return 0;
}
