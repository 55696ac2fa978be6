#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>
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

static int
compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* The 99th percentile of the time between commands to an address, from the n-th command on. */
static uint64_t
p99_interval_us(const struct line *line, uint8_t address, unsigned n)
{
	static uint64_t intervals[LINE_COMMANDS_MAX];
	uint64_t last_us = 0;
	size_t count = 0;

	for (; n < line->command_count; n++) {
		if (line->commands[n].bytes[2] != address)
			continue;
		if (last_us > 0)
			intervals[count++] = line->commands[n].at_us - last_us;
		last_us = line->commands[n].at_us;
	}
	CU_ASSERT_FATAL(count > 10);
	qsort(intervals, count, sizeof(intervals[0]), compare_times);
	return intervals[count * 99 / 100];
}

static bool
wait_card(struct line *line, unsigned pd, struct osdp_event *ret_event)
{
	return line_wait(line, OSDP_EV_CARD, pd, 2000, ret_event);
}

static void
attach_asks_id_then_cap_then_polls_with_rising_sequence_numbers(void)
{
	static const struct {
		uint8_t code;
		uint8_t sequence;
	} expected[] = { { OSDP_CMD_ID, 0 },   { OSDP_CMD_CAP, 1 },  { OSDP_CMD_LSTAT, 2 },
			 { OSDP_CMD_POLL, 3 }, { OSDP_CMD_POLL, 1 }, { OSDP_CMD_POLL, 2 } };
	struct line *line = line_new(1, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 500, &event));
	CU_ASSERT_TRUE(event.online.has_identity);
	CU_ASSERT_EQUAL(event.online.identity.serial, 1001);
	CU_ASSERT_EQUAL(event.online.capabilities.compliance[OSDP_CAP_LED], 4);
	line_run_ms(line, 500);
	for (unsigned i = 0; i < ARRAY_LEN(expected); i++) {
		struct osdp_frame frame = line_command_frame(line, i);
		CU_ASSERT_EQUAL(frame.code, expected[i].code);
		CU_ASSERT_EQUAL(frame.sequence, expected[i].sequence);
		CU_ASSERT_EQUAL(line->commands[i].bytes[0], OSDP_MARK);
	}
	line_done(line);
}

static void
a_pd_is_polled_every_50_ms(void)
{
	struct line *line = line_online(1, 9600);
	unsigned before = line->command_count;
	line_run_ms(line, 10000);
	CU_ASSERT(line->command_count - before >= 199 && line->command_count - before <= 201);
	line_done(line);
}

static void
a_card_arrives_with_its_bits_and_the_time_of_the_last_byte(void)
{
	struct line *line = line_online(2, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[1], 26, card_bits), 0);
	CU_ASSERT_TRUE(wait_card(line, 1, &event));
	CU_ASSERT_EQUAL(event.card.bit_count, 26);
	CU_ASSERT_EQUAL(memcmp(event.card.data, card_bits, sizeof(card_bits)), 0);
	CU_ASSERT_EQUAL(event.at_mono_us, line->now_us);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 1)->cards, 1);
	line_done(line);
}

static void
several_cards_are_fetched_without_waiting_for_the_poll_period(void)
{
	struct line *line = line_online(1, 115200);
	struct osdp_event event = { 0 };
	for (uint8_t i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 8, &i), 0);
	CU_ASSERT_TRUE(wait_card(line, 0, &event));
	line_run_ms(line, 30);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_CARD, 0), 4);
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(line->events[line->event_count - 4 + i].card.data[0], i);
	line_done(line);
}

static void
a_pd_unplugged_is_suspect_after_three_retries_and_off_line_after_8_s(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	uint64_t start_us = line->now_us;
	line->is_unplugged[0] = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_SUSPECT, 0, 1100, &event));
	CU_ASSERT_EQUAL(event.suspect, OSDP_SUSPECT_SILENT);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_OFFLINE, 0, 9000, &event));
	CU_ASSERT(event.at_mono_us - start_us > 7900000);
	CU_ASSERT(event.at_mono_us - start_us <= 8000000);
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
	line_done(line);
}

