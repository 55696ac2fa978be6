#include "lib/enterprise.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"
#include "lib/zone.h"
#include "syslog/alarm.h"
#include "syslog/message.h"
#include "syslog/record.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define BOOT "6a1c0f1e-7b0a-4b53-9d0e-1f2a3b4c5d6e"

static const struct record_sender sender = {
	.hostname = "door1.example.org",
	.address = "192.0.2.7",
	.procid = "815",
	.version = "0.1.0",
	.boot = BOOT,
	.mono_us = 812345900,
	.accuracy_us = 1500,
	.facility = { 10, 13, 3 },
};

static char record[RECORD_MAX + 1];
static char line[RECORD_MAX + 1];

/* The record of an event, whose text may be in any form, as a string. */
static size_t
write_as(enum record_format format, const struct record_sender *by, const char *event, size_t max)
{
	static struct message message;
	_cleanup_(json_decrefp) json_t *object = NULL;

	CU_ASSERT_EQUAL_FATAL(json_read(event, strlen(event), &object), 0);
	_cleanup_(freep) char *canonical = json_canonical(object);
	(void) snprintf(line, sizeof(line), "{\"event\":%.60000s,\"hash\":\"" HASH "\"}",
			canonical);
	CU_ASSERT_EQUAL_FATAL(message_read_event(line, strlen(line), &message), 0);
	size_t size = record_write(format, by, &message, max, record);
	record[size] = 0;
	return size;
}

static size_t
write_event(const char *event)
{
	return write_as(RECORD_RFC5424, &sender, event, RECORD_STREAM);
}

static bool
has(const char *part)
{
	return strstr(record, part) != NULL;
}

/* An event with size characters of a letter as its text. */
static char *
event_with_text(const char *letter, size_t count, const char *data)
{
	size_t size = strlen(letter);
	_cleanup_(freep) char *text = xcalloc(count + 1, size + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * size, letter, size);
	return xasprintf("{\"seq\":1,\"number\":100,\"kind\":\"access.granted\","
			 "\"data\":%s,\"text\":\"%s\"}",
			 data, text);
}

static void
test_records_of_every_format_match_the_golden_file(void)
{
	const char *dir = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/tests/golden/syslog.txt", dir ? dir : ".");
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	_cleanup_(freep) char *text = NULL;
	static char in[RECORD_MAX];
	size_t size;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	FILE *out = open_memstream(&text, &size);
	while (fgets(in, sizeof(in), file)) {
		in[strcspn(in, "\n")] = 0;
		if (in[0] == '#')
			(void) fprintf(out, "%s\n", in);
		if (in[0] != '{')
			continue;
		(void) fprintf(out, "\n%s\n", in);
		for (unsigned format = 0; format < RECORD_FORMATS; format++) {
			(void) write_as((enum record_format) format, &sender, in, RECORD_STREAM);
			(void) fprintf(out, "%s\n", record);
		}
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("syslog.txt", text));
}

static void
test_control_characters_never_get_into_a_record(void)
{
	(void) write_event("{\"number\":601,\"seq\":3,\"text\":\"a\\nb\\u0085c\\u007fd\\t\","
			   "\"data\":{\"account\":\"q\\\"b\\\\s]e\\r\"}}");
	CU_ASSERT(has(" account=\"q\\\"b\\\\s\\]e?\""));
	CU_ASSERT(has("] a?b?c?d?"));
	for (unsigned format = 0; format < RECORD_FORMATS; format++) {
		size_t size =
			write_as((enum record_format) format, &sender,
				 "{\"seq\":1,\"text\":\"\\u0001\\u001f\\n\\r\\u009f\"}", 2048);
		for (size_t i = 0; i < size; i++)
			CU_ASSERT((unsigned char) record[i] >= ' ' && record[i] != 0x7f);
	}
}

