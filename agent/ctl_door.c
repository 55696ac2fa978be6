/* cardeactl door: doors, live, and what may be commanded of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/door_command.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: door list, door fire-reset, or door COMMAND "
			       "N[,N...]|all [SECONDS] with a command of\n");
	for (unsigned i = 0; i < DOOR_COMMANDS; i++) {
		_cleanup_(freep) char *name = xstrdup(door_command_names[i]);
		for (char *at = name; (at = strchr(at, '_'));)
			*at = '-';
		(void) fprintf(stderr, "%s%s", i ? ", " : "  ", name);
	}
	(void) fprintf(stderr, "; SECONDS for unlock only\n");
	return 2;
}

/* Every door that the controller shows; a new reference, NULL after having said why. */
static json_t *
all_doors(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	char key[24];

	if (ctl_call(ctl, "snapshot", NULL, &result))
		return NULL;
	json_t *doors = json_array();
	for (int i = 1; i <= DOORS_MODEL; i++) {
		(void) snprintf(key, sizeof(key), "door.%d", i);
		if (json_object_get(json_object_get(result, "objects"), key))
			(void) json_array_append_new(doors, json_integer(i));
	}
	return doors;
}

/* "1,3" as an array, a new reference; NULL when it is something else. */
static json_t *
parse_doors(const char *text)
{
	json_t *doors = json_array();

	while (doors) {
		size_t size = strcspn(text, ",");
		char one[8] = "";
		json_int_t door;
		if (size < sizeof(one))
			memcpy(one, text, size);
		if (parse_number(one, &door) < 0) {
			json_decref(doors);
			return NULL;
		}
		(void) json_array_append_new(doors, json_integer(door));
		if (!text[size])
			break;
		text += size + 1;
	}
	return doors;
}

static int
call(struct ctl *ctl, const char *method, json_t *params)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, method, params, &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

static int
list(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	return ctl_call(ctl, "snapshot", NULL, &result) ? 1 : ctl_print_doors(ctl, result);
}

int
ctl_door(struct ctl *ctl)
{
	char *what = ctl->argc ? ctl->argv[0] : NULL;
	json_int_t seconds = 0;
	enum door_command command;

	if (!what || (!strcmp(what, "list") && ctl->argc == 1))
		return list(ctl);
	if (!strcmp(what, "fire-reset") && ctl->argc == 1)
		return call(ctl, "fire.reset", NULL);
	for (char *at = what; (at = strchr(at, '-'));)
		*at = '_';
	if (ctl->argc < 2 || ctl->argc > 3 || door_command_find(what, &command) < 0 ||
	    (ctl->argc == 3 && parse_number(ctl->argv[2], &seconds) < 0))
		return misused();
	bool is_all = !strcmp(ctl->argv[1], "all");
	json_t *doors = is_all ? all_doors(ctl) : parse_doors(ctl->argv[1]);
	if (!doors)
		return is_all ? 1 : misused();
	json_t *params = json_pack("{so,ss}", "doors", doors, "command", what);
	if (ctl->argc == 3)
		(void) json_object_set_new(params, "seconds", json_integer(seconds));
	return call(ctl, "door.command", params);
}
