/* The last steps of a decision: what has to be shown, where people are, who comes along. */
#include "lib/util.h"
#include "tests/unit/decide_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <string.h>

#define ADA                   \
	(struct decide_shown) \
	{                     \
		.card = 1     \
	}
#define VERA                  \
	(struct decide_shown) \
	{                     \
		.card = 3     \
	}
#define CODE(digits)          \
	(struct decide_shown) \
	{                     \
		.pin = digits \
	}
#define ADA_WITH(digits)                 \
	(struct decide_shown)            \
	{                                \
		.card = 1, .pin = digits \
	}
#define TWO(one, other)                         \
	(struct decide_shown)                   \
	{                                       \
		.card = one, .companion = other \
	}
#define IS(rig, point, shown, outcome) CU_ASSERT_TRUE(decide_is(rig, point, shown, outcome))
#define IS_WITH(patch, point, shown, outcome) \
	CU_ASSERT_TRUE(decide_is_with(patch, point, shown, outcome))
#define NOBODYS_CARDS                                                                    \
	"'7':{'type':'card','format':'h10301','facility':1,'card':7,'doors':[1,2,3,4]}," \
	"'8':{'type':'card','format':'h10301','facility':1,'card':8,'doors':[1,2,3,4]}"

static void
place(struct decide_rig *rig, uint32_t person, uint8_t area, int64_t since_s)
{
	CU_ASSERT_EQUAL(
		presence_set(rig->presence, person, (struct presence_place){ area, since_s }), 0);
}

static void
test_what_is_asked_for_follows_threat_then_time_then_the_rest(void)
{
	static const char patch[] =
		"{'authentication':{'1':{'level':'card','times':[{'schedule':1,'level':'two_cards'}"
		","
		"{'schedule':1,'level':'card_and_pin'}],'threats':[{'threat':2,'level':'pin'},"
		"{'threat':3,'level':'card_and_pin'}]}},'settings':{'access.threat_level':%d}}";
	static const struct {
		int threat;
		int64_t now_s;
		enum access_level level;
	} cases[] = {
		{ 0, RIG_NOW_S - 1, ACCESS_LEVEL_CARD },
		{ 0, RIG_NOW_S, ACCESS_LEVEL_TWO_CARDS },
		{ 1, RIG_NOW_S + 3599, ACCESS_LEVEL_TWO_CARDS },
		{ 1, RIG_NOW_S + 3600, ACCESS_LEVEL_CARD },
		{ 2, RIG_NOW_S, ACCESS_LEVEL_PIN },
		{ 3, RIG_NOW_S, ACCESS_LEVEL_CARD_AND_PIN },
		{ 4, RIG_NOW_S - 1, ACCESS_LEVEL_CARD_AND_PIN },
		{ 1, 0, ACCESS_LEVEL_CARD }, /* the time is not known */
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct decide_rig rig;
		char text[400];
		(void) snprintf(text, sizeof(text), patch, cases[i].threat);
		decide_start(&rig, text);
		rig.live.now_s = cases[i].now_s;
		CU_ASSERT_EQUAL(access_level_of(&rig.live, 2), cases[i].level);
		CU_ASSERT_EQUAL(access_level_of(&rig.live, 1), ACCESS_LEVEL_CARD);
		decide_stop(&rig);
	}
}

static void
test_no_schedule_asks_for_anything_while_the_time_is_not_known(void)
{
	const int64_t first_s = RIG_NOW_S - RIG_DAY_S;
	struct decide_rig rig;

	decide_start(&rig, "{'schedule':{'1':[[1,4000000000]]},"
			   "'authentication':{'1':{'times':[{'level':'pin','schedule':1}]}}}");
	rig.live.now_s = first_s;
	CU_ASSERT_EQUAL(access_level_of(&rig.live, 2), ACCESS_LEVEL_PIN);
	rig.live.now_s = first_s - 1;
	CU_ASSERT_EQUAL(access_level_of(&rig.live, 2), ACCESS_LEVEL_CARD_AND_PIN);
	decide_stop(&rig);
	decide_start(&rig, "{'authentication':{'1':{'times':[{'level':'pin'}]}}}");
	rig.live.now_s = 0;
	CU_ASSERT_EQUAL(access_level_of(&rig.live, 2), ACCESS_LEVEL_PIN);
	decide_stop(&rig);
}

