/* cardeactl module: expansion modules, live, their outputs and their keys. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static const char usage[] =
	"cardeactl: module list | show ID | add name=NAME bus=N address=N | remove ID |\n"
	"rename ID NAME | set ID FIELD=VALUE... | install ID | output ID OUTPUT "
	"activate|deactivate|toggle|pulse [SECONDS] |\n"
	"upgrade ID... FILE | upgrade ID... --bundled NAME | upgrade ID --cancel |\n"
	"key show | key generate [--replace] | key set FILE|- [--replace] | key export FILE|-\n";

static int
misused(void)
{
	(void) fputs(usage, stderr);
	return 2;
}

/* Calls; prints the answer as JSON if that is wanted. The exit status, or -1 to go on. */
static int
call(struct ctl *ctl, const char *method, json_t *params, json_t **ret)
{
	if (ctl_call(ctl, method, params, ret))
		return 1;
	return ctl->is_json ? ctl_print_json(*ret) : -1;
}

static json_t *
collect(const json_t *snapshot)
{
	json_t *modules = json_array();
	char key[24];

	for (int i = 1; i <= MODULES; i++) {
		(void) snprintf(key, sizeof(key), "module.%d", i);
		json_t *module = json_object_get(json_object_get(snapshot, "objects"), key);
		if (!json_is_object(module))
			continue;
		json_t *row = json_copy(module);
		(void) json_object_set_new(row, "id", json_integer(i));
		(void) json_array_append_new(modules, row);
	}
	return modules;
}

static void
print_row(const json_t *module)
{
	const json_t *outputs = json_object_get(module, "outputs");
	const char *why = json_string_or(module, "why", "");

	printf("%-3lld %-20s %-4lld %-7lld %-7s %-13s %-10s %zu/%zu%s%s\n",
	       (long long) json_integer_or(module, "id", 0), json_string_or(module, "name", "?"),
	       (long long) json_integer_or(module, "bus", 0),
	       (long long) json_integer_or(module, "address", 0),
	       json_bool_or(module, "online", false) ? "yes" : "no",
	       json_string_or(module, "security", "?"), json_string_or(module, "firmware", ""),
	       json_array_size(json_object_get(module, "inputs")), json_array_size(outputs),
	       *why ? " " : "", why);
}

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	json_t *module;
	size_t i;

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return 1;
	_cleanup_(json_decrefp) json_t *modules = collect(snapshot);
	if (ctl->is_json)
		return ctl_print_json(modules);
	printf("%-3s %-20s %-4s %-7s %-7s %-13s %-10s %s\n", "ID", "NAME", "PORT", "ADDRESS",
	       "ONLINE", "SECURITY", "FIRMWARE", "IN/OUT");
	json_array_foreach (modules, i, module)
		print_row(module);
	return 0;
}

static int
show(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;
	char key[32];

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return 1;
	(void) snprintf(key, sizeof(key), "module.%lld", (long long) id);
	const json_t *module = json_object_get(json_object_get(snapshot, "objects"), key);
	if (!json_is_object(module)) {
		(void) fprintf(stderr, "cardeactl: there is no module %lld\n", (long long) id);
		return 1;
	}
	return ctl->is_json ? ctl_print_json(module) : ctl_print_values(ctl, module);
}

static int
add(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *object = ctl_pairs(ctl->argc - 1, ctl->argv + 1, &model_find("module")->fields);

	if (!object)
		return misused();
	int status = call(ctl, "object.create",
			  json_pack("{ss,so}", "kind", "module", "object", object), &result);
	if (status >= 0)
		return status;
	printf("module %lld; for five minutes a new one gets its key by itself\n",
	       (long long) json_integer_or(result, "id", 0));
	return 0;
}

static int
change(struct ctl *ctl, json_int_t id, json_t *object)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (!object)
		return misused();
	int status = call(ctl, "object.change",
			  json_pack("{ss,sI,so}", "kind", "module", "id", id, "object", object),
			  &result);
	return status >= 0 ? status : 0;
}

static int
output(struct ctl *ctl, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_int_t number;
	json_int_t seconds = 0;

	if (parse_number(ctl->argv[2], &number) < 0 ||
	    (ctl->argc == 5 && parse_number(ctl->argv[4], &seconds) < 0))
		return misused();
	json_t *params =
		json_pack("{sI,sI,ss}", "module", id, "output", number, "command", ctl->argv[3]);
	if (ctl->argc == 5)
		(void) json_object_set_new(params, "seconds", json_integer(seconds));
	int status = call(ctl, "module.output", params, &result);
	return status >= 0 ? status : 0;
}

