#include "www/description_kind.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "www/routes.h"

/* A kind's names: "access_point" is AccessPoint, its list "/access-points". */
struct names {
	const struct model_kind *kind;
	char one[40];
	char many[40];
	char words[40]; /* "access point" */
	char list[48];
	char object[56];
};

static void
camel(const char *name, char to[40])
{
	bool is_start = true;
	size_t used = 0;

	for (; *name && used < 39; name++) {
		if (*name != '_')
			to[used++] = (char) (is_start ? toupper((unsigned char) *name) : *name);
		is_start = *name == '_';
	}
	to[used] = 0;
}

static void
spell(const char *name, char joint, char *to, size_t size)
{
	(void) copy_string(to, size, name);
	for (; *to; to++)
		if (*to == '_')
			*to = joint;
}

static struct names
names_of(const struct model_kind *kind)
{
	struct names names = { .kind = kind, .list = "/" };

	camel(kind->name, names.one);
	camel(kind->plural, names.many);
	spell(kind->name, ' ', names.words, sizeof(names.words));
	spell(kind->plural, '-', names.list + 1, sizeof(names.list) - 1);
	(void) snprintf(names.object, sizeof(names.object), "%s/{id}", names.list);
	return names;
}

static json_t *
reference(const char *what, const char *name)
{
	_cleanup_(freep) char *place = xasprintf("#/components/%s/%s", what, name);

	return json_pack("{ss}", "$ref", place);
}

static json_t *
content(json_t *schema)
{
	return json_pack("{s{s{so}}}", "content", "application/json", "schema", schema);
}

/* {"200": {...}, "default": ...}; schema is NULL for an answer without a body. Steals it. */
static json_t *
responses(const char *status, json_t *schema)
{
	json_t *done = schema ? content(schema) : json_object();

	(void) json_object_set_new(done, "description", json_string("Done"));
	return json_pack("{so,so}", status, done, "default", reference("responses", "Problem"));
}

static json_t *
request_body(json_t *schema)
{
	json_t *body = content(schema);

	(void) json_object_set_new(body, "required", json_true());
	return body;
}

static json_t *
query_number(const char *name, const char *text)
{
	return json_pack("{ss,ss,ss,s{ss,si}}", "name", name, "in", "query", "description", text,
			 "schema", "type", "integer", "minimum", 1);
}

static json_t *
query_text(const char *name, const char *text)
{
	return json_pack("{ss,ss,ss,s{ss}}", "name", name, "in", "query", "description", text,
			 "schema", "type", "string");
}

static bool
has_parameter(const json_t *parameters, const char *name)
{
	json_t *parameter;
	size_t i;

	json_array_foreach (parameters, i, parameter)
		if (!strcmp(json_string_or(parameter, "name", ""), name))
			return true;
	return false;
}

static json_t *
operation(const struct names *names, const char *verb, const char *role, json_t *answers)
{
	bool is_list = !strcmp(verb, "list");
	_cleanup_(freep) char *id = xasprintf("%s%s", verb, is_list ? names->many : names->one);
	_cleanup_(freep) char *summary =
		is_list ? xasprintf("Objects of kind %s, by id", names->words)
			: xasprintf("%c%s one %s", toupper((unsigned char) *verb), verb + 1,
				    names->words);

	return json_pack("{ss,ss,ss,so}", "operationId", id, "summary", summary, "x-role", role,
			 "responses", answers);
}

static json_t *
changing(const struct names *names, const char *verb, json_t *answers, json_t *body)
{
	json_t *made = operation(names, verb, "administrator", answers);

	(void) json_object_set_new(made, "parameters",
				   json_pack("[o]", reference("parameters", "Csrf")));
	if (body)
		(void) json_object_set_new(made, "requestBody", request_body(body));
	return made;
}

/* A query may ask for those that refer to one object of such a kind. */
static void
add_filters(json_t *parameters, const struct field_table *fields)
{
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->fields[i];
		if (field->type == FIELD_LIST)
			add_filters(parameters, field->items);
		if (field->kind && !has_parameter(parameters, field->kind))
			(void) json_array_append_new(
				parameters,
				query_number(field->kind, "only those that refer to this one"));
	}
}

static json_t *
describe_list(const struct names *names)
{
	json_t *parameters =
		json_pack("[ooo]", query_number("after", "only ids above this"),
			  query_number("limit", "at most this many"),
			  query_text("search", "only those with words that begin like these"));

	json_t *answer = json_pack("{ss,s{s{ss,so},s{ss}},s[s]}", "type", "object", "properties",
				   names->kind->plural, "type", "array", "items",
				   reference("schemas", names->one), "next", "type", "integer",
				   "required", names->kind->plural);
	json_t *made = operation(names, "list", "viewer", responses("200", answer));

	add_filters(parameters, &names->kind->fields);
	(void) json_object_set_new(made, "parameters", parameters);
	return made;
}

