#include "lib/json.h"
#include "lib/settings.h"
#include "lib/settings_snmp.h"
#include "lib/util.h"
#include "tests/unit/table_text.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
test_the_table_is_what_others_configure(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	table_write(out, "", settings_table());
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("settings.txt", text));
	free(text);
}

static void
test_every_row_is_in_order_and_its_default_passes_its_own_check(void)
{
	table_check(settings_table());
	for (size_t i = 0; i < settings_table()->count; i++) {
		const struct field *field = &settings_table()->fields[i];
		/* There is always a value, and somebody can read what it is for. */
		CU_ASSERT_PTR_NOT_NULL(field->fallback);
		CU_ASSERT_PTR_NOT_NULL(field->doc);
		CU_ASSERT(strlen(field->name) <= 64);
	}
}

static json_t *
defaults(void)
{
	json_t *all = json_object();

	field_fill(settings_table(), all);
	return all;
}

static void
test_the_defaults_agree_with_each_other(void)
{
	_cleanup_(json_decrefp) json_t *all = defaults();
	struct field_error error;

	CU_ASSERT_EQUAL(json_object_size(all), settings_table()->count);
	CU_ASSERT_EQUAL(field_check_object(settings_table(), all, &error), 0);
	CU_ASSERT_EQUAL(settings_check(all, &error), 0);
}

static void
test_only_known_card_formats_can_be_in_use(void)
{
	_cleanup_(json_decrefp) json_t *all = defaults();
	struct field_error error = { .field = "" };

	(void) json_object_set_new(all, "cards.formats", json_string("h10304,h10302"));
	CU_ASSERT_EQUAL(settings_check(all, &error), 0);
	(void) json_object_set_new(all, "cards.formats", json_string("h10304,h10305"));
	CU_ASSERT_EQUAL(settings_check(all, &error), -EINVAL);
	CU_ASSERT_STRING_EQUAL(error.field, "cards.formats");
}

static bool
may_be_off(const char *kinds)
{
	_cleanup_(json_decrefp) json_t *all = defaults();
	struct field_error error;

	(void) json_object_set_new(all, "snmp.notifications.off", json_string(kinds));
	return settings_check(all, &error) == 0;
}

static void
test_only_kinds_that_are_notified_can_be_switched_off(void)
{
	CU_ASSERT_TRUE(may_be_off(""));
	CU_ASSERT_TRUE(may_be_off("door.position"));
	CU_ASSERT_TRUE(may_be_off("door.position, access.granted,door.held"));
	CU_ASSERT_FALSE(may_be_off("door"));
	CU_ASSERT_FALSE(may_be_off("door.position access"));
	CU_ASSERT_FALSE(may_be_off("auth.login"));
	CU_ASSERT_FALSE(may_be_off("a.name.that.is.longer.than.any.kind.of.event.has.ever.been"));
}

/* What is said of the defaults with these: "" or the field at fault. */
static const char *
check_snmp(const char *members)
{
	_cleanup_(json_decrefp) json_t *all = defaults();
	_cleanup_(json_decrefp) json_t *changed = json_loads(members, 0, NULL);
	struct field_error error = { .field = "" };

	CU_ASSERT_PTR_NOT_NULL_FATAL(changed);
	(void) json_object_update(all, changed);
	return settings_check(all, &error) == 0 ? "" : error.field;
}

static void
test_snmp_is_off_until_it_is_asked_for(void)
{
	_cleanup_(json_decrefp) json_t *all = defaults();

	CU_ASSERT_STRING_EQUAL(json_string_or(all, "snmp.mode", ""), "off");
	CU_ASSERT_FALSE(json_bool_or(all, "snmp.traps.active", true));
	CU_ASSERT_STRING_EQUAL(json_string_or(all, "snmp.read_community", ""), "public");
	CU_ASSERT_STRING_EQUAL(json_string_or(all, "snmp.write_community", ""), "write");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\"}"), "");
}

