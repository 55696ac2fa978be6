/* cardeactl: the command line client. */
#include "agent/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/daemon.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/settings.h"
#include "lib/util.h"

#define CALL_MS 5000

int
ctl_connect(struct ctl *ctl)
{
	char path[256];

	if (ctl->client)
		return 0;
	int r = path_join(path, sizeof(path), ctl->run_dir, "agent.sock");
	if (r == 0)
		r = client_open(path, "cardeactl", &ctl->client);
	if (r == 0)
		return 0;
	(void) fprintf(stderr,
		       "cardeactl: no controller answers at '%s': %s\n"
		       "Is it running? Another one is reached with --run-dir=DIR.\n",
		       path, strerror(-r));
	return 1;
}

int
ctl_call(struct ctl *ctl, const char *method, json_t *params, json_t **ret)
{
	return ctl_call_slow(ctl, method, params, CALL_MS, ret);
}

int
ctl_call_slow(struct ctl *ctl, const char *method, json_t *params, int timeout_ms, json_t **ret)
{
	if (ctl_connect(ctl)) {
		json_decref(params);
		return 1;
	}
	json_t *result = NULL;
	int r = client_call(ctl->client, method, params, timeout_ms, &result);
	if (r == 0) {
		*ret = result;
		return 0;
	}
	const char *field = json_string_or(result, "field", NULL);
	(void) fprintf(stderr, "cardeactl: %s%s%s\n", field ? field : "", field ? ": " : "",
		       r == -EREMOTE ? json_string_or(result, "message", "?") : strerror(-r));
	json_decref(result);
	return 1;
}

static int
command_status(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "status", NULL, &result))
		return 1;
	return ctl_print_status(ctl, result);
}

/* "118" as the value of a text is no number. */
static bool
is_text(const struct field_table *table, const char *name)
{
	const struct field *field = table ? field_find(table, name) : NULL;

	return field && (field->type == FIELD_STRING || field->type == FIELD_HOST ||
			 field->type == FIELD_ENUM || field->type == FIELD_PATH);
}

json_t *
ctl_pairs(int argc, char **argv, const struct field_table *table)
{
	json_t *values = json_object();

	for (int i = 0; i < argc; i++) {
		char *equals = strchr(argv[i], '=');
		if (!equals || equals == argv[i]) {
			json_decref(values);
			return NULL;
		}
		*equals = 0;
		json_t *value = is_text(table, argv[i])
					? json_string(equals + 1)
					: json_loads(equals + 1, JSON_DECODE_ANY, NULL);
		(void) json_object_set_new(values, argv[i],
					   value ? value : json_string(equals + 1));
	}
	return values;
}

static int
list_cards(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *all = json_array();
	json_int_t after = 0;

	for (bool has_more = true; has_more;) {
		_cleanup_(json_decrefp) json_t *result = NULL;
		if (ctl_call(ctl, "object.list",
			     json_pack("{ss,sI}", "kind", "credential", "after", after), &result))
			return 1;
		(void) json_array_extend(all, json_object_get(result, "objects"));
		after = json_integer_or(result, "next", 0);
		has_more = after > 0;
	}
	return ctl_print_objects(ctl, all);
}

static int
command_card(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_t *object = NULL;
	json_int_t id;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list_cards(ctl);
	if (!strcmp(what, "remove") && ctl->argc == 2 && parse_number(ctl->argv[1], &id) == 0) {
		if (ctl_call(ctl, "object.remove",
			     json_pack("{ss,sI}", "kind", "credential", "id", id), &result))
			return 1;
		return ctl->is_json ? ctl_print_json(result) : 0;
	}
	if (!strcmp(what, "add") && ctl->argc >= 2)
		object = ctl_pairs(ctl->argc - 1, ctl->argv + 1, &model_find("credential")->fields);
	if (!object) {
		(void) fprintf(stderr, "cardeactl: card list, card remove ID, or card add "
				       "holder=NAME card=N [facility=N] [format=h10301] "
				       "[doors=[1,2]]\n");
		return 2;
	}
	if (ctl_call(ctl, "object.create",
		     json_pack("{ss,so}", "kind", "credential", "object", object), &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	printf("credential %lld\n", (long long) json_integer_or(result, "id", 0));
	return 0;
}

static int
command_methods(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "methods", NULL, &result))
		return 1;
	return ctl_print_objects(ctl, json_object_get(result, "methods"));
}

