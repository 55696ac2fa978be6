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

static void
test_traps_need_v1v2c_and_an_address(void)
{
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.traps.active\": true}"), "snmp.traps.active");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.traps.active\": true}"),
			       "snmp.traps.address");
	CU_ASSERT_STRING_EQUAL(check_snmp("{\"snmp.mode\": \"v1v2c\","
					  " \"snmp.traps.active\": true,"
					  " \"snmp.traps.address\": \"nms.example\"}"),
			       "");
}

static void
test_traps_end_with_v1v2c_and_begin_with_every_notification(void)
{
	_cleanup_(json_decrefp) json_t *before = json_pack("{sb}", "snmp.traps.active", 1);
	_cleanup_(json_decrefp) json_t *values = json_pack("{ss}", "snmp.mode", "v3");

	settings_snmp_follow(before, values);
	CU_ASSERT_TRUE(json_is_false(json_object_get(values, "snmp.traps.active")));
	_cleanup_(json_decrefp) json_t *same = json_pack("{ss}", "snmp.mode", "v1v2c");
	settings_snmp_follow(before, same);
	CU_ASSERT_EQUAL(json_object_size(same), 1);
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
		TAP(test_traps_need_v1v2c_and_an_address),
		TAP(test_traps_end_with_v1v2c_and_begin_with_every_notification),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
