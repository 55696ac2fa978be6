#include "lib/field.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define DOORS_MAX 64

static int PRINTF(3, 4)
	refuse(struct field_error *error, const struct field *field, const char *format, ...)
{
	va_list args;

	error->field = field->name;
	va_start(args, format);
	(void) vsnprintf(error->message, sizeof(error->message), format, args);
	va_end(args);
	return -EINVAL;
}

const struct field *
field_find(const struct field_table *table, const char *name)
{
	for (size_t i = 0; i < table->count; i++)
		if (!strcmp(table->fields[i].name, name))
			return &table->fields[i];
	return NULL;
}

static int
check_integer(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *unit = field->unit ? field->unit : "";

	if (!json_is_integer(value) || json_integer_value(value) < field->min ||
	    json_integer_value(value) > field->max)
		return refuse(error, field, "a whole number from %lld to %lld%s%s",
			      (long long) field->min, (long long) field->max, *unit ? " " : "",
			      unit);
	return 0;
}

static bool
has_control_character(const char *text)
{
	for (const char *c = text; *c; c++)
		if ((unsigned char) *c < ' ' || *c == 0x7f)
			return true;
	return false;
}

static int
check_string(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);
	size_t length = text ? strlen(text) : 0;

	if (!text || (int64_t) length < field->min || (int64_t) length > field->max)
		return refuse(error, field, "a text of %lld to %lld bytes", (long long) field->min,
			      (long long) field->max);
	if (has_control_character(text))
		return refuse(error, field, "a text without control characters");
	return 0;
}

static int
check_enum(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);
	char known[120] = "";

	for (const char *const *choice = field->choices; *choice; choice++) {
		if (text && !strcmp(text, *choice))
			return 0;
		size_t used = strlen(known);
		(void) snprintf(known + used, sizeof(known) - used, "%s%s", used ? ", " : "",
				*choice);
	}
	return refuse(error, field, "one of: %s", known);
}

static bool
is_host_name(const char *text)
{
	size_t label = 0;

	for (const char *c = text; *c; c++) {
		if (*c == '.') {
			if (!label || c[-1] == '-')
				return false;
			label = 0;
		} else if (isalnum((unsigned char) *c) || *c == '_' || (*c == '-' && label)) {
			if (++label > 63)
				return false;
		} else {
			return false;
		}
	}
	return label && text[strlen(text) - 1] != '-';
}

static int
check_host(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);
	unsigned char address[16];

	if (text && !*text && !field->min)
		return 0;
	if (text && strlen(text) <= 253 &&
	    (is_host_name(text) || inet_pton(AF_INET6, text, address) == 1))
		return 0;
	return refuse(error, field, "a host name, an IPv4 or an IPv6 address");
}

static int
check_path(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);

	if (text && !*text && !field->min)
		return 0;
	if (!text || *text != '/' || strlen(text) > 255 || has_control_character(text))
		return refuse(error, field, "an absolute path of at most 255 bytes");
	return 0;
}

static int
check_doors(const struct field *field, const json_t *value, struct field_error *error)
{
	int noun = (int) strlen(field->name) - 1; /* "doors" */
	uint64_t seen = 0;
	json_t *member;
	size_t i;

	if (!json_is_array(value))
		return refuse(error, field, "a list of %.*s numbers", noun, field->name);
	json_array_foreach (value, i, member) {
		json_int_t door = json_integer_value(member);
		if (door < 1 || door > field->max || door > DOORS_MAX)
			return refuse(error, field, "%.*s numbers from 1 to %lld", noun,
				      field->name, (long long) field->max);
		uint64_t bit = UINT64_C(1) << (door - 1);
		if (seen & bit)
			return refuse(error, field, "%.*s %lld is there twice", noun, field->name,
				      (long long) door);
		seen |= bit;
	}
	return 0;
}