static void
test_a_community_is_one_word_and_nobody_elses(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.read_community\": \"a b\"}"),
			       "snmp.read_community");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.write_community\": \"a'b\"}"),
			       "snmp.write_community");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.community\": \"-name\"}"),
			       "snmp.traps.community");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.read_community\": \"a\\u00e9\"}"),
			       "snmp.read_community");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.read_community\": \"write\"}"),
			       "snmp.write_community");
	/* One that does not open any more must not be in the way of other settings. */
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.read_community\": \"\"}"), "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.read_community\": \"\"}"),
			       "snmp.read_community");
}

static void
test_v3_needs_a_password_of_eight_characters(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v3\"}"), "snmp.v3.password");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.v3.password\": \"seven77\"}"),
			       "snmp.v3.password");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v3\","
					  " \"snmp.v3.password\": \"eight888\"}"),
			       "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v3\","
					  " \"snmp.v3.password\": {\"engine\": \"80\"}}"),
			       "");
}

#define SERVER "\"snmp.traps.active\": true, \"snmp.traps.address\": \"nms.example\""
#define INFORM SERVER ", \"snmp.traps.kind\": \"inform\""
#define V3     "\"snmp.mode\": \"v3\", \"snmp.v3.password\": {\"engine\": \"80007ed90501020304\"}, "

static void
test_traps_need_a_mode_and_an_address(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.active\": true}"), "snmp.traps.active");
	CU_ASSERT_STRING_EQUAL(check_snmp("{" SERVER "}"), "snmp.traps.active");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.traps.active\": true}"),
			       "snmp.traps.address");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\", " SERVER "}"), "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 SERVER "}"), "");
}

static void
test_an_engine_id_is_5_to_32_octets_in_hexadecimal(void)
{
	static const struct {
		const char *text;
		size_t size;
	} rows[] = {
		{ "8000000001", 5 },
		{ "0x80001F8880e9630000d61ff449", 13 },
		{ "8000000001020304050607080910111213141516171819202122232425262728", 32 },
		{ "", 0 },
		{ "0x", 0 },
		{ "80000001", 0 },
		{ "800000000", 0 },
		{ "80:00:00:00:01", 0 },
		{ "0X8000000001", 0 },
		{ "800000000g", 0 },
		{ "800000000102030405060708091011121314151617181920212223242526272829", 0 },
		{ "0000000000", 0 },
		{ "ffffffffffff", 0 },
		{ "fffffffffffe", 6 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct snmp_engine engine = { .size = 0 };
		_cleanup_(freep) char *members =
			xasprintf("{\"snmp.traps.engine_id\": \"%s\"}", rows[i].text);
		CU_ASSERT_EQUAL(settings_snmp_engine(rows[i].text, &engine),
				rows[i].size ? 0 : -EINVAL);
		CU_ASSERT_EQUAL(engine.size, rows[i].size);
		CU_ASSERT_STRING_EQUAL(check_snmp(members), rows[i].size || !*rows[i].text
								    ? ""
								    : "snmp.traps.engine_id");
	}
}

static void
test_an_inform_of_v2c_needs_nothing_more_and_v1_has_none(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\", " INFORM "}"), "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.traps.version\": \"v1\", " INFORM "}"),
			       "snmp.traps.kind");
}

static void
test_an_inform_is_given_up_after_a_minute_at_most(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.timeout\": 6, \"snmp.traps.retries\": 9}"),
			       "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.timeout\": 7}"), "snmp.traps.retries");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.timeout\": 30,"
					  " \"snmp.traps.retries\": 1}"),
			       "");
}

static void
test_an_inform_of_v3_needs_the_servers_engine_id_and_a_password_for_it(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 INFORM "}"), "snmp.traps.engine_id");
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 INFORM ", \"snmp.traps.password\": \"eight888\"}"),
			       "snmp.traps.engine_id");
	/* What would be taken for the server's is our own. */
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 INFORM ", \"snmp.traps.password\": \"eight888\","
					  " \"snmp.traps.engine_id\": \"0x80007ED90501020304\"}"),
			       "snmp.traps.engine_id");
	CU_ASSERT_STRING_EQUAL(
		check_snmp("{" V3 INFORM ", \"snmp.traps.engine_id\": \"8000000001\"}"),
		"snmp.traps.password");
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 INFORM ", \"snmp.traps.password\": \"seven77\","
					  " \"snmp.traps.engine_id\": \"8000000001\"}"),
			       "snmp.traps.password");
	CU_ASSERT_STRING_EQUAL(check_snmp("{" V3 INFORM ", \"snmp.traps.password\": \"eight888\","
					  " \"snmp.traps.engine_id\": \"8000000001\"}"),
			       "");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.user\": \"a b\"}"), "snmp.traps.user");
}

