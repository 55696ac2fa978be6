/* cardeactl output: relays and outputs, live, and switching them. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static json_t *
list(const json_t *snapshot)
{
	json_t *outputs = json_array();
	char key[24];

	for (int i = 1; i <= OUTPUTS; i++) {
		(void) snprintf(key, sizeof(key), "output.%d", i);
		json_t *output = json_object_get(json_object_get(snapshot, "objects"), key);
		if (!json_is_object(output))
			continue;
		json_t *row = json_copy(output);
		(void) json_object_set_new(row, "id", json_integer(i));
		(void) json_array_append_new(outputs, row);
	}
	return outputs;
}

static int
print(const struct ctl *ctl, const json_t *outputs)
{
	json_t *output;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(outputs);
	printf("%-3s %-12s %-24s %-9s %-7s %-7s %s\n", "ID", "POINT", "NAME", "STATE", "CIRCUIT",
	       "NORMAL", "NOTE");
	json_array_foreach (outputs, i, output) {
		json_int_t remaining_ms = json_integer_or(output, "remaining_ms", 0);
		printf("%-3lld %-12s %-24s %-9s %-7s %-7s",
		       (long long) json_integer_or(output, "id", 0),
		       json_string_or(output, "point", "?"), json_string_or(output, "name", "?"),
		       json_bool_or(output, "active", false) ? "active" : "inactive",
		       json_bool_or(output, "closed", false) ? "closed" : "open",
		       json_string_or(output, "normal", "?"));
		if (remaining_ms)
			printf(" for %lld.%lld s", (long long) remaining_ms / 1000,
			       (long long) remaining_ms / 100 % 10);
		printf("%s\n", json_bool_or(output, "fault", false) ? " does not work" : "");
	}
	return 0;
}

static int
command(struct ctl *ctl, const char *what, json_int_t id, json_int_t seconds)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *params = json_pack("{sI,ss}", "output", id, "command", what);

	if (seconds)
		(void) json_object_set_new(params, "seconds", json_integer(seconds));
	if (ctl_call(ctl, "output.command", params, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("%s\n", json_string_or(result, "state", "?"));
	return 0;
}

static int
change(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *object = ctl_pairs(ctl->argc - 2, ctl->argv + 2, &model_find("output")->fields);

	if (!object)
		return -1;
	if (ctl_call(ctl, "object.change",
		     json_pack("{ss,sI,so}", "kind", "output", "id", id, "object", object),
		     &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

static bool
is_command(const char *word)
{
	static const char *const words[] = { "activate", "deactivate", "pulse", "toggle" };

	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

int
ctl_output(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_int_t seconds = 0;
	json_int_t id;
	int status = -1;

	if (!strcmp(what, "list") && ctl->argc <= 1) {
		if (ctl_call(ctl, "snapshot", NULL, &result))
			return 1;
		_cleanup_(json_decrefp) json_t *outputs = list(result);
		return print(ctl, outputs);
	}
	bool has_id = ctl->argc >= 2 && parse_number(ctl->argv[1], &id) == 0;
	bool has_seconds = ctl->argc == 3 && !strcmp(what, "pulse") &&
			   parse_number(ctl->argv[2], &seconds) == 0;
	if (has_id && is_command(what) && (ctl->argc == 2 || has_seconds))
		status = command(ctl, what, id, seconds);
	else if (has_id && !strcmp(what, "set") && ctl->argc >= 3)
		status = change(ctl, id);
	if (status >= 0)
		return status;
	(void) fprintf(stderr, "cardeactl: output list, output activate|deactivate|toggle ID, "
			       "output pulse ID [SECONDS],\n"
			       "or output set ID [name=NAME] [normal=open|closed] [pulse=SECONDS] "
			       "[direction=input|output]\n");
	return 2;
}
