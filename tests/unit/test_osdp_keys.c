#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

/* A panel without a key and a reader as it comes from its maker, or with a key of its own. */
static struct line *
make_unpaired(bool has_reader_key)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 2 };
	struct osdp_pd_config pds[2] = { { .has_key = has_reader_key }, { .has_key = false } };

	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	line_key(0, pds[0].key);
	return line_make(&config, pds);
}

static unsigned
count_commands(const struct line *line, uint8_t code)
{
	unsigned count = 0;

	for (unsigned i = 0; i < line->command_count; i++)
		count += line_command_frame(line, i).code == code;
	return count;
}

static bool
take_pd_key(struct line *line, unsigned pd, uint8_t *ret_key)
{
	struct osdp_pd_event event;
	bool has_key = false;

	while (osdp_pd_take_event(line->pd[pd], &event)) {
		if (event.type != OSDP_PD_EV_KEY)
			continue;
		has_key = true;
		memcpy(ret_key, event.key, OSDP_KEY_SIZE);
	}
	return has_key;
}

static void
an_install_window_pairs_a_new_reader_and_rotates_at_once(void)
{
	struct line *line = make_unpaired(false);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_run_ms(line, 3000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_KEY_MISMATCH);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	CU_ASSERT_TRUE(osdp_cp_is_installing(line->cp));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_PAIRING, 0, 3000, &event));
	CU_ASSERT_EQUAL(event.online.identity.serial, 1001);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 5000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	CU_ASSERT_FALSE(osdp_cp_is_installing(line->cp));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_PENDING, 0), 2);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_COMMITTED, 0), 2);
	CU_ASSERT_EQUAL(count_commands(line, OSDP_CMD_KEYSET), 2);
	CU_ASSERT_TRUE(take_pd_key(line, 0, key));
	CU_ASSERT_EQUAL(memcmp(key, line->last_key, sizeof(key)), 0);
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_SC_ESTABLISHED, 0)->established.key,
			OSDP_KEY_PENDING);
	line_done(line);
}

static void
an_operators_own_key_is_sent_once(void)
{
	struct line *line = make_unpaired(false);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	line_key(5, key);
	struct osdp_install install = { .own_key = key };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 5000, &event));
	CU_ASSERT_EQUAL(count_commands(line, OSDP_CMD_KEYSET), 1);
	CU_ASSERT_EQUAL(memcmp(key, line->last_key, sizeof(key)), 0);
	line_done(line);
}

static void
nothing_is_sent_before_the_key_is_stored(void)
{
	struct line *line = make_unpaired(false);
	struct osdp_event event = { 0 };
	line->keeps_keys_waiting = true;
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_PENDING, 0, 3000, &event));
	line_run_ms(line, 20000);
	CU_ASSERT_EQUAL(count_commands(line, OSDP_CMD_KEYSET), 0);
	CU_ASSERT_EQUAL(osdp_cp_key_stored(line->cp, 1), -ENOENT);
	CU_ASSERT_EQUAL(osdp_cp_key_stored(line->cp, 0), 0);
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(count_commands(line, OSDP_CMD_KEYSET), 1);
	line_done(line);
}

static void
the_window_ends_by_itself_and_drops_what_it_began(void)
{
	struct line *line = make_unpaired(false);
	struct osdp_event event = { 0 };
	line->keeps_keys_waiting = true;
	struct osdp_install install = { .window_ms = 10000 };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 10100, &event));
	CU_ASSERT_FALSE(event.is_paired);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_DROPPED, 0), 1);
	line_run_ms(line, 5000);
	CU_ASSERT_FALSE(osdp_pd_is_secure(line->pd[0]));
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_KEY_MISMATCH);
	line_done(line);
}

static void
one_window_at_a_time_and_not_for_a_reader_with_a_key(void)
{
	struct line *line = line_secure_online(2, 9600);
	struct osdp_install install = { .is_replacement = true };
	static const uint8_t weak[OSDP_KEY_SIZE] = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us),
			-EEXIST);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 2, &install, line->now_us), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 1, &install, line->now_us), -EBUSY);
	osdp_cp_install_cancel(line->cp, line->now_us);
	install.own_key = weak;
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 1, &install, line->now_us), -EKEYREJECTED);
	line->has_no_random = true;
	install.own_key = NULL;
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 1, &install, line->now_us), -EIO);
	line_done(line);
}

static void
a_reader_that_holds_a_key_is_not_paired(void)
{
	struct line *line = make_unpaired(true);
	struct osdp_event event = { 0 };
	struct osdp_install install = { .window_ms = 20000 };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 3000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_SECURITY);
	/* Reset by its configuration card while the window is open. */
	osdp_pd_forget_key(line->pd[0]);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 20000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	line_done(line);
}