static void
a_pd_that_comes_back_is_attached_within_2_s_fifty_times(void)
{
	struct line *line = line_online(2, 9600);
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
	line_done(line);
}

static void
an_absent_pd_is_probed_each_second_and_after_a_minute_every_5_s_for_ever(void)
{
	struct line *line = line_new(1, 9600);
	struct osdp_event event = { 0 };
	line->is_unplugged[0] = true;
	line_run_ms(line, 55000);
	unsigned minute = line->command_count;
	CU_ASSERT(minute >= 50 && minute <= 56);
	line_run_ms(line, 10000);
	minute = line->command_count;
	line_run_ms(line, 600000);
	CU_ASSERT(line->command_count - minute >= 115 && line->command_count - minute <= 120);
	CU_ASSERT_EQUAL(line->event_count, 0);
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 6000, &event));
	line_done(line);
}

static void
a_pd_is_asked_as_soon_as_the_line_opens(void)
{
	struct line *line = line_new(1, 9600);
	struct osdp_event event = { 0 };
	osdp_cp_open(line->cp, false);
	line_run_ms(line, 1500);
	CU_ASSERT_EQUAL(line->command_count, 0);
	osdp_cp_open(line->cp, true);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 500, &event));
	line_done(line);
}

static void
a_line_that_is_closed_for_a_moment_loses_nobody(void)
{
	struct line *line = line_online(1, 9600);
	osdp_cp_open(line->cp, false);
	line_settle(line);
	unsigned said = line->command_count;
	line_run_ms(line, 1000);
	CU_ASSERT_EQUAL(line->command_count, said);
	osdp_cp_open(line->cp, true);
	line_run_ms(line, 1000);
	CU_ASSERT(line->command_count > said + 10);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	line_done(line);
}

static void
a_pd_on_a_line_that_stays_closed_is_off_line_after_8_s(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	osdp_cp_open(line->cp, false);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_OFFLINE, 0, 8200, &event));
	osdp_cp_open(line->cp, true);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 500, &event));
	line_done(line);
}

static void
an_absent_neighbour_does_not_starve_a_healthy_pd(void)
{
	struct line *line = line_online(2, 9600);
	unsigned start = line->command_count;
	line_run_ms(line, 60000);
	uint64_t normal_us = p99_interval_us(line, 2, start);
	line->is_unplugged[0] = true;
	line_run_ms(line, 5000);
	start = line->command_count;
	line_run_ms(line, 180000);
	CU_ASSERT(p99_interval_us(line, 2, start) <= 2 * normal_us);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	line_done(line);
}

static void
seven_absent_neighbours_do_not_starve_a_healthy_pd(void)
{
	struct line *line = line_new(8, 9600);
	struct osdp_event event = { 0 };
	for (unsigned i = 0; i < 7; i++)
		line->is_unplugged[i] = true;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 7, 2000, &event));
	line_run_ms(line, 1000);
	unsigned start = line->command_count;
	line_run_ms(line, 60000);
	/* Seven patient probes in eight seconds at most: 4 % of the polls wait for one. */
	CU_ASSERT(p99_interval_us(line, 8, start) <= 300000);
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 7)->polls > 1000);
	line_done(line);
}

static void
eight_pds_share_the_line_fairly(void)
{
	struct line *line = line_online(8, 9600);
	unsigned start = line->command_count;
	line_run_ms(line, 20000);
	for (uint8_t address = 1; address <= 8; address++)
		CU_ASSERT(p99_interval_us(line, address, start) < 200000);
	line_done(line);
}

