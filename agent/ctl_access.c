/* cardeactl access: why somebody is let in or not, and where people are. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: access explain --point N (--person N | --credential N | "
			       "--card FORMAT:FACILITY:NUMBER) [--companion CREDENTIAL] "
			       "[--at TIME], or access forget (--person N | --all)\n");
	return 2;
}

/* "h10301:118:1603". */
static bool
take_card(char *text, json_t *params)
{
	char *facility = strchr(text, ':');
	char *number = facility ? strchr(facility + 1, ':') : NULL;
	json_int_t values[2];

	if (!number)
		return false;
	*facility++ = 0;
	*number++ = 0;
	if (parse_number(facility, &values[0]) < 0 || parse_number(number, &values[1]) < 0)
		return false;
	(void) json_object_update_new(params, json_pack("{ss,sI,sI}", "format", text, "facility",
							values[0], "card", values[1]));
	return true;
}

static bool
take_number(const char *name, const char *text, json_t *params)
{
	json_int_t number;

	if (parse_number(text, &number) < 0)
		return false;
	(void) json_object_set_new(params, name, json_integer(number));
	return true;
}

/* NULL when the words are none of these. */
static json_t *
take_options(const struct ctl *ctl)
{
	static const char *const numbers[] = { "point", "person", "credential", "companion" };
	_cleanup_(json_decrefp) json_t *params = json_object();

	for (int i = 1; i < ctl->argc; i += 2) {
		const char *name = ctl->argv[i];
		bool is_taken = false;
		if (strncmp(name, "--", 2) != 0 || i + 1 == ctl->argc)
			return NULL;
		for (size_t k = 0; k < ARRAY_LEN(numbers) && !is_taken; k++)
			is_taken = !strcmp(name + 2, numbers[k]) &&
				   take_number(numbers[k], ctl->argv[i + 1], params);
		if (!strcmp(name, "--card"))
			is_taken = take_card(ctl->argv[i + 1], params);
		else if (!strcmp(name, "--at"))
			is_taken =
				!json_object_set_new(params, "at", json_string(ctl->argv[i + 1]));
		if (!is_taken)
			return NULL;
	}
	return steal(&params);
}

static void
print_floors(const json_t *floors)
{
	json_t *floor;
	size_t i;

	if (!json_array_size(floors))
		return;
	printf("Floors:");
	json_array_foreach (floors, i, floor)
		printf(" %lld", (long long) json_integer_value(floor));
	printf("\n");
}

static int
print_explanation(const struct ctl *ctl, const json_t *result)
{
	const char *reason = json_string_or(result, "reason", "");
	json_t *step;
	size_t i;

	if (ctl->is_json)
		return ctl_print_json(result);
	printf("%s at %s%s%s", json_string_or(result, "decision", "?"),
	       json_string_or(result, "at", "?"), *reason ? ": " : "", reason);
	if (*json_string_or(result, "why", ""))
		printf(" (%s)", json_string_or(result, "why", ""));
	printf("\n");
	if (*json_string_or(result, "holder", ""))
		printf("Holder: %s\n", json_string_or(result, "holder", ""));
	print_floors(json_object_get(result, "floors"));
	printf("%4s  %-22s %-8s %s\n", "STEP", "NAME", "RESULT", "WHAT WAS LOOKED AT");
	json_array_foreach (json_object_get(result, "steps"), i, step)
		printf("%4lld  %-22s %-8s %s\n", (long long) json_integer_or(step, "step", 0),
		       json_string_or(step, "name", "?"), json_string_or(step, "result", "?"),
		       json_string_or(step, "text", ""));
	return 0;
}

static int
explain(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *params = take_options(ctl);

	if (!params)
		return misused();
	if (ctl_call(ctl, "access.explain", params, &result))
		return 1;
	return print_explanation(ctl, result);
}

static int
forget(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	bool is_all = ctl->argc == 2 && !strcmp(ctl->argv[1], "--all");
	json_t *params = is_all ? json_object() : take_options(ctl);

	if (!params || (!is_all && !json_object_get(params, "person"))) {
		json_decref(params);
		return misused();
	}
	if (ctl_call(ctl, "presence.forget", params, &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

int
ctl_access(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "";

	if (!strcmp(what, "explain"))
		return explain(ctl);
	if (!strcmp(what, "forget"))
		return forget(ctl);
	return misused();
}
