/* cardeactl input: inputs, live, and how they are wired. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

/* The inputs that the board measures, each with its number as id; a new reference. */
static json_t *
list(const json_t *snapshot)
{
	json_t *inputs = json_array();
	char key[24];

	for (int i = 1; i <= INPUTS; i++) {
		(void) snprintf(key, sizeof(key), "input.%d", i);
		json_t *input = json_object_get(json_object_get(snapshot, "objects"), key);
		if (!input)
			continue;
		json_t *row = json_copy(input);
		(void) json_object_set_new(row, "id", json_integer(i));
		(void) json_array_append_new(inputs, row);
	}
	return inputs;
}

static int
print(const struct ctl *ctl, const json_t *inputs)
{
	json_t *input;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(inputs);
	printf("%-3s %-14s %-20s %-17s %-7s %8s %5s %-16s %s\n", "ID", "POINT", "NAME", "STATE",
	       "ACTIVE", "OHMS", "MV", "SUPERVISION", "DRIFT");
	json_array_foreach (inputs, i, input) {
		json_int_t drift = json_integer_or(input, "drift", 0);
		printf("%-3lld %-14s %-20s %-17s %-7s %8lld %5lld %-16s %+lld.%lld %%%s\n",
		       (long long) json_integer_or(input, "id", 0),
		       json_string_or(input, "point", "?"), json_string_or(input, "name", "?"),
		       json_string_or(input, "state", "?"),
		       json_bool_or(input, "active", false) ? "yes" : "no",
		       (long long) json_integer_or(input, "ohms", 0),
		       (long long) json_integer_or(input, "mv", 0),
		       json_string_or(input, "supervision", "?"), (long long) (drift / 10),
		       (long long) (drift < 0 ? -drift : drift) % 10,
		       json_bool_or(input, "drifting", false) ? " (warning)" : "");
	}
	return 0;
}

static int
history(struct ctl *ctl, json_int_t id, json_int_t seconds)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "input.history", json_pack("{sI,sI}", "input", id, "seconds", seconds),
		     &result))
		return 1;
	return ctl_print_history(ctl, result, "per mille");
}

int
ctl_input(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_t *object = NULL;
	json_int_t id;
	json_int_t seconds = 3600;

	if (!strcmp(what, "list") && ctl->argc <= 1) {
		if (ctl_call(ctl, "snapshot", NULL, &result))
			return 1;
		_cleanup_(json_decrefp) json_t *inputs = list(result);
		return print(ctl, inputs);
	}
	if (!strcmp(what, "history") && (ctl->argc == 2 || ctl->argc == 3) &&
	    parse_number(ctl->argv[1], &id) == 0 &&
	    (ctl->argc == 2 || parse_number(ctl->argv[2], &seconds) == 0))
		return history(ctl, id, seconds);
	if (!strcmp(what, "set") && ctl->argc >= 3 && parse_number(ctl->argv[1], &id) == 0)
		object = ctl_pairs(ctl->argc - 2, ctl->argv + 2, &model_find("input")->fields);
	if (!object) {
		(void) fprintf(stderr, "cardeactl: input list, input history ID [SECONDS], "
				       "or input set ID [name=NAME] "
				       "[normal=open|closed] [supervision=SCHEME] "
				       "[debounce=MS]\n");
		return 2;
	}
	if (ctl_call(ctl, "object.change",
		     json_pack("{ss,sI,so}", "kind", "input", "id", id, "object", object), &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}