static void
test_what_is_missing_is_waited_for(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 2, ADA, "wants_pin");
	CU_ASSERT_EQUAL(rig.trace.count, 9);
	CU_ASSERT_EQUAL(rig.trace.rows[8].passed, ACCESS_STEP_WAITS);
	IS(&rig, 3, ADA, "wants_pin");
	IS(&rig, 2, CODE("1234"), "wants_card");
	IS(&rig, 4, ADA, "wants_second");
	IS(&rig, 1, VERA, "wants_escort");
	/* An escort is as good as any second person. */
	IS(&rig, 4, VERA, "wants_escort");
	IS(&rig, 8, ADA, "granted");
	CU_ASSERT_FALSE(rig.decision.is_pin_wrong);
	decide_stop(&rig);
}

static void
test_a_pin_is_one_of_the_holders_that_counts_itself(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 2, ADA_WITH("1234"), "granted");
	CU_ASSERT_TRUE(rig.decision.is_pin_right);
	CU_ASSERT_FALSE(rig.decision.is_pin_wrong);
	IS(&rig, 3, ADA_WITH("1234"), "granted");
	IS(&rig, 2, ADA_WITH("5555"), "granted");
	IS(&rig, 2, ADA_WITH("12345"), "InvalidPIN");
	CU_ASSERT_TRUE(rig.decision.is_pin_wrong);
	CU_ASSERT_FALSE(rig.decision.is_pin_right);
	/* Ada's are not Grace's. */
	IS(&rig, 2, ((struct decide_shown){ .card = 2, .pin = "1234" }), "InvalidPIN");
	IS(&rig, 2, ((struct decide_shown){ .card = 2, .pin = "5555" }), "InvalidPIN");
	decide_stop(&rig);
	IS_WITH("{'credential':{'5':{'status':'lost'}}}", 2, ADA_WITH("1234"), "InvalidPIN");
	IS_WITH("{'credential':{'5':{'status':'lost'}}}", 2, ADA_WITH("5555"), "granted");
	IS_WITH("{'credential':{'5':{'valid_to':'2027-01-15T08:00:00Z'}}}", 2, ADA_WITH("1234"),
		"InvalidPIN");
	IS_WITH("{'credential':{'5':{'valid_to':'2027-01-15T08:00:01Z'}}}", 2, ADA_WITH("1234"),
		"granted");
	/* Who is nobody has no PIN, not even one that is nobody's. */
	IS_WITH("{'credential':{" NOBODYS_CARDS ",'9':{'type':'pin','alone':true,'pin':'7777'}}}",
		2, ((struct decide_shown){ .card = 7, .pin = "7777" }), "InvalidPIN");
}

static void
test_a_code_that_nobody_asked_for_is_neither_right_nor_wrong(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'credential':{'5':{'duress':true}}}");
	IS(&rig, 1, ADA_WITH("9999"), "granted");
	CU_ASSERT_FALSE(rig.decision.is_pin_wrong);
	IS(&rig, 1, ADA_WITH("1234"), "granted");
	CU_ASSERT_FALSE(rig.decision.is_pin_right);
	CU_ASSERT_FALSE(rig.decision.is_duress);
	decide_stop(&rig);
}

static void
test_a_pin_under_duress_opens_as_any_other(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'credential':{'6':{'duress':true}}}");
	IS(&rig, 3, CODE("5555"), "granted");
	CU_ASSERT_TRUE(rig.decision.is_duress);
	IS(&rig, 2, ADA_WITH("5555"), "granted");
	CU_ASSERT_TRUE(rig.decision.is_duress);
	IS(&rig, 2, ADA_WITH("1234"), "granted");
	CU_ASSERT_FALSE(rig.decision.is_duress);
	decide_stop(&rig);
}

