#include "lib/field.h"
#include "lib/json.h"
#include "lib/role.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

static const char *const colours[] = { "red", "green", NULL };
static const struct field entry_fields[] = {
	{ .name = "from", .type = FIELD_TIME, .fallback = "\"\"" },
	{ .name = "profile",
	  .type = FIELD_REF,
	  .flags = FIELD_REQUIRED,
	  .max = 9,
	  .kind = "access_profile" },
};
static const struct field_table entries = { entry_fields, ARRAY_LEN(entry_fields) };
static const struct field fields[] = {
	{ .name = "bool", .type = FIELD_BOOL, .fallback = "true" },
	{ .name = "integer",
	  .type = FIELD_INTEGER,
	  .min = -3,
	  .max = 600,
	  .fallback = "7",
	  .unit = "s",
	  .label = "Integer",
	  .doc = "A number.",
	  .role = ROLE_ADMINISTRATOR },
	{ .name = "string", .type = FIELD_STRING, .min = 1, .max = 5, .flags = FIELD_REQUIRED },
	{ .name = "enum", .type = FIELD_ENUM, .choices = colours, .fallback = "\"red\"" },
	{ .name = "host", .type = FIELD_HOST, .min = 1 },
	{ .name = "path", .type = FIELD_PATH, .min = 1 },
	{ .name = "doors", .type = FIELD_NUMBERS, .max = 64, .fallback = "[]" },
	{ .name = "object", .type = FIELD_OBJECT },
	{ .name = "secret", .type = FIELD_STRING, .max = 9, .flags = FIELD_SECRET },
	{ .name = "shown", .type = FIELD_STRING, .max = 9, .flags = FIELD_READ_ONLY },
	{ .name = "host_or_none", .type = FIELD_HOST },
	{ .name = "path_or_none", .type = FIELD_PATH },
	{ .name = "ref", .type = FIELD_REF, .max = 50, .kind = "person" },
	{ .name = "refs", .type = FIELD_NUMBERS, .max = 500, .kind = "area", .fallback = "[]" },
	{ .name = "list", .type = FIELD_LIST, .max = 2, .items = &entries },
	{ .name = "time", .type = FIELD_TIME },
};
static const struct field_table table = { fields, ARRAY_LEN(fields) };

static bool
takes(const char *name, const char *json)
{
	const struct field *field = field_find(&table, name);
	_cleanup_(json_decrefp) json_t *value =
		json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct field_error error = { 0 };

	CU_ASSERT_PTR_NOT_NULL_FATAL(field);
	CU_ASSERT_PTR_NOT_NULL_FATAL(value);
	int r = field_check(field, value, &error);
	if (r == 0)
		return true;
	CU_ASSERT_EQUAL(r, -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.field, name);
	CU_ASSERT(*error.message);
	return false;
}

static bool
takes_text(const char *name, const char *text)
{
	_cleanup_(json_decrefp) json_t *value = json_string(text);
	_cleanup_(freep) char *json = json_canonical(value);

	return takes(name, json);
}

static void
test_no_field_takes_a_value_of_another_type(void)
{
	static const char *const values[] = { "true", "5", "\"red\"", "[]", "{}", "null", "1.0" };
	static const char *const types[] = {
		"bool", "integer", "string", "doors", "object", "", ""
	};

	for (size_t i = 0; i < ARRAY_LEN(values); i++)
		for (size_t k = 0; k < 5; k++)
			CU_ASSERT_EQUAL(takes(types[k], values[i]), !strcmp(types[k], types[i]));
	CU_ASSERT_FALSE(takes("enum", "5") || takes("enum", "null") || takes("enum", "[]"));
	CU_ASSERT_FALSE(takes("host", "5") || takes("host", "null") || takes("path", "5"));
	CU_ASSERT_FALSE(takes("path", "null") || takes("host_or_none", "null"));
}

static void
test_integers_are_taken_from_least_to_most(void)
{
	CU_ASSERT_FALSE(takes("integer", "-4"));
	CU_ASSERT_TRUE(takes("integer", "-3"));
	CU_ASSERT_TRUE(takes("integer", "600"));
	CU_ASSERT_FALSE(takes("integer", "601"));
	CU_ASSERT_FALSE(takes("integer", "9223372036854775807"));
}

static void
test_strings_are_counted_in_bytes_and_have_no_control_characters(void)
{
	CU_ASSERT_FALSE(takes_text("string", ""));
	CU_ASSERT_TRUE(takes_text("string", "1"));
	CU_ASSERT_TRUE(takes_text("string", "12345"));
	CU_ASSERT_FALSE(takes_text("string", "123456"));
	CU_ASSERT_TRUE(takes_text("string", "\xe2\x82\xac\xc3\xb6"));
	CU_ASSERT_FALSE(takes_text("string", "\xe2\x82\xac\xe2\x82\xac"));
	CU_ASSERT_TRUE(takes_text("string", " ~\"\\"));
	CU_ASSERT_FALSE(takes_text("string", "a\nb"));
	CU_ASSERT_FALSE(takes_text("string", "a\x1f"));
	CU_ASSERT_FALSE(takes_text("string", "\x7f"));
	CU_ASSERT_FALSE(takes_text("string", "\t"));
}

