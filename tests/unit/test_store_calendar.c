#include "agent/store_calendar.h"
#include "lib/calendar.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define BEGIN "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n"
#define END   "END:VCALENDAR\r\n"
/* Its DTSTART is on line 5 and more. */
#define EVENT(lines) "BEGIN:VEVENT\r\nUID:1\r\n" lines "END:VEVENT\r\n"

static struct store_calendar calendar;
static struct store_calendar_error error;

static int
read_all(const char *text)
{
	store_calendar_done(&calendar);
	error = (struct store_calendar_error){ 0 };
	return store_calendar_read(text, calendar_day_of(2026, 1, 1), &calendar, &error);
}

/* What a calendar of one event gives: its days as canonical JSON, or why it was passed over. */
static bool
gives(const char *text, const char *want)
{
	CU_ASSERT_EQUAL_FATAL(read_all(text), 0);
	const json_t *reason = json_array_get(calendar.reasons, 0);
	_cleanup_(freep) char *days = json_canonical(calendar.days);
	const char *said = reason ? json_string_or(reason, "reason", "") : days;
	bool is_so = !strcmp(said, want);

	if (!is_so)
		printf("# it gave %s\n", said);
	return is_so;
}

#define DAY(date, days, except, label, rule)                                                    \
	"{\"date\":\"" date "\",\"days\":" days ",\"except\":\"" except "\",\"label\":\"" label \
	"\",\"rule\":\"" rule "\"}"

static void
test_a_holiday_of_one_day_is_taken_with_its_name(void)
{
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "DTEND;VALUE=DATE:20261226\r\n"
					 "SUMMARY:Christmas\\, first day\r\n") END,
			     "[" DAY("2026-12-25", "1", "", "Christmas, first day", "") "]"));
	CU_ASSERT_EQUAL(calendar.taken, 1);
	CU_ASSERT_EQUAL(calendar.passed_over, 0);
}

static void
test_the_end_is_exclusive_and_one_day_without_it(void)
{
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261224\r\n"
					 "DTEND;VALUE=DATE:20270102\r\n") END,
			     "[" DAY("2026-12-24", "9", "", "", "") "]"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261224\r\n") END,
			     "[" DAY("2026-12-24", "1", "", "", "") "]"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261224\r\n"
					 "DTEND;VALUE=DATE:20261224\r\n") END,
			     "[" DAY("2026-12-24", "1", "", "", "") "]"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261224\r\n"
					 "DURATION:P1W\r\n") END,
			     "[" DAY("2026-12-24", "7", "", "", "") "]"));
}

static void
test_a_yearly_rule_and_its_exceptions_are_kept(void)
{
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20200525\r\n"
					 "RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO\r\n"
					 "EXDATE;VALUE=DATE:20270531,20280529\r\n"
					 "SUMMARY:Memorial Day\r\n") END,
			     "[" DAY("2020-05-25", "1", "2027-05-31,2028-05-29", "Memorial Day",
				     "FREQ=YEARLY;BYDAY=-1MO;BYMONTH=5") "]"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20200101\r\n"
					 "RRULE:FREQ=YEARLY;UNTIL=20301231T235959Z\r\n") END,
			     "[" DAY("2020-01-01", "1", "", "", "FREQ=YEARLY;UNTIL=20301231") "]"));
}

static void
test_further_dates_are_days_of_their_own(void)
{
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20260403\r\n"
					 "RDATE;VALUE=DATE:20270326,20280414\r\n"
					 "SUMMARY:Good Friday\r\n") END,
			     "[" DAY("2026-04-03", "1", "", "Good Friday", "") "," //
			     DAY("2027-03-26", "1", "", "Good Friday", "") ","	   //
			     DAY("2028-04-14", "1", "", "Good Friday", "") "]"));
	CU_ASSERT_EQUAL(calendar.taken, 1);
}

static void
test_what_is_no_holiday_is_passed_over_with_the_reason_and_the_line(void)
{
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART:20261225T100000Z\r\n"
					 "SUMMARY:Meeting\r\n") END,
			     "it is not of whole days: DTSTART has a time"));
	CU_ASSERT_EQUAL(json_integer_or(json_array_get(calendar.reasons, 0), "line", 0), 4);
	CU_ASSERT_STRING_EQUAL(json_string_or(json_array_get(calendar.reasons, 0), "summary", ""),
			       "Meeting");
	CU_ASSERT_EQUAL(calendar.passed_over, 1);
	CU_ASSERT_TRUE(gives(BEGIN EVENT("SUMMARY:Nothing\r\n") END, "it has no DTSTART"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "STATUS:CANCELLED\r\n") END,
			     "it is cancelled"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "RRULE:FREQ=WEEKLY\r\n") END,
			     "RRULE: special days come yearly"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "RRULE:FREQ=YEARLY;BYYEARDAY=100\r\n") END,
			     "RRULE, 'BYYEARDAY' is not known here"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "DTEND;VALUE=DATE:20281225\r\n") END,
			     "it lasts for less than 1 or more than 366 days"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20251224\r\n") END, "it is over"));
	CU_ASSERT_TRUE(gives(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					 "RECURRENCE-ID;VALUE=DATE:20261226\r\n") END,
			     "it moves one day of another event"));
}

