#include "agent/door_session.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <CUnit/CUnit.h>
#include <string.h>

#define POINT	3
#define WAIT_MS 10000
#define WAIT_US (WAIT_MS * UINT64_C(1000))
#define NOW_US	UINT64_C(5000000)

static const uint8_t ada[4] = { 0xBB, 0x03, 0x21, 0x80 };
static const uint8_t grace[4] = { 0x3B, 0x03, 0x21, 0x81 };

struct rig {
	struct door_session session;
	struct access_request request; /* the last one; borrows from the session */
};

static void
take_card(struct rig *rig, const uint8_t *bits)
{
	door_session_take_card(&rig->session, POINT, 26, bits, &rig->request);
	CU_ASSERT_EQUAL(rig->request.point, POINT);
}

static void
take_pin(struct rig *rig, const char *digits)
{
	door_session_take_pin(&rig->session, POINT, digits, &rig->request);
	CU_ASSERT_EQUAL(rig->request.point, POINT);
}

static void
decided(struct rig *rig, enum access_verdict verdict)
{
	door_session_take_verdict(&rig->session, verdict, NOW_US, WAIT_MS);
}

static bool
is_card(const struct access_shown *shown, const uint8_t *bits)
{
	if (!bits)
		return !shown->data && !shown->card;
	return shown->data && shown->bit_count == 26 && !memcmp(shown->data, bits, 4);
}

/* Whether the request has these and nothing else. */
static bool
asks(const struct rig *rig, const uint8_t *card, const char *pin, const uint8_t *companion)
{
	const struct access_request *request = &rig->request;
	bool is_pin = pin ? request->pin && !strcmp(request->pin, pin) : !request->pin;

	return is_card(&request->card, card) && is_pin && is_card(&request->companion, companion);
}

static bool
is_wiped(const struct rig *rig)
{
	static const struct door_session nothing;

	return !memcmp(&rig->session, &nothing, sizeof(nothing));
}

static void
test_a_card_waits_for_its_pin(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	CU_ASSERT_TRUE(asks(&rig, ada, NULL, NULL));
	decided(&rig, ACCESS_WANTS_PIN);
	take_pin(&rig, "1234");
	CU_ASSERT_TRUE(asks(&rig, ada, "1234", NULL));
	decided(&rig, ACCESS_GRANTED);
	CU_ASSERT_TRUE(is_wiped(&rig));
}

static void
test_a_pin_waits_for_its_card(void)
{
	struct rig rig = { 0 };

	take_pin(&rig, "1234");
	CU_ASSERT_TRUE(asks(&rig, NULL, "1234", NULL));
	decided(&rig, ACCESS_WANTS_CARD);
	take_card(&rig, ada);
	CU_ASSERT_TRUE(asks(&rig, ada, "1234", NULL));
	decided(&rig, ACCESS_DENIED);
	CU_ASSERT_TRUE(is_wiped(&rig));
}

static void
test_another_card_in_between_begins_anew(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	decided(&rig, ACCESS_WANTS_PIN);
	take_card(&rig, grace);
	CU_ASSERT_TRUE(asks(&rig, grace, NULL, NULL));
	decided(&rig, ACCESS_WANTS_PIN);
	take_pin(&rig, "4321");
	CU_ASSERT_TRUE(asks(&rig, grace, "4321", NULL));
}

static void
test_another_code_in_between_takes_the_place_of_the_first(void)
{
	struct rig rig = { 0 };

	take_pin(&rig, "123456789012");
	decided(&rig, ACCESS_WANTS_CARD);
	take_pin(&rig, "4321");
	CU_ASSERT_TRUE(asks(&rig, NULL, "4321", NULL));
	/* Nothing of the longer one is left behind the end of the shorter one. */
	for (unsigned i = 4; i < sizeof(rig.session.pin); i++)
		CU_ASSERT_EQUAL(rig.session.pin[i], 0);
}

static void
test_a_second_person_comes_beside_what_was_shown(void)
{
	static const enum access_verdict wants[] = { ACCESS_WANTS_SECOND, ACCESS_WANTS_ESCORT };

	for (unsigned i = 0; i < ARRAY_LEN(wants); i++) {
		struct rig rig = { 0 };
		take_card(&rig, ada);
		decided(&rig, ACCESS_WANTS_PIN);
		take_pin(&rig, "1234");
		decided(&rig, wants[i]);
		take_card(&rig, grace);
		CU_ASSERT_TRUE(asks(&rig, ada, "1234", grace));
		decided(&rig, ACCESS_GRANTED);
		CU_ASSERT_TRUE(is_wiped(&rig));
	}
}

static void
test_the_same_card_as_second_is_handed_on_as_the_second(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	decided(&rig, ACCESS_WANTS_SECOND);
	take_card(&rig, ada);
	CU_ASSERT_TRUE(asks(&rig, ada, NULL, ada));
}