static void
test_a_choice_is_one_of_the_list_to_the_letter(void)
{
	CU_ASSERT_TRUE(takes_text("enum", "red"));
	CU_ASSERT_TRUE(takes_text("enum", "green"));
	CU_ASSERT_FALSE(takes_text("enum", "Red"));
	CU_ASSERT_FALSE(takes_text("enum", "re"));
	CU_ASSERT_FALSE(takes_text("enum", ""));
	struct field_error error;
	_cleanup_(json_decrefp) json_t *blue = json_string("blue");
	CU_ASSERT_EQUAL(field_check(&fields[3], blue, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.message, "one of: red, green");
}

static void
test_hosts_are_names_or_addresses(void)
{
	static const char *const good[] = {
		"log",
		"a.b-c.example",
		"192.0.2.1",
		"2001:db8::1",
		"::1",
		"_dmarc.example",
		"3com.example",
		"123456789012345678901234567890123456789012345678901234567890123.example",
	};
	static const char *const bad[] = {
		"",
		".",
		"a.",
		".a",
		"a..b",
		"-a",
		"a-",
		"a-.b",
		"a.-b",
		"a b",
		"a/b",
		"[::1]",
		"a:1",
		"fe80::1%eth0",
		"2001:db8:::1",
		"a\nb",
		"\xc3\xb6.example",
		"a;b",
		"$(a)",
		"1234567890123456789012345678901234567890123456789012345678901234.example",
	};
	char longest[256];

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		CU_ASSERT_TRUE(takes_text("host", good[i]));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		CU_ASSERT_FALSE(takes_text("host", bad[i]));
	for (size_t i = 0; i < sizeof(longest); i++)
		longest[i] = i % 2 ? '.' : 'a';
	longest[253] = 0;
	CU_ASSERT_TRUE(takes_text("host", longest));
	longest[253] = '.';
	longest[255] = 0;
	CU_ASSERT_FALSE(takes_text("host", longest));
	CU_ASSERT_TRUE(takes_text("host_or_none", ""));
	CU_ASSERT_FALSE(takes_text("host_or_none", " "));
}

static void
test_paths_are_absolute_short_and_printable(void)
{
	char longest[257];

	memset(longest, 'x', sizeof(longest));
	longest[0] = '/';
	longest[255] = 0;
	CU_ASSERT_TRUE(takes_text("path", "/etc/ssl/ca.pem"));
	CU_ASSERT_TRUE(takes_text("path", longest));
	longest[255] = 'x';
	longest[256] = 0;
	CU_ASSERT_FALSE(takes_text("path", longest));
	CU_ASSERT_FALSE(takes_text("path", "ca.pem"));
	CU_ASSERT_FALSE(takes_text("path", "../ca.pem"));
	CU_ASSERT_FALSE(takes_text("path", ""));
	CU_ASSERT_FALSE(takes_text("path", "/etc/a\nb"));
	CU_ASSERT_TRUE(takes_text("path_or_none", ""));
	CU_ASSERT_FALSE(takes_text("path_or_none", "x"));
}

static void
test_doors_are_distinct_numbers_from_one(void)
{
	CU_ASSERT_TRUE(takes("doors", "[]"));
	CU_ASSERT_TRUE(takes("doors", "[1]"));
	CU_ASSERT_TRUE(takes("doors", "[64,1,2]"));
	CU_ASSERT_FALSE(takes("doors", "[0]"));
	CU_ASSERT_FALSE(takes("doors", "[65]"));
	CU_ASSERT_FALSE(takes("doors", "[-1]"));
	CU_ASSERT_FALSE(takes("doors", "[4294967297]"));
	CU_ASSERT_FALSE(takes("doors", "[2,3,2]"));
	CU_ASSERT_FALSE(takes("doors", "[64,64]"));
	CU_ASSERT_FALSE(takes("doors", "[\"1\"]"));
	CU_ASSERT_FALSE(takes("doors", "[null]"));
	CU_ASSERT_FALSE(takes("doors", "[[1]]"));
	CU_ASSERT_FALSE(takes("doors", "{\"1\":1}"));
}

static void
test_a_reference_is_the_number_of_an_object_or_0_for_none(void)
{
	CU_ASSERT_TRUE(takes("ref", "0"));
	CU_ASSERT_TRUE(takes("ref", "50"));
	CU_ASSERT_FALSE(takes("ref", "51"));
	CU_ASSERT_FALSE(takes("ref", "-1"));
	CU_ASSERT_FALSE(takes("ref", "\"1\""));
	CU_ASSERT_TRUE(takes("refs", "[500,1]"));
	CU_ASSERT_FALSE(takes("refs", "[0]"));
}

static void
test_a_time_is_rfc_3339_to_the_second_until_2106(void)
{
	CU_ASSERT_TRUE(takes_text("time", ""));
	CU_ASSERT_TRUE(takes_text("time", "2026-12-31T23:59:59Z"));
	CU_ASSERT_TRUE(takes_text("time", "2026-12-31T23:59:59+01:00"));
	CU_ASSERT_TRUE(takes_text("time", "2106-02-07T06:28:15Z"));
	CU_ASSERT_FALSE(takes_text("time", "2106-02-07T06:28:16Z"));
	CU_ASSERT_FALSE(takes_text("time", "1969-12-31T23:59:59Z"));
	CU_ASSERT_FALSE(takes_text("time", "2026-12-31"));
	CU_ASSERT_FALSE(takes("time", "5"));
}

static void
test_entries_of_a_list_are_objects_of_its_table(void)
{
	struct field_error error;
	_cleanup_(json_decrefp) json_t *wrong =
		json_loads("[{\"profile\":1},{\"profile\":0}]", 0, NULL);

	CU_ASSERT_TRUE(takes("list", "[]"));
	CU_ASSERT_TRUE(takes("list", "[{\"profile\":1},{\"profile\":9,\"from\":\"\"}]"));
	CU_ASSERT_FALSE(takes("list", "[{\"profile\":1},{\"profile\":1},{\"profile\":1}]"));
	CU_ASSERT_FALSE(takes("list", "[{}]"));
	CU_ASSERT_FALSE(takes("list", "[1]"));
	CU_ASSERT_FALSE(takes("list", "{}"));
	CU_ASSERT_EQUAL(field_check(field_find(&table, "list"), wrong, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.message, "entry 2, profile: a number of kind access_profile");
}

static int
note_ref(const struct field *field, const char *kind, int64_t id, void *context)
{
	char *text = context;
	size_t used = strlen(text);

	(void) snprintf(text + used, 200 - used, "%s:%s:%lld ", field->name, kind, (long long) id);
	return 0;
}

static void
test_all_references_of_an_object_are_found_those_in_lists_too(void)
{
	char text[200] = "";
	_cleanup_(json_decrefp) json_t *object = json_loads(
		"{\"ref\":7,\"refs\":[1,2],\"list\":[{\"profile\":3}],\"doors\":[4]}", 0, NULL);
	_cleanup_(json_decrefp) json_t *none = json_loads("{\"ref\":0}", 0, NULL);

	CU_ASSERT_EQUAL(field_each_ref(&table, object, note_ref, text), 0);
	CU_ASSERT_STRING_EQUAL(text, "ref:person:7 refs:area:1 refs:area:2 list:access_profile:3 ");
	text[0] = 0;
	CU_ASSERT_EQUAL(field_each_ref(&table, none, note_ref, text), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
}

static void
test_defaults_fill_the_entries_of_lists(void)
{
	_cleanup_(json_decrefp) json_t *object =
		json_loads("{\"list\":[{\"profile\":3}]}", 0, NULL);

	field_fill(&table, object);
	_cleanup_(freep) char *text = json_canonical(json_object_get(object, "list"));
	CU_ASSERT_STRING_EQUAL(text, "[{\"from\":\"\",\"profile\":3}]");
}

static void
test_an_object_has_known_members_and_all_required_ones(void)
{
	_cleanup_(json_decrefp) json_t *good = json_pack("{ss,si}", "string", "abc", "integer", 1);
	_cleanup_(json_decrefp) json_t *missing = json_pack("{si}", "integer", 1);
	_cleanup_(json_decrefp) json_t *unknown = json_pack("{ss,si}", "string", "abc", "x\n", 1);
	_cleanup_(json_decrefp) json_t *wrong = json_pack("{ss,sb}", "string", "abc", "integer", 1);
	_cleanup_(json_decrefp) json_t *none = json_pack("{sn}", "string");
	struct field_error error;

	CU_ASSERT_EQUAL(field_check_object(&table, good, &error), 0);
	CU_ASSERT_EQUAL(field_check_object(&table, missing, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.field, "string");
	CU_ASSERT_STRING_EQUAL(error.message, "missing");
	CU_ASSERT_EQUAL(field_check_object(&table, unknown, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.field, "x\n");
	CU_ASSERT_EQUAL(field_check_object(&table, wrong, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.field, "integer");
	CU_ASSERT_STRING_EQUAL(error.message, "a whole number from -3 to 600 s");
	CU_ASSERT_EQUAL(field_check_object(&table, none, &error), -EINVAL);
	CU_ASSERT_PTR_NULL(field_find(&table, "strin"));
}

static void
test_defaults_fill_what_is_absent_and_nothing_else(void)
{
	_cleanup_(json_decrefp) json_t *object = json_pack("{si,ss}", "integer", 3, "secret", "s");
	_cleanup_(json_decrefp) json_t *none = field_default(field_find(&table, "host"));

	field_fill(&table, object);
	_cleanup_(freep) char *text = json_canonical(object);
	CU_ASSERT_STRING_EQUAL(
		text, "{\"bool\":true,\"doors\":[],\"enum\":\"red\",\"integer\":3,\"refs\":[],"
		      "\"secret\":\"s\"}");
	CU_ASSERT_TRUE(json_is_null(none));
}

static void
test_the_schema_says_all_that_the_row_knows(void)
{
	_cleanup_(json_decrefp) json_t *schema = field_schema(&table);
	const json_t *properties = json_object_get(schema, "properties");
	_cleanup_(freep) char *integer = json_canonical(json_object_get(properties, "integer"));
	_cleanup_(freep) char *choice = json_canonical(json_object_get(properties, "enum"));
	_cleanup_(freep) char *string = json_canonical(json_object_get(properties, "string"));
	_cleanup_(freep) char *doors = json_canonical(json_object_get(properties, "doors"));
	_cleanup_(freep) char *required = json_canonical(json_object_get(schema, "required"));

	CU_ASSERT_EQUAL(json_object_size(properties), table.count);
	CU_ASSERT_TRUE(json_is_false(json_object_get(schema, "additionalProperties")));
	CU_ASSERT_STRING_EQUAL(required, "[\"string\"]");
	CU_ASSERT_STRING_EQUAL(integer,
			       "{\"default\":7,\"description\":\"A number.\",\"maximum\":600,"
			       "\"minimum\":-3,\"title\":\"Integer\",\"type\":\"integer\","
			       "\"x-role\":\"administrator\",\"x-unit\":\"s\"}");
	CU_ASSERT_STRING_EQUAL(choice, "{\"default\":\"red\",\"enum\":[\"red\",\"green\"],"
				       "\"type\":\"string\"}");
	CU_ASSERT_STRING_EQUAL(string, "{\"maxLength\":5,\"minLength\":1,\"type\":\"string\"}");
	CU_ASSERT_STRING_EQUAL(doors, "{\"default\":[],\"items\":{\"maximum\":64,\"minimum\":1,"
				      "\"type\":\"integer\"},\"type\":\"array\"}");
	CU_ASSERT_TRUE(json_bool_or(json_object_get(properties, "secret"), "writeOnly", false));
	CU_ASSERT_TRUE(json_bool_or(json_object_get(properties, "shown"), "readOnly", false));
}

static void
test_roles_have_names_and_names_have_roles(void)
{
	enum role role = ROLE_OPERATOR;

	for (enum role each = ROLE_NONE; each <= ROLE_ADMINISTRATOR; each++) {
		CU_ASSERT_EQUAL(role_from_name(role_name(each), &role), 0);
		CU_ASSERT_EQUAL(role, each);
	}
	CU_ASSERT_EQUAL(role_from_name("root", &role), -EINVAL);
	CU_ASSERT_EQUAL(role_from_name("", &role), -EINVAL);
	CU_ASSERT_EQUAL(role_from_name("Administrator", &role), -EINVAL);
	CU_ASSERT_STRING_EQUAL(role_name((enum role) 99), "none");
	CU_ASSERT(ROLE_NONE < ROLE_VIEWER && ROLE_VIEWER < ROLE_OPERATOR &&
		  ROLE_OPERATOR < ROLE_ADMINISTRATOR);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_no_field_takes_a_value_of_another_type),
		TAP(test_integers_are_taken_from_least_to_most),
		TAP(test_strings_are_counted_in_bytes_and_have_no_control_characters),
		TAP(test_a_choice_is_one_of_the_list_to_the_letter),
		TAP(test_hosts_are_names_or_addresses),
		TAP(test_paths_are_absolute_short_and_printable),
		TAP(test_doors_are_distinct_numbers_from_one),
		TAP(test_a_reference_is_the_number_of_an_object_or_0_for_none),
		TAP(test_a_time_is_rfc_3339_to_the_second_until_2106),
		TAP(test_entries_of_a_list_are_objects_of_its_table),
		TAP(test_all_references_of_an_object_are_found_those_in_lists_too),
		TAP(test_defaults_fill_the_entries_of_lists),
		TAP(test_an_object_has_known_members_and_all_required_ones),
		TAP(test_defaults_fill_what_is_absent_and_nothing_else),
		TAP(test_the_schema_says_all_that_the_row_knows),
		TAP(test_roles_have_names_and_names_have_roles),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
