/* The first eight steps of a decision: the point, the card, and what it is given. */
#include "lib/cardformat.h"
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
#define GRACE                 \
	(struct decide_shown) \
	{                     \
		.card = 2     \
	}
#define NOBODY                \
	(struct decide_shown) \
	{                     \
		.card = 99    \
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
#define SECOND_US		       UINT64_C(1000000)
#define IS(rig, point, shown, outcome) CU_ASSERT_TRUE(decide_is(rig, point, shown, outcome))
#define IS_WITH(patch, point, shown, outcome) \
	CU_ASSERT_TRUE(decide_is_with(patch, point, shown, outcome))

static void
test_a_card_with_a_profile_is_granted_by_fourteen_steps(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 1, ADA, "granted");
	CU_ASSERT_EQUAL(rig.trace.count, 14);
	for (unsigned i = 0; i < rig.trace.count; i++)
		CU_ASSERT_EQUAL(rig.trace.rows[i].step, i + 1);
	CU_ASSERT_EQUAL(rig.decision.reason, REASON_NONE);
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 1);
	CU_ASSERT_EQUAL(rig.decision.holder.person->id, 1);
	CU_ASSERT_FALSE(rig.decision.is_extended);
	IS(&rig, 1, GRACE, "granted");
	CU_ASSERT_TRUE(rig.decision.is_extended);
	decide_stop(&rig);
}

static void
test_an_access_point_that_is_switched_off_lets_nobody_in(void)
{
	IS_WITH("{'access_point':{'1':{'enabled':false}}}", 1, ADA, "DoorBlocked");
	IS_WITH("{'access_point':{'1':{'door':0}}}", 1, ADA, "DoorBlocked");
	/* A cabin reader needs no door. */
	IS_WITH("{'access_point':{'7':{'door':0}}}", 7, ADA, "granted");
	IS_WITH("{'access_point':{'7':{'enabled':false}}}", 7, ADA, "DoorBlocked");
}

static void
test_a_reader_that_cannot_be_trusted_lets_nobody_in_and_says_who_it_was(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	rig.live.is_reader_good = false;
	IS(&rig, 1, ADA, "ReaderInsecure");
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 1);
	CU_ASSERT_EQUAL(rig.trace.count, 1);
	IS(&rig, 3, CODE("5555"), "ReaderInsecure");
	CU_ASSERT_PTR_NULL(rig.decision.holder.credential);
	decide_stop(&rig);
}

static void
test_a_length_of_no_format_in_use_is_told_from_wrong_parity(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 34, "8000000000"), "UnknownFormat");
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 0, ""), "UnknownFormat");
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 26, "80000000"), "BadParity");
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 37, "8000000000"), "BadParity");
	decide_stop(&rig);
}

static void
test_a_card_is_read_by_the_first_format_under_which_somebody_has_it(void)
{
	/* The bits of H10304 1234/56789 are those of H10302 647028181. */
	static const char only_second[] =
		"{'credential':{'7':{'type':'card','format':'h10304','facility':1234,'card':56789,"
		"'person':1}}}";
	static const char both[] =
		"{'credential':{'7':{'type':'card','format':'h10304','facility':1234,'card':56789,"
		"'person':1},'8':{'type':'card','format':'h10302','card':647028181,'person':2}}}";
	struct decide_rig rig;

	decide_start(&rig, only_second);
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 37, "82690DDD50"), "granted");
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 7);
	CU_ASSERT_STRING_EQUAL(rig.decision.holder.format, "h10304");
	decide_stop(&rig);
	decide_start(&rig, both);
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 37, "82690DDD50"), "granted");
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 8);
	decide_stop(&rig);
	decide_start(&rig, NULL);
	CU_ASSERT_STRING_EQUAL(decide_bits(&rig, 1, 37, "82690DDD50"), "InvalidIdentifierValue");
	CU_ASSERT_STRING_EQUAL(rig.decision.holder.format, "h10302");
	decide_stop(&rig);
}

static void
test_a_code_is_looked_up_only_where_it_opens_by_itself(void)
{
	struct decide_rig rig;

	decide_start(&rig, NULL);
	IS(&rig, 3, CODE("5555"), "granted");
	CU_ASSERT_EQUAL(rig.decision.holder.credential->id, 6);
	CU_ASSERT_PTR_NULL(rig.decision.holder.format);
	CU_ASSERT_TRUE(rig.decision.is_pin_right);
	IS(&rig, 8, CODE("5555"), "granted");
	for (unsigned point = 1; point <= 4; point++) {
		const char *wrong = point == 3 ? "InvalidIdentifierValue" : "wants_card";
		IS(&rig, point, CODE("9999"), wrong);
		CU_ASSERT_EQUAL(rig.decision.is_pin_wrong, point == 3);
		/* One that only confirms is none. */
		IS(&rig, point, CODE("1234"), wrong);
		if (point != 3)
			IS(&rig, point, CODE("5555"), "wants_card");
	}
	IS(&rig, 1, NOBODY, "InvalidIdentifierValue");
	IS(&rig, 3, ((struct decide_shown){ 0 }), "wants_card");
	decide_stop(&rig);
}

