#include "agent/store_import_read.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define COLUMNS_MAX 64

struct import_reader {
	enum import_format format;
	const struct model_kind *kind;
	const struct import_reader_ops *ops;
	void *context;
	char *text; /* the line so far */
	size_t size;
	int64_t line; /* how many are complete */
	bool is_broken;
	struct csv_parser csv;
	bool has_header;
	const struct field *columns[COLUMNS_MAX];
	unsigned column_count;
	/* The row so far, which may have several lines. */
	json_t *row;
	int64_t row_line;
	size_t row_size;
	unsigned cells;
	bool is_row_bad;
};

static void
tell(struct import_reader *reader, unsigned column, const char *field, const char *message)
{
	struct import_error error = { reader->row_line, column, field, message };

	reader->is_row_bad = true;
	reader->ops->on_error(&error, reader->context);
}

/* Nothing behind this can be understood. */
static int
give_up(struct import_reader *reader, unsigned column, const char *field, const char *message)
{
	if (!reader->is_broken)
		tell(reader, column, field, message);
	reader->is_broken = true;
	return -EBADMSG;
}

static void
take_name(struct import_reader *reader, const char *name)
{
	unsigned at = reader->cells;
	const struct field *field = import_field(reader->kind, name);

	if (at > COLUMNS_MAX) {
		(void) give_up(reader, at, "", "there are more columns than any kind has");
		return;
	}
	if (!field) {
		(void) give_up(reader, at, "",
			       "the first line names the fields; there is none of this name");
		return;
	}
	for (unsigned i = 0; i < reader->column_count; i++)
		if (reader->columns[i] == field)
			(void) give_up(reader, at, field->name, "this column is there twice");
	reader->columns[at - 1] = field;
	reader->column_count = at;
}

/* One value of the row. Steals value. */
static void
take_value(struct import_reader *reader, unsigned column, const struct field *field, json_t *value)
{
	struct field_error error;

	if (field_check(field, value, &error) < 0) {
		tell(reader, column, field->name, error.message);
		json_decref(value);
		return;
	}
	(void) json_object_set_new(reader->row, field->name, value);
}

static void
take_cell(struct import_reader *reader, const char *text)
{
	unsigned at = reader->cells;
	const struct field *field = at <= reader->column_count ? reader->columns[at - 1] : NULL;

	if (!field) {
		if (at == reader->column_count + 1)
			tell(reader, at, "", "there is no such column in the first line");
		return;
	}
	json_t *value = import_cell(field, text);
	if (value)
		take_value(reader, at, field, value);
	else if (*text)
		tell(reader, at, field->name, "a text in UTF-8");
}

static void
on_cell(void *bytes, size_t size, void *context)
{
	struct import_reader *reader = context;
	const char *text = bytes ? bytes : "";

	reader->cells++;
	if (reader->is_broken)
		return;
	if (strlen(text) != size)
		(void) give_up(reader, reader->cells, "", "this is no text");
	else if (reader->has_header)
		take_cell(reader, text);
	else
		take_name(reader, text);
}

static void
begin_row(struct import_reader *reader)
{
	json_decref(reader->row);
	reader->row = json_object();
	reader->row_line = reader->line + 1;
	reader->row_size = 0;
	reader->cells = 0;
	reader->is_row_bad = false;
}

static void
on_row(int end UNUSED, void *context)
{
	struct import_reader *reader = context;

	if (reader->is_broken)
		return;
	if (!reader->has_header) {
		reader->has_header = true;
		return;
	}
	if (reader->cells < reader->column_count)
		tell(reader, reader->cells, "", "the row has fewer columns than the first line");
	if (!reader->is_row_bad)
		reader->ops->on_row(reader->row_line, reader->row, reader->context);
}

static int
take_csv_line(struct import_reader *reader)
{
	/* A row begins, unless a cell with line breaks goes on. */
	if (!reader->csv.pstate)
		begin_row(reader);
	if (!reader->has_header && !reader->row_size && memchr(reader->text, ';', reader->size) &&
	    !memchr(reader->text, ',', reader->size))
		csv_set_delim(&reader->csv, ';');
	reader->row_size += reader->size;
	if (reader->row_size > IMPORT_ROW_MAX)
		return give_up(reader, 0, "", "the row is too long");
	size_t parsed =
		csv_parse(&reader->csv, reader->text, reader->size, on_cell, on_row, reader);
	if (parsed != reader->size)
		return give_up(reader, reader->cells + 1, "",
			       "a quotation mark within a cell is written twice, and the cell in "
			       "quotation marks");
	return reader->is_broken ? -EBADMSG : 0;
}

