/*
 * The smaller attacks m1 to m7 as tests: weak spots of the protocol itself, and what the panel
 * makes of them.
 */
#include "tests/unit/tap.h"

#include <stdlib.h>
#include <string.h>

#include "hw/osdp/scan.h"
#include "lib/util.h"
#include "tests/unit/osdp_attack.h"
#include "tests/unit/osdp_line.h"

enum { HANDSHAKES = 10000 };

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

/* A number in the MAC that changes with each reply. */
static void
guess_mac(struct line *line, uint8_t *bytes, size_t *size)
{
	struct osdp_frame frame;

	if (!attack_decode(bytes, *size, &frame) || frame.security.mac == NULL)
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
	if (attack_decode(bytes, *size, &frame) && frame.security.type == OSDP_SCS_11 &&
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
	line->on_reply = attack_refuse_challenge;
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
	if (!attack_decode(bytes, *size, &frame))
		return;
	if (frame.code == OSDP_REPLY_RAW && tape.size == 0) {
		memcpy(tape.bytes, bytes, *size);
		tape.size = *size;
	} else if (tape.is_replaying && attack_decode(tape.bytes, tape.size, &old) &&
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
	if (attack_decode(bytes, *size, &frame) && frame.security.mac != NULL)
		attack_replace_reply(bytes, size, &frame, forged_code, forged_nak);
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
		CU_ASSERT(line_count_events(line, OSDP_EV_INTERFERENCE, 0) > 0);
		CU_ASSERT_TRUE(attack_finds_no_clear_command(line));
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
