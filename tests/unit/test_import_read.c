/* agent/store_import_read.c: bytes as objects, and what is wrong with them. */
#include "agent/store_import_read.h"

#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static char *said;

static void PRINTF(1, 2) say(const char *format, ...)
{
	char line[400];
	va_list args;

	va_start(args, format);
	(void) vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	char *before = said;
	said = xasprintf("%s%s\n", before, line);
	free(before);
}

static void
on_row(int64_t line, json_t *object, void *context UNUSED)
{
	_cleanup_(freep) char *text = json_canonical(object);

	say("%lld %s", (long long) line, text);
}

static void
on_error(const struct import_error *error, void *context UNUSED)
{
	say("%lld:%u %s: %s", (long long) error->line, error->column, error->field, error->message);
}

static const struct import_reader_ops ops = { on_row, on_error };

/* In pieces of so many bytes. */
static void
read_in(enum import_format format, const char *kind, const char *text, size_t piece)
{
	struct import_reader *reader = import_reader_new(format, model_find(kind), &ops, NULL);
	size_t size = strlen(text);

	free(said);
	said = xstrdup("");
	for (size_t at = 0; at < size; at += piece)
		if (import_reader_feed(reader, text + at, MIN_OF(piece, size - at)) < 0)
			break;
	(void) import_reader_end(reader);
	import_reader_free(reader);
}

/* Whatever it is cut into, it says the same. */
static void
reads(enum import_format format, const char *kind, const char *text, const char *expected)
{
	for (size_t piece = 1; piece <= strlen(text) + 1; piece++) {
		read_in(format, kind, text, piece);
		CU_ASSERT_STRING_EQUAL(said, expected);
		if (strcmp(said, expected)) {
			(void) fprintf(stderr, "# in pieces of %zu:\n%s", piece, said);
			return;
		}
	}
}

static void
test_cells_become_values_of_their_fields(void)
{
	reads(IMPORT_CSV, "credential",
	      "person,card,doors,duress,status\n7,1603,1 2,yes,lost\n,1,\"1;2,3\",0,\n",
	      "2 {\"card\":1603,\"doors\":[1,2],\"duress\":true,\"person\":7,\"status\":\"lost\"}\n"
	      "3 {\"card\":1,\"doors\":[1,2,3],\"duress\":false,\"person\":0,\"status\":"
	      "\"enabled\"}\n");
	reads(IMPORT_CSV, "person", "name,profiles\nAda,\"[{\"\"profile\"\":3}]\"\nBob,[]\n",
	      "2 {\"name\":\"Ada\",\"profiles\":[{\"profile\":3}]}\n"
	      "3 {\"name\":\"Bob\",\"profiles\":[]}\n");
}

static void
test_semicolons_marks_and_line_ends_of_others_are_taken(void)
{
	reads(IMPORT_CSV, "person", "\xef\xbb\xbfname;reference\r\n\r\n\"A; \"\"b\"\"\";7\r\n",
	      "3 {\"name\":\"A; \\\"b\\\"\",\"reference\":\"7\"}\n");
	reads(IMPORT_CSV, "person", "name\nwithout an end", "2 {\"name\":\"without an end\"}\n");
}

static void
test_each_wrong_cell_is_told_by_line_and_column(void)
{
	reads(IMPORT_CSV, "credential",
	      "card,duress,doors,id\nx,perhaps,1 x,0\n1\n1,,,,5\n-1,no,65,1\n",
	      "2:1 card: a whole number from 0 to 274877906943\n"
	      "2:2 duress: true or false\n"
	      "2:3 doors: a list of door numbers, 256 at most\n"
	      "2:4 id: a whole number from 1 to 2147483647\n"
	      "3:1 : the row has fewer columns than the first line\n"
	      "4:5 : there is no such column in the first line\n"
	      "5:1 card: a whole number from 0 to 274877906943\n"
	      "5:3 doors: door numbers from 1 to 64\n");
	reads(IMPORT_CSV, "person", "name,reference\n\"two\nlines\",7\nBob,\xff\n",
	      "2:1 name: a text without control characters\n"
	      "4:2 reference: a text in UTF-8\n");
}

static void
test_what_cannot_be_understood_ends_it_with_one_error(void)
{
	reads(IMPORT_CSV, "person", "name,age\nAda,36\n",
	      "1:2 : the first line names the fields; there is none of this name\n");
	reads(IMPORT_CSV, "person", "name,name\nAda,36\n",
	      "1:2 name: this column is there twice\n");
	reads(IMPORT_CSV, "person", "name\n\"Ada\nBob\n",
	      "2:1 : the quotation mark that opens this cell is never closed\n");
	reads(IMPORT_CSV, "person", "name\nA\"d\"a\nBob\n",
	      "2:1 : a quotation mark within a cell is written twice, and the cell in quotation "
	      "marks\n");
	reads(IMPORT_CSV, "person", "\n", "1:0 : the first line names the fields\n");
}

static void
test_json_lines_are_objects_of_known_fields(void)
{
	reads(IMPORT_JSONL, "person",
	      "{\"name\":\"Ada\",\"id\":4}\n\n[]\n{\"name\":1,\"nam\":2}\n{\"name\":\"Bob\"}",
	      "1 {\"id\":4,\"name\":\"Ada\"}\n"
	      "3:0 : one JSON object a line\n"
	      "4:0 name: a text of 1 to 64 bytes\n"
	      "4:0 nam: not known here\n"
	      "5 {\"name\":\"Bob\"}\n");
}

static void
test_a_line_has_an_end(void)
{
	_cleanup_(freep) char *text = xcalloc(1, IMPORT_ROW_MAX + 16);

	(void) memset(text, 'x', IMPORT_ROW_MAX + 8);
	memcpy(text, "name\n", 5);
	read_in(IMPORT_CSV, "person", text, 4096);
	CU_ASSERT_STRING_EQUAL(said, "2:0 : the line is too long\n");
	/* Nor may a cell go on for ever, line by line. */
	(void) memset(text + 5, '\n', IMPORT_ROW_MAX + 3);
	text[5] = '"';
	read_in(IMPORT_CSV, "person", text, 4096);
	CU_ASSERT_STRING_EQUAL(said, "2:0 : the row is too long\n");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_cells_become_values_of_their_fields),
		TAP(test_semicolons_marks_and_line_ends_of_others_are_taken),
		TAP(test_each_wrong_cell_is_told_by_line_and_column),
		TAP(test_what_cannot_be_understood_ends_it_with_one_error),
		TAP(test_json_lines_are_objects_of_known_fields),
		TAP(test_a_line_has_an_end),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
