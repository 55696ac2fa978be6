/*
 * The published attacks on OSDP as tests: A1 to A5 are those of "Badge of Shame", m1 to m7 the
 * smaller ones. The attacker sits on the line and may read, change, drop and add bytes.
 */
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/capture.h"
#include "hw/osdp/scan.h"
#include "lib/util.h"
#include "tests/unit/osdp_line.h"

enum { HANDSHAKES = 10000 };

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

static bool
decode(const uint8_t *bytes, size_t size, struct osdp_frame *ret_frame)
{
	return size > 1 && osdp_frame_decode(bytes + 1, size - 1, ret_frame) == 0;
}

static unsigned
count_commands(const struct line *line, unsigned first, uint8_t code)
{
	unsigned count = 0;

	for (unsigned i = first; i < line->command_count; i++)
		count += line_command_frame(line, i).code == code;
	return count;
}

/* Nothing but what may be clear was sent in clear. */
static bool
has_kept_clear_commands_few(const struct line *line)
{
	for (unsigned i = 0; i < line->command_count; i++) {
		struct osdp_frame frame = line_command_frame(line, i);
		bool may_be = frame.code == OSDP_CMD_ID || frame.code == OSDP_CMD_CAP;
		if (frame.security.type == OSDP_SCS_NONE && !may_be)
			return false;
	}
	return true;
}

/* Replaces a reply by a clear one under the same sequence number. */
static void
replace_reply(uint8_t *bytes, size_t *size, const struct osdp_frame *old, uint8_t code,
	      uint8_t data)
{
	struct osdp_frame frame = { .address = old->address,
				    .is_reply = true,
				    .sequence = code == OSDP_REPLY_BUSY ? 0 : old->sequence,
				    .has_crc = true,
				    .code = code,
				    .data = &data,
				    .data_size = code == OSDP_REPLY_NAK };
	int r = osdp_frame_encode(&frame, bytes + 1, OSDP_FRAME_MAX);

	*size = r < 0 ? 0 : (size_t) r + 1;
}

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
	CU_ASSERT_TRUE(has_kept_clear_commands_few(line));
	line_done(line);
}

static void
a1a_a_card_that_is_not_encrypted_within_a_session_is_dropped(void)
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
	if (!decode(bytes, *size, &frame) || frame.code != OSDP_REPLY_PDCAP ||
	    frame.security.type != OSDP_SCS_NONE)
		return;
	for (size_t at = 0; at + 3 <= frame.data_size; at += 3)
		if (frame.data[at] == OSDP_CAP_SECURITY)
			bytes[frame.data - bytes + at + 1] = 0;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
a2_capabilities_without_encryption_do_not_keep_the_panel_from_it(void)
{
	struct line *line = line_new_secure(1, 9600);
	struct osdp_event event = { 0 };
	line->on_reply = say_no_aes;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_DOWNGRADE, 0, 1000, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 1000, &event));
	CU_ASSERT_TRUE(osdp_pd_is_secure(line->pd[0]));
	/* What counts is what was said within the session. */
	CU_ASSERT_EQUAL(event.online.capabilities.compliance[OSDP_CAP_SECURITY], 1);
	line_done(line);
}

static void
refuse_challenge(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (decode(bytes, *size, &frame) && frame.code == OSDP_REPLY_CCRYPT)
		replace_reply(bytes, size, &frame, OSDP_REPLY_NAK, OSDP_NAK_SECURITY);
}

static void
a2_nak_5_to_the_challenge_is_a_mismatch_and_no_reason_to_speak_in_clear(void)
{
	struct line *line = line_new_secure(1, 9600);
	struct osdp_event event = { 0 };
	line->on_reply = refuse_challenge;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_SECURITY);
	line_run_ms(line, 120000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_TRUE(has_kept_clear_commands_few(line));
	line_done(line);
}

/* The attacker has a new reader under SCBK-D and makes challenges fit it. */
static void
ask_for_default_key(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (!decode(bytes, *size, &frame) || frame.security.data_size != 1)
		return;
	bytes[frame.security.data - bytes] = OSDP_KEY_FLAG_DEFAULT;
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
claim_own_key(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (!decode(bytes, *size, &frame) || frame.security.type != OSDP_SCS_12)
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
	CU_ASSERT_EQUAL(count_commands(line, 0, OSDP_CMD_KEYSET), 0);
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

	if (!decode(bytes, size, &frame))
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
	CU_ASSERT_EQUAL(count_commands(line, 0, OSDP_CMD_KEYSET), 0);
	line_done(line);
}

/* A number in the MAC that changes with each reply. */
static void
guess_mac(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	if (!decode(bytes, *size, &frame) || frame.security.mac == NULL)
		return;
	size_t at = (size_t) (frame.security.mac - bytes);
	bytes[at] = (uint8_t) (bytes[at] + 1 + line->now_us % 251);
	osdp_frame_rewrite_check(bytes + 1, *size - 1);
}

static void
m1_guessed_macs_end_the_session_and_are_slowed_down(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	line->on_reply = guess_mac;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_MAC_ERROR, 0, 200, &event));
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_SC_LOST, 0)->suspect, OSDP_SUSPECT_MAC);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INTERFERENCE, 0, 10000, &event));
	line_run_ms(line, 600000);
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 0)->mac_errors < 20);
	line->on_reply = NULL;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 62000, &event));
	line_done(line);
}

