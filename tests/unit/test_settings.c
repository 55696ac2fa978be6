#include "lib/json.h"
#include "lib/settings.h"
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

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_table_is_what_others_configure),
		TAP(test_every_row_is_in_order_and_its_default_passes_its_own_check),
		TAP(test_the_defaults_agree_with_each_other),
		TAP(test_only_known_card_formats_can_be_in_use),
		TAP(test_only_kinds_that_are_notified_can_be_switched_off),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