static void
led_and_buzzer_go_before_polls(void)
{
	static const struct osdp_buzzer beep = { .tone = OSDP_TONE_DEFAULT,
						 .on_100ms = 1,
						 .count = 1 };
	struct line *line = line_online(1, 9600);
	struct osdp_pd_event event = { 0 };
	unsigned first = line->command_count;
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), 0);
	CU_ASSERT_EQUAL(osdp_cp_buzzer(line->cp, 0, &beep), 0);
	line_run_ms(line, 200);
	CU_ASSERT_EQUAL(line_command_frame(line, first).code, OSDP_CMD_LED);
	CU_ASSERT_EQUAL(line_command_frame(line, first + 1).code, OSDP_CMD_BUZ);
	CU_ASSERT_EQUAL(line_command_frame(line, first + 2).code, OSDP_CMD_POLL);
	CU_ASSERT_TRUE(osdp_pd_take_event(line->pd[0], &event));
	CU_ASSERT_EQUAL(event.led.temporary.on_colour, OSDP_COLOUR_GREEN);
	CU_ASSERT_EQUAL(event.led.timer_100ms, 30);
	CU_ASSERT_TRUE(osdp_pd_take_event(line->pd[0], &event));
	CU_ASSERT_EQUAL(event.type, OSDP_PD_EV_BUZZER);
	line_done(line);
}

static void
a_full_queue_overwrites_the_same_led_and_refuses_others(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_led led = green;
	struct osdp_pd_event event = { 0 };
	for (uint8_t i = 0; i < 8; i++) {
		led.led = i;
		CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &led), 0);
	}
	led.led = 8;
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &led), -ENOSPC);
	led.led = 3;
	led.timer_100ms = 99;
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &led), 0);
	line_run_ms(line, 1000);
	for (uint8_t i = 0; i < 8; i++) {
		CU_ASSERT_TRUE(osdp_pd_take_event(line->pd[0], &event));
		CU_ASSERT_EQUAL(event.led.led, i);
		CU_ASSERT_EQUAL(event.led.timer_100ms, i == 3 ? 99 : 30);
	}
	CU_ASSERT_FALSE(osdp_pd_take_event(line->pd[0], &event));
	line_done(line);
}

static void
commands_for_nobody_are_refused(void)
{
	struct line *line = line_new(1, 9600);
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), -ENOTCONN);
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 1, &green), -EINVAL);
	CU_ASSERT_PTR_NULL(osdp_cp_pd_counters(line->cp, 1));
	line_done(line);
}

static void
a_refused_command_is_remembered_and_the_pd_stays_on_line(void)
{
	uint8_t forged[16];
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	uint8_t last = line_command_frame(line, line->command_count - 1).sequence;
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .has_crc = true,
				    .sequence = osdp_sequence_next(last),
				    .code = OSDP_REPLY_NAK,
				    .data = (uint8_t[]){ OSDP_NAK_COMMAND },
				    .data_size = 1 };
	line->forged_size = (size_t) osdp_frame_encode(&frame, forged, sizeof(forged));
	line->forged = forged;
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_NAK, 0, 500, &event));
	CU_ASSERT_EQUAL(event.nak.command, OSDP_CMD_LED);
	CU_ASSERT_EQUAL(event.nak.nak.code, OSDP_NAK_COMMAND);
	CU_ASSERT_EQUAL(osdp_cp_led(line->cp, 0, &green), -ENOTSUP);
	line_run_ms(line, 10000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	line_done(line);
}

static void
a_pd_that_refuses_id_is_polled_first_and_asked_again(void)
{
	uint8_t forged[16];
	struct line *line = line_new(1, 9600);
	struct osdp_event event = { 0 };
	struct osdp_frame frame = { .address = 1,
				    .is_reply = true,
				    .has_crc = true,
				    .code = OSDP_REPLY_NAK,
				    .data = (uint8_t[]){ OSDP_NAK_RECORD },
				    .data_size = 1 };
	line->forged_size = (size_t) osdp_frame_encode(&frame, forged, sizeof(forged));
	line->forged = forged;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 1000, &event));
	CU_ASSERT_TRUE(event.online.has_identity);
	CU_ASSERT_EQUAL(line_command_frame(line, 1).code, OSDP_CMD_POLL);
	CU_ASSERT_EQUAL(line_command_frame(line, 1).sequence, 0);
	CU_ASSERT_EQUAL(line_command_frame(line, 2).code, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(line_command_frame(line, 2).sequence, 1);
	line_done(line);
}

