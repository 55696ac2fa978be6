/*
 * The attacks A1 to A5 of "Badge of Shame" as tests. The attacker sits on the line and may read,
 * change, drop and add bytes.
 */
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/capture.h"
#include "lib/util.h"
#include "tests/unit/osdp_attack.h"
#include "tests/unit/osdp_line.h"

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

static void
a1_a_reader_without_encryption_never_comes_on_line_where_it_is_required(void)
{
	struct line *line = line_new_secure(1, 9600);
	struct osdp_pd_config config = { .address = 1 };
	osdp_pd_free(line->pd[0]);
	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&config, &line->pd[0]), 0);
	for (unsigned i = 0; i < 60; i++) {
		(void) osdp_pd_badge(line->pd[0], 26, card_bits);
		line_run_ms(line, 2000);
	}
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	CU_ASSERT(line_count_events(line, OSDP_EV_KEY_MISMATCH, 0) > 0);
	CU_ASSERT(line_count_events(line, OSDP_EV_DOWNGRADE, 0) > 0);
	CU_ASSERT_TRUE(attack_finds_no_clear_command(line));
	line_done(line);
}

static void
a1a_a_card_that_is_not_encrypted_within_a_session_ends_it(void)
{
	static const uint8_t keys[] = { 0, 2, '1', '2' };
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = true, .sends_plain = true };
	struct osdp_event event = { 0 };
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	line_key(0, pd.key);
	struct line *line = line_make(&config, &pd);
	line_run_ms(line, 1500);
	/* Identity and status are taken, and counted. */
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 0)->plain >= 3);
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_PLAIN_DATA, 0, 500, &event));
	CU_ASSERT_EQUAL(event.odd.code, OSDP_REPLY_RAW);
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_SC_LOST, 0)->suspect, OSDP_SUSPECT_PLAIN);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_KEYPAD, keys, sizeof(keys));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_PLAIN_DATA, 0, 500, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_KEYPAD, 0), 0);
	line_done(line);
}

static void
say_no_aes(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (!attack_decode(bytes, *size, &frame) || frame.code != OSDP_REPLY_PDCAP ||
	    frame.security.type != OSDP_SCS_NONE)
		return;
	for (size_t at = 0; at + 3 <= frame.data_size; at += 3)
		if (frame.data[at] == OSDP_CAP_SECURITY)
			bytes[frame.data - bytes + at + 1] = 0;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
a2_forged_capabilities_end_in_a_refused_session(void)
{
	struct line *line = line_new_secure(1, 9600);
	struct osdp_event event = { 0 };
	line->on_reply = say_no_aes;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_DOWNGRADE, 0, 1000, &event));
	/* The panel goes for its channel all the same, and learns there that it was lied to. */
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_ESTABLISHED, 0, 1000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_DOWNGRADE);
	(void) osdp_pd_badge(line->pd[0], 26, card_bits);
	line_run_ms(line, 120000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_DOWNGRADE, 0), 1);
	/* 2, 4, 8, 16, 32, 60 s. */
	CU_ASSERT(line_count_events(line, OSDP_EV_SC_ESTABLISHED, 0) <= 7);
	CU_ASSERT_TRUE(attack_finds_no_clear_command(line));
	line->on_reply = NULL;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 62000, &event));
	line_done(line);
}

/* Not forged: the reader says the same within its session, so it is only wrong of itself. */
static void
a2_a_reader_that_does_not_know_its_own_encryption_comes_on_line(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = true };
	struct osdp_event event = { 0 };
	config.policy[0] =
		(struct osdp_policy){ .protection = OSDP_SECURE_REQUIRED, .has_key = true };
	line_key(0, config.policy[0].key);
	line_key(0, pd.key);
	struct line *line = line_make(&config, &pd);
	pd.capabilities.compliance[OSDP_CAP_SECURITY] = 0;
	osdp_pd_free(line->pd[0]);
	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&pd, &line->pd[0]), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_DOWNGRADE, 0), 1);
	line_done(line);
}

static void
a2_nak_5_to_the_challenge_is_a_mismatch_and_no_reason_to_speak_in_clear(void)
{
	struct line *line = line_new_secure(1, 9600);
	struct osdp_event event = { 0 };
	line->on_reply = attack_refuse_challenge;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_SECURITY);
	line_run_ms(line, 120000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_TRUE(attack_finds_no_clear_command(line));
	line_done(line);
}

/* The attacker has a new reader under SCBK-D and makes challenges fit it. */
static void
ask_for_default_key(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (!attack_decode(bytes, *size, &frame) || frame.security.data_size != 1)
		return;
	bytes[frame.security.data - bytes] = OSDP_KEY_FLAG_DEFAULT;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
claim_own_key(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (!attack_decode(bytes, *size, &frame) || frame.security.type != OSDP_SCS_12)
		return;
	bytes[frame.security.data - bytes] = OSDP_KEY_FLAG_OWN;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
a3_a_reader_under_the_default_key_gets_no_key_outside_a_window(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = false };
	struct osdp_event event = { 0 };
	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	struct line *line = line_make(&config, &pd);
	line->on_command = ask_for_default_key;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_DEFAULT_KEY_SEEN, 0, 1000, &event));
	line_run_ms(line, 60000);
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_KEY_MISMATCH, 0)->mismatch.cause,
			OSDP_MISMATCH_KEY_FLAG);
	line->on_reply = claim_own_key;
	line_run_ms(line, 300000);
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_KEY_MISMATCH, 0)->mismatch.cause,
			OSDP_MISMATCH_CRYPTOGRAM);
	CU_ASSERT_EQUAL(attack_count_commands(line, 0, OSDP_CMD_KEYSET), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	line_done(line);
}

