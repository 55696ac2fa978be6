#include "tests/unit/table_text.h"

#include <ctype.h>
#include <CUnit/CUnit.h>
#include <string.h>

#include "lib/util.h"

static const char *const types[] = {
	[FIELD_BOOL] = "bool",	     [FIELD_INTEGER] = "integer", [FIELD_STRING] = "string",
	[FIELD_ENUM] = "enum",	     [FIELD_HOST] = "host",	  [FIELD_PATH] = "path",
	[FIELD_NUMBERS] = "numbers", [FIELD_OBJECT] = "object",	  [FIELD_REF] = "ref",
	[FIELD_LIST] = "list",	     [FIELD_TEXT] = "text",	  [FIELD_TIME] = "time",
};

static const char *
describe_flags(unsigned flags, char text[64])
{
	static const char *const names[] = { "required", "secret", "read-only", "unique", "once" };

	text[0] = 0;
	for (unsigned i = 0; i < ARRAY_LEN(names); i++)
		if (flags & 1u << i) {
			size_t used = strlen(text);
			(void) snprintf(text + used, 64 - used, "%s%s", used ? "," : "", names[i]);
		}
	return *text ? text : "-";
}

void
table_write(FILE *out, const char *prefix, const struct field_table *table)
{
	char flags[64];

	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		fprintf(out, "%s%s %s %lld..%lld %s default=%s unit=%s role=%s", prefix,
			field->name, types[field->type], (long long) field->min,
			(long long) field->max, describe_flags(field->flags, flags),
			field->fallback ? field->fallback : "-", field->unit ? field->unit : "-",
			role_name(field->role));
		for (const char *const *choice = field->choices; choice && *choice; choice++)
			fprintf(out, " %s", *choice);
		if (field->kind)
			fprintf(out, " kind=%s", field->kind);
		fprintf(out, "\n");
		if (field->type == FIELD_LIST) {
			_cleanup_(freep) char *inner = xasprintf("%s%s.", prefix, field->name);
			table_write(out, inner, field->items);
		}
	}
}

static void
check_default(const struct field *field)
{
	struct field_error error = { .message = "" };

	if (!field->fallback)
		return;
	/* Text that is no JSON would silently become null. */
	_cleanup_(json_decrefp) json_t *parsed = json_loads(field->fallback, JSON_DECODE_ANY, NULL);
	_cleanup_(json_decrefp) json_t *value = field_default(field);
	CU_ASSERT_PTR_NOT_NULL(parsed);
	CU_ASSERT(json_equal(parsed, value));
	CU_ASSERT_EQUAL(field_check(field, value, &error), 0);
	if (*error.message)
		printf("# the default of '%s': %s\n", field->name, error.message);
	CU_ASSERT_FALSE(field->flags & FIELD_REQUIRED);
}

void
table_check(const struct field_table *table)
{
	_cleanup_(json_decrefp) json_t *schema = field_schema(table);
	const json_t *properties = json_object_get(schema, "properties");

	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		CU_ASSERT_EQUAL(strspn(field->name, "abcdefghijklmnopqrstuvwxyz0123456789_."),
				strlen(field->name));
		CU_ASSERT(!i || strcmp(table->fields[i - 1].name, field->name) < 0);
		CU_ASSERT_PTR_EQUAL(field_find(table, field->name), field);
		CU_ASSERT(field->min <= field->max || !field->max);
		if (field->type == FIELD_INTEGER || field->type == FIELD_STRING ||
		    field->type == FIELD_NUMBERS || field->type == FIELD_REF ||
		    field->type == FIELD_LIST)
			CU_ASSERT(field->max > 0);
		CU_ASSERT(field->type != FIELD_REF || field->kind);
		CU_ASSERT_EQUAL(field->type == FIELD_LIST, field->items != NULL);
		if (field->items)
			table_check(field->items);
		CU_ASSERT_EQUAL(field->type == FIELD_ENUM, field->choices != NULL);
		CU_ASSERT(field->label && isupper((unsigned char) field->label[0]));
		CU_ASSERT(!field->doc || field->doc[strlen(field->doc) - 1] == '.');
		CU_ASSERT(field->role > ROLE_NONE || field->flags & FIELD_READ_ONLY);
		check_default(field);
		const json_t *said = json_object_get(properties, field->name);
		CU_ASSERT_PTR_NOT_NULL(said);
		CU_ASSERT(json_object_get(said, "type") && json_object_get(said, "title"));
	}
	CU_ASSERT_EQUAL(json_object_size(properties), table->count);
}
