#include "syslog/text.h"

#include "tests/unit/tap.h"

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
test_escapes_of_json_are_the_characters_that_they_stand_for(void)
{
	static const struct {
		const char *escaped;
		const char *text;
	} cases[] = {
		{ "\\u00e9\\u20ac\\ud83d\\udeaa", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x9a\xaa" },
		{ "\\\"\\\\\\/", "\"\\/" },
		{ "\\b\\f\\n\\r\\t\\u0000", "??????" },
		{ "\\ud83d", "?" },
		{ "\\ud83dx", "?x" },
		{ "\\udeaa\\ud83d", "??" },
		{ "\\uzzzz", "?zzzz" },
		{ "\\u00", "?00" },
		{ "\\", "?" },
		{ "\\x", "?" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char bytes[64];
		struct text text = { .bytes = bytes, .limit = sizeof(bytes) - 1 };
		struct slice slice = slice_of(cases[i].escaped);
		slice.is_json = true;
		text_put_slice(&text, &slice, TEXT_PLAIN);
		bytes[text.size] = 0;
		CU_ASSERT_STRING_EQUAL(bytes, cases[i].text);
	}
}

static void
test_numbers_have_as_many_digits_as_they_need_or_are_asked_for(void)
{
	char bytes[64];
	struct text text = { .bytes = bytes, .limit = sizeof(bytes) - 1 };

	text_put_number(&text, 0, 1);
	text_put_number(&text, 7, 2);
	text_put_number(&text, 123, 2);
	text_put_number(&text, UINT64_MAX, 1);
	bytes[text.size] = 0;
	CU_ASSERT_STRING_EQUAL(bytes, "00712318446744073709551615");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_invalid_utf8_is_never_emitted),
		TAP(test_escapes_of_json_are_the_characters_that_they_stand_for),
		TAP(test_numbers_have_as_many_digits_as_they_need_or_are_asked_for),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