static int
key_export(struct ctl *ctl, const char *path)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	_cleanup_(closep) int fd = -1;

	/* It is given out once only: what can go wrong goes wrong before. */
	if (ctl_open_key_file(path, &fd) < 0)
		return 1;
	if (ctl_call(ctl, "module.key_export", NULL, &result)) {
		if (strcmp(path, "-"))
			(void) unlink(path);
		return 1;
	}
	if (dprintf(fd, "%s\n", json_string_or(result, "key", "?")) < 0 ||
	    (strcmp(path, "-") && fsync(fd) < 0)) {
		(void) fprintf(stderr,
			       "cardeactl: cannot write '%s': %s\nThe key is lost: "
			       "generate another one.\n",
			       path, strerror(errno));
		return 1;
	}
	(void) fprintf(stderr, "Key %s. %s\n", json_string_or(result, "fingerprint", "?"),
		       json_string_or(result, "warning", ""));
	return 0;
}

static int
key_make(struct ctl *ctl, const char *method, json_t *params, bool is_replacing)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (is_replacing)
		(void) json_object_set_new(params, "replace", json_true());
	int status = call(ctl, method, params, &result);
	if (status >= 0)
		return status;
	printf("Key %s. %s\n", json_string_or(result, "fingerprint", "?"),
	       json_string_or(result, "warning", ""));
	return 0;
}

static int
key_set(struct ctl *ctl, const char *path, bool is_replacing)
{
	char key[CTL_KEY_SIZE];

	if (ctl_read_key(path, key) < 0)
		return 1;
	json_t *params = json_pack("{ss}", "key", key);
	explicit_bzero(key, sizeof(key));
	return key_make(ctl, "module.key_set", params, is_replacing);
}

static int
key_show(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *snapshot = NULL;

	if (ctl_call(ctl, "snapshot", NULL, &snapshot))
		return 1;
	const json_t *key = json_object_get(json_object_get(snapshot, "objects"), "module_key");
	if (ctl->is_json)
		return ctl_print_json(key);
	if (!json_bool_or(key, "present", false))
		printf("There is no key: run 'cardeactl module key generate'.\n");
	else
		printf("Key %s, %s.\n", json_string_or(key, "fingerprint", "?"),
		       json_bool_or(key, "exported", false) ? "exported" : "never exported");
	return 0;
}

static int
key(struct ctl *ctl)
{
	bool is_replacing = ctl->argc > 2 && !strcmp(ctl->argv[ctl->argc - 1], "--replace");
	int argc = ctl->argc - is_replacing;
	const char *what = argc > 1 ? ctl->argv[1] : "show";

	if (!strcmp(what, "show") && argc <= 2)
		return key_show(ctl);
	if (!strcmp(what, "generate") && argc == 2)
		return key_make(ctl, "module.key_generate", json_object(), is_replacing);
	if (!strcmp(what, "set") && argc == 3)
		return key_set(ctl, ctl->argv[2], is_replacing);
	if (!strcmp(what, "export") && argc == 3)
		return key_export(ctl, ctl->argv[2]);
	return misused();
}

static int
with_id(struct ctl *ctl, const char *what, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	int status;

	if (!strcmp(what, "show") && ctl->argc == 2)
		return show(ctl, id);
	if (!strcmp(what, "rename") && ctl->argc == 3)
		return change(ctl, id, json_pack("{ss}", "name", ctl->argv[2]));
	if (!strcmp(what, "set") && ctl->argc >= 3)
		return change(
			ctl, id,
			ctl_pairs(ctl->argc - 2, ctl->argv + 2, &model_find("module")->fields));
	if (!strcmp(what, "output") && (ctl->argc == 4 || ctl->argc == 5))
		return output(ctl, id);
	if (!strcmp(what, "upgrade") && ctl->argc >= 3) {
		status = ctl_upgrade(ctl, "module");
		return status == CTL_USAGE ? misused() : status;
	}
	if (!strcmp(what, "remove") && ctl->argc == 2)
		status = call(ctl, "object.remove",
			      json_pack("{ss,sI}", "kind", "module", "id", id), &result);
	else if (!strcmp(what, "install") && ctl->argc == 2)
		status = call(ctl, "module.install", json_pack("{sI}", "module", id), &result);
	else
		return misused();
	return status >= 0 ? status : 0;
}

int
ctl_module(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "list";
	json_int_t id;

	if (!strcmp(what, "list") && ctl->argc <= 1)
		return list(ctl);
	if (!strcmp(what, "key"))
		return key(ctl);
	if (!strcmp(what, "add") && ctl->argc >= 2)
		return add(ctl);
	if (ctl->argc >= 2 && parse_number(ctl->argv[1], &id) == 0)
		return with_id(ctl, what, id);
	return misused();
}
