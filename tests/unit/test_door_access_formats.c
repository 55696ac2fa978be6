#include "lib/access.h"
#include "lib/cardformat.h"
#include "lib/util.h"
#include "tests/unit/decide_rig.h"
#include "tests/unit/tap.h"

/* Formats 2 and 3 share the bits of wiegand32: Gate with parity, Wide without and without facility.
 */
#define FORMATS                                                                              \
	"'card_format':{'2':{'name':'Gate','bits':32,'facility_first':1,'facility_bits':12," \
	"'number_first':13,'number_bits':18,'parity':[{'bit':0,'covers':'1-16'},"            \
	"{'bit':31,'odd':true,'covers':'15-30'}]},"                                          \
	"'3':{'name':'Wide','bits':32,'number_first':0,'number_bits':32}}"
#define WORLD(order) "{'settings':{'cards.formats':'" order "'}," FORMATS "}"
#define WORLD_WITH(order, card) \
	"{'settings':{'cards.formats':'" order "'}," FORMATS ",'credential':{'7':" card "}}"
#define GATE_CARD "{'card_format':2,'facility':1234,'card':56789,'person':1}"
/* Gate 1234/56789, and the same with its first bit turned. */
#define BITS  "A691BBAA"
#define WRONG "2691BBAA"

static void
test_a_card_of_an_own_format_is_let_in_and_named_by_it(void)
{
	struct decide_rig rig;

	decide_start(&rig, WORLD_WITH("h10301,custom-2", GATE_CARD));
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "granted");
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 7);
	CU_ASSERT_STRING_EQUAL(rig.decision.holder.format, "Gate");
	CU_ASSERT_EQUAL(rig.decision.holder.card.format, CARDFORMAT_OWN_FIRST + 1);
	CU_ASSERT_EQUAL(rig.decision.holder.card.facility, 1234);
	CU_ASSERT_EQUAL(rig.decision.holder.card.number, 56789);
	CU_ASSERT_STRING_EQUAL(rig.trace.rows[1].text, "Gate, facility 1234, number 56789");
	decide_stop(&rig);
}

static void
test_an_own_format_is_not_in_use_until_the_setting_names_it(void)
{
	struct decide_rig rig;

	decide_start(&rig, WORLD_WITH("h10301", GATE_CARD));
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "UnknownFormat");
	CU_ASSERT_PTR_NULL(rig.decision.holder.format);
	decide_stop(&rig);
}

static void
test_wrong_parity_of_an_own_format_is_told(void)
{
	struct decide_rig rig;

	decide_start(&rig, WORLD_WITH("custom-2", GATE_CARD));
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, WRONG), "BadParity");
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 33, BITS "00"), "UnknownFormat");
	decide_stop(&rig);
}

static const char *
name_of(const char *world)
{
	static char name[ACCESS_NAME_SIZE];
	struct decide_rig rig;

	decide_start(&rig, world);
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "InvalidIdentifierValue");
	CU_ASSERT_PTR_NOT_NULL_FATAL(rig.decision.holder.format);
	(void) copy_string(name, sizeof(name), rig.decision.holder.format);
	decide_stop(&rig);
	return name;
}

static void
test_of_formats_of_one_length_the_order_decides(void)
{
	CU_ASSERT_STRING_EQUAL(name_of(WORLD("custom-2,wiegand32")), "Gate");
	CU_ASSERT_STRING_EQUAL(name_of(WORLD("wiegand32,custom-2")), "wiegand32");
	CU_ASSERT_STRING_EQUAL(name_of(WORLD("custom-3,custom-2")), "Wide");
	/* One that is not there is passed over. */
	CU_ASSERT_STRING_EQUAL(name_of(WORLD("custom-1,custom-16,custom-2,custom-3")), "Gate");
	/* Who has the card still comes first. */
	struct decide_rig rig;
	decide_start(&rig, WORLD_WITH("wiegand32,custom-3,custom-2", GATE_CARD));
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "granted");
	CU_ASSERT_STRING_EQUAL(rig.decision.holder.format, "Gate");
	decide_stop(&rig);
}

