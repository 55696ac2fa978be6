#include "lib/access_record.h"
#include "lib/cardformat.h"
#include "tests/unit/tap.h"

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct {
	union {
		uint8_t bytes[ACCESS_RECORD_MAX];
		struct access_record record;
	};
	int size;
} made;

/* ' is written instead of ". */
static const struct access_record *
make(const char *kind, const char *text)
{
	_cleanup_(freep) char *quoted = xstrdup(text);

	for (char *p = quoted; *p; p++)
		if (*p == '\'')
			*p = '"';
	_cleanup_(json_decrefp) json_t *object = json_loads(quoted, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	memset(&made, 0x55, sizeof(made));
	made.size = access_record_make(kind, 42, object, made.bytes);
	return &made.record;
}

static bool
is_refused(const char *kind, const char *text)
{
	(void) make(kind, text);
	return made.size == -EINVAL;
}

static const struct access_assignment *
assignments(void)
{
	return (const void *) (made.bytes + sizeof(struct access_record));
}

static const char *
name(void)
{
	return (const char *) (assignments() + made.record.profile_count);
}

static void
test_a_card_of_nothing_but_its_number_has_what_the_model_says(void)
{
	const struct access_record *record = make("credential", "{'card':7}");

	CU_ASSERT_EQUAL(made.size, (int) sizeof(*record) + 1);
	CU_ASSERT_EQUAL(record->id, 42);
	CU_ASSERT_EQUAL(record->card.format, cardformat_index(cardformat_by_name("h10301")));
	CU_ASSERT_EQUAL(record->card.facility, 0);
	CU_ASSERT_EQUAL(record->card.number, 7);
	CU_ASSERT_EQUAL(record->person, 0);
	CU_ASSERT_EQUAL(record->doors, 0);
	CU_ASSERT_EQUAL(record->floors, 0);
	CU_ASSERT_EQUAL(record->valid_from_s, 0);
	CU_ASSERT_EQUAL(record->valid_to_s, UINT32_MAX);
	CU_ASSERT_EQUAL(record->status, ACCESS_ENABLED);
	CU_ASSERT_EQUAL(record->flags, 0);
	CU_ASSERT_EQUAL(record->profile_count, 0);
	CU_ASSERT_STRING_EQUAL(name(), "");
}

static void
test_every_field_of_a_credential_is_kept(void)
{
	const struct access_record *record =
		make("credential",
		     "{'type':'card','format':'h10302','card':34359738367,'facility':9,"
		     "'person':2147483647,'doors':[1,64,65,0],'floors':[1,16],"
		     "'holder':'Ada','status':'stolen','valid_from':'2026-01-01T00:00:00Z',"
		     "'valid_to':'2106-02-07T06:28:14Z','profiles':[{'profile':1000,"
		     "'from':'2026-01-01T01:00:00+01:00'},{'profile':2,"
		     "'to':'2026-01-01T00:00:01Z'}]}");

	CU_ASSERT_EQUAL(record->card.format, cardformat_index(cardformat_by_name("h10302")));
	CU_ASSERT_EQUAL(record->card.number, UINT64_C(34359738367));
	CU_ASSERT_EQUAL(record->card.facility, 9);
	CU_ASSERT_EQUAL(record->person, INT32_MAX);
	CU_ASSERT_EQUAL(record->doors, 1 | UINT64_C(1) << 63);
	CU_ASSERT_EQUAL(record->floors, 1 | 1 << 15);
	CU_ASSERT_EQUAL(record->status, ACCESS_STOLEN);
	CU_ASSERT_EQUAL(record->valid_from_s, 1767225600);
	CU_ASSERT_EQUAL(record->valid_to_s, UINT32_MAX - 1);
	CU_ASSERT_EQUAL_FATAL(record->profile_count, 2);
	CU_ASSERT_EQUAL(assignments()[0].profile, 1000);
	CU_ASSERT_EQUAL(assignments()[0].from_s, 1767225600);
	CU_ASSERT_EQUAL(assignments()[0].to_s, UINT32_MAX);
	CU_ASSERT_EQUAL(assignments()[1].from_s, 0);
	CU_ASSERT_EQUAL(assignments()[1].to_s, 1767225601);
	CU_ASSERT_STRING_EQUAL(name(), "Ada");
}

static void
test_a_pin_is_found_by_its_person_unless_it_opens_by_itself(void)
{
	const struct access_record *record =
		make("credential", "{'type':'pin','person':7,'pin':'" PIN_KEPT
				   "00000000deadbeef','duress':true}");

	CU_ASSERT_EQUAL(record->card.format, ACCESS_FORMAT_PIN);
	CU_ASSERT_EQUAL(record->card.facility, 7);
	CU_ASSERT_EQUAL(record->card.number, 0xdeadbeef);
	CU_ASSERT_EQUAL(record->person, 7);
	CU_ASSERT_EQUAL(record->flags, ACCESS_DURESS);
	record = make("credential", "{'type':'pin','person':7,'alone':true,'pin':'" PIN_KEPT
				    "ffffffffffffffff'}");
	CU_ASSERT_EQUAL(record->card.facility, 0);
	CU_ASSERT_EQUAL(record->card.number, UINT64_MAX);
	CU_ASSERT_EQUAL(record->person, 7);
}

static void
test_digits_are_no_pin_that_is_kept(void)
{
	CU_ASSERT_TRUE(is_refused("credential", "{'type':'pin','person':7,'pin':'1234'}"));
	CU_ASSERT_TRUE(is_refused("credential", "{'type':'pin','person':7}"));
	CU_ASSERT_TRUE(
		is_refused("credential", "{'type':'pin','pin':'" PIN_KEPT "00000000deadbee'}"));
	CU_ASSERT_TRUE(
		is_refused("credential", "{'type':'pin','pin':'" PIN_KEPT "00000000deadbeef0'}"));
	CU_ASSERT_TRUE(
		is_refused("credential", "{'type':'pin','pin':'" PIN_KEPT "00000000deadbeeg'}"));
}

static void
test_every_status_has_its_own_number(void)
{
	static const char *const names[] = { "enabled", "lost",	      "stolen",	 "damaged",
					     "expired", "locked_out", "disabled" };

	for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
		char text[64];
		(void) snprintf(text, sizeof(text), "{'card':1,'status':'%s'}", names[i]);
		CU_ASSERT_EQUAL(make("credential", text)->status, i);
	}
	CU_ASSERT_TRUE(is_refused("credential", "{'card':1,'status':'asleep'}"));
}

