/* cardeactl import: hands a file over piece by piece, and looks on while it is stored. */
#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/ctl.h"
#include "lib/json.h"
#include "lib/util.h"

#define PIECE_BYTES 44997 /* 59996 in base64 */

struct import {
	const char *kind;
	const char *path;
	const char *format;
	bool is_dry;
	bool is_upsert;
	FILE *file;
	json_int_t size; /* 0: not known */
	json_int_t job;
};

static bool
take_word(struct ctl *ctl, int *at, struct import *import)
{
	const char *word = ctl->argv[*at];

	if (!strcmp(word, "--dry-run"))
		import->is_dry = true;
	else if (!strcmp(word, "--upsert"))
		import->is_upsert = true;
	else if (!strcmp(word, "--format") && *at + 1 < ctl->argc)
		import->format = ctl->argv[++*at];
	else if (word[0] == '-' && word[1])
		return false;
	else if (!import->kind)
		import->kind = word;
	else if (!import->path)
		import->path = word;
	else
		return false;
	return true;
}

static int
open_file(struct import *import)
{
	struct stat info;

	if (!strcmp(import->path, "-")) {
		import->file = stdin;
		return 0;
	}
	import->file = fopen(import->path, "re");
	if (!import->file) {
		(void) fprintf(stderr, "cardeactl: cannot read '%s': %s\n", import->path,
			       strerror(errno));
		return 1;
	}
	if (fstat(fileno(import->file), &info) == 0)
		import->size = info.st_size;
	return 0;
}

static int
begin(struct ctl *ctl, struct import *import)
{
	_cleanup_(json_decrefp) json_t *begun = NULL;

	if (ctl_call(ctl, "import.begin",
		     json_pack("{ss,ss,ss,sb}", "kind", import->kind, "format", import->format,
			       "mode", import->is_upsert ? "upsert" : "create", "dry_run",
			       import->is_dry),
		     &begun))
		return 1;
	import->job = json_integer_or(begun, "job", 0);
	return 0;
}

/* Until the file is through, or what follows cannot be read. */
static int
hand_over(struct ctl *ctl, const struct import *import, json_t **ret)
{
	unsigned char bytes[PIECE_BYTES];
	char text[PIECE_BYTES / 3 * 4 + 1];
	json_int_t sent = 0;
	size_t count;

	while ((count = fread(bytes, 1, sizeof(bytes), import->file)) > 0) {
		_cleanup_(json_decrefp) json_t *status = NULL;
		(void) EVP_EncodeBlock((unsigned char *) text, bytes, (int) count);
		if (ctl_call(ctl, "import.chunk",
			     json_pack("{sI,ss}", "job", import->job, "data", text), &status))
			return 1;
		sent += (json_int_t) count;
		if (import->size)
			ctl_print_bar(ctl, "checking", MIN_OF(sent, import->size), import->size);
		if (strcmp(json_string_or(status, "state", ""), "receiving") != 0) {
			*ret = steal(&status);
			return 0;
		}
	}
	return ctl_call(ctl, "import.end", json_pack("{sI}", "job", import->job), ret);
}

/* Steals status; a new reference of what it has become. */
static int
watch(struct ctl *ctl, const struct import *import, json_t **status)
{
	while (!strcmp(json_string_or(*status, "state", ""), "storing")) {
		json_t *next = NULL;
		ctl_wait_a_moment();
		if (ctl_call(ctl, "import.status", json_pack("{sI}", "job", import->job), &next))
			return 1;
		json_decref(*status);
		*status = next;
		ctl_print_bar(ctl, "storing", json_integer_or(next, "done", 0),
			      json_integer_or(next, "total", 0));
	}
	return 0;
}

static void
print_errors(const struct import *import, const json_t *status)
{
	const json_t *errors = json_object_get(status, "errors");
	json_int_t more =
		json_integer_or(status, "error_count", 0) - (json_int_t) json_array_size(errors);
	json_t *error;
	size_t i;

	json_array_foreach (errors, i, error) {
		json_int_t column = json_integer_or(error, "column", 0);
		const char *field = json_string_or(error, "field", "");
		(void) fprintf(stderr, "%s:%lld:", import->path,
			       (long long) json_integer_or(error, "line", 0));
		if (column)
			(void) fprintf(stderr, "%lld:", (long long) column);
		(void) fprintf(stderr, " %s%s%s\n", field, *field ? ": " : "",
			       json_string_or(error, "message", "?"));
	}
	if (more > 0)
		(void) fprintf(stderr, "cardeactl: and %lld more errors\n", (long long) more);
}

static int
show(const struct ctl *ctl, const struct import *import, const json_t *status)
{
	bool is_done = !strcmp(json_string_or(status, "state", ""), "done");
	long long created = json_integer_or(status, "created", 0);
	long long changed = json_integer_or(status, "changed", 0);

	if (ctl->is_json)
		(void) ctl_print_json(status);
	else
		print_errors(import, status);
	if (!is_done) {
		(void) fprintf(stderr, "cardeactl: nothing was imported\n");
		return 1;
	}
	if (!ctl->is_json)
		printf(import->is_dry ? "%lld would be created, %lld changed; nothing was stored\n"
				      : "%lld created, %lld changed\n",
		       created, changed);
	return 0;
}

static int
run(struct ctl *ctl, struct import *import)
{
	_cleanup_(json_decrefp) json_t *status = NULL;

	if (open_file(import) || begin(ctl, import) || hand_over(ctl, import, &status) ||
	    watch(ctl, import, &status))
		return 1;
	return show(ctl, import, status);
}

int
ctl_import(struct ctl *ctl)
{
	struct import import = { 0 };
	char kind[CTL_KIND_SIZE];
	bool is_known = true;

	for (int i = 0; i < ctl->argc && is_known; i++)
		is_known = take_word(ctl, &i, &import);
	if (!is_known || !import.path) {
		(void) fprintf(stderr, "cardeactl: import KIND FILE [--format csv|jsonl] "
				       "[--dry-run] [--upsert]\n");
		return 2;
	}
	ctl_take_kind(import.kind, kind);
	import.kind = kind;
	if (!import.format)
		import.format = ctl_format_of(import.path);
	int status = run(ctl, &import);
	if (import.file && import.file != stdin)
		(void) fclose(import.file);
	return status;
}