static void
test_a_byte_order_mark_precedes_only_text_that_is_not_ascii(void)
{
	(void) write_event("{\"seq\":1,\"text\":\"door\"}");
	CU_ASSERT(has("] door"));
	(void) write_event("{\"seq\":1,\"text\":\"T\\u00fcr\"}");
	CU_ASSERT(has("] \xef\xbb\xbfT\xc3\xbcr"));
	(void) write_event("{\"seq\":1,\"data\":{\"name\":\"T\\u00fcr\"},\"text\":\"door\"}");
	CU_ASSERT(has(" name=\"T\xc3\xbcr\"] door"));
	(void) write_as(RECORD_RFC3164, &sender, "{\"seq\":1,\"text\":\"T\\u00fcr\"}", 2048);
	CU_ASSERT(has(": T\xc3\xbcr"));
}

static void
test_no_record_is_larger_than_it_may_be_and_what_is_cut_is_marked(void)
{
	static const size_t limits[] = { 480, 481, 600, 1024, 2048, 8192, 60000 };
	static const char *const letters[] = { "x", "\xc3\xa9", "\xe2\x82\xac", "\\\"", "]" };

	for (size_t i = 0; i < ARRAY_LEN(limits) * ARRAY_LEN(letters) * RECORD_FORMATS; i++) {
		size_t limit = limits[i % ARRAY_LEN(limits)];
		const char *letter = letters[i / ARRAY_LEN(limits) % ARRAY_LEN(letters)];
		enum record_format format =
			(enum record_format)(i / ARRAY_LEN(limits) / ARRAY_LEN(letters));
		_cleanup_(freep) char *event =
			event_with_text(letter, MIN_OF(limit, 59000 / strlen(letter)), "{\"a\":1}");
		size_t size = write_as(format, &sender, event, limit);
		CU_ASSERT(size <= limit);
		CU_ASSERT(limit > 50000 || size > limit - 16);
		CU_ASSERT(limit > 50000 || has("[...]"));
		_cleanup_(json_decrefp) json_t *text = json_string(record);
		CU_ASSERT_PTR_NOT_NULL(text); /* which is of UTF-8 alone */
	}
}

static void
test_what_fits_is_not_cut(void)
{
	_cleanup_(freep) char *event = event_with_text("x", 7000, "{\"a\":1}");

	(void) write_event(event);
	CU_ASSERT_FALSE(has("[...]"));
	CU_ASSERT_FALSE(has("cut="));
	CU_ASSERT(has(" a=\"1\"]"));
}

/* {"name00":value,"name01":value} and so on. */
static char *
data_with(unsigned count, const char *value)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (unsigned i = 0; i < count; i++)
		(void) fprintf(out, "%s\"name%02u\":%s", i ? "," : "{", i, value);
	(void) fprintf(out, "}");
	(void) fclose(out);
	return text;
}

static void
test_structured_data_that_is_too_long_is_left_out_and_said_so(void)
{
	char value[2403] = "\"";

	for (unsigned i = 0; i < 1200; i++)
		memcpy(value + 1 + 2 * i, "\\\"", 2);
	value[2401] = '"';
	_cleanup_(freep) char *data = data_with(20, value);
	_cleanup_(freep) char *event =
		xasprintf("{\"seq\":1,\"data\":%s,\"text\":\"the text\"}", data);
	CU_ASSERT(write_event(event) <= RECORD_STREAM);
	CU_ASSERT(has("\\\"[...\\]\" name01=\""));
	CU_ASSERT(has(" cut=\"true\"] the text"));
	CU_ASSERT_FALSE(has("name19"));
	(void) write_as(RECORD_RFC5424, &sender, event, RECORD_MIN);
	CU_ASSERT(has("[cardeaEvent@32473 seq=\"1\""));
	CU_ASSERT(has(" cut=\"true\"] the text"));
}

