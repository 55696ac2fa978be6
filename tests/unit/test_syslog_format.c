#include "lib/json.h"
#include "lib/util.h"
#include "syslog/format.h"
#include "syslog/identity.h"
#include "syslog/target.h"
#include "syslog/text.h"
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#define HASH	 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define LINE_MAX 16384

static const struct format_identity identity = {
	.hostname = "door1.example.org",
	.procid = "815",
	.version = "0.1.0",
};

static const struct target target = {
	.facility = { [EVENT_ACCESS] = 10, [EVENT_AUDIT] = 10, [EVENT_SYSTEM] = 3 },
};

/* A record as a string; to must hold FORMAT_MAX + 1. */
static size_t
format(const json_t *event, char *to)
{
	size_t size = format_record(&identity, &target, event, HASH, to);

	to[size] = 0;
	return size;
}

static json_t *
parse(const char *text)
{
	json_t *event = NULL;

	CU_ASSERT_EQUAL(json_read(text, strlen(text), &event), 0);
	return event;
}

static bool
has(const char *record, const char *part)
{
	return strstr(record, part) != NULL;
}

/* Text that is one event with the given text member, size bytes of letter. */
static json_t *
event_with_text(const char *letter, size_t count)
{
	size_t size = strlen(letter);
	_cleanup_(freep) char *text = xcalloc(count, size + 1);

	for (size_t i = 0; i < count; i++)
		memcpy(text + i * size, letter, size);
	return json_pack("{si,si,ss}", "seq", 1, "number", 100, "text", text);
}

static void
test_records_match_the_golden_file(void)
{
	const char *dir = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/tests/golden/syslog.txt", dir ? dir : ".");
	_cleanup_(fclosep) FILE *file = fopen(path, "re");
	static char line[LINE_MAX];
	char record[FORMAT_MAX + 1] = "";
	unsigned count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		if (line[0] == '{') {
			_cleanup_(json_decrefp) json_t *event = parse(line);
			(void) format(event, record);
		} else if (line[0] == '<') {
			CU_ASSERT_STRING_EQUAL(record, line);
			if (strcmp(record, line) != 0)
				printf("# %s\n", record);
			count++;
		}
	}
	CU_ASSERT(count >= 8);
}

static void
test_values_are_escaped_and_control_characters_replaced(void)
{
	_cleanup_(json_decrefp) json_t *event =
		parse("{\"number\":601,\"seq\":3,\"text\":\"a\\nb\\u0085c\\u007fd\","
		      "\"data\":{\"account\":\"q\\\"b\\\\s]e\\r\"}}");
	char record[FORMAT_MAX + 1];

	(void) format(event, record);
	CU_ASSERT(has(record, " account=\"q\\\"b\\\\s\\]e?\""));
	CU_ASSERT(has(record, "] a?b?c?d"));
}

static void
test_invalid_utf8_is_never_emitted(void)
{
	char bytes[64];
	struct text text = { .bytes = bytes, .limit = sizeof(bytes) - 1 };

	/* A stray byte, an overlong slash, a surrogate, a code above U+10FFFF, a cut character. */
	text_put(&text,
		 "a\x80"
		 "b\xc0\xaf"
		 "c\xed\xa0\x80"
		 "d\xf4\x90\x80\x80"
		 "e\xe2\x82",
		 TEXT_PLAIN);
	bytes[text.size] = 0;
	CU_ASSERT_STRING_EQUAL(bytes, "a?b??c???d????e??");
	text.size = 0;
	text_put(&text, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xaa", TEXT_PLAIN);
	bytes[text.size] = 0;
	CU_ASSERT_STRING_EQUAL(bytes, "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xaa");
}

static void
test_a_byte_order_mark_precedes_only_text_that_is_not_ascii(void)
{
	_cleanup_(json_decrefp) json_t *plain = parse("{\"seq\":1,\"text\":\"door\"}");
	_cleanup_(json_decrefp) json_t *accented = parse("{\"seq\":1,\"text\":\"T\\u00fcr\"}");
	char record[FORMAT_MAX + 1];

	(void) format(plain, record);
	CU_ASSERT(has(record, "] door"));
	(void) format(accented, record);
	CU_ASSERT(has(record, "] \xef\xbb\xbfT\xc3\xbcr"));
}

static void
test_long_text_is_cut_between_characters_and_marked(void)
{
	char record[FORMAT_MAX + 1];

	for (size_t count = 3990; count < 4010; count++) {
		_cleanup_(json_decrefp) json_t *event = event_with_text("\xc3\xa9", count);
		size_t size = format(event, record);
		CU_ASSERT(size <= FORMAT_MAX && size >= FORMAT_MAX - 6);
		CU_ASSERT_STRING_EQUAL(record + size - 5, "[...]");
		CU_ASSERT_EQUAL((unsigned char) record[size - 6], 0xa9);
	}
}

static void
test_structured_data_that_is_too_long_is_left_out_and_said_so(void)
{
	_cleanup_(json_decrefp) json_t *event = parse("{\"seq\":1,\"text\":\"the text\"}");
	_cleanup_(freep) char *value = xcalloc(1, 2001);
	json_t *data = json_object();
	char record[FORMAT_MAX + 1];

	memset(value, '"', 2000);
	(void) json_object_set_new(event, "data", data);
	for (unsigned i = 0; i < 20; i++) {
		char name[8];
		(void) snprintf(name, sizeof(name), "name%02u", i);
		(void) json_object_set_new(data, name, json_string(value));
	}
	size_t size = format(event, record);
	CU_ASSERT(size <= FORMAT_MAX);
	CU_ASSERT(has(record, "\\\"[...\\]\" name01=\""));
	CU_ASSERT(has(record, " cut=\"true\"] the text"));
	CU_ASSERT_FALSE(has(record, "name19"));
}

static void
test_the_sequence_id_is_the_events_and_wraps_to_one(void)
{
	static const struct {
		const char *event;
		const char *id;
	} cases[] = {
		{ "{\"seq\":1}", "sequenceId=\"1\"" },
		{ "{\"seq\":2147483647}", "sequenceId=\"2147483647\"" },
		{ "{\"seq\":2147483648}", "sequenceId=\"1\"" },
		{ "{\"seq\":2147483649}", "sequenceId=\"2\"" },
		{ "{\"seq\":-5}", "sequenceId=\"1\"" },
	};
	char record[FORMAT_MAX + 1];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		_cleanup_(json_decrefp) json_t *event = parse(cases[i].event);
		(void) format(event, record);
		CU_ASSERT(has(record, cases[i].id));
	}
}

