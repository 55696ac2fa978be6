/* cardeactl export: all objects of a kind as CSV or JSON lines, which can be imported again. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"

#define PAGE 200

struct export
{
	const struct model_kind *kind;
	const char *format;
	const char *path;
	FILE *out;
};

void
ctl_take_kind(const char *word, char kind[CTL_KIND_SIZE])
{
	(void) copy_string(kind, CTL_KIND_SIZE, word);
	/* As in paths of the REST API. */
	for (char *c = kind; *c; c++)
		*c = *c == '-' ? '_' : *c;
	for (size_t i = 0; i < model_count(); i++)
		if (!strcmp(kind, model_at(i)->plural))
			(void) copy_string(kind, CTL_KIND_SIZE, model_at(i)->name);
}

const char *
ctl_format_of(const char *path)
{
	const char *dot = path ? strrchr(path, '.') : NULL;

	return dot && (!strcmp(dot, ".jsonl") || !strcmp(dot, ".ndjson")) ? "jsonl" : "csv";
}

static bool
is_shown(const struct field *field)
{
	return !(field->flags & FIELD_SECRET);
}

static void
write_header(const struct export *export)
{
	const struct field_table *table = &export->kind->fields;

	(void) fputs("id", export->out);
	for (size_t i = 0; i < table->count; i++)
		if (is_shown(&table->fields[i]))
			(void) fprintf(export->out, ",%s", table->fields[i].name);
	(void) fputs("\r\n", export->out);
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

	/* What would be taken for white space around it, too. */
	if (strpbrk(text, ",;\"\r\n") || (length && (*text == ' ' || text[length - 1] == ' ')))
		(void) csv_fwrite(out, text, length);
	else
		(void) fputs(text, out);
}

static void
write_cell(FILE *out, const struct field *field, const json_t *value)
{
	if (field->type == FIELD_NUMBERS) {
		write_numbers(out, value);
	} else if (json_is_string(value)) {
		write_text(out, json_string_value(value));
	} else if (json_is_array(value) && !json_array_size(value)) {
		return;
	} else if (value) {
		_cleanup_(freep) char *text = json_canonical(value);
		write_text(out, text);
	}
}

static void
write_csv(const struct export *export, const json_t *object)
{
	const struct field_table *table = &export->kind->fields;

	(void) fprintf(export->out, "%lld", (long long) json_integer_or(object, "id", 0));
	for (size_t i = 0; i < table->count; i++) {
		const struct field *field = &table->fields[i];
		if (!is_shown(field))
			continue;
		(void) fputc(',', export->out);
		write_cell(export->out, field, json_object_get(object, field->name));
	}
	(void) fputs("\r\n", export->out);
}

static void
write_object(const struct export *export, const json_t *object)
{
	if (strcmp(export->format, "csv") == 0) {
		write_csv(export, object);
		return;
	}
	_cleanup_(freep) char *text = json_canonical(object);
	(void) fprintf(export->out, "%s\n", text);
}

static int
write_all(struct ctl *ctl, const struct export *export)
{
	json_int_t after = 0;
	json_t *object;
	size_t i;

	if (!strcmp(export->format, "csv"))
		write_header(export);
	do {
		_cleanup_(json_decrefp) json_t *page = NULL;
		if (ctl_call(ctl, "object.list",
			     json_pack("{ss,sI,si}", "kind", export->kind->name, "after", after,
				       "limit", PAGE),
			     &page))
			return 1;
		json_array_foreach (json_object_get(page, "objects"), i, object)
			write_object(export, object);
		after = json_integer_or(page, "next", 0);
	} while (after);
	return 0;
}

static int
run(struct ctl *ctl, struct export *export)
{
	export->out = export->path ? fopen(export->path, "we") : stdout;
	if (!export->out) {
		(void) fprintf(stderr, "cardeactl: cannot write '%s': %s\n", export->path,
			       strerror(errno));
		return 1;
	}
	int status = write_all(ctl, export);
	bool is_written = !ferror(export->out) && fflush(export->out) == 0;
	if (export->path)
		is_written = fclose(export->out) == 0 && is_written;
	if (is_written)
		return status;
	(void) fprintf(stderr, "cardeactl: what was exported could not be written\n");
	return 1;
}

static bool
take_word(struct ctl *ctl, int *at, struct export *export)
{
	const char *word = ctl->argv[*at];
	const char *value = *at + 1 < ctl->argc ? ctl->argv[*at + 1] : NULL;
	char kind[CTL_KIND_SIZE];

	if (!strcmp(word, "--format") && value) {
		export->format = value;
		++*at;
	} else if (!strcmp(word, "-o") && value) {
		export->path = value;
		++*at;
	} else if (!export->kind && *word != '-') {
		ctl_take_kind(word, kind);
		export->kind = model_find(kind);
		return export->kind;
	} else {
		return false;
	}
	return true;
}

int
ctl_export(struct ctl *ctl)
{
	struct export export = { 0 };
	bool is_known = true;

	for (int i = 0; i < ctl->argc && is_known; i++)
		is_known = take_word(ctl, &i, &export);
	if (!export.format)
		export.format = ctl_format_of(export.path);
	if (is_known && export.kind &&
	    (!strcmp(export.format, "csv") || !strcmp(export.format, "jsonl")))
		return run(ctl, &export);
	(void) fprintf(stderr, "cardeactl: export KIND [--format csv|jsonl] [-o FILE]; kinds are ");
	for (size_t i = 0; i < model_count(); i++)
		(void) fprintf(stderr, "%s%s", i ? ", " : "", model_at(i)->plural);
	(void) fprintf(stderr, "\n");
	return 2;
}