static void
test_one_long_value_is_whole_when_there_is_room_for_it(void)
{
	_cleanup_(freep) char *value = xcalloc(1, 50003);

	memset(value, 'x', 50002);
	value[0] = value[50001] = '"';
	_cleanup_(freep) char *data = data_with(1, value);
	_cleanup_(freep) char *event = xasprintf("{\"seq\":1,\"data\":%s}", data);
	CU_ASSERT(write_as(RECORD_RFC5424, &sender, event, RECORD_MAX) > 50000);
	CU_ASSERT_FALSE(has("[...") || has("cut="));
}

static void
test_more_data_than_a_record_has_room_for_is_said_to_be_cut(void)
{
	_cleanup_(freep) char *data = data_with(150, "7");
	_cleanup_(freep) char *event = xasprintf("{\"seq\":1,\"data\":%s}", data);

	(void) write_event(event);
	CU_ASSERT(has(" name100=\"7\" "));
	CU_ASSERT_FALSE(has("name99"));
	CU_ASSERT(has("=\"7\" cut=\"true\"] "));
}

static void
test_the_sequence_id_is_the_events_and_wraps_to_one(void)
{
	static const struct {
		const char *event;
		const char *id;
	} cases[] = {
		{ "{\"seq\":1}", "[meta sequenceId=\"1\"" },
		{ "{\"seq\":2147483647}", "[meta sequenceId=\"2147483647\"" },
		{ "{\"seq\":2147483648}", "[meta sequenceId=\"1\"" },
		{ "{\"seq\":2147483649}", "[meta sequenceId=\"2\"" },
		{ "{\"seq\":-5}", "[meta language=" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void) write_event(cases[i].event);
		CU_ASSERT(has(cases[i].id));
	}
}

static void
test_the_up_time_is_in_hundredths_and_wraps(void)
{
	(void) write_event("{\"seq\":1,\"mono_us\":123456789}");
	CU_ASSERT(has(" sysUpTime=\"12345\""));
	(void) write_event("{\"seq\":1,\"mono_us\":42949672960000}");
	CU_ASSERT(has(" sysUpTime=\"0\""));
	(void) write_event("{\"seq\":1}");
	CU_ASSERT_FALSE(has("sysUpTime"));
}

static void
test_the_accuracy_is_told_only_of_what_has_just_happened_on_a_right_clock(void)
{
	static const struct {
		const char *event;
		bool is_told;
	} cases[] = {
		{ "{\"boot\":\"" BOOT "\",\"mono_us\":812345678,\"synced\":true}", true },
		{ "{\"boot\":\"" BOOT "\",\"mono_us\":812345678,\"synced\":false}", false },
		{ "{\"boot\":\"" BOOT "\",\"mono_us\":802345678,\"synced\":true}", false },
		{ "{\"boot\":\"" BOOT "\",\"mono_us\":812345901,\"synced\":true}", false },
		{ "{\"boot\":\"another\",\"mono_us\":812345678,\"synced\":true}", false },
		{ "{\"synced\":true}", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void) write_event(cases[i].event);
		CU_ASSERT_EQUAL(has(" syncAccuracy=\"1500\""), cases[i].is_told);
		CU_ASSERT(has("[timeQuality tzKnown=\"1\" isSynced=\""));
	}
}

static void
test_names_of_data_are_valid_and_never_take_another_parameters_place(void)
{
	(void) write_event(
		"{\"seq\":7,\"kind\":\"a.b\",\"data\":{\"kind\":\"other\",\"cut\":\"paper\","
		"\"b]d na=m\\\"e\":1,\"n\\u00e9\":true,\"none\":null,"
		"\"a-name-that-is-longer-than-thirty-two-characters\":[1,{\"b\":2,\"a\":1}]}}");
	CU_ASSERT(has(" kind=\"a.b\""));
	CU_ASSERT(has(" data.kind=\"other\""));
	CU_ASSERT(has(" data.cut=\"paper\""));
	CU_ASSERT(has(" b_d_na_m__e=\"1\""));
	CU_ASSERT(has(" n__=\"true\""));
	CU_ASSERT(has(" a-name-that-is-longer-than-thirt=\"[1,{\\\"a\\\":1"));
	CU_ASSERT_FALSE(has("none"));
}

