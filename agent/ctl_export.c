/* cardeactl export: all objects of a kind as CSV or JSON lines, which can be imported again. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/model_csv.h"
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

static void
write_object(const struct export *export, const json_t *object)
{
	bool is_csv = !strcmp(export->format, "csv");
	_cleanup_(freep) char *text =
		is_csv ? model_csv_row(export->kind, object) : json_canonical(object);

	(void) fprintf(export->out, "%s%s", text, is_csv ? "" : "\n");
}

static int
write_all(struct ctl *ctl, const struct export *export)
{
	json_int_t after = 0;
	json_t *object;
	size_t i;

	if (!strcmp(export->format, "csv")) {
		_cleanup_(freep) char *head = model_csv_head(export->kind);
		(void) fputs(head, export->out);
	}
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