int
field_check(const struct field *field, const json_t *value, struct field_error *error)
{
	switch (field->type) {
	case FIELD_BOOL:
		return json_is_boolean(value) ? 0 : refuse(error, field, "true or false");
	case FIELD_INTEGER:
		return check_integer(field, value, error);
	case FIELD_STRING:
		return check_string(field, value, error);
	case FIELD_ENUM:
		return check_enum(field, value, error);
	case FIELD_HOST:
		return check_host(field, value, error);
	case FIELD_PATH:
		return check_path(field, value, error);
	case FIELD_DOORS:
		return check_doors(field, value, error);
	case FIELD_OBJECT:
		return json_is_object(value) ? 0 : refuse(error, field, "an object");
	}
	return refuse(error, field, "of no known type");
}

int
field_check_object(const struct field_table *table, const json_t *object, struct field_error *error)
{
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *) object, key, value) {
		const struct field *field = field_find(table, key);
		if (!field) {
			error->field = key;
			(void) snprintf(error->message, sizeof(error->message), "not known here");
			return -EINVAL;
		}
		int r = field_check(field, value, error);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		if (field->flags & FIELD_REQUIRED && !json_object_get(object, field->name))
			return refuse(error, field, "missing");
	}
	return 0;
}

json_t *
field_default(const struct field *field)
{
	json_t *value = NULL;

	if (field->fallback)
		value = json_loads(field->fallback, JSON_DECODE_ANY, NULL);
	return value ? value : json_null();
}

void
field_fill(const struct field_table *table, json_t *object)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		if (field->fallback && !json_object_get(object, field->name))
			(void) json_object_set_new(object, field->name, field_default(field));
	}
}

static json_t *
schema_of(const struct field *field)
{
	static const char *const types[] = {
		[FIELD_BOOL] = "boolean", [FIELD_INTEGER] = "integer", [FIELD_STRING] = "string",
		[FIELD_ENUM] = "string",  [FIELD_HOST] = "string",     [FIELD_PATH] = "string",
		[FIELD_DOORS] = "array",  [FIELD_OBJECT] = "object",
	};
	json_t *schema = json_pack("{ss,ss*,ss*,ss*}", "type", types[field->type], "title",
				   field->label, "description", field->doc, "x-unit", field->unit);

	if (field->type == FIELD_INTEGER)
		(void) json_object_update_new(
			schema, json_pack("{sI,sI}", "minimum", field->min, "maximum", field->max));
	if (field->type == FIELD_STRING)
		(void) json_object_update_new(schema, json_pack("{sI,sI}", "minLength", field->min,
								"maxLength", field->max));
	if (field->type == FIELD_DOORS)
		(void) json_object_set_new(schema, "items",
					   json_pack("{ss,si,sI}", "type", "integer", "minimum", 1,
						     "maximum", field->max));
	if (field->choices) {
		json_t *choices = json_array();
		for (const char *const *choice = field->choices; *choice; choice++)
			(void) json_array_append_new(choices, json_string(*choice));
		(void) json_object_set_new(schema, "enum", choices);
	}
	if (field->fallback)
		(void) json_object_set_new(schema, "default", field_default(field));
	if (field->flags & FIELD_SECRET)
		(void) json_object_set_new(schema, "writeOnly", json_true());
	if (field->flags & FIELD_READ_ONLY)
		(void) json_object_set_new(schema, "readOnly", json_true());
	if (field->role != ROLE_NONE)
		(void) json_object_set_new(schema, "x-role", json_string(role_name(field->role)));
	return schema;
}

json_t *
field_schema(const struct field_table *table)
{
	json_t *properties = json_object();
	json_t *required = json_array();

	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		(void) json_object_set_new(properties, field->name, schema_of(field));
		if (field->flags & FIELD_REQUIRED)
			(void) json_array_append_new(required, json_string(field->name));
	}
	return json_pack("{ss,sb,so,so}", "type", "object", "additionalProperties", 0, "properties",
			 properties, "required", required);
}