static void
test_a_hard_area_lets_in_only_from_where_its_point_leads_from(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 5, ADA, "granted");
	place(&rig, 1, 2, RIG_NOW_S);
	IS(&rig, 5, ADA, "AntiPassbackViolation");
	CU_ASSERT_FALSE(rig.decision.is_apb_violation);
	IS(&rig, 6, ADA, "granted");
	place(&rig, 1, 1, RIG_NOW_S);
	IS(&rig, 5, ADA, "granted");
	/* 6 leads out of area 2, which decides then. */
	IS(&rig, 6, ADA, "AntiPassbackViolation");
	place(&rig, 1, 0, RIG_NOW_S);
	IS(&rig, 5, ADA, "AntiPassbackViolation");
	presence_forget(rig.presence, 1);
	IS(&rig, 5, ADA, "granted");
	decide_stop(&rig);
	/* From anywhere, but not from within. */
	decide_start(&rig, "{'access_point':{'5':{'area_from':0}}}");
	place(&rig, 1, 1, RIG_NOW_S);
	IS(&rig, 5, ADA, "granted");
	place(&rig, 1, 2, RIG_NOW_S);
	IS(&rig, 5, ADA, "AntiPassbackViolation");
	decide_stop(&rig);
}

static void
test_a_soft_area_lets_in_and_tells_and_an_exempt_person_is_not_asked(void)
{
	static const struct {
		const char *patch;
		bool is_violation;
	} cases[] = {
		{ "{'area':{'2':{'apb':'soft'}}}", true },
		{ "{'area':{'2':{'apb':'off'}}}", false },
		{ "{'person':{'1':{'apb_exempt':true}}}", false },
		{ "{'access_point':{'5':{'area_to':0,'area_from':0}}}", false },
	};

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		struct decide_rig rig;
		decide_start(&rig, cases[i].patch);
		place(&rig, 1, 2, RIG_NOW_S);
		IS(&rig, 5, ADA, "granted");
		CU_ASSERT_EQUAL(rig.decision.is_apb_violation, cases[i].is_violation);
		decide_stop(&rig);
	}
}

static void
test_what_was_known_of_a_person_counts_for_the_time_of_the_area(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'area':{'2':{'apb_time':1}}}");
	place(&rig, 1, 2, RIG_NOW_S - 59);
	IS(&rig, 5, ADA, "AntiPassbackViolation");
	place(&rig, 1, 2, RIG_NOW_S - 60);
	IS(&rig, 5, ADA, "granted");
	/* The clock has been set back meanwhile. */
	place(&rig, 1, 2, RIG_NOW_S + 3600);
	IS(&rig, 5, ADA, "AntiPassbackViolation");
	decide_stop(&rig);
}

static void
test_the_second_of_two_is_another_person_who_would_be_let_in(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'credential':{'9':{'type':'card','format':'h10301','facility':1,"
			   "'card':9,'person':1}," NOBODYS_CARDS "}}");
	IS(&rig, 4, TWO(1, 2), "granted");
	CU_ASSERT_EQUAL(rig.decision.companion.person->id, 2);
	IS(&rig, 4, TWO(1, 1), "SecondPersonMissing");
	IS(&rig, 4, TWO(1, 9), "SecondPersonMissing");
	IS(&rig, 4, TWO(1, 99), "SecondPersonMissing");
	IS(&rig, 4, TWO(7, 8), "granted");
	IS(&rig, 4, TWO(7, 7), "SecondPersonMissing");
	/* Nobody has asked for one here. */
	IS(&rig, 1, TWO(1, 99), "granted");
	CU_ASSERT_PTR_NULL(rig.decision.companion.credential);
	decide_stop(&rig);
	IS_WITH("{'credential':{'2':{'status':'lost'}}}", 4, TWO(1, 2), "SecondPersonMissing");
	IS_WITH("{'person':{'2':{'enabled':false}}}", 4, TWO(1, 2), "SecondPersonMissing");
	IS_WITH("{'credential':{'2':{'valid_to':'2027-01-15T08:00:00Z'}}}", 4, TWO(1, 2),
		"SecondPersonMissing");
	IS_WITH("{'person':{'2':{'profiles':[]}}}", 4, TWO(1, 2), "SecondPersonMissing");
}

static void
test_who_needs_an_escort_comes_with_one(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 1, TWO(3, 4), "granted");
	IS(&rig, 1, TWO(3, 1), "EscortMissing");
	IS(&rig, 1, TWO(3, 3), "EscortMissing");
	IS(&rig, 1, TWO(3, 99), "EscortMissing");
	/* One person is both the second and the escort; a second who is none is not enough. */
	IS(&rig, 4, TWO(3, 4), "granted");
	IS(&rig, 4, TWO(3, 1), "EscortMissing");
	/* Who needs an escort may be the second person of somebody else. */
	IS(&rig, 4, TWO(1, 3), "granted");
	decide_stop(&rig);
	IS_WITH("{'person':{'4':{'profiles':[]}}}", 1, TWO(3, 4), "EscortMissing");
	IS_WITH("{'credential':{" NOBODYS_CARDS "}}", 1, TWO(3, 7), "EscortMissing");
}

