#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
read_bytes(const char *text, size_t size)
{
	json_t *value = NULL;
	int r = json_read(text, size, &value);

	CU_ASSERT_EQUAL(!value, r < 0);
	json_decref(value);
	return r;
}

static int
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

/* Whether json_read() and json_canonical() make one of the other. */
static bool
becomes(const char *text, const char *expected)
{
	_cleanup_(json_decrefp) json_t *value = NULL;

	if (json_read(text, strlen(text), &value) < 0)
		return false;
	_cleanup_(freep) char *canonical = json_canonical(value);
	if (strcmp(canonical, expected))
		printf("# '%s' and not '%s'\n", canonical, expected);
	return !strcmp(canonical, expected);
}

/* {"a":{"a": ... }} with so many levels, or the same with lists in the outermost object. */
static int
read_levels(unsigned levels, bool is_of_lists)
{
	char text[128] = "";
	size_t used = 1;

	text[0] = '{';
	for (unsigned i = 1; i < levels; i++) {
		const char *inner = is_of_lists && i > 1 ? "["
				    : is_of_lists	 ? "\"a\":["
							 : "\"a\":{";
		(void) copy_string(text + used, sizeof(text) - used, inner);
		used += strlen(inner);
	}
	for (unsigned i = levels; i > 0; i--)
		text[used++] = is_of_lists && i > 1 ? ']' : '}';
	return read_text(text);
}

static void
test_sixteen_levels_are_read_and_seventeen_are_refused(void)
{
	CU_ASSERT_EQUAL(read_levels(16, true), 0);
	CU_ASSERT_EQUAL(read_levels(17, true), -E2BIG);
	CU_ASSERT_EQUAL(read_levels(16, false), 0);
	CU_ASSERT_EQUAL(read_levels(17, false), -E2BIG);
	/* Twenty that are never inside one another are not twenty levels. */
	CU_ASSERT_EQUAL(
		read_text("{\"a\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}"), 0);
}

static void
test_brackets_in_strings_are_no_levels(void)
{
	CU_ASSERT_EQUAL(read_text("{\"a\":\"[[[[[[[[[[[[{{{{{\"}"), 0);
	CU_ASSERT_EQUAL(read_text("{\"a\":\"\\\"[[[[[[[[[[[[\"}"), 0);
	CU_ASSERT_EQUAL(read_text("{\"a\\\\\":[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]}"), -E2BIG);
}

static void
test_a_very_deep_text_is_refused_without_recursion(void)
{
	size_t size = 16 * 1024 * 1024;
	_cleanup_(freep) char *text = xcalloc(1, size);

	memset(text, '[', size);
	CU_ASSERT_EQUAL(read_bytes(text, size), -E2BIG);
}

static void
test_only_an_object_is_a_document(void)
{
	static const char *const others[] = { "[]", "[{}]" };
	static const char *const broken[] = { "",
					      " ",
					      "{",
					      "}",
					      "{}{}",
					      "{},",
					      "nil",
					      "{a:1}",
					      "{\"a\":1,}",
					      "{'a':1}",
					      "{\"a\":01}",
					      "{\"a\":+1}",
					      "{\"a\":.5}",
					      "{} x",
					      "{\"a\":\"\n\"}",
					      "{\"a\":NaN}",
					      "// c\n{}" };

	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		CU_ASSERT_EQUAL(read_text(others[i]), -EPROTO);
	for (size_t i = 0; i < ARRAY_LEN(broken); i++)
		CU_ASSERT_EQUAL(read_text(broken[i]), -EBADMSG);
	CU_ASSERT(read_text("1") < 0 && read_text("\"a\"") < 0 && read_text("null") < 0);
	CU_ASSERT_EQUAL(read_text(" {\r\n\t} \n"), 0);
}

