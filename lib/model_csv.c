#include "lib/model_csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

static bool
is_shown(const struct field *field)
{
	return !(field->flags & FIELD_SECRET);
}

/* Numbers are parted by spaces, so that no quotation mark is needed. */
static void
write_numbers(FILE *out, const json_t *numbers)
{
	json_t *number;
	size_t i;

	json_array_foreach (numbers, i, number)
		(void) fprintf(out, "%s%lld", i ? " " : "", (long long) json_integer_value(number));
}

static void
write_text(FILE *out, const char *text)
{
	size_t length = strlen(text);
	/* White space around it would be taken for none. */
	bool is_plain = !strpbrk(text, ",;\"\r\n\t") && *text != ' ' &&
			(!length || text[length - 1] != ' ');

	if (is_plain) {
		(void) fputs(text, out);
		return;
	}
	(void) fputc('"', out);
	for (const char *c = text; *c; c++) {
		if (*c == '"')
			(void) fputc('"', out);
		(void) fputc(*c, out);
	}
	(void) fputc('"', out);
}

static void
write_cell(FILE *out, const struct field *field, const json_t *value)
{
	if (field->type == FIELD_NUMBERS) {
		write_numbers(out, value);
	} else if (json_is_string(value)) {
		write_text(out, json_string_value(value));
	} else if (value && !(json_is_array(value) && !json_array_size(value))) {
		_cleanup_(freep) char *text = json_canonical(value);
		write_text(out, text);
	}
}

static FILE *
begin(char **text, size_t *size)
{
	FILE *out = open_memstream(text, size);

	if (!out)
		abort();
	return out;
}

char *
model_csv_head(const struct model_kind *kind)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = begin(&text, &size);

	(void) fputs("id", out);
	for (size_t i = 0; i < kind->fields.count; i++)
		if (is_shown(&kind->fields.fields[i]))
			(void) fprintf(out, ",%s", kind->fields.fields[i].name);
	(void) fputs("\r\n", out);
	(void) fclose(out);
	return text;
}

char *
model_csv_row(const struct model_kind *kind, const json_t *object)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = begin(&text, &size);

	(void) fprintf(out, "%lld", (long long) json_integer_or(object, "id", 0));
	for (size_t i = 0; i < kind->fields.count; i++) {
		const struct field *field = &kind->fields.fields[i];
		if (!is_shown(field))
			continue;
		(void) fputc(',', out);
		write_cell(out, field, json_object_get(object, field->name));
	}
	(void) fputs("\r\n", out);
	(void) fclose(out);
	return text;
}