static void
test_an_open_door_of_an_interlock_keeps_the_others_shut(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'interlock':{'1':{'name':'Lock','doors':[1,2],'max_open':1}},"
			   "'area':{'2':{'apb':'off','capacity':1}}}");
	rig.live.open_doors = 1 << 1;
	IS(&rig, 1, ADA, "Interlock");
	IS(&rig, 4, TWO(1, 2), "granted");
	IS(&rig, 7, ADA, "granted");
	/* The interlock goes before the capacity. */
	place(&rig, 11, 2, 0);
	IS(&rig, 5, ADA, "Interlock");
	rig.live.open_doors = 1 << 0 | 1 << 2;
	IS(&rig, 1, ADA, "granted");
	IS(&rig, 5, ADA, "AreaFull");
	decide_stop(&rig);
}

static void
test_an_area_holds_as_many_as_it_may_and_no_more(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'area':{'2':{'apb':'off','capacity':2}}}");
	place(&rig, 11, 2, 0);
	IS(&rig, 5, ADA, "granted");
	/* A visitor and the escort are two. */
	IS(&rig, 5, TWO(3, 4), "AreaFull");
	/* Who is inside takes no more room, the escort neither. */
	place(&rig, 4, 2, 0);
	presence_forget(rig.presence, 11);
	IS(&rig, 5, TWO(3, 4), "granted");
	place(&rig, 11, 2, 0);
	IS(&rig, 5, ADA, "AreaFull");
	IS(&rig, 5, TWO(3, 4), "AreaFull");
	place(&rig, 1, 2, 0);
	IS(&rig, 5, ADA, "granted");
	decide_stop(&rig);
	IS_WITH("{'area':{'2':{'apb':'off','capacity':1}}}", 5, TWO(3, 4), "AreaFull");
	IS_WITH("{'area':{'2':{'apb':'off','capacity':1}}}", 5, ADA, "granted");
}

/* Everything is wrong; what each step finds is put right one after another. */
static void
test_the_earlier_of_two_reasons_is_the_one_that_is_told(void)
{
	static const char *const patches[] = {
		"{'access_point':{'5':{'enabled':true,'authentication':1}},"
		"'credential':{'3':{'status':'lost','valid_to':'2020-01-01T00:00:00Z'}},"
		"'person':{'3':{'profiles':[]}},'area':{'2':{'capacity':1}}}",
		"{'access_point':{'5':{'authentication':1}},'person':{'3':{'profiles':[]}},"
		"'credential':{'3':{'valid_to':'2020-01-01T00:00:00Z'}},"
		"'area':{'2':{'capacity':1}}}",
		"{'access_point':{'5':{'authentication':1}},'person':{'3':{'profiles':[]}},"
		"'area':{'2':{'capacity':1}}}",
		"{'access_point':{'5':{'authentication':1}},'area':{'2':{'capacity':1}}}",
		"{'access_point':{'5':{'authentication':1}},'credential':{'9':{'type':'pin',"
		"'pin':'3333','person':3}},'area':{'2':{'capacity':1}}}",
	};
	static const char *const outcomes[] = { "CredentialNotEnabled", "CredentialExpired", NULL,
						"InvalidPIN", "AntiPassbackViolation" };
	const struct decide_shown shown = { .card = 3, .pin = "3333", .companion = 1 };
	struct decide_rig rig;

	for (unsigned i = 0; i < ARRAY_LEN(patches); i++) {
		decide_start(&rig, patches[i]);
		place(&rig, 3, 2, RIG_NOW_S);
		if (outcomes[i]) {
			rig.live.admissions[0] = i < 3 ? DOOR_ADMITS_NOBODY : DOOR_ADMITS;
			IS(&rig, 5, shown, outcomes[i]);
			decide_stop(&rig);
			continue;
		}
		rig.live.admissions[0] = DOOR_ADMITS_OVERRIDE;
		(void) lockout_note_wrong(&rig.lockouts, lockout_key_of_credential(3), 0, 1, 1);
		IS(&rig, 5, shown, "PinLocked");
		rig.live.now_us = 1;
		IS(&rig, 5, shown, "Lockdown");
		rig.live.admissions[0] = DOOR_ADMITS;
		IS(&rig, 5, shown, "Unauthorized");
		decide_stop(&rig);
	}
	decide_start(&rig, patches[ARRAY_LEN(patches) - 1]);
	place(&rig, 3, 1, RIG_NOW_S);
	place(&rig, 11, 2, RIG_NOW_S);
	IS(&rig, 5, ((struct decide_shown){ .card = 3 }), "wants_pin");
	IS(&rig, 5, ((struct decide_shown){ .card = 3, .pin = "3333" }), "wants_escort");
	IS(&rig, 5, shown, "EscortMissing");
	IS(&rig, 5, ((struct decide_shown){ .card = 3, .pin = "3333", .companion = 4 }),
	   "AreaFull");
	decide_stop(&rig);
}

