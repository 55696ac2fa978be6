#include "hw/supervise_learn.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>

static void
show(struct supervise_learner *learner, uint32_t ohms, unsigned samples)
{
	for (unsigned i = 0; i < samples; i++)
		supervise_learn_add(learner, supervise_mv(ohms) + (int) (i % 5) - 2);
}

static void
test_both_positions_propose_the_scheme_in_any_order(void)
{
	for (unsigned scheme = SUPERVISE_OFF; scheme < SUPERVISE_SCHEMES; scheme++)
		for (unsigned order = 0; order < 2; order++) {
			struct supervise_learner learner;
			struct supervise_proposal proposal;
			uint32_t open = supervise_nominal_ohms(scheme, SUPERVISE_OPEN);
			uint32_t closed = supervise_nominal_ohms(scheme, SUPERVISE_CLOSED);
			supervise_learn_init(&learner);
			show(&learner, order ? open : closed, 20);
			CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), -EAGAIN);
			show(&learner, order ? closed : open, 10);
			CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), 0);
			CU_ASSERT_EQUAL(proposal.scheme, scheme);
			CU_ASSERT(proposal.low_mv < proposal.high_mv);
		}
}

static void
test_no_two_levels_suit_two_schemes(void)
{
	for (int low = 0; low < SUPERVISE_FULL_MV; low += 4)
		for (int high = low + 30; high < SUPERVISE_FULL_MV; high += 4) {
			unsigned suiting = 0;
			for (unsigned i = SUPERVISE_OFF + 1; i < SUPERVISE_SCHEMES; i++) {
				struct supervise_levels at;
				supervise_levels(i, &at);
				suiting += low >= at.closed_from && low <= at.closed_to &&
					   high >= at.open_from && high <= at.open_to;
			}
			CU_ASSERT(suiting <= 1);
		}
}

static void
test_bounces_and_a_finger_on_the_wire_do_not_mislead(void)
{
	struct supervise_learner learner;
	struct supervise_proposal proposal;

	supervise_learn_init(&learner);
	for (unsigned i = 0; i < 200; i++) {
		show(&learner, i % 2 ? 2200 : 4400, 3);
		supervise_learn_add(&learner, (int) (i * 137 % SUPERVISE_FULL_MV));
	}
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), 0);
	CU_ASSERT_EQUAL(proposal.scheme, SUPERVISE_SERIAL_2K2);
}

static void
test_what_was_wired_before_is_forgotten(void)
{
	struct supervise_learner learner;
	struct supervise_proposal proposal;

	supervise_learn_init(&learner);
	show(&learner, SUPERVISE_OHMS_MAX, 1000);
	show(&learner, 9400, 3);
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), -ENOENT);
	show(&learner, 4700, 2);
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), -ENOENT);
	show(&learner, 4700, 1);
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), 0);
	CU_ASSERT_EQUAL(proposal.scheme, SUPERVISE_SERIAL_4K7);
}

static void
test_levels_of_no_scheme_are_said_to_be_of_none(void)
{
	struct supervise_learner learner;
	struct supervise_proposal proposal;

	supervise_learn_init(&learner);
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), -EAGAIN);
	show(&learner, 3300, 10);
	show(&learner, 6600, 10);
	CU_ASSERT_EQUAL(supervise_learn_propose(&learner, &proposal), -ENOENT);
	CU_ASSERT(proposal.low_mv < proposal.high_mv);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_both_positions_propose_the_scheme_in_any_order),
		TAP(test_no_two_levels_suit_two_schemes),
		TAP(test_bounces_and_a_finger_on_the_wire_do_not_mislead),
		TAP(test_what_was_wired_before_is_forgotten),
		TAP(test_levels_of_no_scheme_are_said_to_be_of_none),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
