/* What the caller wants of a reader, changed while it is there; and installations cut off. */
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static struct osdp_policy
policy_with_key(unsigned key)
{
	struct osdp_policy policy = { .protection = OSDP_SECURE_REQUIRED, .has_key = true };

	line_key(key, policy.key);
	return policy;
}

static void
the_same_policy_again_disturbs_nothing(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_policy policy = policy_with_key(0);
	policy.has_cuid = true;
	memcpy(policy.cuid, line_last_event(line, OSDP_EV_SC_ESTABLISHED, 0)->established.cuid,
	       sizeof(policy.cuid));
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 0, &policy, line->now_us), 0);
	line_run_ms(line, 2000);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 1);
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 1, &policy, line->now_us), -EINVAL);
	line_done(line);
}

static void
another_key_ends_the_session_and_is_used_from_then_on(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_policy wrong = policy_with_key(1);
	struct osdp_policy right = policy_with_key(0);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 0, &wrong, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 2000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_CRYPTOGRAM);
	/* It does not wait for the next try of before. */
	line_run_ms(line, 100);
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 0, &right, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 1500, &event));
	line_done(line);
}

static void
a_reader_that_holds_a_key_does_not_come_on_line_in_clear(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_policy policy = { .protection = OSDP_CLEAR_ALLOWED };
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 0, &policy, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 3000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_ENCRYPTION);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_KEY_MISMATCH);
	line_done(line);
}

static void
a_policy_that_wants_a_key_takes_a_clear_reader_off_line(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_policy policy = { .protection = OSDP_SECURE_REQUIRED };
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_set_policy(line->cp, 0, &policy, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 1500, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_NO_KEY);
	line_done(line);
}

/* Only a pending key is known: who kept it died before the reader had proved that it has it. */
static struct line *
make_cut_off(bool has_arrived)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = has_arrived };

	config.policy[0] =
		(struct osdp_policy){ .protection = OSDP_SECURE_REQUIRED, .has_pending = true };
	line_key(0, config.policy[0].pending);
	line_key(0, pd.key);
	return line_make(&config, &pd);
}

static void
an_installation_cut_off_behind_keyset_ends_by_itself(void)
{
	struct line *line = make_cut_off(true);
	struct osdp_event event = { 0 };
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 2000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
	line_done(line);
}

static void
an_installation_cut_off_before_keyset_is_taken_up_with_the_same_key(void)
{
	struct line *line = make_cut_off(false);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_key(0, key);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 2000, &event));
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 5000, &event));
	/* It was not offered again: the caller has it. */
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_PENDING, 0), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 5000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	line_done(line);
}

/* The window is open, and the reader that has the key after all comes back into it. */
static void
a_reader_that_took_the_key_and_went_away_is_not_lost(void)
{
	struct line *line = make_cut_off(true);
	struct osdp_event event = { 0 };
	line->is_unplugged[0] = true;
	line_run_ms(line, 3000);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	line_run_ms(line, 3000);
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 8000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static unsigned
count_default_challenges(const struct line *line)
{
	unsigned count = 0;

	for (unsigned i = 0; i < line->command_count; i++) {
		struct osdp_frame frame = line_command_frame(line, i);
		count += frame.code == OSDP_CMD_KEYSET ||
			 (frame.code == OSDP_CMD_CHLNG &&
			  frame.security.data[0] == OSDP_KEY_FLAG_DEFAULT);
	}
	return count;
}

static void
a_reader_that_was_given_its_key_elsewhere_never_sees_the_default_key(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = true };
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	line_key(3, key);
	line_key(3, pd.key);
	struct line *line = line_make(&config, &pd);
	line_run_ms(line, 500);
	struct osdp_install install = { .own_key = key };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 3000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	CU_ASSERT_EQUAL(count_default_challenges(line), 0);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static void
an_own_key_for_a_reader_that_still_has_the_old_one_changes_nothing(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_key(3, key);
	struct osdp_install install = { .own_key = key, .is_replacement = true };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 3000, &event));
	CU_ASSERT_FALSE(event.is_paired);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_DROPPED, 0), 1);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	CU_ASSERT_EQUAL(count_default_challenges(line), 0);
	line_done(line);
}

/* It took the key that was on its way, and came back into a window for another one. */
static void
an_own_key_does_not_make_the_panel_forget_the_one_that_was_sent(void)
{
	struct line *line = make_cut_off(true);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_key(3, key);
	line->is_unplugged[0] = true;
	line_run_ms(line, 3000);
	struct osdp_install install = { .own_key = key };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	line_run_ms(line, 3000);
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 8000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_DROPPED, 0), 1);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	CU_ASSERT_EQUAL(count_default_challenges(line), 0);
	line_done(line);
}

/* The window for the own key ends before the reader is back. */
static void
a_window_that_ends_leaves_the_key_that_was_sent(void)
{
	struct line *line = make_cut_off(true);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_key(3, key);
	line->is_unplugged[0] = true;
	line_run_ms(line, 3000);
	struct osdp_install install = { .own_key = key };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	line_run_ms(line, 1000);
	osdp_cp_install_cancel(line->cp, line->now_us);
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 8000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(the_same_policy_again_disturbs_nothing),
	TAP(another_key_ends_the_session_and_is_used_from_then_on),
	TAP(a_reader_that_holds_a_key_does_not_come_on_line_in_clear),
	TAP(a_policy_that_wants_a_key_takes_a_clear_reader_off_line),
	TAP(an_installation_cut_off_behind_keyset_ends_by_itself),
	TAP(an_installation_cut_off_before_keyset_is_taken_up_with_the_same_key),
	TAP(a_reader_that_took_the_key_and_went_away_is_not_lost),
	TAP(a_reader_that_was_given_its_key_elsewhere_never_sees_the_default_key),
	TAP(an_own_key_does_not_make_the_panel_forget_the_one_that_was_sent),
	TAP(a_window_that_ends_leaves_the_key_that_was_sent),
	TAP(an_own_key_for_a_reader_that_still_has_the_old_one_changes_nothing),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