static void
test_what_is_kept_of_a_password_is_for_one_engine(void)
{
	static const char kept[] =
		"{" V3 INFORM ", \"snmp.traps.password\": {\"engine\": \"80000000aa\"},"
		" \"snmp.traps.engine_id\": \"%s\"}";
	_cleanup_(freep) char *same = xasprintf(kept, "0x80000000AA");
	_cleanup_(freep) char *other = xasprintf(kept, "80000000ab");

	CU_ASSERT_STRING_EQUAL(check_snmp(same), "");
	CU_ASSERT_STRING_EQUAL(check_snmp(other), "snmp.traps.password");
	/* While no informs are sent it is in nobody's way. */
	CU_ASSERT_STRING_EQUAL(
		check_snmp("{\"snmp.traps.engine_id\": \"80000000ab\","
			   " \"snmp.traps.password\": {\"engine\": \"80000000aa\"}}"),
		"");
}

static void
test_traps_end_with_the_mode_and_begin_with_every_notification(void)
{
	_cleanup_(json_decrefp) json_t *before =
		json_pack("{ss,sb}", "snmp.mode", "v1v2c", "snmp.traps.active", 1);
	_cleanup_(json_decrefp) json_t *v3 =
		json_pack("{ss,sb}", "snmp.mode", "v3", "snmp.traps.active", 1);
	_cleanup_(json_decrefp) json_t *values = json_pack("{ss}", "snmp.mode", "v3");

	settings_snmp_follow(before, values);
	CU_ASSERT_TRUE(json_is_false(json_object_get(values, "snmp.traps.active")));
	_cleanup_(json_decrefp) json_t *same = json_pack("{ss}", "snmp.mode", "v1v2c");
	settings_snmp_follow(before, same);
	CU_ASSERT_EQUAL(json_object_size(same), 1);
	/* What has been encrypted does not go on unencrypted by itself. */
	settings_snmp_follow(v3, same);
	CU_ASSERT_TRUE(json_is_false(json_object_get(same, "snmp.traps.active")));
	_cleanup_(json_decrefp) json_t *without = json_object();
	_cleanup_(json_decrefp) json_t *on =
		json_pack("{sb,sb}", "snmp.traps.active", 1, "snmp.notifications.access", 0);
	settings_snmp_follow(without, on);
	CU_ASSERT_TRUE(json_is_true(json_object_get(on, "snmp.notifications.state")));
	CU_ASSERT_TRUE(json_is_false(json_object_get(on, "snmp.notifications.access")));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_table_is_what_others_configure),
		TAP(test_every_row_is_in_order_and_its_default_passes_its_own_check),
		TAP(test_the_defaults_agree_with_each_other),
		TAP(test_only_known_card_formats_can_be_in_use),
		TAP(test_only_kinds_that_are_notified_can_be_switched_off),
		TAP(test_snmp_is_off_until_it_is_asked_for),
		TAP(test_a_community_is_one_word_and_nobody_elses),
		TAP(test_v3_needs_a_password_of_eight_characters),
		TAP(test_traps_need_a_mode_and_an_address),
		TAP(test_an_engine_id_is_5_to_32_octets_in_hexadecimal),
		TAP(test_an_inform_of_v2c_needs_nothing_more_and_v1_has_none),
		TAP(test_an_inform_is_given_up_after_a_minute_at_most),
		TAP(test_an_inform_of_v3_needs_the_servers_engine_id_and_a_password_for_it),
		TAP(test_what_is_kept_of_a_password_is_for_one_engine),
		TAP(test_traps_end_with_the_mode_and_begin_with_every_notification),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
