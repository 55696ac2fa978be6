#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

static const struct osdp_led green = {
	.temporary = { .control = OSDP_LED_TEMPORARY_SET,
		       .on_100ms = 1,
		       .on_colour = OSDP_COLOUR_GREEN },
	.timer_100ms = 30,
};

/* A panel that wants a channel under the first key, a reader with the second one. */
static struct line *
make_mismatch(bool has_panel_key, bool has_reader_key)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = has_reader_key };

	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = has_panel_key;
	line_key(0, config.policy[0].key);
	line_key(1, pd.key);
	return line_make(&config, &pd);
}

static bool
is_cause(struct line *line, enum osdp_mismatch cause)
{
	struct osdp_event event = { 0 };

	return line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 3000, &event) &&
	       event.mismatch.cause == cause &&
	       osdp_cp_pd_state(line->cp, 0) == OSDP_PD_KEY_MISMATCH;
}

/* Changes a reply of one kind and makes its check right again. */
static uint8_t spoil_code;
static size_t spoil_at;
static uint8_t spoil_value;

static void
spoil(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (osdp_frame_decode(bytes + 1, *size - 1, &frame) < 0 || frame.code != spoil_code)
		return;
	bytes[1 + spoil_at] = spoil_value;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static struct line *
make_spoiled(uint8_t code, size_t at, uint8_t value)
{
	struct line *line = line_new_secure(1, 9600);

	spoil_code = code;
	spoil_at = at;
	spoil_value = value;
	line->on_reply = spoil;
	return line;
}

static void
a_secure_pd_comes_on_line_and_its_cards_arrive(void)
{
	struct line *line = line_new_secure(2, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_ESTABLISHED, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.established.key, OSDP_KEY_CURRENT);
	CU_ASSERT_EQUAL(event.established.cuid[2], 0x8E);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 500, &event));
	CU_ASSERT_EQUAL(event.online.identity.serial, 1001);
	CU_ASSERT_TRUE(osdp_pd_is_secure(line->pd[0]));
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[1], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 1, 500, &event));
	CU_ASSERT_EQUAL(memcmp(event.card.data, card_bits, sizeof(card_bits)), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_DOWNGRADE, 0), 0);
	line_done(line);
}

static void
every_command_of_a_session_is_secured_and_data_are_encrypted(void)
{
	struct line *line = line_secure_online(1, 9600);
	unsigned first = line->command_count;
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), 0);
	line_run_ms(line, 300);
	CU_ASSERT_EQUAL(line_command_frame(line, first).security.type, OSDP_SCS_17);
	CU_ASSERT_EQUAL(line_command_frame(line, first).data_size, 16);
	for (unsigned i = first + 1; i < line->command_count; i++)
		CU_ASSERT_EQUAL(line_command_frame(line, i).security.type, OSDP_SCS_15);
	struct osdp_pd_event event = { 0 };
	CU_ASSERT_TRUE(osdp_pd_take_event(line->pd[0], &event));
	CU_ASSERT_EQUAL(event.led.timer_100ms, 30);
	line_done(line);
}

static void
lost_and_damaged_replies_are_repeated_within_the_session(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	unsigned first = line->command_count;
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	line->lost_replies = 1;
	line->corrupt_replies = 1;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 1500, &event));
	CU_ASSERT_EQUAL(memcmp(line->commands[first].bytes, line->commands[first + 2].bytes,
			       line->commands[first].size),
			0);
	line_run_ms(line, 3000);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 1);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 1);
	line_done(line);
}

static void
busy_within_a_session_leaves_the_chain_alone(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	osdp_pd_set_busy(line->pd[0], 4);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 1500, &event));
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 1);
	line_done(line);
}

static void
a_secure_pd_that_comes_back_is_attached_within_2_s_fifty_times(void)
{
	struct line *line = line_secure_online(2, 9600);
	struct osdp_event event = { 0 };
	for (unsigned i = 0; i < 50; i++) {
		line->is_unplugged[0] = true;
		line_run_ms(line, 1500 + i * 211);
		line->is_unplugged[0] = false;
		osdp_pd_restart(line->pd[0]);
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
		line->event_count = 0;
	}
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 1)->timeouts, 0);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 1)->sessions, 1);
	line_done(line);
}

static void
a_restart_of_the_reader_ends_the_session_and_makes_a_new_one(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	osdp_pd_restart(line->pd[0]);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 200, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_SEQUENCE);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 1500, &event));
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 2);
	line_done(line);
}

static void
a_reader_with_another_key_is_a_mismatch_by_its_cryptogram(void)
{
	struct line *line = make_mismatch(true, true);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_CRYPTOGRAM));
	line_run_ms(line, 60000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), -ENOTCONN);
	line_done(line);
}

static void
retries_of_a_mismatch_become_rare_but_never_stop(void)
{
	struct line *line = make_mismatch(true, true);
	uint64_t last_us = line->now_us;
	uint64_t longest_us = 0;
	line_run_ms(line, 600000);
	for (unsigned i = 0; i < line->command_count; i++) {
		if (line_command_frame(line, i).code != OSDP_CMD_CHLNG)
			continue;
		longest_us = MAX_OF(longest_us, line->commands[i].at_us - last_us);
		last_us = line->commands[i].at_us;
	}
	CU_ASSERT(longest_us >= 59 * US_PER_S && longest_us <= 62 * US_PER_S);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_KEY_MISMATCH);
	/* Told the 1st, 2nd, 4th, 8th time, perhaps the 16th. */
	CU_ASSERT(line_count_events(line, OSDP_EV_KEY_MISMATCH, 0) <= 5);
	line_done(line);
}