/* White space alone says nothing. */
static bool
is_blank(const struct import_reader *reader)
{
	for (size_t i = 0; i < reader->size; i++)
		if (!memchr(" \t\r\n", reader->text[i], 4))
			return false;
	return true;
}

static int
take_json_line(struct import_reader *reader)
{
	_cleanup_(json_decrefp) json_t *object = NULL;
	const char *name;
	json_t *value;

	if (is_blank(reader))
		return 0;
	begin_row(reader);
	if (json_read(reader->text, reader->size, &object) < 0) {
		tell(reader, 0, "", "one JSON object a line");
		return 0;
	}
	json_object_foreach (object, name, value) {
		const struct field *field = import_field(reader->kind, name);
		if (field)
			take_value(reader, 0, field, json_incref(value));
		else
			tell(reader, 0, name, "not known here");
	}
	if (!reader->is_row_bad)
		reader->ops->on_row(reader->row_line, reader->row, reader->context);
	return 0;
}

static int
take_line(struct import_reader *reader)
{
	static const char bom[] = "\xef\xbb\xbf";
	size_t skip = strlen(bom);

	if (reader->line == 0 && reader->size >= skip && !memcmp(reader->text, bom, skip)) {
		reader->size -= skip;
		memmove(reader->text, reader->text + skip, reader->size);
	}
	int r = reader->format == IMPORT_CSV ? take_csv_line(reader) : take_json_line(reader);
	reader->line++;
	reader->size = 0;
	return r;
}

int
import_reader_feed(struct import_reader *reader, const void *bytes, size_t size)
{
	const char *text = bytes;

	while (size && !reader->is_broken) {
		const char *newline = memchr(text, '\n', size);
		size_t count = newline ? (size_t) (newline + 1 - text) : size;
		if (count > IMPORT_ROW_MAX - reader->size) {
			reader->row_line = reader->line + 1;
			return give_up(reader, 0, "", "the line is too long");
		}
		memcpy(reader->text + reader->size, text, count);
		reader->size += count;
		text += count;
		size -= count;
		if (newline)
			(void) take_line(reader);
	}
	return reader->is_broken ? -EBADMSG : 0;
}

int
import_reader_end(struct import_reader *reader)
{
	if (reader->size && !reader->is_broken)
		(void) take_line(reader);
	if (reader->is_broken || reader->format != IMPORT_CSV)
		return reader->is_broken ? -EBADMSG : 0;
	if (csv_fini(&reader->csv, on_cell, on_row, reader))
		return give_up(reader, reader->cells + 1, "",
			       "the quotation mark that opens this cell is never closed");
	if (!reader->has_header) {
		reader->row_line = 1;
		return give_up(reader, 0, "", "the first line names the fields");
	}
	return 0;
}

int64_t
import_reader_lines(const struct import_reader *reader)
{
	return reader->line;
}

unsigned
import_reader_column(const struct import_reader *reader, const char *field)
{
	for (unsigned i = 0; i < reader->column_count; i++)
		if (!strcmp(reader->columns[i]->name, field))
			return i + 1;
	return 0;
}

struct import_reader *
import_reader_new(enum import_format format, const struct model_kind *kind,
		  const struct import_reader_ops *ops, void *context)
{
	struct import_reader *reader = xcalloc(1, sizeof(*reader));

	*reader = (struct import_reader){
		.format = format,
		.kind = kind,
		.ops = ops,
		.context = context,
		.text = xcalloc(1, IMPORT_ROW_MAX),
	};
	if (csv_init(&reader->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
		abort();
	return reader;
}

void
import_reader_free(struct import_reader *reader)
{
	if (!reader)
		return;
	csv_free(&reader->csv);
	json_decref(reader->row);
	explicit_bzero(reader->text, IMPORT_ROW_MAX);
	free(reader->text);
	free(reader);
}
