/* sources: agent/store_import_read.c agent/store_import_cell.c lib/field.c lib/clock.c */
/* sources: lib/json.c lib/util.c lib/log.c lib/calendar.c lib/rrule.c lib/cardformat.c */
/* sources: lib/cardformat_shape.c lib/cardformat_table.c lib/feedback.c lib/role.c */
/* sources: lib/model_format.c lib/model_format_shape.c */
/* sources: lib/model.c lib/model_access.c lib/model_credential.c lib/model_door.c */
/* sources: lib/model_feedback.c lib/model_input.c lib/model_interlock.c lib/model_module.c */
/* sources: lib/model_certificate.c lib/model_log_server.c */
/* sources: lib/model_output.c lib/model_person.c lib/model_reader.c lib/model_schedule.c */
/* libs: jansson */
/* links: -lcsv */
/*
 * A file of objects that somebody else has made, in pieces of any size. The first byte says the
 * format, the kind and the pieces.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_import_read.h"
#include "lib/json.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = { "person", "credential", "schedule", "access_profile" };

struct seen {
	const struct model_kind *kind;
	int64_t line;
	unsigned errors;
};

/* What is handed over is right member by member, and rows only go forward. */
static void
on_row(int64_t line, json_t *object, void *context)
{
	struct seen *seen = context;
	struct field_error error;
	const char *name;
	json_t *value;

	if (line <= seen->line)
		abort();
	seen->line = line;
	json_object_foreach (object, name, value) {
		const struct field *field = import_field(seen->kind, name);
		if (!field || field_check(field, value, &error) < 0)
			abort();
	}
}

static void
on_error(const struct import_error *error, void *context)
{
	struct seen *seen = context;

	if (error->line < seen->line || !*error->message)
		abort();
	seen->errors++;
}

static const struct import_reader_ops ops = { on_row, on_error };

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	enum import_format format = data[0] & 1 ? IMPORT_JSONL : IMPORT_CSV;
	struct seen seen = { .kind = model_find(kinds[data[0] >> 1 & 3]) };
	size_t piece = (size_t) (data[0] >> 3) * 7 + 1;
	struct import_reader *reader = import_reader_new(format, seen.kind, &ops, &seen);

	for (size_t at = 1; at < size; at += piece)
		if (import_reader_feed(reader, data + at, MIN_OF(piece, size - at)) < 0)
			break;
	if (import_reader_end(reader) < 0 && !seen.errors)
		abort();
	import_reader_free(reader);
	return 0;
}