static void
test_the_facility_follows_the_category(void)
{
	static const struct {
		const char *event;
		const char *priority;
	} cases[] = {
		{ "{\"category\":\"access\",\"severity\":1,\"seq\":1}", "<81>1 " },
		{ "{\"category\":\"audit\",\"severity\":5,\"seq\":1}", "<109>1 " },
		{ "{\"category\":\"system\",\"severity\":0,\"seq\":1}", "<24>1 " },
		{ "{\"category\":\"strange\",\"severity\":9,\"seq\":1}", "<31>1 " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		(void) write_event(cases[i].event);
		CU_ASSERT_NSTRING_EQUAL(record, cases[i].priority, strlen(cases[i].priority));
	}
}

static void
test_what_is_unknown_is_the_nil_value(void)
{
	static const struct record_sender nobody = {
		.hostname = "",
		.address = "",
		.procid = "",
		.version = "",
		.boot = "",
		.facility = { 99, 99, 99 },
	};

	(void) write_as(RECORD_RFC5424, &nobody, "{}", 2048);
	CU_ASSERT_NSTRING_EQUAL(record, "<191>1 - - cardea - - [timeQuality ", 35);
	CU_ASSERT(has("[origin enterpriseId="));
	(void) write_as(RECORD_RFC3164, &nobody, "{\"text\":\"x\"}", 2048);
	CU_ASSERT_STRING_EQUAL(record, "<191>Jan  1 00:00:00 localhost cardea: x");
}

static void
test_every_alarm_has_a_cause_and_a_severity(void)
{
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		_cleanup_(freep) char *event =
			xasprintf("{\"number\":%d,\"seq\":1,\"severity\":%u,\"source\":\"door.1\"}",
				  (int) row->kind, row->severity);
		(void) write_event(event);
		CU_ASSERT_EQUAL(has("[alarm resource=\"door.1\" probableCause=\""),
				row->alarm_change != ALARM_NONE);
		if (row->alarm_change == ALARM_NONE)
			continue;
		CU_ASSERT_EQUAL(has(" perceivedSeverity=\"cleared\""),
				row->alarm_change == ALARM_CLEAR);
		CU_ASSERT_EQUAL(has(" trendIndication=\"moreSevere\""),
				row->alarm_change == ALARM_RAISE);
		CU_ASSERT_STRING_NOT_EQUAL(alarm_find(row)->probable_cause, "other");
	}
}

static void
test_an_alarm_that_ends_with_its_object_is_cleared_as_by_its_own_event(void)
{
	(void) write_event("{\"number\":740,\"seq\":1,\"severity\":5,\"source\":\"module.3\","
			   "\"data\":{\"name\":\"module_offline\",\"why\":\"the module was "
			   "removed\"}}");
	CU_ASSERT(has("[alarm resource=\"module.3\" probableCause=\""));
	CU_ASSERT(has(" perceivedSeverity=\"cleared\""));
	CU_ASSERT(has(" why=\"the module was removed\""));
	(void) write_event("{\"number\":740,\"seq\":1,\"severity\":5,\"source\":\"module.3\","
			   "\"data\":{\"name\":\"no such\"}}");
	CU_ASSERT(!has("[alarm "));
}

static void
test_the_severity_of_an_alarm_is_mapped_as_rfc_5674_has_it(void)
{
	static const struct {
		unsigned severity;
		const char *perceived;
	} cases[] = { { 1, "critical" },
		      { 2, "major" },
		      { 3, "minor" },
		      { 4, "warning" },
		      { 5, "indeterminate" } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct event_row row = { .severity = cases[i].severity,
					 .alarm_change = ALARM_RAISE };
		CU_ASSERT_STRING_EQUAL(alarm_severity(&row), cases[i].perceived);
	}
}

