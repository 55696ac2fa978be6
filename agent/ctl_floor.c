/* cardeactl floor: the floors of a lift. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: floor list | add name=NAME module=N output=N reader=N "
			       "[pulse=SECONDS] | set ID FIELD=VALUE... | remove ID\n");
	return 2;
}

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *floor;
	size_t i;

	if (ctl_call(ctl, "object.list", json_pack("{ss}", "kind", "floor"), &result))
		return 1;
	const json_t *floors = json_object_get(result, "objects");
	if (ctl->is_json)
		return ctl_print_json(floors);
	printf("%-3s %-24s %-7s %-7s %-7s %s\n", "ID", "NAME", "MODULE", "OUTPUT", "READER",
	       "SECONDS");
	json_array_foreach (floors, i, floor)
		printf("%-3lld %-24s %-7lld %-7lld %-7lld %lld\n",
		       (long long) json_integer_or(floor, "id", 0),
		       json_string_or(floor, "name", "?"),
		       (long long) json_integer_or(floor, "module", 0),
		       (long long) json_integer_or(floor, "output", 0),
		       (long long) json_integer_or(floor, "reader", 0),
		       (long long) json_integer_or(floor, "pulse", 0));
	return 0;
}

static int
call(struct ctl *ctl, const char *method, json_t *params)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, method, params, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	if (json_integer_or(result, "id", 0))
		printf("floor %lld\n", (long long) json_integer_or(result, "id", 0));
	return 0;
}

int
ctl_floor(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_t *object = NULL;
	json_int_t id = 0;
	bool has_id = ctl->argc >= 2 && parse_number(ctl->argv[1], &id) == 0;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list(ctl);
	if (!strcmp(what, "remove") && has_id && ctl->argc == 2)
		return call(ctl, "object.remove", json_pack("{ss,sI}", "kind", "floor", "id", id));
	if (!strcmp(what, "add") && ctl->argc >= 2)
		object = ctl_pairs(ctl->argc - 1, ctl->argv + 1, &model_find("floor")->fields);
	else if (!strcmp(what, "set") && has_id && ctl->argc >= 3)
		object = ctl_pairs(ctl->argc - 2, ctl->argv + 2, &model_find("floor")->fields);
	if (!object)
		return misused();
	json_t *params = json_pack("{ss,so}", "kind", "floor", "object", object);
	if (!strcmp(what, "add"))
		return call(ctl, "object.create", params);
	(void) json_object_set_new(params, "id", json_integer(id));
	return call(ctl, "object.change", params);
}