static void
test_a_rule_that_cannot_be_read_does_not_become_a_day_without_one(void)
{
	CU_ASSERT_EQUAL(read_all(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					     "RRULE:FREQ=SOMETIMES\r\n") END),
			0);
	CU_ASSERT_EQUAL(calendar.taken, 0);
	CU_ASSERT_EQUAL(calendar.passed_over, 1);
	CU_ASSERT_EQUAL(read_all(BEGIN EVENT("DTSTART;VALUE=DATE:20261399\r\n") END), 0);
	CU_ASSERT_EQUAL(calendar.taken, 0);
}

static void
test_a_broken_file_is_refused_with_the_line(void)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *message;
	} files[] = {
		{ "", 0, "no calendar" },
		{ "hello", 1, "no line such as NAME:value" },
		{ "BEGIN:VEVENT\n", 1, "a calendar begins with BEGIN:VCALENDAR" },
		{ "VERSION:2.0\n", 1, "a calendar begins with BEGIN:VCALENDAR" },
		{ "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VCALENDAR\n", 3,
		  "END:VCALENDAR without its BEGIN" },
		{ "BEGIN:VCALENDAR\nBEGIN:VEVENT\n", 2, "the file ends before END:VEVENT" },
		{ "BEGIN:VCALENDAR\nVERSION:2.0\n<html>\nEND:VCALENDAR\n", 3,
		  "no line such as NAME:value" },
		{ "BEGIN:VCALENDAR\nX:\001\nEND:VCALENDAR\n", 2, "a control character" },
		{ "BEGIN:VCALENDAR\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\nBEGIN:A\n", 7,
		  "BEGIN: nested too deeply, or of too long a name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		CU_ASSERT_EQUAL(read_all(files[i].text), -EINVAL);
		CU_ASSERT_EQUAL(error.line, files[i].line);
		CU_ASSERT_STRING_EQUAL(error.message, files[i].message);
	}
}

static void
test_long_lines_go_on_in_the_next_and_marks_at_the_beginning_are_nothing(void)
{
	CU_ASSERT_TRUE(gives("\xef\xbb\xbf" BEGIN EVENT("DTSTART;VALUE=DATE:2026\r\n 1225\r\n"
							"SUMMARY:A very long na\r\n me\r\n") END,
			     "[" DAY("2026-12-25", "1", "", "A very long name", "") "]"));
}

static void
test_a_name_is_cut_at_a_whole_character(void)
{
	CU_ASSERT_EQUAL(read_all(BEGIN EVENT("DTSTART;VALUE=DATE:20261225\r\n"
					     "SUMMARY:xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
					     "xxxxxx\xc3\xbc\\nx\r\n") END),
			0);
	const char *label = json_string_or(json_array_get(calendar.days, 0), "label", "");
	CU_ASSERT_EQUAL(strlen(label), 47);
}

static void
test_what_is_read_is_what_the_model_takes(void)
{
	const struct model_kind *kind = model_find("special_days");
	struct field_error field_error;

	CU_ASSERT_EQUAL(read_all(BEGIN EVENT("DTSTART;VALUE=DATE:20200525\r\n"
					     "RRULE:FREQ=YEARLY;INTERVAL=2;COUNT=9\r\n"
					     "SUMMARY:Tag der \xc3\xbc\r\n") END),
			0);
	_cleanup_(json_decrefp) json_t *group =
		json_pack("{ss,sO}", "name", "Holidays", "days", calendar.days);
	CU_ASSERT_EQUAL(field_check_object(&kind->fields, group, &field_error), 0);
	CU_ASSERT_EQUAL(model_check(kind, group, &field_error), 0);
}

static void
test_more_days_than_a_group_has_are_refused_as_a_whole(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	fprintf(out, BEGIN);
	for (int i = 0; i < 367; i++)
		fprintf(out, EVENT("DTSTART;VALUE=DATE:%d0101\r\n"), 2026 + i % 70);
	fprintf(out, END);
	(void) fclose(out);
	CU_ASSERT_EQUAL(read_all(text), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.message, "more than 366 days, which a group has at most");
	freep(&text);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_holiday_of_one_day_is_taken_with_its_name),
		TAP(test_the_end_is_exclusive_and_one_day_without_it),
		TAP(test_a_yearly_rule_and_its_exceptions_are_kept),
		TAP(test_further_dates_are_days_of_their_own),
		TAP(test_what_is_no_holiday_is_passed_over_with_the_reason_and_the_line),
		TAP(test_a_rule_that_cannot_be_read_does_not_become_a_day_without_one),
		TAP(test_a_broken_file_is_refused_with_the_line),
		TAP(test_long_lines_go_on_in_the_next_and_marks_at_the_beginning_are_nothing),
		TAP(test_a_name_is_cut_at_a_whole_character),
		TAP(test_what_is_read_is_what_the_model_takes),
		TAP(test_more_days_than_a_group_has_are_refused_as_a_whole),
	};

	int status = tap_main(tests, ARRAY_LEN(tests));
	store_calendar_done(&calendar);
	return status;
}