static void
test_reals_are_refused_wherever_they_are(void)
{
	CU_ASSERT_EQUAL(read_text("{\"a\":1.0}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":1e3}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":-0.0}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":[1,{\"b\":[0,0.5]}]}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":1e999}"), -ERANGE);
}

static void
test_integers_are_exact_up_to_two_to_the_53_minus_one(void)
{
	CU_ASSERT(becomes("{\"a\":9007199254740991}", "{\"a\":9007199254740991}"));
	CU_ASSERT(becomes("{\"a\":-9007199254740991}", "{\"a\":-9007199254740991}"));
	CU_ASSERT_EQUAL(read_text("{\"a\":9007199254740992}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":-9007199254740992}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":[{\"b\":9007199254740992}]}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":9223372036854775808}"), -ERANGE);
	CU_ASSERT_EQUAL(read_text("{\"a\":-99999999999999999999999}"), -ERANGE);
	CU_ASSERT(becomes("{\"a\":-0}", "{\"a\":0}"));
}

static void
test_a_key_may_be_there_once(void)
{
	CU_ASSERT_EQUAL(read_text("{\"a\":1,\"a\":1}"), -EBADMSG);
	CU_ASSERT_EQUAL(read_text("{\"a\":1,\"\\u0061\":2}"), -EBADMSG);
	CU_ASSERT_EQUAL(read_text("{\"o\":{\"a\":1,\"b\":2,\"a\":3}}"), -EBADMSG);
	CU_ASSERT_EQUAL(read_text("{\"a\":{\"a\":{\"a\":1}}}"), 0);
}

static void
test_text_that_is_no_utf_8_is_refused(void)
{
	static const char *const texts[] = {
		"{\"a\":\"\x80\"}",	    "{\"a\":\"\xc0\xaf\"}",
		"{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\xf4\x90\x80\x80\"}",
		"{\"a\":\"\xe2\x82\"}",	    "{\"\xff\":1}",
		"{\"a\":\"\\ud800\"}",	    "{\"a\":\"\\udc00\\ud800\"}",
	};

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		CU_ASSERT_EQUAL(read_text(texts[i]), -EBADMSG);
	CU_ASSERT(becomes("{\"a\":\"\\ud83d\\udeaa\"}", "{\"a\":\"\xf0\x9f\x9a\xaa\"}"));
}

static void
test_a_nul_is_refused_escaped_or_not(void)
{
	CU_ASSERT_EQUAL(read_text("{\"a\":\"x\\u0000y\"}"), -EBADMSG);
	CU_ASSERT_EQUAL(read_text("{\"x\\u0000y\":1}"), -EBADMSG);
	CU_ASSERT_EQUAL(read_bytes("{\"a\":\"x\0y\"}", 11), -EBADMSG);
	CU_ASSERT_EQUAL(read_bytes("{}\0", 3), -EBADMSG);
	CU_ASSERT_EQUAL(read_bytes("\0{}", 3), -EBADMSG);
}

static void
test_bytes_behind_the_size_are_not_read(void)
{
	CU_ASSERT_EQUAL(read_bytes("{}}", 2), 0);
	CU_ASSERT_EQUAL(read_bytes("{\"a\":12", 6), -EBADMSG);
}

static void
test_keys_are_sorted_by_code_and_white_space_goes(void)
{
	CU_ASSERT(becomes("{ \"peach\": 1, \"P\" : 2 ,\"10\":3,\"1\":4, \"\":5,\"p\":[ 1 , 2 ]}",
			  "{\"\":5,\"1\":4,\"10\":3,\"P\":2,\"p\":[1,2],\"peach\":1}"));
	/* RFC 8785 section 3.2.3, of which our keys have no astral ones. */
	CU_ASSERT(becomes("{\"\\u20ac\":1,\"\\r\":2,\"1\":4,\"\\u0080\":6,\"\\u00f6\":7}",
			  "{\"\\r\":2,\"1\":4,\"\xc2\x80\":6,\"\xc3\xb6\":7,\"\xe2\x82\xac\":1}"));
	CU_ASSERT(becomes("{\"b\":{\"d\":null,\"c\":true},\"a\":false}",
			  "{\"a\":false,\"b\":{\"c\":true,\"d\":null}}"));
}

static void
test_strings_have_the_shortest_escapes_of_rfc_8785(void)
{
	/* Section 3.2.2: the string of the example. */
	CU_ASSERT(becomes("{\"s\":\"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\"}",
			  "{\"s\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}"));
	CU_ASSERT(becomes("{\"s\":\"\\u0008\\u0009\\u000a\\u000c\\u000d\\u007f\"}",
			  "{\"s\":\"\\b\\t\\n\\f\\r\x7f\"}"));
	CU_ASSERT(becomes("{\"s\":\"\\u0001\\u000b\\u001B\\u001f\\u0020<>&\\u2028\"}",
			  "{\"s\":\"\\u0001\\u000b\\u001b\\u001f <>&\xe2\x80\xa8\"}"));
}

static void
test_the_canonical_text_is_a_fixpoint(void)
{
	static const char text[] =
		"{\"z\":[{},[],\"\",0,-1,null,true,{\"b\":1,\"a\":\"\\u0007\\\\\"}],\"\\n\":{}}";
	_cleanup_(json_decrefp) json_t *first = NULL;
	_cleanup_(json_decrefp) json_t *second = NULL;

	CU_ASSERT_EQUAL_FATAL(json_read(text, strlen(text), &first), 0);
	_cleanup_(freep) char *once = json_canonical(first);
	CU_ASSERT_EQUAL_FATAL(json_read(once, strlen(once), &second), 0);
	_cleanup_(freep) char *twice = json_canonical(second);
	CU_ASSERT_STRING_EQUAL(once, twice);
	CU_ASSERT(json_equal(first, second));
}

static void
test_no_value_at_all_becomes_null(void)
{
	_cleanup_(freep) char *text = json_canonical(NULL);

	CU_ASSERT_STRING_EQUAL(text, "null");
}

static void
test_a_text_cut_within_a_character_loses_just_that_one(void)
{
	char texts[][8] = { "ab", "a\xc3\xb6", "a\xc3", "a\xe2\x82", "a\xf0\x9f\x9a", "\xf0", "" };
	static const char *const expected[] = { "ab", "a\xc3\xb6", "a", "a", "a", "", "" };

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		_cleanup_(json_decrefp) json_t *string = json_string_cut(texts[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(string);
		CU_ASSERT_STRING_EQUAL(json_string_value(string), expected[i]);
	}
}

static void
test_getters_fall_back_when_absent_or_of_another_type(void)
{
	_cleanup_(json_decrefp) json_t *object =
		json_pack("{ss,sI,sb,sn}", "s", "text", "i", (json_int_t) 7, "b", 1, "n");

	CU_ASSERT_STRING_EQUAL(json_string_or(object, "s", "x"), "text");
	CU_ASSERT_STRING_EQUAL(json_string_or(object, "i", "x"), "x");
	CU_ASSERT_PTR_NULL(json_string_or(object, "absent", NULL));
	CU_ASSERT_EQUAL(json_integer_or(object, "i", -1), 7);
	CU_ASSERT_EQUAL(json_integer_or(object, "s", -1), -1);
	CU_ASSERT_EQUAL(json_integer_or(object, "n", -1), -1);
	CU_ASSERT_TRUE(json_bool_or(object, "b", false));
	CU_ASSERT_TRUE(json_bool_or(object, "i", true));
	CU_ASSERT_FALSE(json_bool_or(NULL, "b", false));
	CU_ASSERT_EQUAL(json_integer_or(NULL, "i", 3), 3);
}

static void
test_a_file_is_read_whole_and_a_huge_one_is_refused(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "file");
	_cleanup_(json_decrefp) json_t *value = NULL;

	CU_ASSERT_EQUAL(json_read_file(path, &value), -ENOENT);
	CU_ASSERT_EQUAL(write_file_atomic(path, "{\"a\":1}\n", 8, 0600), 0);
	CU_ASSERT_EQUAL(json_read_file(path, &value), 0);
	CU_ASSERT_EQUAL(json_integer_or(value, "a", 0), 1);
	CU_ASSERT_EQUAL(truncate(path, 16 * 1024 * 1024 + 1), 0);
	CU_ASSERT_EQUAL(json_read_file(path, &value), -EFBIG);
	unit_dir_free(dir);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_sixteen_levels_are_read_and_seventeen_are_refused),
		TAP(test_brackets_in_strings_are_no_levels),
		TAP(test_a_very_deep_text_is_refused_without_recursion),
		TAP(test_only_an_object_is_a_document),
		TAP(test_reals_are_refused_wherever_they_are),
		TAP(test_integers_are_exact_up_to_two_to_the_53_minus_one),
		TAP(test_a_key_may_be_there_once),
		TAP(test_text_that_is_no_utf_8_is_refused),
		TAP(test_a_nul_is_refused_escaped_or_not),
		TAP(test_bytes_behind_the_size_are_not_read),
		TAP(test_keys_are_sorted_by_code_and_white_space_goes),
		TAP(test_strings_have_the_shortest_escapes_of_rfc_8785),
		TAP(test_the_canonical_text_is_a_fixpoint),
		TAP(test_no_value_at_all_becomes_null),
		TAP(test_a_text_cut_within_a_character_loses_just_that_one),
		TAP(test_getters_fall_back_when_absent_or_of_another_type),
		TAP(test_a_file_is_read_whole_and_a_huge_one_is_refused),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