static void
a4_all_768_keys_of_the_published_list_are_refused(void)
{
	struct line *line = line_secure_online(1, 9600);
	for (unsigned i = 0; i < 768; i++) {
		uint8_t key[OSDP_KEY_SIZE];
		int step = (int) (i / 256) - 1;
		for (int n = 0; n < OSDP_KEY_SIZE; n++)
			key[n] = (uint8_t) ((int) i + step * n);
		struct osdp_install install = { .is_replacement = true, .own_key = key };
		CU_ASSERT_EQUAL(osdp_cp_rotate(line->cp, 0, key, line->now_us), -EKEYREJECTED);
		CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &install, line->now_us),
				-EKEYREJECTED);
	}
	line_done(line);
}

/* Who listens from the first challenge on, and tries one key. */
static struct listener {
	struct osdp_secure *secure;
	uint8_t key[OSDP_KEY_SIZE];
	uint8_t rnd_a[OSDP_RND_SIZE];
	bool is_following;
	unsigned keys_read;
	uint8_t last_key[OSDP_KEY_SIZE];
} listener;

static void
listen_to(const uint8_t *bytes, size_t size)
{
	struct osdp_frame frame;
	uint8_t plain[OSDP_FRAME_MAX];
	uint8_t block[OSDP_BLOCK_SIZE];

	if (!attack_decode(bytes, size, &frame))
		return;
	if (frame.security.type == OSDP_SCS_11) {
		memcpy(listener.rnd_a, frame.data, sizeof(listener.rnd_a));
		osdp_secure_derive(listener.secure, listener.key, listener.rnd_a);
	} else if (frame.security.type == OSDP_SCS_13) {
		osdp_secure_start(listener.secure, frame.data, block);
		listener.is_following = true;
	} else if (frame.security.type >= OSDP_SCS_15 && listener.is_following) {
		int r = osdp_secure_open(listener.secure, &frame, plain, sizeof(plain));
		listener.is_following = r >= 0;
		if (r != 18 || frame.code != OSDP_CMD_KEYSET)
			return;
		listener.keys_read++;
		memcpy(listener.last_key, plain + 2, OSDP_KEY_SIZE);
	}
}

static void
listen_to_command(struct line *line, uint8_t *bytes, size_t *size)
{
	(void) line;
	listen_to(bytes, *size);
}

static void
listen_to_reply(struct line *line, uint8_t *bytes, size_t *size)
{
	(void) line;
	listen_to(bytes, *size);
}

static struct line *
make_pairing(void)
{
	struct osdp_cp_config config = { .baud = 9600, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = false };

	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	struct line *line = line_make(&config, &pd);
	memset(&listener, 0, sizeof(listener));
	CU_ASSERT_EQUAL_FATAL(osdp_secure_new(&listener.secure), 0);
	memcpy(listener.key, osdp_default_key, sizeof(listener.key));
	line->on_command = listen_to_command;
	line->on_reply = listen_to_reply;
	return line;
}

static void
a5_who_listens_with_the_default_key_reads_the_first_key_only_and_no_trace_is_made(void)
{
	struct line *line = make_pairing();
	struct osdp_event event = { 0 };
	char text[OSDP_CAPTURE_LINE_MAX];
	struct osdp_capture_record record = { .bytes = card_bits, .size = sizeof(card_bits) };
	CU_ASSERT_EQUAL(osdp_cp_install(line->cp, 0, &(struct osdp_install){ 0 }, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_capture_line(line->cp, &record, text, sizeof(text)), -EACCES);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_COMMITTED, 0, 4000, &event));
	CU_ASSERT_EQUAL(listener.keys_read, 1);
	CU_ASSERT_EQUAL(memcmp(listener.last_key, line->last_key, OSDP_KEY_SIZE), 0);
	CU_ASSERT_EQUAL(osdp_capture_line(line->cp, &record, text, sizeof(text)), -EACCES);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INSTALL_ENDED, 0, 4000, &event));
	CU_ASSERT_EQUAL(listener.keys_read, 1);
	CU_ASSERT_NOT_EQUAL(memcmp(listener.last_key, line->last_key, OSDP_KEY_SIZE), 0);
	CU_ASSERT(osdp_capture_line(line->cp, &record, text, sizeof(text)) > 0);
	osdp_secure_free(listener.secure);
	line_done(line);
}

static void
a5_a_reader_reset_by_the_attacker_provokes_no_new_key(void)
{
	struct line *line = line_secure_online(1, 9600);
	osdp_pd_forget_key(line->pd[0]);
	osdp_pd_restart(line->pd[0]);
	line_run_ms(line, 120000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_KEY_MISMATCH);
	CU_ASSERT_EQUAL(attack_count_commands(line, 0, OSDP_CMD_KEYSET), 0);
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(a1_a_reader_without_encryption_never_comes_on_line_where_it_is_required),
	TAP(a1a_a_card_that_is_not_encrypted_within_a_session_ends_it),
	TAP(a2_forged_capabilities_end_in_a_refused_session),
	TAP(a2_a_reader_that_does_not_know_its_own_encryption_comes_on_line),
	TAP(a2_nak_5_to_the_challenge_is_a_mismatch_and_no_reason_to_speak_in_clear),
	TAP(a3_a_reader_under_the_default_key_gets_no_key_outside_a_window),
	TAP(a4_all_768_keys_of_the_published_list_are_refused),
	TAP(a5_who_listens_with_the_default_key_reads_the_first_key_only_and_no_trace_is_made),
	TAP(a5_a_reader_reset_by_the_attacker_provokes_no_new_key),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