static json_t *
describe_get(const struct names *names)
{
	return operation(names, "get", "viewer",
			 responses("200", reference("schemas", names->one)));
}

static json_t *
describe_create(const struct names *names)
{
	json_t *answer = json_pack("{ss,s{s{ss}},s[s]}", "type", "object", "properties", "id",
				   "type", "integer", "required", "id");

	return changing(names, "create", responses("201", answer),
			reference("schemas", names->one));
}

static json_t *
describe_change(const struct names *names)
{
	_cleanup_(freep) char *change = xasprintf("%sChange", names->one);

	return changing(names, "change", responses("200", json_pack("{ss}", "type", "object")),
			reference("schemas", change));
}

static json_t *
describe_remove(const struct names *names)
{
	json_t *made = changing(names, "remove", responses("204", NULL), NULL);

	if (!strcmp(names->kind->name, "person"))
		(void) json_array_append_new(
			json_object_get(made, "parameters"),
			query_text("with", "credentials: what the person carries goes along"));
	return made;
}

static const struct {
	enum verb verb;
	const char *name;
	bool is_of_one; /* of /{id} */
	json_t *(*describe)(const struct names *names);
} operations[] = {
	{ VERB_GET, "get", false, describe_list },
	{ VERB_POST, "post", false, describe_create },
	{ VERB_GET, "get", true, describe_get },
	{ VERB_PATCH, "patch", true, describe_change },
	{ VERB_DELETE, "delete", true, describe_remove },
};

/* The path, which is made when it is not there yet. */
static json_t *
path_of(json_t *paths, const char *name, bool is_of_one)
{
	json_t *path = json_object_get(paths, name);

	if (path)
		return path;
	path = is_of_one
		       ? json_pack("{s[{ss,ss,sb,s{ss,si}}]}", "parameters", "name", "id", "in",
				   "path", "required", 1, "schema", "type", "integer", "minimum", 1)
		       : json_object();
	(void) json_object_set_new(paths, name, path);
	return path;
}

/* What a row of its own does is in the document already. */
static void
add_paths(json_t *paths, const struct names *names)
{
	for (size_t i = 0; i < ARRAY_LEN(operations); i++) {
		bool is_of_one = operations[i].is_of_one;
		const char *name = is_of_one ? names->object : names->list;
		_cleanup_(freep) char *path =
			xasprintf("/api/v1%s%s", names->list, is_of_one ? "/1" : "");
		struct resource resource;
		const struct route *route = route_find(operations[i].verb, path, &resource);
		if (!route || json_object_get(json_object_get(paths, name), operations[i].name))
			continue;
		(void) json_object_set_new(path_of(paths, name, is_of_one), operations[i].name,
					   operations[i].describe(names));
	}
}

static const struct {
	const char *ending;
	const char *id;
	const char *type;
} exports[] = {
	{ "csv", "Csv", "text/csv" },
	{ "jsonl", "Lines", "application/x-ndjson" },
};

/* All objects as a file, which an import takes again. */
static void
add_exports(json_t *paths, const struct names *names)
{
	for (size_t i = 0; i < ARRAY_LEN(exports); i++) {
		_cleanup_(freep) char *path =
			xasprintf("/export%s.%s", names->list, exports[i].ending);
		_cleanup_(freep) char *id = xasprintf("export%s%s", names->many, exports[i].id);
		json_t *file = json_pack("{ss,s{s{s{ss}}}}", "description", "Done", "content",
					 exports[i].type, "schema", "type", "string");
		json_t *made = json_pack("{ss,ss,ss,s{so,so}}", "operationId", id, "summary",
					 "All objects of the kind as a file, as an import takes it",
					 "x-role", "viewer", "responses", "200", file, "default",
					 reference("responses", "Problem"));
		(void) json_object_set_new(path_of(paths, path, false), "get", made);
	}
}

/* An object as it is shown and made, and members of it that are changed. */
static void
add_schemas(json_t *schemas, const struct names *names)
{
	_cleanup_(freep) char *change_name = xasprintf("%sChange", names->one);
	json_t *change = field_schema(&names->kind->fields);
	json_t *whole = json_deep_copy(change);

	(void) json_object_set_new(json_object_get(whole, "properties"), "id",
				   json_pack("{ss,sb}", "type", "integer", "readOnly", 1));
	(void) json_object_del(change, "required");
	/* Doors come with their live state. */
	(void) json_object_update(
		json_object_get(whole, "properties"),
		json_object_get(json_object_get(schemas, names->one), "properties"));
	(void) json_object_set_new(schemas, names->one, whole);
	(void) json_object_set_new(schemas, change_name, change);
}

void
description_add_kind(json_t *document, const struct model_kind *kind)
{
	struct names names = names_of(kind);

	add_paths(json_object_get(document, "paths"), &names);
	add_exports(json_object_get(document, "paths"), &names);
	add_schemas(json_object_get(json_object_get(document, "components"), "schemas"), &names);
}
