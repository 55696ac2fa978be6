#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void
test_the_table_is_what_others_parse(void)
{
	static const char *const changes[] = { "-", "raise", "clear" };
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		fprintf(out, "%d %s %s %s %s %s %s %s\n", row->kind, row->name, row->msgid,
			events_severity_name(row->severity), events_category_name(row->category),
			changes[row->alarm_change], *row->alarm ? row->alarm : "-",
			row->is_notified ? "notified" : "-");
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("events.txt", text));
	free(text);
}

static void
test_every_row_is_unique_and_in_order(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		for (size_t k = 0; k < i; k++) {
			const struct event_row *before = events_at(k);
			CU_ASSERT(before->kind < row->kind);
			CU_ASSERT(strcmp(before->name, row->name));
			CU_ASSERT(strcmp(before->msgid, row->msgid));
		}
		CU_ASSERT_PTR_EQUAL(events_find(row->kind), row);
		CU_ASSERT_PTR_EQUAL(events_find_name(row->name), row);
	}
	CU_ASSERT(events_count() > 30);
}

static void
test_what_is_not_there_is_not_found(void)
{
	static const int64_t numbers[] = {
		0, -100, 99, 101, INT64_MIN, INT64_MAX, (INT64_C(1) << 32) + 100
	};

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++)
		CU_ASSERT_PTR_NULL(events_find(numbers[i]));
	CU_ASSERT_PTR_NULL(events_find_name(""));
	CU_ASSERT_PTR_NULL(events_find_name("access"));
	CU_ASSERT_PTR_NULL(events_find_name("access.granted "));
	CU_ASSERT_PTR_NULL(events_at(events_count()));
}

static void
test_numbers_stay_in_the_hundred_of_their_subject(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		CU_ASSERT(row->kind >= 100 && row->kind < 1000);
		/* A subject's prefix is of one hundred only. */
		for (size_t k = 0; k < i; k++)
			if (!strncmp(events_at(k)->msgid, row->msgid, 2))
				CU_ASSERT_EQUAL(events_at(k)->kind / 100, row->kind / 100);
	}
}

static void
test_message_ids_suit_rfc_5424_and_end_in_the_number(void)
{
	char digits[8];

	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		CU_ASSERT(memchr(row->msgid, 0, sizeof(row->msgid)) && strlen(row->msgid) <= 32);
		(void) snprintf(digits, sizeof(digits), "%d", row->kind);
		CU_ASSERT_STRING_EQUAL(row->msgid + 2, digits);
		for (const char *c = row->msgid; *c; c++)
			CU_ASSERT(isupper((unsigned char) *c) || isdigit((unsigned char) *c));
	}
}

static void
test_names_have_two_lower_case_words_and_rows_are_sane(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		const char *dot = strchr(row->name, '.');
		CU_ASSERT_PTR_NOT_NULL_FATAL(dot);
		CU_ASSERT(dot > row->name && dot[1]);
		CU_ASSERT_EQUAL(strspn(row->name, "abcdefghijklmnopqrstuvwxyz._"),
				strlen(row->name));
		CU_ASSERT_PTR_EQUAL(strrchr(row->name, '.'), dot);
		CU_ASSERT(row->severity <= 7);
		CU_ASSERT_NSTRING_EQUAL(row->topic, "tns1:", 5);
		CU_ASSERT(strlen(row->text) > 4 && isprint((unsigned char) row->text[0]));
		/* What somebody must do something about is never just for the record. */
		if (row->category == EVENT_AUDIT)
			CU_ASSERT_EQUAL(row->alarm_change, ALARM_NONE);
	}
}

static unsigned
count_changes(const char *alarm, enum event_alarm_change change)
{
	unsigned count = 0;

	for (size_t i = 0; i < events_count(); i++)
		if (!strcmp(events_at(i)->alarm, alarm) && events_at(i)->alarm_change == change)
			count++;
	return count;
}

