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

static bool
wait_card(struct line *line, unsigned pd, struct osdp_event *ret_event)
{
	return line_wait(line, OSDP_EV_CARD, pd, 2000, ret_event);
}

static void
a_lost_reply_is_asked_for_again_with_identical_bytes(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	unsigned first = line->command_count;
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	line->lost_replies = 3;
	/* A command that comes in between has to wait: it must not take the retry's place. */
	line_run_ms(line, 100);
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), 0);
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	CU_ASSERT_EQUAL(line->command_count - first, 4);
	for (unsigned i = 1; i < 4; i++)
		CU_ASSERT_EQUAL(memcmp(line->commands[first].bytes, line->commands[first + i].bytes,
				       line->commands[first].size),
				0);
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 3);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->timeouts, 3);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	line_done(line);
}

static void
a_corrupted_reply_is_retried_with_identical_bytes(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	unsigned first = line->command_count;
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	line->corrupt_replies = 2;
	uint64_t start_us = line->now_us;
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	/* Three exchanges of 28 ms after the poll period, no reply time-out in between. */
	CU_ASSERT(event.at_mono_us - start_us < 200000);
	CU_ASSERT_EQUAL(memcmp(line->commands[first].bytes, line->commands[first + 2].bytes,
			       line->commands[first].size),
			0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_FRAME_ERROR, 0), 2);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->frame_errors, 2);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 1);
	line_done(line);
}

static void
a_corrupted_command_is_repeated_after_the_time_out(void)
{
	struct line *line = line_online(1, 9600);
	line->corrupt_commands = 1;
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static void
busy_repeats_the_command_later_and_serves_the_neighbour_meanwhile(void)
{
	struct line *line = line_online(2, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	osdp_pd_set_busy(line->pd[0], 5);
	uint32_t polls = osdp_cp_pd_counters(line->cp, 1)->polls;
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->busy, 5);
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 1)->polls - polls >= 4);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 0);
	line_done(line);
}

static void
busy_for_ever_ends_after_8_s(void)
{
	struct line *line = line_online(2, 9600);
	struct osdp_event event = { 0 };
	osdp_pd_set_busy(line->pd[0], 1000000);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_OFFLINE, 0, 8200, &event));
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	osdp_pd_set_busy(line->pd[0], 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
	line_done(line);
}

static void
a_late_reply_is_drained_and_not_taken_for_the_next(void)
{
	struct line *line = line_online(2, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	line->late_replies = 1;
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	/* A late reply may meet the next command; nothing else may collide. */
	CU_ASSERT(line->collisions <= 1);
	line->collisions = 0;
	line_done(line);
}

static void
a_reply_with_another_sequence_number_is_not_taken(void)
{
	uint8_t data[] = { 0, 0, 8, 0, 0x55 };
	uint8_t stale[32];
	struct line *line = line_online(1, 9600);
	uint8_t last = line_command_frame(line, line->command_count - 1).sequence;
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .has_crc = true,
				    .sequence = last,
				    .code = OSDP_REPLY_RAW,
				    .data = data,
				    .data_size = sizeof(data) };
	line->noise_size = (size_t) osdp_frame_encode(&frame, stale, sizeof(stale));
	line->noise = stale;
	line_run_ms(line, 70);
	line->noise_size = 0;
	line_settle(line);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->stale, 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	line_done(line);
}

static void
a_reply_with_the_checksum_is_no_answer_to_a_command_with_crc(void)
{
	uint8_t data[] = { 0, 0, 8, 0, 0x55 };
	uint8_t forged[32];
	struct line *line = line_online(1, 9600);
	uint8_t last = line_command_frame(line, line->command_count - 1).sequence;
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .sequence = osdp_sequence_next(last),
				    .code = OSDP_REPLY_RAW,
				    .data = data,
				    .data_size = sizeof(data) };
	line->forged_size = (size_t) osdp_frame_encode(&frame, forged, sizeof(forged));
	line->forged = forged;
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->frame_errors, 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 1);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	line_done(line);
}

static void
an_over_long_raw_is_reported_and_the_pd_stays_on_line(void)
{
	uint8_t data[4 + 40] = { 0, 0, 0x40, 0x01 };
	uint8_t forged[80];
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	uint8_t last = line_command_frame(line, line->command_count - 1).sequence;
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .has_crc = true,
				    .sequence = osdp_sequence_next(last),
				    .code = OSDP_REPLY_RAW,
				    .data = data,
				    .data_size = sizeof(data) };
	int r = osdp_frame_encode(&frame, forged, sizeof(forged));
	CU_ASSERT_FATAL(r > 0);
	line->forged = forged;
	line->forged_size = (size_t) r;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_FRAME_ERROR, 0, 500, &event));
	CU_ASSERT_EQUAL(event.frame_error.error, -EMSGSIZE);
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->retries, 0);
	line_done(line);
}

