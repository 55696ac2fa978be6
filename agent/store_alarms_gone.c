#include "agent/store_alarms_gone.h"

#include <string.h>

#include "agent/store_objects_write.h"
#include "lib/inventory.h"
#include "lib/json.h"
#include "lib/util.h"

/*
 * Sources with a number. Those of a kind that is created and removed are asked in the
 * configuration; of what the board has, the door role says what is absent.
 */
static const struct {
	const char *prefix;
	const char *kind;	   /* of objects; NULL: the board's */
	const char *words;	   /* for it */
	enum inventory_kind point; /* without which there is none of this number */
} sources[] = {
	{ "door.", NULL, NULL, INV_LOCK_RELAY },
	{ "module.", "module", "module", 0 },
	{ "reader.", NULL, NULL, INV_READER },
	{ "syslog.", "log_server", "log server", 0 },
};

/* A database that does not answer is no removal. */
static bool
is_removed(struct store *store, const char *kind, int64_t id)
{
	int64_t count;

	return db_cache_number(store->statements, &count,
			       "SELECT count(*) FROM objects WHERE kind = ? AND id = ?", "ti", kind,
			       id) &&
	       !count;
}

static char *
why_of_object(struct store *store, const char *kind, const char *words, int64_t id)
{
	_cleanup_(json_decrefp) json_t *doc = store_object_load(store, model_find(kind), id);

	if (!doc)
		return is_removed(store, kind, id) ? xasprintf("the %s was removed", words) : NULL;
	return json_bool_or(doc, "enabled", true) ? NULL
						  : xasprintf("the %s is switched off", words);
}

/* Before the door role has said it, nothing is absent. */
static bool
is_absent(const struct store *store, const struct inventory_row *point)
{
	const json_t *absent = json_object_get(store_state_get(store->state, "board"), "absent");
	const json_t *id;
	size_t i;

	json_array_foreach ((json_t *) absent, i, id)
		if (!strcmp(json_string_value(id) ? json_string_value(id) : "", point->id))
			return true;
	return false;
}

/* An alarm of a line, of a port that may be either. */
static bool
is_output(struct store *store, const struct inventory_row *point, const json_t *alarm)
{
	if (point->kind != INV_AUX_IO ||
	    strncmp(json_string_or(alarm, "name", ""), "input_", strlen("input_")) != 0)
		return false;
	_cleanup_(json_decrefp) json_t *doc = store_object_load(
		store, model_find("output"), (int64_t) inventory_output_number(point));
	return !strcmp(json_string_or(doc, "direction", "input"), "output");
}

static char *
why_of_point(struct store *store, const struct inventory_row *point, const json_t *alarm)
{
	if (!point)
		return NULL;
	if (is_absent(store, point))
		return xstrdup("the board no longer has it");
	return is_output(store, point, alarm) ? xstrdup("it is an output now") : NULL;
}

char *
store_alarms_gone(struct store *store, const json_t *alarm)
{
	const char *source = json_string_or(alarm, "source", "");
	long long number;

	for (size_t i = 0; i < ARRAY_LEN(sources); i++) {
		size_t length = strlen(sources[i].prefix);
		if (strncmp(source, sources[i].prefix, length) != 0 ||
		    parse_number(source + length, &number) < 0 || number < 1)
			continue;
		if (sources[i].kind)
			return why_of_object(store, sources[i].kind, sources[i].words, number);
		return why_of_point(store, inventory_of_kind(sources[i].point, (unsigned) number),
				    alarm);
	}
	return why_of_point(store, inventory_find(source), alarm);
}