static const struct {
	const char *name;
	const char *arguments;
	const char *doc;
	int (*run)(struct ctl *ctl);
} commands[] = {
	{ "access", "explain --point N ... | forget (--person N | --all)",
	  "why somebody is let in or not", ctl_access },
	{ "account", "list | add NAME ROLE | password NAME | remove NAME", "console accounts",
	  ctl_account },
	{ "alarms", "[list] | end ID", "the alarms that stand", ctl_alarms },
	{ "board", "check FILE", "prove a board profile against this machine", ctl_board },
	{ "card", "list | add FIELD=VALUE... | remove ID", "cards and the doors they open",
	  command_card },
	{ "door", "list | COMMAND N[,N...]|all [SECONDS] | fire-reset", "doors, live, and commands",
	  ctl_door },
	{ "events", "[--follow] [--limit N] [--after SEQ] [FILTER...]", "the event log",
	  ctl_events },
	{ "export", "KIND [--format csv|jsonl] [-o FILE]", "all objects of a kind", ctl_export },
	{ "feedback", "list | set OUTCOME FIELD=VALUE...", "what readers show and sound",
	  ctl_feedback },
	{ "floor", "list | add FIELD=VALUE... | set ID ... | remove ID", "floors of a lift",
	  ctl_floor },
	{ "import", "KIND FILE [--dry-run] [--upsert]",
	  "objects of a kind from a file, all or none", ctl_import },
	{ "input", "list | set ID FIELD=VALUE... | history ID [SECONDS]",
	  "inputs, live, and their resistors", ctl_input },
	{ "led", "", "what the LEDs show", ctl_led },
	{ "log", "export [FILTER...] | verify [FILE] [--key KEY] | key",
	  "export the log, prove that nobody bent it", ctl_log },
	{ "log-server", "[list] | test [FIELD=VALUE...]", "log servers, live, and tests of them",
	  ctl_log_server },
	{ "methods", "", "what the store can be asked", command_methods },
	{ "module", "list | add FIELD=VALUE... | key ... | output ...", "expansion modules, live",
	  ctl_module },
	{ "object", "kinds | fields KIND | list KIND | create KIND ...", "everything configured",
	  ctl_object },
	{ "output", "list | activate ID | pulse ID [S] | set ID ...", "relays and outputs, live",
	  ctl_output },
	{ "power", "[history main|doors|RAIL|temperature [S]]",
	  "supplies, rails, temperature, live", ctl_power },
	{ "reader", "list | show N | install N | rotate N | ...", "readers, live, and their keys",
	  ctl_reader },
	{ "schedule", "list | show N [--from DATE] [--days N]", "when a schedule is active",
	  ctl_schedule },
	{ "settings", "get [NAME] | set NAME=VALUE...", "settings", ctl_settings },
	{ "special-days", "list | import FILE.ics --group N|--name TEXT", "holidays",
	  ctl_special_days },
	{ "status", "", "version, log, followers", command_status },
};

static int
usage(FILE *out)
{
	(void) fprintf(out, "Commands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		(void) fprintf(out, "  %-12s %-52s %s\n", commands[i].name, commands[i].arguments,
			       commands[i].doc);
	(void) fprintf(out, "Try 'cardeactl --help' for options.\n");
	return 2;
}

/* --json may stand anywhere: people add it to the end of a line that they have just tried. */
static int
take_json_flag(int argc, char **argv, bool *is_json)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--json"))
			*is_json = true;
		else
			argv[kept++] = argv[i];
	}
	return kept;
}

int
main(int argc, char **argv)
{
	struct ctl ctl = { .run_dir = daemon_default_run_dir() };
	const struct daemon_option rows[] = {
		{ "run-dir", "DIR", &ctl.run_dir, NULL, "where the controller's sockets are" },
		{ "json", NULL, NULL, &ctl.is_json, "print JSON, one object a line" },
	};
	const struct daemon_about about = {
		.name = "cardeactl",
		.summary = "Asks and commands a door controller. Without a command it lists them.",
		.arguments = "COMMAND...",
		.options = rows,
		.count = ARRAY_LEN(rows),
	};
	int first = daemon_options(&about, argc, argv);
	int left = take_json_flag(argc - first, argv + first, &ctl.is_json);

	if (!left)
		return usage(stderr);
	ctl.argc = left - 1;
	ctl.argv = argv + first + 1;
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i].name, argv[first]))
			continue;
		int status = commands[i].run(&ctl);
		client_close(ctl.client);
		return status;
	}
	(void) fprintf(stderr, "cardeactl: there is no command '%s'\n", argv[first]);
	return usage(stderr);
}