static void
test_a_locked_out_keypad_answers_a_right_code_as_a_wrong_one(void)
{
	struct decide_rig rig;
	uint64_t key = lockout_key_of_reader(3);

	decide_start(&rig, NULL);
	CU_ASSERT_TRUE(lockout_note_wrong(&rig.lockouts, key, 0, 1, SECOND_US));
	rig.live.now_us = SECOND_US - 1;
	IS(&rig, 3, CODE("9999"), "PinLocked");
	CU_ASSERT_FALSE(rig.decision.is_pin_wrong);
	CU_ASSERT_PTR_NULL(rig.decision.holder.credential);
	IS(&rig, 3, CODE("5555"), "PinLocked");
	CU_ASSERT_PTR_NULL(rig.decision.holder.credential);
	IS(&rig, 8, CODE("5555"), "granted");
	/* The lock-out is of codes alone. */
	IS(&rig, 3, ADA_WITH("1234"), "granted");
	rig.live.now_us = SECOND_US;
	IS(&rig, 3, CODE("5555"), "granted");
	decide_stop(&rig);
}

static void
test_every_status_but_enabled_is_told(void)
{
	static const char *const statuses[] = { "lost", "stolen", "damaged", "locked_out",
						"disabled" };

	for (unsigned i = 0; i < ARRAY_LEN(statuses); i++) {
		char patch[80];
		(void) snprintf(patch, sizeof(patch), "{'credential':{'1':{'status':'%s'}}}",
				statuses[i]);
		IS_WITH(patch, 1, ADA, "CredentialNotEnabled");
	}
	IS_WITH("{'credential':{'1':{'status':'expired'}}}", 1, ADA, "CredentialExpired");
	IS_WITH("{'credential':{'6':{'status':'lost'}}}", 3, CODE("5555"), "CredentialNotEnabled");
	IS_WITH("{'person':{'1':{'enabled':false}}}", 1, ADA, "CredentialNotEnabled");
}

static void
test_a_disabled_person_goes_before_an_expired_credential(void)
{
	IS_WITH("{'person':{'1':{'enabled':false}},'credential':{'1':{'status':'expired'}}}", 1,
		ADA, "CredentialNotEnabled");
}

static void
test_a_validity_counts_from_its_first_second_to_the_one_before_its_end(void)
{
	struct decide_rig rig;

	/* RIG_NOW_S is 2027-01-15T08:00:00Z. */
	decide_start(&rig, "{'credential':{'1':{'valid_from':'2027-01-15T08:00:00Z',"
			   "'valid_to':'2027-01-15T09:00:00Z'}}}");
	CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S - 1, 1, "CredentialNotActive"));
	CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S, 1, "granted"));
	CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S + 3599, 1, "granted"));
	CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S + 3600, 1, "CredentialExpired"));
	decide_stop(&rig);
}

static void
test_a_limit_is_not_judged_while_the_time_is_not_known(void)
{
	static const char *const limits[] = {
		"{'credential':{'1':{'valid_from':'2020-01-01T00:00:00Z'}}}",
		"{'credential':{'1':{'valid_to':'2099-01-01T00:00:00Z'}}}",
	};
	const int64_t first_s = RIG_NOW_S - RIG_DAY_S;
	const int64_t end_s = RIG_NOW_S + 400 * RIG_DAY_S;
	struct decide_rig rig;

	for (unsigned i = 0; i < ARRAY_LEN(limits); i++) {
		decide_start(&rig, limits[i]);
		CU_ASSERT_TRUE(decide_is_at(&rig, first_s - 1, 1, "ClockInvalid"));
		CU_ASSERT_TRUE(decide_is_at(&rig, first_s, 1, "granted"));
		CU_ASSERT_TRUE(decide_is_at(&rig, end_s - 1, 1, "granted"));
		CU_ASSERT_TRUE(decide_is_at(&rig, end_s, 1, "ClockInvalid"));
		/* Without limits the clock does not matter. */
		CU_ASSERT_TRUE(decide_is_at(&rig, 0, 2, "granted"));
		CU_ASSERT_TRUE(decide_is_at(&rig, end_s, 2, "granted"));
		decide_stop(&rig);
	}
}

