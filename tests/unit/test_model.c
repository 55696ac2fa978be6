#include "lib/access.h"
#include "lib/cardformat.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/settings.h"
#include "lib/util.h"
#include "lib/wire.h"
#include "tests/unit/table_text.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void
test_the_kinds_are_what_others_configure(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	for (size_t i = 0; i < model_count(); i++) {
		const struct model_kind *kind = model_at(i);
		_cleanup_(freep) char *prefix = xasprintf("%s.", kind->name);
		fprintf(out, "%s %s %s\n", kind->name, kind->plural,
			kind->is_fixed ? "fixed" : "free");
		table_write(out, prefix, &kind->fields);
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("model.txt", text));
	free(text);
}

static void
test_every_field_is_in_order_and_its_default_passes_its_own_check(void)
{
	for (size_t i = 0; i < model_count(); i++) {
		table_check(&model_at(i)->fields);
		CU_ASSERT_PTR_EQUAL(model_find(model_at(i)->name), model_at(i));
	}
	CU_ASSERT_PTR_NULL(model_find("doors"));
	CU_ASSERT_PTR_NULL(model_find(""));
	CU_ASSERT_PTR_NULL(model_at(model_count()));
}

static void
test_a_card_may_be_of_every_format_that_can_be_encoded(void)
{
	const struct field *field = field_find(&model_find("credential")->fields, "format");
	const struct cardformat *format;
	size_t count = 0;

	for (size_t i = 0; (format = cardformat_by_index(i)); i++)
		count += cardformat_bit_count(format) > 0;
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_PTR_NOT_NULL_FATAL(field->choices[i]);
	CU_ASSERT_PTR_NULL(field->choices[count]);
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_PTR_NOT_NULL(cardformat_by_name(field->choices[i]));
}

static json_t *
card_of(const char *format, json_int_t facility, json_int_t card)
{
	return json_pack("{ss,sI,sI,ss,s[i]}", "format", format, "facility", facility, "card", card,
			 "holder", "Ada", "doors", 1);
}

static void
test_a_card_is_unique_by_format_facility_and_number(void)
{
	const struct model_kind *kind = model_find("credential");
	_cleanup_(json_decrefp) json_t *object = card_of("h10301", 118, 1603);
	_cleanup_(freep) char *key = model_unique_key(kind, object);

	CU_ASSERT_STRING_EQUAL(key, "{\"card\":1603,\"facility\":118,\"format\":\"h10301\"}");
	(void) json_object_set_new(object, "holder", json_string("Grace"));
	(void) json_object_set_new(object, "doors", json_array());
	_cleanup_(freep) char *same = model_unique_key(kind, object);
	CU_ASSERT_STRING_EQUAL(same, key);
	(void) json_object_set_new(object, "facility", json_integer(119));
	_cleanup_(freep) char *other = model_unique_key(kind, object);
	CU_ASSERT(strcmp(other, key));
}

static void
test_doors_are_not_unique_by_anything(void)
{
	_cleanup_(json_decrefp) json_t *door = json_pack("{ss}", "name", "Front");

	CU_ASSERT_PTR_NULL(model_unique_key(model_find("door"), door));
}

static int
check_door(int pre_alarm_s, int held_open_s)
{
	_cleanup_(json_decrefp) json_t *door =
		json_pack("{ss,si,si}", "name", "Front", "pre_alarm_time", pre_alarm_s,
			  "held_open_time", held_open_s);
	struct field_error error = { 0 };
	int r = model_check(model_find("door"), door, &error);

	if (r < 0)
		CU_ASSERT_STRING_EQUAL(error.field, "pre_alarm_time");
	return r;
}

static void
test_the_pre_alarm_is_shorter_than_the_held_open_time(void)
{
	CU_ASSERT_EQUAL(check_door(0, 1), 0);
	CU_ASSERT_EQUAL(check_door(9, 10), 0);
	CU_ASSERT_EQUAL(check_door(10, 10), -EINVAL);
	CU_ASSERT_EQUAL(check_door(11, 10), -EINVAL);
	CU_ASSERT_EQUAL(check_door(1, 1), -EINVAL);
	_cleanup_(json_decrefp) json_t *door = json_object();
	struct field_error error;
	field_fill(&model_find("door")->fields, door);
	CU_ASSERT_EQUAL(model_check(model_find("door"), door, &error), 0);
}

/* What is at fault with this interlock; "" when nothing is. */
static const char *
check_interlock(const char *text)
{
	_cleanup_(json_decrefp) json_t *object = json_loads(text, 0, NULL);
	struct field_error error = { .field = "" };
	const struct model_kind *kind = model_find("interlock");

	field_fill(&kind->fields, object);
	(void) (field_check_object(&kind->fields, object, &error) == 0 &&
		model_check(kind, object, &error));
	return error.field;
}

