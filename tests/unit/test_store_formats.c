#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/store_rig.h"
#include "tests/unit/tap.h"

#include <string.h>

/* Facility code of 12 bits, number of 18. */
static const char gate[] =
	"{'name':'Gate','bits':32,'facility_first':1,'facility_bits':12,'number_first':13,"
	"'number_bits':18,'parity':[{'bit':0,'covers':'1-16'},"
	"{'bit':31,'odd':true,'covers':'15-30'}],"
	"'vectors':[{'bits':'A691BBAA','facility':1234,'number':56789}]}";

static void
is_put(struct store_rig *rig, const char *kind, int64_t id, const char *members)
{
	CU_ASSERT_EQUAL(store_rig_put(rig, kind, id, members), 0);
	if (rig->refusal.code)
		printf("# %s: %s\n", rig->refusal.field, rig->refusal.message);
}

/* Whether a change is refused for that, "field: message". */
static bool
is_refused(struct store_rig *rig, const char *kind, int64_t id, const char *members,
	   const char *reason)
{
	int r = store_rig_put(rig, kind, id, members);
	_cleanup_(freep) char *said = xasprintf("%s: %s", rig->refusal.field, rig->refusal.message);

	if (r < 0 && !strcmp(said, reason))
		return true;
	printf("# %d, %s\n", r, said);
	return false;
}

static void
start(struct store_rig *rig)
{
	store_rig_start(rig);
	is_put(rig, "card_format", 0, gate);
	CU_ASSERT_EQUAL(rig->id, 1);
}

static void
test_a_card_that_its_own_format_cannot_hold_is_refused(void)
{
	struct store_rig rig;

	start(&rig);
	is_put(&rig, "credential", 0,
	       "{'holder':'Ada','card_format':1,'facility':4095,'card':262143}");
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','card_format':1,'facility':4096,'card':1}",
				  "facility: larger than this card format holds"));
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','card_format':1,'facility':1,'card':262144}",
				  "card: larger than this card format holds"));
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 1, "{'card':262144}",
				  "card: larger than this card format holds"));
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','card_format':2,'facility':1,'card':1}",
				  "card_format: there is no card format 2"));
	/* The built-in format that it would have otherwise does not count. */
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','facility':4095,'card':262143}",
				  "facility: larger than this card format holds"));
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','type':'pin','pin':'4711','alone':true,"
				  "'card_format':1}",
				  "card_format: a PIN has none"));
	store_rig_stop(&rig);
}

static void
test_a_card_of_an_own_format_is_there_once(void)
{
	struct store_rig rig;

	start(&rig);
	is_put(&rig, "credential", 0, "{'holder':'Ada','card_format':1,'facility':7,'card':8}");
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','card_format':1,'facility':7,'card':8}",
				  "card: Ada holds this card already (credential 1)"));
	/* It is of its own format, whatever built-in one is named besides. */
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0,
				  "{'holder':'Bob','card_format':1,'format':'h10306',"
				  "'facility':7,'card':8}",
				  "card: Ada holds this card already (credential 1)"));
	is_put(&rig, "credential", 0, "{'holder':'Bob','facility':7,'card':8}");
	CU_ASSERT_TRUE(is_refused(&rig, "credential", 0, "{'holder':'Eve','facility':7,'card':8}",
				  "card: Bob holds this card already (credential 2)"));
	store_rig_stop(&rig);
}

static void
test_a_format_that_cards_are_of_keeps_its_shape(void)
{
	struct store_rig rig;

	start(&rig);
	/* Of no card yet it may become another one. */
	is_put(&rig, "card_format", 1,
	       "{'parity':[],'vectors':[{'bits':'2691BBAA','facility':1234,'number':56789}]}");
	is_put(&rig, "card_format", 1, gate);
	is_put(&rig, "credential", 0, "{'holder':'Ada','card_format':1,'card':8}");
	CU_ASSERT_TRUE(is_refused(
		&rig, "card_format", 1,
		"{'parity':[],'vectors':[{'bits':'2691BBAA','facility':1234,'number':56789}]}",
		"parity: credentials use it: only its name and vectors can change"));
	CU_ASSERT_TRUE(is_refused(
		&rig, "card_format", 1,
		"{'facility_bits':11,'facility_first':2,"
		"'vectors':[{'bits':'00000001','number':0}]}",
		"facility_bits: credentials use it: only its name and vectors can change"));
	is_put(&rig, "card_format", 1,
	       "{'name':'Gate of old','vectors':[{'bits':'00000001','number':0}]}");
	CU_ASSERT(store_rig_remove(&rig, "card_format", 1, false) < 0);
	CU_ASSERT_STRING_EQUAL(rig.refusal.message, "credential 1 refers to it");
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "credential", 1, false), 0);
	is_put(&rig, "card_format", 1, gate);
	CU_ASSERT_EQUAL(store_rig_remove(&rig, "card_format", 1, false), 0);
	store_rig_stop(&rig);
}

static void
test_no_two_formats_have_one_name_and_there_are_sixteen(void)
{
	struct store_rig rig;

	start(&rig);
	CU_ASSERT_TRUE(is_refused(&rig, "card_format", 0, gate,
				  "name: Gate is a card format already (card_format 1)"));
	for (unsigned i = 2; i <= 16; i++) {
		_cleanup_(freep) char *other =
			xasprintf("{'name':'Gate %u',%s", i, strchr(gate, ',') + 1);
		is_put(&rig, "card_format", 0, other);
	}
	CU_ASSERT_TRUE(is_refused(&rig, "card_format", 0,
				  "{'name':'One more','bits':8,'number_first':0,'number_bits':8,"
				  "'vectors':[{'bits':'01','number':1}]}",
				  "kind: there are 16 card_formats, no more fit"));
	store_rig_stop(&rig);
}

static const struct tap_test tests[] = {
	TAP(test_a_card_that_its_own_format_cannot_hold_is_refused),
	TAP(test_a_card_of_an_own_format_is_there_once),
	TAP(test_a_format_that_cards_are_of_keeps_its_shape),
	TAP(test_no_two_formats_have_one_name_and_there_are_sixteen),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