static void
test_a_card_with_too_many_wrong_pins_is_locked_out_everywhere(void)
{
	struct decide_rig rig;
	uint64_t key = lockout_key_of_credential(1);

	decide_start(&rig, NULL);
	CU_ASSERT_TRUE(lockout_note_wrong(&rig.lockouts, key, 0, 1, SECOND_US));
	IS(&rig, 2, ADA_WITH("1234"), "PinLocked");
	IS(&rig, 1, ADA, "PinLocked");
	IS(&rig, 1, GRACE, "granted");
	/* Her code alone is another matter. */
	IS(&rig, 3, CODE("5555"), "granted");
	rig.live.now_us = SECOND_US;
	IS(&rig, 2, ADA_WITH("1234"), "granted");
	decide_stop(&rig);
}

static void
test_only_who_may_passes_a_lockdown_and_nobody_a_blocked_door(void)
{
	struct decide_rig rig;

	decide_start(&rig, "{'credential':{'7':{'type':'card','format':'h10301','facility':1,"
			   "'card':7,'doors':[1]}}}");
	IS(&rig, 1, ((struct decide_shown){ .card = 7 }), "granted");
	rig.live.admissions[0] = DOOR_ADMITS_OVERRIDE;
	IS(&rig, 1, ADA, "Lockdown");
	IS(&rig, 1, GRACE, "granted");
	IS(&rig, 1, ((struct decide_shown){ .card = 7 }), "Lockdown");
	IS(&rig, 3, CODE("5555"), "granted");
	IS(&rig, 7, ADA, "granted");
	rig.live.admissions[0] = DOOR_ADMITS_NOBODY;
	IS(&rig, 1, ADA, "DoorBlocked");
	IS(&rig, 1, GRACE, "DoorBlocked");
	IS(&rig, 7, ADA, "granted");
	decide_stop(&rig);
}

static void
test_a_rule_names_a_point_itself_or_by_its_door_or_a_group_of_doors(void)
{
	static const char *const rules[] = { "'access_points':[1]", "'doors':[1]",
					     "'door_groups':[5]" };

	for (unsigned i = 0; i < ARRAY_LEN(rules); i++) {
		char patch[160];
		(void) snprintf(patch, sizeof(patch),
				"{'door_group':{'5':{'name':'G','doors':[1]}},"
				"'access_profile':{'1':{'rules':[{%s}]}}}",
				rules[i]);
		IS_WITH(patch, 1, ADA, "granted");
		IS_WITH(patch, 4, ADA, "Unauthorized");
		/* 5 leads through door 1, too, but is not point 1. */
		IS_WITH(patch, 5, ADA, i ? "granted" : "Unauthorized");
	}
}

static void
test_what_a_credential_is_given_itself_counts_besides_its_persons(void)
{
	IS_WITH("{'person':{'1':{'profiles':[]}}}", 1, ADA, "Unauthorized");
	IS_WITH("{'person':{'1':{'profiles':[]}},'credential':{'1':{'profiles':[{'profile':1}]}}}",
		1, ADA, "granted");
	IS_WITH("{'person':{'1':{'profiles':[]}},'credential':{'1':{'doors':[1]}}}", 1, ADA,
		"granted");
	IS_WITH("{'person':{'1':{'profiles':[]}},'credential':{'1':{'doors':[2]}}}", 1, ADA,
		"Unauthorized");
}

static void
test_a_profile_gives_only_by_its_schedule_its_validity_and_the_threat_level(void)
{
	static const char timed[] =
		"{'access_profile':{'1':{'rules':[{'access_points':[1],'schedule':1}]}}}";
	static const char limited[] =
		"{'person':{'1':{'profiles':[{'profile':1,'from':'2027-01-15T08:00:00Z',"
		"'to':'2027-01-15T09:00:00Z'}]}}}";
	const char *const both[] = { timed, limited };
	struct decide_rig rig;

	for (unsigned i = 0; i < ARRAY_LEN(both); i++) {
		decide_start(&rig, both[i]);
		CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S - 1, 1, "NotPermittedAtThisTime"));
		CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S, 1, "granted"));
		CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S + 3599, 1, "granted"));
		CU_ASSERT_TRUE(decide_is_at(&rig, RIG_NOW_S + 3600, 1, "NotPermittedAtThisTime"));
		CU_ASSERT_TRUE(decide_is_at(&rig, 0, 1, "ClockInvalid"));
		decide_stop(&rig);
	}
	IS_WITH("{'settings':{'access.threat_level':2},'access_profile':{'1':{'max_threat':2}}}", 1,
		ADA, "granted");
	IS_WITH("{'settings':{'access.threat_level':3},'access_profile':{'1':{'max_threat':2}}}", 1,
		ADA, "NotPermittedAtThisTime");
	IS_WITH("{'access_profile':{'1':{'max_threat':0}}}", 1, ADA, "granted");
	/* A schedule that there is not is never active. */
	IS_WITH("{'access_profile':{'1':{'rules':[{'access_points':[1],'schedule':9}]}}}", 1, ADA,
		"NotPermittedAtThisTime");
}