#define DEGRADED "{'settings':{'degraded.facilities':'7,1'}}"

static void
test_without_credentials_only_facility_codes_that_somebody_named_open(void)
{
	struct decide_rig rig;

	decide_start_damaged(&rig, NULL);
	IS(&rig, 1, ADA, "Other");
	IS(&rig, 3, CODE("5555"), "Other");
	decide_stop(&rig);
	decide_start_damaged(&rig, DEGRADED);
	IS(&rig, 1, ADA, "granted");
	CU_ASSERT_TRUE(rig.decision.is_degraded);
	CU_ASSERT_PTR_NULL(rig.decision.holder.credential);
	CU_ASSERT_EQUAL(rig.decision.holder.card.number, 1);
	/* Without credentials there is neither a PIN nor a second person to ask for. */
	IS(&rig, 2, ADA, "granted");
	IS(&rig, 4, ADA, "granted");
	IS(&rig, 3, CODE("5555"), "Other");
	IS(&rig, 7, ADA, "Other");
	rig.live.admissions[0] = DOOR_ADMITS_OVERRIDE;
	IS(&rig, 1, ADA, "Lockdown");
	rig.live.admissions[0] = DOOR_ADMITS;
	rig.live.is_reader_good = false;
	IS(&rig, 1, ADA, "ReaderInsecure");
	decide_stop(&rig);
	decide_start_damaged(&rig, "{'settings':{'degraded.facilities':'2'}}");
	IS(&rig, 1, ADA, "FacilityMismatch");
	CU_ASSERT_FALSE(rig.decision.is_degraded);
	decide_stop(&rig);
}

static void
test_facility_codes_are_read_by_their_own_format_whatever_else_fits(void)
{
	struct decide_rig rig;

	/* H10302 is tried before, fits as well and has no facility code. */
	decide_start_damaged(&rig, "{'settings':{'degraded.facilities':'1234',"
				   "'degraded.format':'h10304'}}");
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 37, "82690DDD50"), "granted");
	CU_ASSERT_EQUAL(rig.decision.holder.card.facility, 1234);
	CU_ASSERT_EQUAL(rig.decision.holder.card.number, 56789);
	IS(&rig, 1, ADA, "FacilityMismatch");
	decide_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_asked_for_follows_threat_then_time_then_the_rest),
		TAP(test_no_schedule_asks_for_anything_while_the_time_is_not_known),
		TAP(test_what_is_missing_is_waited_for),
		TAP(test_a_pin_is_one_of_the_holders_that_counts_itself),
		TAP(test_a_code_that_nobody_asked_for_is_neither_right_nor_wrong),
		TAP(test_a_pin_under_duress_opens_as_any_other),
		TAP(test_a_hard_area_lets_in_only_from_where_its_point_leads_from),
		TAP(test_a_soft_area_lets_in_and_tells_and_an_exempt_person_is_not_asked),
		TAP(test_what_was_known_of_a_person_counts_for_the_time_of_the_area),
		TAP(test_the_second_of_two_is_another_person_who_would_be_let_in),
		TAP(test_who_needs_an_escort_comes_with_one),
		TAP(test_an_open_door_of_an_interlock_keeps_the_others_shut),
		TAP(test_an_area_holds_as_many_as_it_may_and_no_more),
		TAP(test_the_earlier_of_two_reasons_is_the_one_that_is_told),
		TAP(test_without_credentials_only_facility_codes_that_somebody_named_open),
		TAP(test_facility_codes_are_read_by_their_own_format_whatever_else_fits),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