static void
test_every_alarm_is_raised_by_one_kind_and_cleared_by_one_and_both_are_notified(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		CU_ASSERT_EQUAL(!*row->alarm, row->alarm_change == ALARM_NONE);
		if (row->alarm_change == ALARM_NONE)
			continue;
		/* A manager that hears of the one must hear of the other. */
		CU_ASSERT_TRUE(row->is_notified);
		CU_ASSERT_EQUAL(count_changes(row->alarm, ALARM_RAISE), 1);
		CU_ASSERT_EQUAL(count_changes(row->alarm, ALARM_CLEAR), 1);
		/* The end of an alarm is no worse than its begin. */
		for (size_t k = 0; k < events_count(); k++)
			if (!strcmp(events_at(k)->alarm, row->alarm) &&
			    row->alarm_change == ALARM_RAISE)
				CU_ASSERT(events_at(k)->severity >= row->severity);
	}
}

static void
test_placeholders_are_closed_and_fit(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		for (const char *c = events_at(i)->text; *c; c++) {
			CU_ASSERT_NOT_EQUAL(*c, '}');
			if (*c != '{')
				continue;
			size_t size = strspn(c + 1, "abcdefghijklmnopqrstuvwxyz_");
			CU_ASSERT(size > 0 && size < 32);
			CU_ASSERT_EQUAL_FATAL(c[size + 1], '}');
			c += size + 1;
		}
	}
}

static void
test_words_in_braces_are_members_of_the_event_or_its_data(void)
{
	const struct event_row *row = events_find(EV_ACCESS_DENIED);
	_cleanup_(json_decrefp) json_t *event =
		json_pack("{ss,s{ss,ss,ss}}", "reason", "Unauthorized", "data", "holder",
			  "Ada {door_name}", "door_name", "Front", "reason", "not this one");
	_cleanup_(json_decrefp) json_t *changed =
		json_pack("{ss,s{ss,si,s[b]}}", "actor", "account:ada", "data", "setting", "x",
			  "old", -3, "new", 1);
	char text[256];

	events_text(row, event, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "Access denied to Ada {door_name} at Front: Unauthorized");
	events_text(events_find(EV_SETTING_CHANGED), changed, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "account:ada changed x from -3 to [true]");
	events_text(row, NULL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "Access denied to ? at ?: ?");
}

static void
test_a_text_that_is_too_long_is_cut_and_ended(void)
{
	const struct event_row *row = events_find(EV_ACCESS_GRANTED);
	_cleanup_(freep) char *holder = xcalloc(1, 60001);
	char text[64];

	memset(holder, 'x', 60000);
	_cleanup_(json_decrefp) json_t *event =
		json_pack("{s{ss,ss}}", "data", "holder", holder, "door_name", "d");
	for (size_t size = 1; size < sizeof(text); size++) {
		memset(text, '!', sizeof(text));
		events_text(row, event, text, size);
		CU_ASSERT(strlen(text) < size);
		CU_ASSERT_EQUAL(strncmp(text,
					"Access granted to xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
					"xxxxxxxxx",
					strlen(text)),
				0);
		CU_ASSERT_EQUAL(text[size], '!');
	}
	CU_ASSERT_EQUAL(strlen(text), 62);
}

static void
test_severities_and_categories_have_their_standard_names(void)
{
	static const char *const severities[] = { "emergency", "alert",	 "critical", "error",
						  "warning",   "notice", "info",     "debug" };

	for (unsigned i = 0; i < 8; i++)
		CU_ASSERT_STRING_EQUAL(events_severity_name(i), severities[i]);
	CU_ASSERT_STRING_EQUAL(events_severity_name(8), "debug");
	CU_ASSERT_STRING_EQUAL(events_category_name(EVENT_ACCESS), "access");
	CU_ASSERT_STRING_EQUAL(events_category_name(EVENT_AUDIT), "audit");
	CU_ASSERT_STRING_EQUAL(events_category_name(EVENT_SYSTEM), "system");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_table_is_what_others_parse),
		TAP(test_every_row_is_unique_and_in_order),
		TAP(test_what_is_not_there_is_not_found),
		TAP(test_numbers_stay_in_the_hundred_of_their_subject),
		TAP(test_message_ids_suit_rfc_5424_and_end_in_the_number),
		TAP(test_names_have_two_lower_case_words_and_rows_are_sane),
		TAP(test_every_alarm_is_raised_by_one_kind_and_cleared_by_one_and_both_are_notified),
		TAP(test_placeholders_are_closed_and_fit),
		TAP(test_words_in_braces_are_members_of_the_event_or_its_data),
		TAP(test_a_text_that_is_too_long_is_cut_and_ended),
		TAP(test_severities_and_categories_have_their_standard_names),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