static void
test_a_profile_elsewhere_does_not_make_the_clock_the_reason(void)
{
	/* Here the threat level forbids; what depends on the time is given for another point. */
	static const char patch[] =
		"{'settings':{'access.threat_level':1},'person':{'1':{'profiles':[{'profile':1},"
		"{'profile':2,'from':'2020-01-01T00:00:00Z'}]}},'access_profile':{"
		"'1':{'max_threat':0},'2':{'name':'Other','rules':[{'access_points':[2]}]}}}";
	struct decide_rig rig;

	decide_start(&rig, patch);
	CU_ASSERT_TRUE(decide_is_at(&rig, 0, 1, "NotPermittedAtThisTime"));
	IS(&rig, 2, ADA, "ClockInvalid");
	decide_stop(&rig);
	/* Nor does one that the threat level forbids whatever the time. */
	IS_WITH("{'settings':{'access.threat_level':1},'access_profile':{'1':{'max_threat':0,"
		"'rules':[{'access_points':[1],'schedule':1}]}}}",
		1, ADA, "NotPermittedAtThisTime");
}

static void
test_a_cabin_gives_each_floor_by_its_own_time(void)
{
	static const char patch[] =
		"{'access_profile':{'1':{'rules':[{'floors':[1]},{'floors':[2],'schedule':1},"
		"{'access_points':[1]}]}},'person':{'2':{'profiles':[]}},"
		"'credential':{'3':{'floors':[3,4]}}}";
	struct decide_rig rig;

	decide_start(&rig, patch);
	IS(&rig, 7, ADA, "granted");
	CU_ASSERT_EQUAL(rig.decision.floors, 3);
	rig.live.now_s = RIG_NOW_S + 3600;
	IS(&rig, 7, ADA, "granted");
	CU_ASSERT_EQUAL(rig.decision.floors, 1);
	IS(&rig, 7, GRACE, "Unauthorized");
	/* Floor 4 is not there. Nothing is enabled while an escort is waited for. */
	IS(&rig, 7, ((struct decide_shown){ .card = 3 }), "wants_escort");
	CU_ASSERT_EQUAL(rig.decision.floors, 0);
	IS(&rig, 7, ((struct decide_shown){ .card = 3, .companion = 4 }), "granted");
	CU_ASSERT_EQUAL(rig.decision.floors, 1 | 4);
	decide_stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_card_with_a_profile_is_granted_by_fourteen_steps),
		TAP(test_an_access_point_that_is_switched_off_lets_nobody_in),
		TAP(test_a_reader_that_cannot_be_trusted_lets_nobody_in_and_says_who_it_was),
		TAP(test_a_length_of_no_format_in_use_is_told_from_wrong_parity),
		TAP(test_a_card_is_read_by_the_first_format_under_which_somebody_has_it),
		TAP(test_a_code_is_looked_up_only_where_it_opens_by_itself),
		TAP(test_a_locked_out_keypad_answers_a_right_code_as_a_wrong_one),
		TAP(test_every_status_but_enabled_is_told),
		TAP(test_a_disabled_person_goes_before_an_expired_credential),
		TAP(test_a_validity_counts_from_its_first_second_to_the_one_before_its_end),
		TAP(test_a_limit_is_not_judged_while_the_time_is_not_known),
		TAP(test_a_card_with_too_many_wrong_pins_is_locked_out_everywhere),
		TAP(test_only_who_may_passes_a_lockdown_and_nobody_a_blocked_door),
		TAP(test_a_rule_names_a_point_itself_or_by_its_door_or_a_group_of_doors),
		TAP(test_what_a_credential_is_given_itself_counts_besides_its_persons),
		TAP(test_a_profile_gives_only_by_its_schedule_its_validity_and_the_threat_level),
		TAP(test_a_profile_elsewhere_does_not_make_the_clock_the_reason),
		TAP(test_a_cabin_gives_each_floor_by_its_own_time),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