static uint64_t numbers[HANDSHAKES];
static unsigned number_count;

static void
note_number(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (decode(bytes, *size, &frame) && frame.security.type == OSDP_SCS_11 &&
	    number_count < HANDSHAKES)
		memcpy(&numbers[number_count++], frame.data, sizeof(numbers[0]));
}

static int
compare_numbers(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(numbers[0]));
}

static void
m2_ten_thousand_challenges_never_repeat_a_number(void)
{
	struct line *line = line_new_secure(1, 115200);
	number_count = 0;
	line->on_command = note_number;
	line->on_reply = refuse_challenge;
	while (number_count < HANDSHAKES) {
		line_run_ms(line, 600000);
		line->event_count = 0;
		line->command_count = 0;
	}
	qsort(numbers, HANDSHAKES, sizeof(numbers[0]), compare_numbers);
	for (unsigned i = 1; i < HANDSHAKES; i++)
		CU_ASSERT(numbers[i] != numbers[i - 1]);
	line_done(line);
}

/* Keeps the reply that carried a card, and sends it again in place of later ones. */
static struct {
	size_t size;
	uint8_t bytes[64];
	bool is_replaying;
} tape;

static void
replay(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;
	struct osdp_frame old;

	(void) line;
	if (!decode(bytes, *size, &frame))
		return;
	if (frame.code == OSDP_REPLY_RAW && tape.size == 0) {
		memcpy(tape.bytes, bytes, *size);
		tape.size = *size;
	} else if (tape.is_replaying && decode(tape.bytes, tape.size, &old) &&
		   old.sequence == frame.sequence) {
		memcpy(bytes, tape.bytes, tape.size);
		*size = tape.size;
		tape.is_replaying = false;
	}
}

static void
m3_a_replayed_card_ends_the_session_and_opens_nothing(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	memset(&tape, 0, sizeof(tape));
	line->on_reply = replay;
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 500, &event));
	line_run_ms(line, 1000);
	tape.is_replaying = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_MAC);
	/* In the next session, too. */
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	tape.is_replaying = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 1000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 1);
	line_done(line);
}

static unsigned sightings;

static void
look_for_card(struct line *line, uint8_t *bytes, size_t *size)
{
	(void) line;
	sightings += memmem(bytes, *size, card_bits, sizeof(card_bits)) != NULL;
}

static void
m4_a_listener_sees_the_kind_of_a_reply_but_no_bit_of_a_card(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	sightings = 0;
	line->on_reply = look_for_card;
	for (unsigned i = 0; i < 20; i++) {
		CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 500, &event));
	}
	CU_ASSERT_EQUAL(sightings, 0);
	line_done(line);
}

static uint8_t forged_code;
static uint8_t forged_nak;

static void
forge_in_session(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	(void) line;
	if (decode(bytes, *size, &frame) && frame.security.mac != NULL)
		replace_reply(bytes, size, &frame, forged_code, forged_nak);
}

static void
m5_a_flood_of_busy_ends_after_8_s_with_an_event(void)
{
	struct line *line = line_secure_online(2, 9600);
	struct osdp_event event = { 0 };
	uint64_t start_us = line->now_us;
	forged_code = OSDP_REPLY_BUSY;
	line->on_reply = forge_in_session;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INTERFERENCE, 0, 9000, &event));
	CU_ASSERT(event.at_mono_us - start_us <= 8100000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_OFFLINE, 0), 1);
	line->on_reply = NULL;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	line_done(line);
}

static void
m5_forged_refusals_lead_to_new_handshakes_and_an_event_never_to_clear(void)
{
	static const uint8_t naks[] = { OSDP_NAK_CHECK, OSDP_NAK_SEQUENCE, OSDP_NAK_SECURITY,
					OSDP_NAK_ENCRYPTION, OSDP_NAK_COMMAND };
	for (size_t i = 0; i < ARRAY_LEN(naks); i++) {
		struct line *line = line_secure_online(1, 9600);
		struct osdp_event event = { 0 };
		forged_code = OSDP_REPLY_NAK;
		forged_nak = naks[i];
		line->on_reply = forge_in_session;
		line_run_ms(line, 30000);
		CU_ASSERT(line_count_events(line, OSDP_EV_SC_LOST, 0) > 0);
		/* NAK 1 is what noise makes; only silence follows from it. */
		CU_ASSERT(naks[i] == OSDP_NAK_CHECK ||
			  line_count_events(line, OSDP_EV_INTERFERENCE, 0) > 0);
		CU_ASSERT_TRUE(has_kept_clear_commands_few(line));
		line->on_reply = NULL;
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 62000, &event));
		line_done(line);
	}
}

static void
m5_a_clear_card_within_a_session_ends_it_and_opens_nothing(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	forged_code = OSDP_REPLY_RAW;
	line->on_reply = forge_in_session;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 500, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_CLEAR_REPLY);
	line_run_ms(line, 10000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	line_done(line);
}