static void
a_replaced_device_is_reported_before_it_is_on_line(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	line_replace_pd(line, 0, 4711);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_IDENTITY_CHANGED, 0, 1000, &event));
	CU_ASSERT_EQUAL(event.identity.before.serial, 1001);
	CU_ASSERT_EQUAL(event.identity.after.serial, 4711);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 1000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_IDENTITY_CHANGED, 0), 1);
	line_done(line);
}

static void
tamper_and_power_are_events_when_they_change(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	osdp_pd_set_status(line->pd[0], &(struct osdp_lstatr){ .is_tampered = true });
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_TAMPER, 0, 200, &event));
	CU_ASSERT_TRUE(event.is_active);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_POWER, 0), 0);
	osdp_pd_set_status(line->pd[0], &(struct osdp_lstatr){ .has_power_failure = true });
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_POWER, 0, 200, &event));
	CU_ASSERT_TRUE(event.is_active);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_TAMPER, 0), 2);
	line_done(line);
}

static void
a_cover_opened_while_the_pd_was_away_is_noticed(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	line->is_unplugged[0] = true;
	line_run_ms(line, 10000);
	osdp_pd_set_status(line->pd[0], &(struct osdp_lstatr){ .is_tampered = true });
	line->is_unplugged[0] = false;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_TAMPER, 0, 3000, &event));
	line_done(line);
}

static void
unusable_configurations_are_refused(void)
{
	struct osdp_cp *cp = NULL;
	struct osdp_cp_config config = { .pd_count = 0 };
	CU_ASSERT_EQUAL(osdp_cp_new(&config, &cp), -EINVAL);
	config.pd_count = OSDP_CP_PDS_MAX + 1;
	CU_ASSERT_EQUAL(osdp_cp_new(&config, &cp), -EINVAL);
	config = (struct osdp_cp_config){ .pd_count = 2, .address = { 3, 3 } };
	CU_ASSERT_EQUAL(osdp_cp_new(&config, &cp), -EINVAL);
	config = (struct osdp_cp_config){ .pd_count = 1, .address = { 0x7F } };
	CU_ASSERT_EQUAL(osdp_cp_new(&config, &cp), -EINVAL);
	osdp_cp_free(NULL);
}

static const struct tap_test tests[] = {
	TAP(attach_asks_id_then_cap_then_polls_with_rising_sequence_numbers),
	TAP(a_pd_is_polled_every_50_ms),
	TAP(a_card_arrives_with_its_bits_and_the_time_of_the_last_byte),
	TAP(several_cards_are_fetched_without_waiting_for_the_poll_period),
	TAP(a_pd_unplugged_is_suspect_after_three_retries_and_off_line_after_8_s),
	TAP(a_pd_that_comes_back_is_attached_within_2_s_fifty_times),
	TAP(an_absent_pd_is_probed_each_second_and_after_a_minute_every_5_s_for_ever),
	TAP(a_pd_is_asked_as_soon_as_the_line_opens),
	TAP(a_line_that_is_closed_for_a_moment_loses_nobody),
	TAP(a_pd_on_a_line_that_stays_closed_is_off_line_after_8_s),
	TAP(an_absent_neighbour_does_not_starve_a_healthy_pd),
	TAP(seven_absent_neighbours_do_not_starve_a_healthy_pd),
	TAP(eight_pds_share_the_line_fairly),
	TAP(led_and_buzzer_go_before_polls),
	TAP(a_full_queue_overwrites_the_same_led_and_refuses_others),
	TAP(commands_for_nobody_are_refused),
	TAP(a_refused_command_is_remembered_and_the_pd_stays_on_line),
	TAP(a_pd_that_refuses_id_is_polled_first_and_asked_again),
	TAP(a_replaced_device_is_reported_before_it_is_on_line),
	TAP(tamper_and_power_are_events_when_they_change),
	TAP(a_cover_opened_while_the_pd_was_away_is_noticed),
	TAP(unusable_configurations_are_refused),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