static void
test_every_right_of_a_person_is_a_flag_of_its_own(void)
{
	static const struct {
		const char *text;
		uint16_t flags;
	} cases[] = {
		{ "{'name':'Ada'}", ACCESS_FIRST_PERSON },
		{ "{'name':'Ada','first_person':false}", 0 },
		{ "{'first_person':false,'apb_exempt':true}", ACCESS_APB_EXEMPT },
		{ "{'first_person':false,'extended_time':true}", ACCESS_EXTENDED },
		{ "{'first_person':false,'override_lockdown':true}", ACCESS_OVERRIDES },
		{ "{'first_person':false,'toggle':true}", ACCESS_TOGGLES },
		/* Of credentials only. */
		{ "{'first_person':false,'duress':true}", 0 },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++)
		CU_ASSERT_EQUAL(make("person", cases[i].text)->flags, cases[i].flags);
}

static void
test_a_person_is_enabled_unless_disabled_and_may_be_or_need_an_escort(void)
{
	CU_ASSERT_EQUAL(make("person", "{'name':'Ada'}")->status, ACCESS_ENABLED);
	CU_ASSERT_STRING_EQUAL(name(), "Ada");
	CU_ASSERT_EQUAL(make("person", "{'enabled':false}")->status, ACCESS_DISABLED);
	CU_ASSERT_EQUAL(make("person", "{}")->escort, ACCESS_ESCORT_NONE);
	CU_ASSERT_EQUAL(make("person", "{'escort':'escort'}")->escort, ACCESS_ESCORT_MAY);
	CU_ASSERT_EQUAL(make("person", "{'escort':'needs_escort'}")->escort, ACCESS_ESCORT_NEEDS);
	CU_ASSERT_TRUE(is_refused("person", "{'escort':'dog'}"));
}

static void
test_what_is_not_of_the_model_is_refused(void)
{
	CU_ASSERT_TRUE(is_refused("credential", "{'card':1,'format':'raw26'}"));
	CU_ASSERT_TRUE(is_refused("credential", "{'card':1,'valid_from':'tomorrow'}"));
	CU_ASSERT_TRUE(is_refused("credential", "{'card':1,'valid_to':'1969-12-31T23:59:59Z'}"));
	CU_ASSERT_TRUE(is_refused("credential", "{'card':1,'valid_to':'2106-02-07T06:28:16Z'}"));
	CU_ASSERT_TRUE(is_refused("person", "{'profiles':[{'profile':1,'to':'never'}]}"));
	CU_ASSERT_TRUE(is_refused("person", "{'profiles':[{'profile':1,'from':'24:00'}]}"));
}

static void
test_the_longest_name_and_the_most_profiles_fit_and_no_more(void)
{
	char text[2048] = "{'name':'";
	size_t length = strlen(text);

	memset(text + length, 'x', ACCESS_HOLDER_SIZE - 1);
	length += ACCESS_HOLDER_SIZE - 1;
	(void) snprintf(text + length, sizeof(text) - length, "','profiles':[{'profile':1}");
	for (unsigned i = 1; i < PROFILES_EACH; i++)
		(void) strncat(text, ",{'profile':2}", sizeof(text) - strlen(text) - 1);
	(void) strncat(text, "]}", sizeof(text) - strlen(text) - 1);
	CU_ASSERT_EQUAL(make("person", text)->profile_count, PROFILES_EACH);
	CU_ASSERT_EQUAL(strlen(name()), ACCESS_HOLDER_SIZE - 1);
	CU_ASSERT(made.size > 0 && made.size <= ACCESS_RECORD_MAX);
	/* One profile more. */
	text[strlen(text) - 2] = 0;
	(void) strncat(text, ",{'profile':3}]}", sizeof(text) - strlen(text) - 1);
	CU_ASSERT_TRUE(is_refused("person", text));
	/* One letter more. */
	memset(text, 'x', sizeof(text));
	memcpy(text, "{'name':'", 9);
	(void) snprintf(text + 9 + ACCESS_HOLDER_SIZE, sizeof(text) - 9 - ACCESS_HOLDER_SIZE, "'}");
	CU_ASSERT_TRUE(is_refused("person", text));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_card_of_nothing_but_its_number_has_what_the_model_says),
		TAP(test_every_field_of_a_credential_is_kept),
		TAP(test_a_pin_is_found_by_its_person_unless_it_opens_by_itself),
		TAP(test_digits_are_no_pin_that_is_kept),
		TAP(test_every_status_has_its_own_number),
		TAP(test_every_right_of_a_person_is_a_flag_of_its_own),
		TAP(test_a_person_is_enabled_unless_disabled_and_may_be_or_need_an_escort),
		TAP(test_what_is_not_of_the_model_is_refused),
		TAP(test_the_longest_name_and_the_most_profiles_fit_and_no_more),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
