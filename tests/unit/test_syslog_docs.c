/* docs/syslog.md says what a message holds: its tables are made here, of the tables in the code. */
#include "lib/events.h"
#include "lib/util.h"
#include "syslog/alarm.h"
#include "syslog/message.h"
#include "syslog/message_journal.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_MAX (128 * 1024)
#define BEGIN	 "<!-- made by tests/unit/test_syslog_docs.c: CARDEA_UPDATE_GOLDEN=1 -->\n"
#define END	 "<!-- end -->"

static void
print_parameters(FILE *out, const struct message_fixed *rows, size_t count)
{
	(void) fprintf(out, "| parameter | type | is |\n|---|---|---|\n");
	for (size_t i = 0; i < count; i++)
		(void) fprintf(out, "| `%s` | %s | %s |\n", rows[i].name, rows[i].type,
			       rows[i].doc);
}

/* The members of data that the text of a kind names; there may be more. */
static void
print_members(FILE *out, const struct event_row *row)
{
	const char *separator = "";

	for (const char *c = row->text; (c = strchr(c, '{')); c++) {
		size_t size = strcspn(c + 1, "}");
		bool is_fixed = !strncmp(c + 1, "actor", size) || !strncmp(c + 1, "reason", size);
		if (!is_fixed)
			(void) fprintf(out, "%s`%.*s`", separator, (int) size, c + 1);
		if (!is_fixed)
			separator = " ";
	}
}

static void
print_kind(FILE *out, const struct event_row *row)
{
	bool is_alarm = row->alarm_change != ALARM_NONE;

	(void) fprintf(out, "| %s | `%s` | %s | %s | %s | ", row->msgid, row->name,
		       events_severity_name(row->severity), events_category_name(row->category),
		       is_alarm ? alarm_find(row)->probable_cause : "");
	(void) fprintf(out, "%s | ", is_alarm ? alarm_severity(row) : "");
	print_members(out, row);
	(void) fprintf(out, " |\n");
}

static char *
print_tables(void)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	(void) fprintf(out, "\n`cardeaEvent@32473`:\n\n");
	print_parameters(out, message_fixed, message_fixed_count);
	(void) fprintf(out, "\n`cardeaJournal@32473`, of entries of the journal:\n\n");
	print_parameters(out, message_journal_fixed, message_journal_fixed_count);
	(void) fprintf(out, "\nKinds of events, and those members of their data that the text "
			    "names; there may be more:\n\n"
			    "| MSGID | kind | severity | category | probableCause | "
			    "perceivedSeverity | members |\n|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < events_count(); i++)
		print_kind(out, events_at(i));
	(void) fprintf(out, "\n");
	(void) fclose(out);
	return text;
}

static void
test_the_tables_of_the_page_are_those_of_the_code(void)
{
	const char *dir = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/docs/syslog.md", dir ? dir : ".");
	_cleanup_(freep) char *page = xcalloc(1, PAGE_MAX);
	_cleanup_(freep) char *tables = print_tables();

	CU_ASSERT_FATAL(read_file(path, page, PAGE_MAX) > 0);
	char *begin = strstr(page, BEGIN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(begin);
	begin += strlen(BEGIN);
	const char *end = strstr(begin, END);
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	_cleanup_(freep) char *current =
		xasprintf("%.*s%s%s", (int) (begin - page), page, tables, end);
	if (getenv("CARDEA_UPDATE_GOLDEN")) {
		CU_ASSERT_EQUAL(write_file_atomic(path, current, strlen(current), 0644), 0);
	} else if (strcmp(current, page) != 0) {
		printf("# docs/syslog.md is not current: CARDEA_UPDATE_GOLDEN=1 writes it anew\n");
		CU_FAIL("docs/syslog.md is not current");
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_tables_of_the_page_are_those_of_the_code),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