static void
test_nothing_is_read_where_only_formats_are_named_that_are_not_there(void)
{
	struct decide_rig rig;

	decide_start(&rig, WORLD("custom-1"));
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "UnknownFormat");
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 26, "80000000"), "UnknownFormat");
	decide_stop(&rig);
}

static void
test_facility_codes_may_be_of_an_own_format_when_credentials_cannot_be_read(void)
{
	struct decide_rig rig;

	decide_start_damaged(&rig, "{'settings':{'cards.formats':'custom-2','degraded.format':"
				   "'custom-2','degraded.facilities':'1234'}," FORMATS "}");
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, BITS), "granted");
	CU_ASSERT_STRING_EQUAL(rig.decision.holder.format, "Gate");
	CU_ASSERT_STRING_EQUAL_FATAL(decide_bits(&rig, 1, 32, "83B00C86"), "FacilityMismatch");
	decide_stop(&rig);
}

static void
test_a_stored_format_that_is_none_harms_no_other(void)
{
	static const char *const broken[] = {
		"'bits':200,'number_first':150,'number_bits':20",
		"'bits':0,'number_first':0,'number_bits':0",
		"'bits':64,'number_first':0,'number_bits':64",
		"'bits':32,'number_first':1,'number_bits':8,'parity':[{'bit':-1,'covers':'3'}]",
		"'bits':32,'number_first':5,'number_bits':8,'parity':[{'bit':0,'covers':'9'},"
		"{'bit':1,'covers':'9'},{'bit':2,'covers':'9'},{'bit':3,'covers':'9'}]",
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		_cleanup_(freep) char *world =
			xasprintf("{'settings':{'cards.formats':'custom-1,custom-2'},'card_format':"
				  "{'1':{'name':'Broken',%s}}}",
				  broken[i]);
		struct decide_rig rig;
		decide_start(&rig, world);
		CU_ASSERT_PTR_NULL(access_format_shape(rig.table, CARDFORMAT_OWN_FIRST));
		CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 32, BITS), "UnknownFormat");
		decide_stop(&rig);
	}
}

static void
test_the_table_knows_own_formats_by_their_position(void)
{
	struct decide_rig rig;

	decide_start(&rig, WORLD("custom-2"));
	const struct access_table *table = rig.table;
	CU_ASSERT_PTR_NOT_NULL_FATAL(access_format_name(table, CARDFORMAT_OWN_FIRST + 1));
	CU_ASSERT_STRING_EQUAL(access_format_name(table, CARDFORMAT_OWN_FIRST + 1), "Gate");
	CU_ASSERT_STRING_EQUAL(access_format_name(table, 0), "h10301");
	CU_ASSERT_EQUAL(access_format_shape(table, CARDFORMAT_OWN_FIRST + 2)->number.count, 32);
	CU_ASSERT_PTR_NULL(access_format_name(table, CARDFORMAT_OWN_FIRST));
	CU_ASSERT_PTR_NULL(access_format_shape(table, CARDFORMAT_OWN_FIRST + CARDFORMATS_OWN));
	CU_ASSERT_PTR_NULL(access_format_shape(table, ACCESS_FORMAT_PIN));
	CU_ASSERT_PTR_NULL(access_format_shape(NULL, CARDFORMAT_OWN_FIRST + 1));
	CU_ASSERT_STRING_EQUAL(access_format_name(NULL, 0), "h10301");
	decide_stop(&rig);
}

static const struct tap_test tests[] = {
	TAP(test_a_card_of_an_own_format_is_let_in_and_named_by_it),
	TAP(test_an_own_format_is_not_in_use_until_the_setting_names_it),
	TAP(test_wrong_parity_of_an_own_format_is_told),
	TAP(test_of_formats_of_one_length_the_order_decides),
	TAP(test_nothing_is_read_where_only_formats_are_named_that_are_not_there),
	TAP(test_facility_codes_may_be_of_an_own_format_when_credentials_cannot_be_read),
	TAP(test_a_stored_format_that_is_none_harms_no_other),
	TAP(test_the_table_knows_own_formats_by_their_position),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
