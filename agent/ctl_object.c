/* cardeactl object: every kind of object, by the schema that the store gives. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

static int
misused(void)
{
	(void) fprintf(stderr, "cardeactl: object kinds | fields KIND | list KIND [search TEXT] "
			       "[of KIND ID] |\n"
			       "  get KIND ID | create KIND FIELD=VALUE... | "
			       "change KIND ID FIELD=VALUE... |\n"
			       "  remove KIND ID [with credentials]\n"
			       "FIELD:=JSON is a value in JSON; FIELD=- asks for a secret one;\n"
			       "FIELD=@FILE takes a text of several lines, @- from standard "
			       "input.\n");
	return 2;
}

/* All kinds, a new reference; NULL after having said why. */
static json_t *
read_schema(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "schema", NULL, &result))
		return NULL;
	return json_incref(json_object_get(result, "objects"));
}

static int
list_kinds(struct ctl *ctl)
{
	_cleanup_(json_decrefp) json_t *kinds = read_schema(ctl);
	json_t *names = json_array();
	const char *name;
	json_t *schema;

	json_object_foreach (kinds, name, schema) {
		if (ctl->is_json)
			(void) json_array_append_new(names, json_string(name));
		else
			printf("%s\n", name);
	}
	if (ctl->is_json)
		(void) ctl_print_json(names);
	json_decref(names);
	return kinds ? 0 : 1;
}

static bool
is_one_of(const json_t *names, const char *name)
{
	json_t *member;
	size_t i;

	json_array_foreach (names, i, member)
		if (!strcmp(json_string_value(member), name))
			return true;
	return false;
}

/* "one of: in, out", "1 to 64" or the type. */
static void
print_type(const json_t *field)
{
	const json_t *choices = json_object_get(field, "enum");
	json_t *choice;
	size_t i;

	if (choices) {
		json_array_foreach (choices, i, choice)
			printf("%s%s", i ? " | " : "", json_string_value(choice));
		return;
	}
	printf("%s", json_string_or(field, "type", "?"));
	if (json_object_get(field, "maximum"))
		printf(" %lld to %lld", (long long) json_integer_or(field, "minimum", 0),
		       (long long) json_integer_or(field, "maximum", 0));
	if (json_object_get(field, "x-kind"))
		printf(", of a %s", json_string_or(field, "x-kind", "?"));
	if (json_object_get(field, "x-unit"))
		printf(" %s", json_string_or(field, "x-unit", ""));
}

static void
print_field(const char *name, const json_t *field, bool is_required)
{
	const json_t *fallback = json_object_get(field, "default");
	const json_t *items = json_object_get(json_object_get(field, "items"), "properties");
	const char *inner;
	json_t *entry;

	printf("%-18s ", name);
	print_type(field);
	if (is_required)
		printf("; required");
	if (fallback) {
		_cleanup_(freep) char *text = json_canonical(fallback);
		printf("; default %s", text);
	}
	printf("\n");
	if (*json_string_or(field, "description", ""))
		printf("%-18s   %s\n", "", json_string_or(field, "description", ""));
	json_object_foreach ((json_t *) items, inner, entry) {
		printf("%-18s   %s: ", "", inner);
		print_type(entry);
		printf("\n");
	}
}

static const json_t *
find_kind(const json_t *kinds, const char *kind)
{
	const json_t *schema = json_object_get(kinds, kind);

	if (!schema && kinds)
		(void) fprintf(stderr,
			       "cardeactl: there is no kind '%s'; 'object kinds' lists them\n",
			       kind);
	return schema;
}

static int
list_fields(struct ctl *ctl, const char *kind)
{
	_cleanup_(json_decrefp) json_t *kinds = read_schema(ctl);
	const json_t *schema = find_kind(kinds, kind);
	const char *name;
	json_t *field;

	if (!schema)
		return 1;
	if (ctl->is_json)
		return ctl_print_json(schema);
	json_object_foreach (json_object_get(schema, "properties"), name, field)
		print_field(name, field, is_one_of(json_object_get(schema, "required"), name));
	return 0;
}

/* A new reference, NULL after having said what is wrong with it. */
static json_t *
read_value(const json_t *field, const char *name, const char *text, bool is_json)
{
	bool is_text = !strcmp(json_string_or(field, "type", "string"), "string");
	bool is_secret = json_is_true(json_object_get(field, "writeOnly"));

	if (json_is_true(json_object_get(field, "x-lines"))) {
		if (*text == '@')
			return ctl_read_lines(name, text + 1);
		/* On the command line everybody could read it. */
		if (*text) {
			(void) fprintf(stderr, "cardeactl: write %s=@FILE, or %s= for none\n", name,
				       name);
			return NULL;
		}
		return json_string("");
	}
	if (is_secret)
		return ctl_read_secret(name, text);
	if (is_text && !is_json)
		return json_string(text);
	json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
	if (!value)
		(void) fprintf(stderr, "cardeactl: %s: this is no JSON\n", name);
	return value;
}