static void
test_local_time_is_that_of_the_zone(void)
{
	static const char *const event = "{\"seq\":1,\"time_us\":1790000000000000,\"text\":\"x\"}";
	_cleanup_(zone_freep) struct zone *zone = NULL;
	struct record_sender local = sender;

	CU_ASSERT_EQUAL_FATAL(zone_load("Asia/Kolkata", &zone), 0);
	local.zone = zone;
	(void) write_as(RECORD_VENDOR, &local, event, 2048);
	CU_ASSERT(has(">2026-09-21T19:43:20.000+05:30 door1.example.org [ DEBUG   ] "));
	(void) write_as(RECORD_RFC3164, &local, event, 2048);
	CU_ASSERT(has(">Sep 21 19:43:20 door1 cardea[815]: x"));
	(void) write_as(RECORD_RFC5424, &local, event, 2048);
	CU_ASSERT(has(">1 2026-09-21T14:13:20.000000Z "));
}

static void
test_days_are_those_of_the_calendar(void)
{
	static const struct {
		const char *time_us;
		const char *date;
	} cases[] = {
		{ "0", "1970-01-01T00:00:00.000000Z" },
		{ "951782399999999", "2000-02-28T23:59:59.999999Z" },
		{ "951782400000000", "2000-02-29T00:00:00.000000Z" },
		{ "4107542400000001", "2100-03-01T00:00:00.000001Z" },
		{ "1483228799000000", "2016-12-31T23:59:59.000000Z" },
		{ "9007199254740991", "2255-06-05T23:47:34.740991Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(freep) char *event = xasprintf("{\"time_us\":%s}", cases[i].time_us);
		(void) write_event(event);
		CU_ASSERT(has(cases[i].date));
	}
}

static void
test_lines_that_are_no_events_are_refused(void)
{
	static const char *const lines[] = {
		"",
		"{",
		"{}",
		"[]",
		"null",
		"{\"event\":1}",
		"{\"event\":{}",
		"{\"event\":{}}x",
		"{\"event\":{\"seq\":}}",
		"{\"event\":{\"seq\":1,}}",
		"{\"event\":{\"a\"1}}",
		"{\"event\":{\"a\":\"b}}",
		"{\"event\":{\"a\":\"b\\",
		"{\"event\":{,\"a\":1}}",
		"{\"event\":{\"data\":1}}",
		"{\"event\":{\"data\":{\"a\":[[[[[[[[[[[[[[[[[1",
	};
	static struct message message;

	for (size_t i = 0; i < ARRAY_LEN(lines); i++)
		CU_ASSERT_EQUAL(message_read_event(lines[i], strlen(lines[i]), &message), -EBADMSG);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_records_of_every_format_match_the_golden_file),
		TAP(test_control_characters_never_get_into_a_record),
		TAP(test_a_byte_order_mark_precedes_only_text_that_is_not_ascii),
		TAP(test_no_record_is_larger_than_it_may_be_and_what_is_cut_is_marked),
		TAP(test_what_fits_is_not_cut),
		TAP(test_structured_data_that_is_too_long_is_left_out_and_said_so),
		TAP(test_one_long_value_is_whole_when_there_is_room_for_it),
		TAP(test_more_data_than_a_record_has_room_for_is_said_to_be_cut),
		TAP(test_the_sequence_id_is_the_events_and_wraps_to_one),
		TAP(test_the_up_time_is_in_hundredths_and_wraps),
		TAP(test_the_accuracy_is_told_only_of_what_has_just_happened_on_a_right_clock),
		TAP(test_names_of_data_are_valid_and_never_take_another_parameters_place),
		TAP(test_the_facility_follows_the_category),
		TAP(test_what_is_unknown_is_the_nil_value),
		TAP(test_every_alarm_has_a_cause_and_a_severity),
		TAP(test_an_alarm_that_ends_with_its_object_is_cleared_as_by_its_own_event),
		TAP(test_the_severity_of_an_alarm_is_mapped_as_rfc_5674_has_it),
		TAP(test_local_time_is_that_of_the_zone),
		TAP(test_days_are_those_of_the_calendar),
		TAP(test_lines_that_are_no_events_are_refused),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
