/* cardeactl settings: see and change them. */
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/settings.h"
#include "lib/util.h"

/* NULL after having said what is wrong. */
static json_t *
read_values(int argc, char **argv)
{
	json_t *values = ctl_pairs(argc, argv, settings_table());
	const char *name;
	json_t *value;
	void *next;

	if (!values)
		(void) fprintf(stderr, "cardeactl: settings get [NAME], or settings set "
				       "NAME=VALUE...\n");
	json_object_foreach_safe(values, next, name, value)
	{
		const struct field *field = field_find(settings_table(), name);
		if (!field || !(field->flags & FIELD_SECRET))
			continue;
		json_t *secret = ctl_read_secret(name, json_string_value(value));
		if (!secret) {
			json_decref(values);
			return NULL;
		}
		(void) json_object_set_new(values, name, secret);
	}
	return values;
}

int
ctl_settings(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	const char *what = ctl->argc ? ctl->argv[0] : "get";

	if (!strcmp(what, "get") && ctl->argc <= 2) {
		json_t *params = ctl->argc == 2 ? json_pack("{ss}", "name", ctl->argv[1]) : NULL;
		if (ctl_call(ctl, "settings.get", params, &result))
			return 1;
		return ctl_print_values(ctl, json_object_get(result, "values"));
	}
	bool is_set = !strcmp(what, "set") && ctl->argc >= 2;
	json_t *values = read_values(is_set ? ctl->argc - 1 : 0, ctl->argv + 1);
	if (!is_set || !values) {
		if (values)
			json_decref(values);
		return 2;
	}
	if (ctl_call(ctl, "settings.set", json_pack("{so}", "values", values), &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}