/* The members that the words give, a new reference; NULL after having said what is wrong. */
static json_t *
read_members(const json_t *schema, int argc, char **argv)
{
	const json_t *fields = json_object_get(schema, "properties");
	_cleanup_(json_decrefp) json_t *members = json_object();

	for (int i = 0; i < argc; i++) {
		char *equals = strchr(argv[i], '=');
		if (!equals || equals == argv[i]) {
			(void) misused();
			return NULL;
		}
		bool is_json = equals[-1] == ':';
		equals[is_json ? -1 : 0] = 0;
		const json_t *field = json_object_get(fields, argv[i]);
		json_t *value = read_value(field, argv[i], equals + 1, is_json);
		if (!value)
			return NULL;
		(void) json_object_set_new(members, argv[i], value);
	}
	return json_incref(members);
}

static int
write_object(struct ctl *ctl, const char *kind, json_int_t id, int first)
{
	_cleanup_(json_decrefp) json_t *kinds = read_schema(ctl);
	_cleanup_(json_decrefp) json_t *result = NULL;
	const json_t *schema = find_kind(kinds, kind);
	json_t *members =
		schema ? read_members(schema, ctl->argc - first, ctl->argv + first) : NULL;

	if (!members)
		return 1;
	json_t *params = json_pack("{ss,so}", "kind", kind, "object", members);
	if (id)
		(void) json_object_set_new(params, "id", json_integer(id));
	if (ctl_call(ctl, id ? "object.change" : "object.create", params, &result))
		return 1;
	if (ctl->is_json)
		return ctl_print_json(result);
	if (!id)
		printf("%s %lld\n", kind, (long long) json_integer_or(result, "id", 0));
	return 0;
}

/* Page by page, as there may be a million; params is stolen. */
static int
list_objects(struct ctl *ctl, json_t *params)
{
	_cleanup_(json_decrefp) json_t *asked = params;
	json_int_t after = 0;

	do {
		_cleanup_(json_decrefp) json_t *result = NULL;
		json_t *object;
		size_t i;
		(void) json_object_set_new(asked, "after", json_integer(after));
		(void) json_object_set_new(asked, "limit", json_integer(200));
		if (ctl_call(ctl, "object.list", json_incref(asked), &result))
			return 1;
		if (ctl->is_json)
			json_array_foreach (json_object_get(result, "objects"), i, object)
				(void) ctl_print_json(object);
		else
			(void) ctl_print_objects(ctl, json_object_get(result, "objects"));
		after = json_integer_or(result, "next", 0);
	} while (after);
	return 0;
}

static int
list(struct ctl *ctl)
{
	json_t *params = json_pack("{ss}", "kind", ctl->argv[1]);
	json_int_t id;

	if (ctl->argc == 2)
		return list_objects(ctl, params);
	if (ctl->argc == 4 && !strcmp(ctl->argv[2], "search")) {
		(void) json_object_set_new(params, "search", json_string(ctl->argv[3]));
		return list_objects(ctl, params);
	}
	if (ctl->argc == 5 && !strcmp(ctl->argv[2], "of") && parse_number(ctl->argv[4], &id) == 0) {
		(void) json_object_set_new(params, "filter", json_pack("{sI}", ctl->argv[3], id));
		return list_objects(ctl, params);
	}
	json_decref(params);
	return misused();
}

static int
get(struct ctl *ctl, const char *kind, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;

	if (ctl_call(ctl, "object.get", json_pack("{ss,sI}", "kind", kind, "id", id), &result))
		return 1;
	return ctl_print_values(ctl, result);
}

static int
remove_object(struct ctl *ctl, const char *kind, json_int_t id)
{
	_cleanup_(json_decrefp) json_t *result = NULL;
	json_t *params = json_pack("{ss,sI}", "kind", kind, "id", id);
	bool has_with = ctl->argc == 5 && !strcmp(ctl->argv[3], "with");

	if (ctl->argc != 3 && !has_with) {
		json_decref(params);
		return misused();
	}
	if (has_with)
		(void) json_object_set_new(params, "with", json_string(ctl->argv[4]));
	if (ctl_call(ctl, "object.remove", params, &result))
		return 1;
	return ctl->is_json ? ctl_print_json(result) : 0;
}

int
ctl_object(struct ctl *ctl)
{
	const char *what = ctl->argc ? ctl->argv[0] : "kinds";
	const char *kind = ctl->argc >= 2 ? ctl->argv[1] : "";
	json_int_t id = 0;
	bool has_id = ctl->argc >= 3 && parse_number(ctl->argv[2], &id) == 0 && id;

	if (!strcmp(what, "kinds") && ctl->argc <= 1)
		return list_kinds(ctl);
	if (!strcmp(what, "fields") && ctl->argc == 2)
		return list_fields(ctl, kind);
	if (!strcmp(what, "list") && *kind)
		return list(ctl);
	if (!strcmp(what, "get") && has_id && ctl->argc == 3)
		return get(ctl, kind, id);
	if (!strcmp(what, "create") && ctl->argc == 2)
		return list_fields(ctl, kind);
	if (!strcmp(what, "create") && ctl->argc > 2)
		return write_object(ctl, kind, 0, 2);
	if (!strcmp(what, "change") && has_id && ctl->argc > 3)
		return write_object(ctl, kind, id, 3);
	if (!strcmp(what, "remove") && has_id)
		return remove_object(ctl, kind, id);
	return misused();
}