static void
garbage_before_replies_is_skipped(void)
{
	static const uint8_t noise[] = { 0xFF, 0x00, 0x53, 0xFF, 0xFF, 0xFF, 0xFF, 0x12, 0xFF };
	struct line *line = line_online(1, 38400);
	struct osdp_event event = { 0 };
	line->noise = noise;
	line->noise_size = sizeof(noise);
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	line_run_ms(line, 5000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	/* About a hundred bad frames, reported as the 1st, 2nd, 4th ... 64th. */
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 0)->frame_errors > 60);
	CU_ASSERT(line_count_events(line, OSDP_EV_FRAME_ERROR, 0) <= 8);
	line->collisions = 0;
	line_done(line);
}

static void
an_unfinished_reply_is_given_up_after_the_character_time_out(void)
{
	static const uint8_t half[] = { 0x53, 0x81, 0x10, 0x00 };
	struct line *line = line_online(1, 9600);
	line->forged = half;
	line->forged_size = sizeof(half);
	uint64_t start_us = line->now_us;
	while (osdp_cp_pd_counters(line->cp, 0)->retries == 0 && line->now_us < start_us + 500000)
		line_run_ms(line, 1);
	CU_ASSERT(line->now_us - start_us < 120000);
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static void
the_echo_of_our_own_bytes_is_ignored(void)
{
	struct line *line = line_new(2, 9600);
	struct osdp_event event = { 0 };
	line->has_echo = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 1, 1000, &event));
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	line->collisions = 0;
	line_done(line);
}

static void
a_restarted_pd_is_attached_again_within_a_second(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	osdp_pd_restart(line->pd[0]);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SUSPECT, 0, 200, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_SEQUENCE);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 800, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_OFFLINE, 0), 0);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_IDENTITY_CHANGED, 0), 0);
	line_done(line);
}

static void
a_reply_with_sequence_number_zero_starts_the_session_over(void)
{
	static const uint8_t ack_zero[] = { 0x53, 0x81, 0x08, 0x00, 0x04, 0x40, 0x19, 0x06 };
	uint8_t forged[sizeof(ack_zero)];
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	memcpy(forged, ack_zero, sizeof(forged));
	uint16_t crc = osdp_crc16(forged, 6);
	forged[6] = (uint8_t) (crc & 0xFF);
	forged[7] = (uint8_t) (crc >> 8);
	line->forged = forged;
	line->forged_size = sizeof(forged);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SUSPECT, 0, 200, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_RESTARTED);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 800, &event));
	line_done(line);
}

static void
no_card_is_lost_while_events_are_not_taken(void)
{
	struct line *line = line_online(1, 115200);
	uint8_t next = 0;
	line->is_deaf_to_events = true;
	for (unsigned i = 0; i < 40; i++) {
		while (osdp_pd_badge(line->pd[0], 8, &next) == 0)
			next++;
		line_run_ms(line, 20);
	}
	line->is_deaf_to_events = false;
	line_run_ms(line, 2000);
	uint8_t expected = 0;
	for (unsigned i = 0; i < line->event_count; i++)
		if (line->events[i].type == OSDP_EV_CARD)
			CU_ASSERT_EQUAL(line->events[i].card.data[0], expected++);
	CU_ASSERT_EQUAL(expected, next);
	CU_ASSERT(next > 40);
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(a_lost_reply_is_asked_for_again_with_identical_bytes),
	TAP(a_corrupted_reply_is_retried_with_identical_bytes),
	TAP(a_corrupted_command_is_repeated_after_the_time_out),
	TAP(busy_repeats_the_command_later_and_serves_the_neighbour_meanwhile),
	TAP(busy_for_ever_ends_after_8_s),
	TAP(a_late_reply_is_drained_and_not_taken_for_the_next),
	TAP(a_reply_with_another_sequence_number_is_not_taken),
	TAP(a_reply_with_the_checksum_is_no_answer_to_a_command_with_crc),
	TAP(an_over_long_raw_is_reported_and_the_pd_stays_on_line),
	TAP(garbage_before_replies_is_skipped),
	TAP(an_unfinished_reply_is_given_up_after_the_character_time_out),
	TAP(the_echo_of_our_own_bytes_is_ignored),
	TAP(a_restarted_pd_is_attached_again_within_a_second),
	TAP(a_reply_with_sequence_number_zero_starts_the_session_over),
	TAP(no_card_is_lost_while_events_are_not_taken),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