static void
m6_another_device_is_refused_even_with_the_right_key(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	line_replace_pd(line, 0, 4711);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEY_MISMATCH, 0, 3000, &event));
	CU_ASSERT_EQUAL(event.mismatch.cause, OSDP_MISMATCH_CUID);
	CU_ASSERT_EQUAL(event.mismatch.claim.serial, 4711);
	line->event_count = 0;
	line_run_ms(line, 60000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_ONLINE, 0), 0);
	CU_ASSERT_EQUAL(osdp_cp_accept_device(line->cp, 0), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 62000, &event));
	line_done(line);
}

static void
send_comset(struct line *line, uint8_t sequence)
{
	static const struct osdp_comset away = { .address = 6, .baud = 9600 };
	uint8_t data[OSDP_COMSET_SIZE];
	uint8_t bytes[32];
	struct osdp_frame frame = { .address = OSDP_ADDRESS_CONFIGURATION,
				    .sequence = sequence,
				    .has_crc = true,
				    .code = OSDP_CMD_COMSET,
				    .data = data,
				    .data_size = sizeof(data) };

	(void) osdp_pack_comset(&away, data, sizeof(data));
	int r = osdp_frame_encode(&frame, bytes, sizeof(bytes));
	CU_ASSERT_FATAL(r > 0);
	osdp_pd_receive(line->pd[0], bytes, (size_t) r, line->now_us);
	while (osdp_pd_take_output(line->pd[0], bytes, sizeof(bytes)) > 0)
		continue;
}

static uint8_t
find_address(struct osdp_pd *pd, uint64_t now_us, struct osdp_pdid *ret_identity)
{
	struct osdp_scan_config config = { .speed_count = 1, .speeds = { 9600 } };
	struct osdp_scan_result result = { 0 };
	struct osdp_scan *scan = NULL;

	CU_ASSERT_EQUAL_FATAL(osdp_scan_new(&config, now_us, &scan), 0);
	while (!osdp_scan_is_over(scan) && !osdp_scan_take_result(scan, &result)) {
		uint8_t bytes[64];
		osdp_scan_tick(scan, now_us);
		size_t size = osdp_scan_take_output(scan, bytes, sizeof(bytes));
		osdp_pd_receive(pd, bytes, size, now_us);
		size = osdp_pd_take_output(pd, bytes, sizeof(bytes));
		if (size > 0)
			osdp_scan_receive(scan, bytes, size, now_us + 3000);
		now_us = MAX_OF(now_us, osdp_scan_deadline_us(scan));
	}
	osdp_scan_free(scan);
	*ret_identity = result.identity;
	return result.address;
}

static void
m7_a_reader_moved_by_a_forger_is_missed_and_found_again(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	struct osdp_pdid identity = { 0 };
	send_comset(line, 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SC_LOST, 0, 1500, &event));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_OFFLINE, 0, 9000, &event));
	CU_ASSERT_EQUAL(find_address(line->pd[0], line->now_us, &identity), 6);
	CU_ASSERT_EQUAL(identity.serial, 1001);
	line_done(line);
}

static void
a_reply_that_nobody_asked_for_is_reported(void)
{
	static const uint8_t ack[] = { 0x53, 0x81, 0x08, 0x00, 0x05, 0x40, 0x39, 0x35 };
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	line_run_ms(line, 1);
	line_inject(line, ack, sizeof(ack), line->now_us);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_FOREIGN_TALKER, 0, 500, &event));
	CU_ASSERT_EQUAL(event.odd.code, 1);
	line->collisions = 0;
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(a1_a_reader_without_encryption_never_comes_on_line_where_it_is_required),
	TAP(a1a_a_card_that_is_not_encrypted_within_a_session_is_dropped),
	TAP(a2_capabilities_without_encryption_do_not_keep_the_panel_from_it),
	TAP(a2_nak_5_to_the_challenge_is_a_mismatch_and_no_reason_to_speak_in_clear),
	TAP(a3_a_reader_under_the_default_key_gets_no_key_outside_a_window),
	TAP(a4_all_768_keys_of_the_published_list_are_refused),
	TAP(a5_who_listens_with_the_default_key_reads_the_first_key_only_and_no_trace_is_made),
	TAP(a5_a_reader_reset_by_the_attacker_provokes_no_new_key),
	TAP(m1_guessed_macs_end_the_session_and_are_slowed_down),
	TAP(m2_ten_thousand_challenges_never_repeat_a_number),
	TAP(m3_a_replayed_card_ends_the_session_and_opens_nothing),
	TAP(m4_a_listener_sees_the_kind_of_a_reply_but_no_bit_of_a_card),
	TAP(m5_a_flood_of_busy_ends_after_8_s_with_an_event),
	TAP(m5_forged_refusals_lead_to_new_handshakes_and_an_event_never_to_clear),
	TAP(m5_a_clear_card_within_a_session_ends_it_and_opens_nothing),
	TAP(m6_another_device_is_refused_even_with_the_right_key),
	TAP(m7_a_reader_moved_by_a_forger_is_missed_and_found_again),
	TAP(a_reply_that_nobody_asked_for_is_reported),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
