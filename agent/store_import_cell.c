/* Cells of CSV as values of fields. */
#include "agent/store_import_read.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/json.h"
#include "lib/util.h"

static const struct field id_field = {
	.name = "id", .type = FIELD_INTEGER, .min = 1, .max = INT32_MAX
};
static const struct field person_field = {
	.name = "person_reference", .type = FIELD_STRING, .max = 64, .fallback = "\"\""
};

static const struct {
	const char *text;
	bool is_true;
} truths[] = {
	{ "true", true },   { "yes", true }, { "1", true },
	{ "false", false }, { "no", false }, { "0", false },
};

const struct field *
import_field(const struct model_kind *kind, const char *name)
{
	if (!strcmp(name, id_field.name))
		return &id_field;
	if (!strcmp(name, person_field.name) && !strcmp(kind->name, "credential"))
		return &person_field;
	return field_find(&kind->fields, name);
}

static json_t *
truth(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(truths); i++)
		if (!strcasecmp(text, truths[i].text))
			return json_boolean(truths[i].is_true);
	return json_string(text);
}

/* A whole number and what is behind it; false when there is none. */
static bool
take_number(const char *text, const char **ret_end, json_int_t *ret)
{
	char *end;

	if (!isdigit((unsigned char) text[*text == '-']))
		return false;
	errno = 0;
	*ret = strtoll(text, &end, 10);
	*ret_end = end;
	return errno == 0;
}

static json_t *
number(const char *text)
{
	const char *end;
	json_int_t value;

	return take_number(text, &end, &value) && !*end ? json_integer(value) : json_string(text);
}

/* "1 2 3", and what else people put between numbers. */
static json_t *
numbers(const char *text)
{
	json_t *array = json_array();
	json_int_t value;

	for (const char *c = text + strspn(text, " ;,["); *c; c += strspn(c, " ;,]")) {
		if (json_array_size(array) <= FIELD_NUMBERS_MAX && take_number(c, &c, &value)) {
			(void) json_array_append_new(array, json_integer(value));
			continue;
		}
		json_decref(array);
		return json_string(text);
	}
	return array;
}

/* Within an object, so that it is read with the limits of everything that is foreign. */
static json_t *
list(const char *text)
{
	_cleanup_(freep) char *wrapped = xasprintf("{\"list\":%s}", text);
	_cleanup_(json_decrefp) json_t *object = NULL;

	if (json_read(wrapped, strlen(wrapped), &object) < 0 || json_object_size(object) != 1)
		return json_string(text);
	return json_incref(json_object_get(object, "list"));
}

json_t *
import_cell(const struct field *field, const char *text)
{
	if (!*text)
		return field->fallback ? field_default(field) : NULL;
	switch (field->type) {
	case FIELD_BOOL:
		return truth(text);
	case FIELD_INTEGER:
	case FIELD_REF:
		return number(text);
	case FIELD_NUMBERS:
		return numbers(text);
	case FIELD_OBJECT:
	case FIELD_LIST:
		return list(text);
	default:
		return json_string(text);
	}
}