static void
test_a_code_alone_may_wait_for_an_escort(void)
{
	struct rig rig = { 0 };

	take_pin(&rig, "5555");
	decided(&rig, ACCESS_WANTS_ESCORT);
	take_card(&rig, grace);
	CU_ASSERT_TRUE(asks(&rig, NULL, "5555", grace));
}

static void
test_a_code_while_a_second_person_is_awaited_begins_anew(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	decided(&rig, ACCESS_WANTS_SECOND);
	take_pin(&rig, "5555");
	CU_ASSERT_TRUE(asks(&rig, NULL, "5555", NULL));
}

static void
test_what_comes_after_a_decision_begins_anew(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	decided(&rig, ACCESS_GRANTED);
	take_pin(&rig, "1234");
	CU_ASSERT_TRUE(asks(&rig, NULL, "1234", NULL));
	decided(&rig, ACCESS_DENIED);
	take_card(&rig, grace);
	CU_ASSERT_TRUE(asks(&rig, grace, NULL, NULL));
}

static void
test_the_wait_is_over_at_its_microsecond_and_says_for_what_it_was(void)
{
	struct rig rig = { 0 };
	enum access_verdict wanted = ACCESS_DENIED;

	CU_ASSERT_EQUAL(door_session_deadline_us(&rig.session), UINT64_MAX);
	CU_ASSERT_FALSE(
		door_session_is_over(&rig.session, POINT, UINT64_MAX - 1, &wanted, &rig.request));
	take_card(&rig, ada);
	decided(&rig, ACCESS_WANTS_PIN);
	CU_ASSERT_EQUAL(door_session_deadline_us(&rig.session), NOW_US + WAIT_US);
	CU_ASSERT_FALSE(door_session_is_over(&rig.session, POINT, NOW_US + WAIT_US - 1, &wanted,
					     &rig.request));
	CU_ASSERT_TRUE(
		door_session_is_over(&rig.session, POINT, NOW_US + WAIT_US, &wanted, &rig.request));
	CU_ASSERT_EQUAL(wanted, ACCESS_WANTS_PIN);
	CU_ASSERT_TRUE(asks(&rig, ada, NULL, NULL));
	door_session_end(&rig.session);
	CU_ASSERT_EQUAL(door_session_deadline_us(&rig.session), UINT64_MAX);
	CU_ASSERT_TRUE(is_wiped(&rig));
}

static void
test_each_thing_that_is_shown_gives_the_whole_time_again(void)
{
	struct rig rig = { 0 };

	take_card(&rig, ada);
	decided(&rig, ACCESS_WANTS_PIN);
	take_pin(&rig, "1234");
	door_session_take_verdict(&rig.session, ACCESS_WANTS_SECOND, NOW_US + WAIT_US - 1, WAIT_MS);
	CU_ASSERT_EQUAL(door_session_deadline_us(&rig.session), NOW_US + 2 * WAIT_US - 1);
}

static void
test_a_card_with_more_bits_than_any_is_cut_and_stays_one(void)
{
	uint8_t bits[64];
	struct rig rig = { 0 };

	memset(bits, 0xA5, sizeof(bits));
	door_session_take_card(&rig.session, POINT, 512, bits, &rig.request);
	CU_ASSERT_EQUAL(rig.request.card.bit_count, 512);
	CU_ASSERT_EQUAL(memcmp(rig.request.card.data, bits, DOOR_SESSION_CARD_BYTES), 0);
	CU_ASSERT_FALSE(rig.session.companion.is_there);
	/* A shorter one behind it has nothing of it. */
	take_card(&rig, ada);
	CU_ASSERT_EQUAL(rig.session.card.data[4], 0);
}

static void
test_a_card_of_no_bits_is_a_card(void)
{
	struct rig rig = { 0 };

	door_session_take_card(&rig.session, POINT, 0, ada, &rig.request);
	CU_ASSERT_PTR_NOT_NULL(rig.request.card.data);
	CU_ASSERT_EQUAL(rig.request.card.bit_count, 0);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_card_waits_for_its_pin),
		TAP(test_a_pin_waits_for_its_card),
		TAP(test_another_card_in_between_begins_anew),
		TAP(test_another_code_in_between_takes_the_place_of_the_first),
		TAP(test_a_second_person_comes_beside_what_was_shown),
		TAP(test_the_same_card_as_second_is_handed_on_as_the_second),
		TAP(test_a_code_alone_may_wait_for_an_escort),
		TAP(test_a_code_while_a_second_person_is_awaited_begins_anew),
		TAP(test_what_comes_after_a_decision_begins_anew),
		TAP(test_the_wait_is_over_at_its_microsecond_and_says_for_what_it_was),
		TAP(test_each_thing_that_is_shown_gives_the_whole_time_again),
		TAP(test_a_card_with_more_bits_than_any_is_cut_and_stays_one),
		TAP(test_a_card_of_no_bits_is_a_card),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