static void
test_an_interlock_has_two_doors_and_lets_fewer_open_than_it_has(void)
{
	CU_ASSERT_STRING_EQUAL(check_interlock("{\"name\":\"a\",\"doors\":[1,2]}"), "");
	CU_ASSERT_STRING_EQUAL(check_interlock("{\"name\":\"a\",\"doors\":[1,2,4],\"max_open\":2}"),
			       "");
	CU_ASSERT_STRING_EQUAL(check_interlock("{\"name\":\"a\",\"doors\":[1]}"), "doors");
	CU_ASSERT_STRING_EQUAL(check_interlock("{\"name\":\"a\",\"doors\":[1,5]}"), "doors");
	CU_ASSERT_STRING_EQUAL(check_interlock("{\"name\":\"a\",\"doors\":[1,2],\"max_open\":2}"),
			       "max_open");
}

/* What is at fault with this card; "" when nothing is. */
static const char *
check_card(const char *format, json_int_t facility, json_int_t card)
{
	_cleanup_(json_decrefp) json_t *object = card_of(format, facility, card);
	struct field_error error = { .field = "" };

	CU_ASSERT_EQUAL(field_check_object(&model_find("credential")->fields, object, &error), 0);
	return model_check(model_find("credential"), object, &error) < 0 ? error.field : "";
}

static void
test_a_card_that_its_format_cannot_hold_is_refused(void)
{
	CU_ASSERT_STRING_EQUAL(check_card("h10301", 255, 65535), "");
	CU_ASSERT_STRING_EQUAL(check_card("h10301", 256, 1), "facility");
	CU_ASSERT_STRING_EQUAL(check_card("h10301", 1, 65536), "card");
	CU_ASSERT_STRING_EQUAL(check_card("h10306", 65535, 65535), "");
	CU_ASSERT_STRING_EQUAL(check_card("h10302", 0, INT64_C(34359738367)), "");
	CU_ASSERT_STRING_EQUAL(check_card("h10302", 1, 1), "facility");
	CU_ASSERT_STRING_EQUAL(check_card("h10304", 65535, 524287), "");
	CU_ASSERT_STRING_EQUAL(check_card("h10304", 0, 524288), "card");
	CU_ASSERT_STRING_EQUAL(check_card("c1000-35", 4095, 1048575), "");
	CU_ASSERT_STRING_EQUAL(check_card("c1000-35", 4096, 0), "facility");
}

static void
test_every_format_that_can_be_chosen_can_be_read(void)
{
	const struct field *format = field_find(&model_find("credential")->fields, "format");

	for (const char *const *choice = format->choices; *choice; choice++) {
		const struct cardformat *known = cardformat_by_name(*choice);
		CU_ASSERT_PTR_NOT_NULL_FATAL(known);
		CU_ASSERT(cardformat_bit_count(known) > 0);
	}
}

static void
test_what_the_model_allows_fits_the_access_table(void)
{
	const struct access_door *door = NULL;

	CU_ASSERT_EQUAL(field_find(&model_find("credential")->fields, "holder")->max,
			ACCESS_HOLDER_SIZE - 1);
	CU_ASSERT_EQUAL(field_find(&model_find("door")->fields, "name")->max,
			sizeof(door->name) - 1);
	CU_ASSERT_EQUAL(field_find(&model_find("credential")->fields, "doors")->max, 64);
	CU_ASSERT(DOORS <= DOORS_MODEL);
}

/* What a list inside a list comes to: an event that tells of such an object, in a page of events.
 */
static void
test_what_is_said_of_objects_fits_the_protocol(void)
{
	_cleanup_(json_decrefp) json_t *objects = json_object();
	_cleanup_(json_decrefp) json_t *read = NULL;

	for (size_t i = 0; i < model_count(); i++)
		(void) json_object_set_new(objects, model_at(i)->name,
					   field_schema(&model_at(i)->fields));
	_cleanup_(json_decrefp) json_t *schema =
		json_pack("{si,s{sO,so}}", "id", INT32_MAX, "result", "objects", objects,
			  "settings", field_schema(settings_table()));
	_cleanup_(freep) char *text = json_canonical(schema);
	printf("# the schema is a line of %zu bytes\n", strlen(text));
	CU_ASSERT(strlen(text) < WIRE_LINE_MAX);
	CU_ASSERT_EQUAL(json_read(text, strlen(text), &read), 0);

	static const char page[] =
		"{\"result\":{\"events\":[{\"event\":{\"data\":{\"new\":{\"rules\":["
		"{\"doors\":[1]}]}}}}]}}";
	json_decref(read);
	read = NULL;
	CU_ASSERT_EQUAL(json_read(page, strlen(page), &read), 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_kinds_are_what_others_configure),
		TAP(test_every_field_is_in_order_and_its_default_passes_its_own_check),
		TAP(test_a_card_may_be_of_every_format_that_can_be_encoded),
		TAP(test_a_card_is_unique_by_format_facility_and_number),
		TAP(test_doors_are_not_unique_by_anything),
		TAP(test_the_pre_alarm_is_shorter_than_the_held_open_time),
		TAP(test_an_interlock_has_two_doors_and_lets_fewer_open_than_it_has),
		TAP(test_a_card_that_its_format_cannot_hold_is_refused),
		TAP(test_every_format_that_can_be_chosen_can_be_read),
		TAP(test_what_the_model_allows_fits_the_access_table),
		TAP(test_what_is_said_of_objects_fits_the_protocol),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
