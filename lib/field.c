#include "lib/field.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/json.h"
#include "lib/util.h"

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
check_text(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);
	size_t length = text ? strlen(text) : 0;

	if (!text || (int64_t) length < field->min || (int64_t) length > field->max)
		return refuse(error, field, "a text of %lld to %lld bytes", (long long) field->min,
			      (long long) field->max);
	return 0;
}

static int
check_string(const struct field *field, const json_t *value, struct field_error *error)
{
	int r = check_text(field, value, error);

	if (r == 0 && has_control_character(json_string_value(value)))
		return refuse(error, field, "a text without control characters");
	return r;
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

static bool
is_there_before(const json_t *array, size_t end, json_int_t number)
{
	for (size_t i = 0; i < end; i++)
		if (json_integer_value(json_array_get(array, i)) == number)
			return true;
	return false;
}

static int
check_numbers(const struct field *field, const json_t *value, struct field_error *error)
{
	int noun = (int) strlen(field->name) - 1; /* "doors" */
	json_t *member;
	size_t i;

	if (!json_is_array(value) || json_array_size(value) > FIELD_NUMBERS_MAX)
		return refuse(error, field, "a list of %.*s numbers, %d at most", noun, field->name,
			      FIELD_NUMBERS_MAX);
	json_array_foreach (value, i, member) {
		json_int_t number = json_integer_value(member);
		if (number < 1 || number > field->max)
			return refuse(error, field, "%.*s numbers from 1 to %lld", noun,
				      field->name, (long long) field->max);
		if (is_there_before(value, i, number))
			return refuse(error, field, "%.*s %lld is there twice", noun, field->name,
				      (long long) number);
	}
	return 0;
}

static int
check_ref(const struct field *field, const json_t *value, struct field_error *error)
{
	json_int_t least = field->flags & FIELD_REQUIRED ? 1 : 0;

	if (!json_is_integer(value) || json_integer_value(value) < least ||
	    json_integer_value(value) > field->max)
		return refuse(error, field, "a number of kind %s%s", field->kind,
			      least ? "" : ", or 0 for none");
	return 0;
}

static int
check_time(const struct field *field, const json_t *value, struct field_error *error)
{
	const char *text = json_string_value(value);
	int64_t at_s;

	if (text && !*text && !(field->flags & FIELD_REQUIRED))
		return 0;
	if (!text || clock_parse(text, &at_s) < 0 || at_s < 0 || at_s > UINT32_MAX)
		return refuse(error, field, "a time such as 2026-12-31T23:59:59Z, until 2106");
	return 0;
}

static int
check_list(const struct field *field, const json_t *value, struct field_error *error)
{
	struct field_error inner = { 0 };
	json_t *entry;
	size_t i;

	if (!json_is_array(value) || (int64_t) json_array_size(value) > field->max)
		return refuse(error, field, "a list of at most %lld entries",
			      (long long) field->max);
	json_array_foreach (value, i, entry) {
		if (!json_is_object(entry))
			return refuse(error, field, "entry %zu: an object", i + 1);
		if (field_check_object(field->items, entry, &inner) < 0)
			return refuse(error, field, "entry %zu, %s: %s", i + 1, inner.field,
				      inner.message);
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
	case FIELD_NUMBERS:
		return check_numbers(field, value, error);
	case FIELD_OBJECT:
		return json_is_object(value) ? 0 : refuse(error, field, "an object");
	case FIELD_REF:
		return check_ref(field, value, error);
	case FIELD_LIST:
		return check_list(field, value, error);
	case FIELD_TEXT:
		return check_text(field, value, error);
	case FIELD_TIME:
		return check_time(field, value, error);
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
		json_t *value = json_object_get(object, field->name);
		json_t *entry;
		size_t k;
		if (field->fallback && !value)
			(void) json_object_set_new(object, field->name, field_default(field));
		if (field->type == FIELD_LIST)
			json_array_foreach (value, k, entry)
				field_fill(field->items, entry);
	}
}

/* What JSON Schema says of values of this type beyond its name; NULL for nothing. */
static json_t *
bounds_of(const struct field *field)
{
	int least = field->flags & FIELD_REQUIRED ? 1 : 0;

	switch (field->type) {
	case FIELD_INTEGER:
		return json_pack("{sI,sI}", "minimum", field->min, "maximum", field->max);
	case FIELD_STRING:
	case FIELD_TEXT:
		return json_pack("{sI,sI}", "minLength", field->min, "maxLength", field->max);
	case FIELD_NUMBERS:
		return json_pack("{s{ss,si,sI}}", "items", "type", "integer", "minimum", 1,
				 "maximum", field->max);
	case FIELD_REF:
		return json_pack("{si,sI}", "minimum", least, "maximum", field->max);
	case FIELD_LIST:
		return json_pack("{sI,so}", "maxItems", field->max, "items",
				 field_schema(field->items));
	case FIELD_TIME:
		return json_pack("{ss}", "format", "date-time");
	default:
		return NULL;
	}
}

static json_t *
schema_of(const struct field *field)
{
	static const char *const types[] = {
		[FIELD_BOOL] = "boolean",  [FIELD_INTEGER] = "integer", [FIELD_STRING] = "string",
		[FIELD_ENUM] = "string",   [FIELD_HOST] = "string",	[FIELD_PATH] = "string",
		[FIELD_NUMBERS] = "array", [FIELD_OBJECT] = "object",	[FIELD_REF] = "integer",
		[FIELD_LIST] = "array",	   [FIELD_TEXT] = "string",	[FIELD_TIME] = "string",
	};
	json_t *schema =
		json_pack("{ss,ss*,ss*,ss*,ss*}", "type", types[field->type], "title", field->label,
			  "description", field->doc, "x-unit", field->unit, "x-kind", field->kind);
	_cleanup_(json_decrefp) json_t *bounds = bounds_of(field);

	if (bounds)
		(void) json_object_update(schema, bounds);
	if (field->choices) {
		json_t *choices = json_array();
		for (const char *const *choice = field->choices; *choice; choice++)
			(void) json_array_append_new(choices, json_string(*choice));
		(void) json_object_set_new(schema, "enum", choices);
	}
	/* A form would send a secret's default back as if somebody had typed it. */
	if (field->fallback && !(field->flags & FIELD_SECRET))
		(void) json_object_set_new(schema, "default", field_default(field));
	if (field->flags & FIELD_SECRET)
		(void) json_object_set_new(schema, "writeOnly", json_true());
	if (field->type == FIELD_TEXT)
		(void) json_object_set_new(schema, "x-lines", json_true());
	if (field->flags & FIELD_READ_ONLY)
		(void) json_object_set_new(schema, "readOnly", json_true());
	if (field->flags & FIELD_ONCE)
		(void) json_object_set_new(schema, "x-once", json_true());
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

struct field_ref_call {
	field_ref_fn *each;
	void *context;
};

static int
each_number(const struct field *field, const struct field *outer, const json_t *value,
	    const struct field_ref_call *call)
{
	json_t *member;
	size_t i;
	int r = 0;

	if (json_is_integer(value) && json_integer_value(value))
		return call->each(outer, field->kind, json_integer_value(value), call->context);
	json_array_foreach (value, i, member)
		if (r == 0)
			r = call->each(outer, field->kind, json_integer_value(member),
				       call->context);
	return r;
}

static int
each_ref(const struct field_table *table, const struct field *outermost, const json_t *object,
	 const struct field_ref_call *call)
{
	json_t *entry;
	size_t k;
	int r = 0;

	for (size_t i = 0; i < table->count && r == 0; i++) {
		const struct field *field = &table->fields[i];
		const struct field *outer = outermost ? outermost : field;
		const json_t *value = json_object_get(object, field->name);
		if (field->kind)
			r = each_number(field, outer, value, call);
		else if (field->type == FIELD_LIST)
			json_array_foreach (value, k, entry)
				if (r == 0)
					r = each_ref(field->items, outer, entry, call);
	}
	return r;
}

int
field_each_ref(const struct field_table *table, const json_t *object, field_ref_fn *each,
	       void *context)
{
	return each_ref(table, NULL, object, &(struct field_ref_call){ each, context });
}