static void
test_names_of_data_are_valid_and_never_take_another_parameters_place(void)
{
	_cleanup_(json_decrefp) json_t *event = parse(
		"{\"seq\":7,\"kind\":\"a.b\",\"data\":{\"kind\":\"other\",\"b]d na=m\\\"e\":1,"
		"\"n\\u00e9\":true,\"none\":null,"
		"\"a-name-that-is-longer-than-thirty-two-characters\":[1,{\"b\":2,\"a\":1}]}}");
	char record[FORMAT_MAX + 1];

	(void) format(event, record);
	CU_ASSERT(has(record, " kind=\"a.b\""));
	CU_ASSERT(has(record, " data.kind=\"other\""));
	CU_ASSERT(has(record, " b_d_na_m_e=\"1\""));
	CU_ASSERT(has(record, " n__=\"true\""));
	CU_ASSERT(has(record, " a-name-that-is-longer-than-thirt=\"[1,{\\\"a\\\":1"));
	CU_ASSERT_FALSE(has(record, "none"));
}

static void
test_the_facility_follows_the_category(void)
{
	_cleanup_(json_decrefp) json_t *access =
		parse("{\"category\":\"access\",\"severity\":1,\"seq\":1}");
	_cleanup_(json_decrefp) json_t *audit =
		parse("{\"category\":\"audit\",\"severity\":5,\"seq\":1}");
	_cleanup_(json_decrefp) json_t *system =
		parse("{\"category\":\"system\",\"severity\":9,\"seq\":1}");
	char record[FORMAT_MAX + 1];

	(void) format(access, record);
	CU_ASSERT_NSTRING_EQUAL(record, "<81>1 ", 6);
	(void) format(audit, record);
	CU_ASSERT_NSTRING_EQUAL(record, "<85>1 ", 6);
	(void) format(system, record);
	CU_ASSERT_NSTRING_EQUAL(record, "<31>1 ", 6);
}

static void
test_what_is_unknown_is_the_nil_value(void)
{
	const struct format_identity nobody = { .hostname = "", .procid = "", .version = "" };
	_cleanup_(json_decrefp) json_t *event = json_object();
	char record[FORMAT_MAX + 1];
	size_t size = format_record(&nobody, &target, event, "", record);

	record[size] = 0;
	CU_ASSERT_NSTRING_EQUAL(record, "<31>1 - - cardea - - [timeQuality ", 34);
}

static void
test_a_host_name_is_qualified_only_by_a_domain_behind_it(void)
{
	CU_ASSERT_TRUE(identity_is_qualified("door1.example.org", "door1"));
	CU_ASSERT_TRUE(identity_is_qualified("DOOR1.example.org", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door1", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door1.", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("door10.example.org", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified("localhost.localdomain", "localhost"));
	CU_ASSERT_FALSE(identity_is_qualified("localhost.localdomain", "door1"));
	CU_ASSERT_FALSE(identity_is_qualified(".example.org", ""));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_records_match_the_golden_file),
		TAP(test_values_are_escaped_and_control_characters_replaced),
		TAP(test_invalid_utf8_is_never_emitted),
		TAP(test_a_byte_order_mark_precedes_only_text_that_is_not_ascii),
		TAP(test_long_text_is_cut_between_characters_and_marked),
		TAP(test_structured_data_that_is_too_long_is_left_out_and_said_so),
		TAP(test_the_sequence_id_is_the_events_and_wraps_to_one),
		TAP(test_names_of_data_are_valid_and_never_take_another_parameters_place),
		TAP(test_the_facility_follows_the_category),
		TAP(test_what_is_unknown_is_the_nil_value),
		TAP(test_a_host_name_is_qualified_only_by_a_domain_behind_it),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