static void
a_policy_without_a_key_keeps_the_reader_off_line(void)
{
	struct line *line = make_mismatch(false, false);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_NO_KEY));
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_KEY_MISMATCH, 0)->mismatch.claim.serial,
			1001);
	for (unsigned i = 0; i < line->command_count; i++)
		CU_ASSERT_NOT_EQUAL(line_command_frame(line, i).code, OSDP_CMD_POLL);
	line_done(line);
}

static void
without_random_numbers_there_is_no_channel(void)
{
	struct line *line = line_new_secure(1, 9600);
	line->has_no_random = true;
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_NO_RANDOM));
	line->has_no_random = false;
	struct osdp_event event = { 0 };
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 6000, &event));
	line_done(line);
}

static void
a_wrong_key_flag_in_ccrypt_is_refused(void)
{
	struct line *line = make_spoiled(OSDP_REPLY_CCRYPT, 7, OSDP_KEY_FLAG_DEFAULT);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_KEY_FLAG));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_DEFAULT_KEY_SEEN, 0), 1);
	line_done(line);
}

static void
a_wrong_client_cryptogram_is_refused(void)
{
	struct line *line = make_spoiled(OSDP_REPLY_CCRYPT, 30, 0x55);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_CRYPTOGRAM));
	line_done(line);
}

static void
a_failed_status_in_rmac_i_is_refused(void)
{
	struct line *line = make_spoiled(OSDP_REPLY_RMAC_I, 7, OSDP_RMAC_REFUSED);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_RMAC_STATUS));
	line_done(line);
}

static void
a_wrong_value_in_rmac_i_is_refused(void)
{
	struct line *line = make_spoiled(OSDP_REPLY_RMAC_I, 12, 0x55);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_RMAC_VALUE));
	line_done(line);
}

static void
the_client_uid_is_pinned_and_can_be_accepted_by_the_operator(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = true };
	struct osdp_event event = { 0 };
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	config.policy[0].has_cuid = true;
	line_key(0, config.policy[0].key);
	line_key(0, pd.key);
	struct line *line = line_make(&config, &pd);
	CU_ASSERT_TRUE(is_cause(line, OSDP_MISMATCH_CUID));
	CU_ASSERT_EQUAL(osdp_cp_accept_device(line->cp, 0), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 6000, &event));
	CU_ASSERT_EQUAL(osdp_cp_accept_device(line->cp, 1), -EINVAL);
	line_done(line);
}

static void
a_session_is_made_anew_after_its_time_without_losing_a_card(void)
{
	struct osdp_cp_config config = { .baud = 115200, .pd_count = 1, .session_ms = 20000 };
	struct osdp_pd_config pd = { .has_key = true };
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	line_key(0, pd.key);
	struct line *line = line_make(&config, &pd);
	line_run_ms(line, 1000);
	for (unsigned i = 0; i < 80; i++) {
		CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
		line_run_ms(line, 1000);
	}
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 80);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 5);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SC_LOST, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	line_done(line);
}

static void
clear_and_secure_readers_share_a_line(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 2 };
	struct osdp_pd_config pds[2] = { { .has_key = true } };
	struct osdp_event event = { 0 };
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	line_key(0, pds[0].key);
	struct line *line = line_make(&config, pds);
	line_run_ms(line, 1500);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	CU_ASSERT_FALSE(osdp_pd_is_secure(line->pd[1]));
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[1], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 1, 500, &event));
	line_done(line);
}

static void
an_unplugged_secure_pd_is_off_line_after_8_s(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	uint64_t start_us = line->now_us;
	line->is_unplugged[0] = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 1500, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_OFFLINE, 0, 9000, &event));
	CU_ASSERT(event.at_mono_us - start_us <= 8000000);
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(a_secure_pd_comes_on_line_and_its_cards_arrive),
	TAP(every_command_of_a_session_is_secured_and_data_are_encrypted),
	TAP(lost_and_damaged_replies_are_repeated_within_the_session),
	TAP(busy_within_a_session_leaves_the_chain_alone),
	TAP(a_secure_pd_that_comes_back_is_attached_within_2_s_fifty_times),
	TAP(a_restart_of_the_reader_ends_the_session_and_makes_a_new_one),
	TAP(a_reader_with_another_key_is_a_mismatch_by_its_cryptogram),
	TAP(retries_of_a_mismatch_become_rare_but_never_stop),
	TAP(a_policy_without_a_key_keeps_the_reader_off_line),
	TAP(without_random_numbers_there_is_no_channel),
	TAP(a_wrong_key_flag_in_ccrypt_is_refused),
	TAP(a_wrong_client_cryptogram_is_refused),
	TAP(a_failed_status_in_rmac_i_is_refused),
	TAP(a_wrong_value_in_rmac_i_is_refused),
	TAP(the_client_uid_is_pinned_and_can_be_accepted_by_the_operator),
	TAP(a_session_is_made_anew_after_its_time_without_losing_a_card),
	TAP(clear_and_secure_readers_share_a_line),
	TAP(an_unplugged_secure_pd_is_off_line_after_8_s),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