static void
cards_under_the_default_key_do_not_count(void)
{
	struct line *line = make_unpaired(false);
	struct osdp_event event = { 0 };
	line->keeps_keys_waiting = true;
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_PENDING, 0, 3000, &event));
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	line_run_ms(line, 2000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	line_done(line);
}

static void
a_key_is_rotated_within_the_session_and_used_from_then_on(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	uint8_t key[OSDP_KEY_SIZE];
	CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 0, NULL, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 0, NULL, line->now_us), -EALREADY);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 2000, &event));
	CU_ASSERT_TRUE(take_pd_key(line, 0, key));
	CU_ASSERT_EQUAL(memcmp(key, line->last_key, sizeof(key)), 0);
	osdp_pd_restart(line->pd[0]);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_SC_ESTABLISHED, 0)->established.key,
			OSDP_KEY_CURRENT);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SC_LOST, 0), 1);
	line_done(line);
}

/* The reader says yes and keeps its old key. */
static void
forget_keyset(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (osdp_frame_decode(bytes + 1, *size - 1, &frame) == 0 && frame.code == OSDP_CMD_KEYSET)
		*size = 0;
}

static void
a_keyset_that_does_not_arrive_falls_back_to_the_old_key(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	line->on_command = forget_keyset;
	CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 0, NULL, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_DROPPED, 0, 4000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_COMMITTED, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_MISMATCH, 0), 0);
	line_done(line);
}

/* After a power cut between KEYSET and commit the reader may have either key. */
static void
both_keys_are_tried_after_a_power_cut(void)
{
	for (unsigned which = 0; which < 2; which++) {
		struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
		struct osdp_pd_config pd = { .has_key = true };
		struct osdp_event event = { 0 };
		config.policy[0] = (struct osdp_policy){ .protection = OSDP_SECURE_REQUIRED,
							 .has_key = true,
							 .has_pending = true };
		line_key(0, config.policy[0].key);
		line_key(1, config.policy[0].pending);
		line_key(which, pd.key);
		struct line *line = line_make(&config, &pd);
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
		CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_COMMITTED, 0), which);
		CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_DROPPED, 0), 1 - which);
		CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->mismatches, 0);
		line_done(line);
	}
}

static void
weak_keys_wrong_readers_and_clear_lines_are_not_rotated(void)
{
	struct line *line = line_secure_online(1, 9600);
	CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 0, osdp_default_key, line->now_us), -EKEYREJECTED);
	CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 3, NULL, line->now_us), -EINVAL);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEY_PENDING, 0), 0);
	struct line *clear = line_online(1, 9600);
	CU_ASSERT_EQUAL(osdp_cp_rotate(clear->cp, 0, NULL, clear->now_us), -ENOTCONN);
	line_done(clear);
	line_done(line);
}

static void
a_window_that_pairs_nothing_leaves_the_key_and_the_pin_as_they_were(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	struct osdp_install install = { .is_replacement = true, .window_ms = 5000 };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 6000, &event));
	CU_ASSERT_FALSE(event.is_paired);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	line_replace_pd(line, 0, 4711);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 3000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_CUID);
	line_done(line);
}

static void
a_replacement_device_is_paired_and_pinned(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	struct osdp_install install = { .is_replacement = true };
	line_replace_pd(line, 0, 4711);
	osdp_pd_forget_key(line->pd[0]);
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 9000, &event));
	CU_ASSERT_TRUE(event.is_paired);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_IDENTITY_CHANGED, 0), 1);
	osdp_pd_restart(line->pd[0]);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(an_install_window_pairs_a_new_reader_and_rotates_at_once),
	TAP(an_operators_own_key_is_sent_once),
	TAP(nothing_is_sent_before_the_key_is_stored),
	TAP(the_window_ends_by_itself_and_drops_what_it_began),
	TAP(one_window_at_a_time_and_not_for_a_reader_with_a_key),
	TAP(a_reader_that_holds_a_key_is_not_paired),
	TAP(cards_under_the_default_key_do_not_count),
	TAP(a_key_is_rotated_within_the_session_and_used_from_then_on),
	TAP(a_keyset_that_does_not_arrive_falls_back_to_the_old_key),
	TAP(both_keys_are_tried_after_a_power_cut),
	TAP(a_window_that_pairs_nothing_leaves_the_key_and_the_pin_as_they_were),
	TAP(a_replacement_device_is_paired_and_pinned),
	TAP(weak_keys_wrong_readers_and_clear_lines_are_not_rotated),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
