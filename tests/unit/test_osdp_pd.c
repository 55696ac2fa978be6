#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"
#include "lib/util.h"

enum { ADDRESS = 5 };

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };

struct reply {
	bool is_there;
	uint8_t address;
	uint8_t sequence;
	uint8_t code;
	size_t size;
	uint8_t data[64];
	size_t wire_size;
	uint8_t wire[128];
};

static struct osdp_pd *
make_pd(void)
{
	struct osdp_pd_config config = {
		.address = ADDRESS,
		.identity = { .vendor = { 1, 2, 3 }, .serial = 77 },
		.capabilities.compliance[OSDP_CAP_LED] = 4,
	};
	struct osdp_pd *pd = NULL;
	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&config, &pd), 0);
	return pd;
}

static struct reply
take_reply(struct osdp_pd *pd)
{
	struct reply reply = { 0 };
	struct osdp_frame frame;

	reply.wire_size = osdp_pd_take_output(pd, reply.wire, sizeof(reply.wire));
	if (reply.wire_size == 0)
		return reply;
	CU_ASSERT_EQUAL(reply.wire[0], OSDP_MARK);
	if (osdp_frame_decode(reply.wire + 1, reply.wire_size - 1, &frame) < 0)
		return reply;
	CU_ASSERT_TRUE(frame.is_reply);
	reply.is_there = true;
	reply.address = frame.address;
	reply.sequence = frame.sequence;
	reply.code = frame.code;
	reply.size = frame.data_size;
	if (frame.data_size > 0)
		memcpy(reply.data, frame.data, MIN_OF(frame.data_size, sizeof(reply.data)));
	return reply;
}

static struct reply
ask_frame(struct osdp_pd *pd, const struct osdp_frame *frame, uint64_t now_us)
{
	uint8_t bytes[128];
	int r = osdp_frame_encode(frame, bytes, sizeof(bytes));

	CU_ASSERT_FATAL(r > 0);
	osdp_pd_receive(pd, bytes, (size_t) r, now_us);
	return take_reply(pd);
}

static struct reply
ask_at(struct osdp_pd *pd, uint8_t sequence, uint8_t code, uint64_t now_us)
{
	struct osdp_frame frame = {
		.address = ADDRESS, .sequence = sequence, .has_crc = true, .code = code
	};

	return ask_frame(pd, &frame, now_us);
}

static struct reply
ask(struct osdp_pd *pd, uint8_t sequence, uint8_t code)
{
	return ask_at(pd, sequence, code, 1);
}

static unsigned
count_events(struct osdp_pd *pd, enum osdp_pd_event_type type)
{
	struct osdp_pd_event event;
	unsigned count = 0;

	while (osdp_pd_take_event(pd, &event))
		if (event.type == type)
			count++;
	return count;
}

static void
id_cap_and_poll_are_answered(void)
{
	struct osdp_pd *pd = make_pd();
	struct reply reply = ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_PDID);
	CU_ASSERT_EQUAL(reply.size, 12);
	CU_ASSERT_EQUAL(reply.data[5], 77);
	CU_ASSERT_EQUAL(reply.address, ADDRESS);
	reply = ask(pd, 1, OSDP_CMD_CAP);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_PDCAP);
	CU_ASSERT_EQUAL(reply.size, 3);
	CU_ASSERT_EQUAL(reply.sequence, 1);
	CU_ASSERT_EQUAL(ask(pd, 2, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(ask(pd, 3, OSDP_CMD_LSTAT).code, OSDP_REPLY_LSTATR);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static void
an_unknown_command_is_refused_with_nak_3(void)
{
	struct osdp_pd *pd = make_pd();
	struct reply reply = ask(pd, 0, OSDP_CMD_BIOREAD);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(reply.data[0], OSDP_NAK_COMMAND);
	osdp_pd_free(pd);
}

static void
a_wrong_sequence_number_is_refused_with_nak_4(void)
{
	struct osdp_pd *pd = make_pd();
	struct reply reply = ask(pd, 2, OSDP_CMD_POLL);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(reply.data[0], OSDP_NAK_SEQUENCE);
	CU_ASSERT_EQUAL(reply.sequence, 2);
	CU_ASSERT_EQUAL(ask(pd, 0, OSDP_CMD_ID).code, OSDP_REPLY_PDID);
	CU_ASSERT_EQUAL(ask(pd, 2, OSDP_CMD_POLL).code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static void
a_repeated_command_brings_the_same_bytes_and_is_not_executed_again(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), 0);
	struct reply first = ask(pd, 1, OSDP_CMD_POLL);
	struct reply second = ask(pd, 1, OSDP_CMD_POLL);
	CU_ASSERT_EQUAL(first.code, OSDP_REPLY_RAW);
	CU_ASSERT_EQUAL(first.wire_size, second.wire_size);
	CU_ASSERT_EQUAL(memcmp(first.wire, second.wire, first.wire_size), 0);
	CU_ASSERT_EQUAL(count_events(pd, OSDP_PD_EV_CARD_SENT), 1);
	CU_ASSERT_EQUAL(ask(pd, 2, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static void
cards_come_in_order_until_the_queue_is_full(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	for (uint8_t i = 0; i < OSDP_PD_CARDS_MAX; i++)
		CU_ASSERT_EQUAL(osdp_pd_badge(pd, 8, &i), 0);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), -ENOSPC);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 0, card_bits), -EINVAL);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, OSDP_CARD_BITS_MAX + 1, card_bits), -EINVAL);
	uint8_t sequence = 0;
	for (uint8_t i = 0; i < OSDP_PD_CARDS_MAX; i++) {
		sequence = osdp_sequence_next(sequence);
		struct reply reply = ask(pd, sequence, OSDP_CMD_POLL);
		CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_RAW);
		CU_ASSERT_EQUAL(reply.data[4], i);
	}
	CU_ASSERT_EQUAL(count_events(pd, OSDP_PD_EV_CARD_SENT), OSDP_PD_CARDS_MAX);
	osdp_pd_free(pd);
}

static void
unsent_cards_are_discarded_when_the_panel_starts_over(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), 0);
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(count_events(pd, OSDP_PD_EV_CARDS_DISCARDED), 1);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static void
eight_seconds_of_silence_end_the_session_and_discard_cards(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), 0);
	struct reply reply = ask_at(pd, 1, OSDP_CMD_POLL, 9 * US_PER_S);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(reply.data[0], OSDP_NAK_SEQUENCE);
	CU_ASSERT_EQUAL(count_events(pd, OSDP_PD_EV_CARDS_DISCARDED), 1);
	osdp_pd_free(pd);
}

static void
other_addresses_damaged_frames_and_replies_are_not_answered(void)
{
	struct osdp_pd *pd = make_pd();
	struct osdp_frame frame = { .address = ADDRESS + 1, .has_crc = true, .code = OSDP_CMD_ID };
	uint8_t bytes[16];
	CU_ASSERT_FALSE(ask_frame(pd, &frame, 1).is_there);
	frame.address = ADDRESS;
	frame.is_reply = true;
	CU_ASSERT_FALSE(ask_frame(pd, &frame, 1).is_there);
	frame.is_reply = false;
	int r = osdp_frame_encode(&frame, bytes, sizeof(bytes));
	CU_ASSERT_EQUAL_FATAL(r, 8);
	bytes[7] ^= 1;
	osdp_pd_receive(pd, bytes, 8, 1);
	CU_ASSERT_FALSE(take_reply(pd).is_there);
	osdp_pd_free(pd);
}

static void
the_configuration_address_is_everybody(void)
{
	struct osdp_pd *pd = make_pd();
	struct osdp_frame frame = { .address = OSDP_ADDRESS_CONFIGURATION,
				    .has_crc = true,
				    .code = OSDP_CMD_ID };
	struct reply reply = ask_frame(pd, &frame, 1);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_PDID);
	CU_ASSERT_EQUAL(reply.address, OSDP_ADDRESS_CONFIGURATION);
	osdp_pd_free(pd);
}

static void
busy_is_answered_without_executing(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), 0);
	osdp_pd_set_busy(pd, 1);
	struct reply reply = ask(pd, 1, OSDP_CMD_POLL);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_BUSY);
	CU_ASSERT_EQUAL(reply.sequence, 0);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).code, OSDP_REPLY_RAW);
	osdp_pd_free(pd);
}

static void
led_records_and_buzzer_reach_the_board(void)
{
	struct osdp_pd *pd = make_pd();
	struct osdp_led leds[2] = {
		{ .permanent = { .control = OSDP_LED_PERMANENT_SET,
				 .on_100ms = 1,
				 .on_colour = OSDP_COLOUR_RED } },
		{ .led = 1,
		  .temporary = { .control = OSDP_LED_TEMPORARY_SET,
				 .on_100ms = 2,
				 .on_colour = OSDP_COLOUR_GREEN },
		  .timer_100ms = 50 },
	};
	struct osdp_buzzer buzzer = { .tone = OSDP_TONE_DEFAULT, .on_100ms = 3, .count = 2 };
	uint8_t data[2 * OSDP_LED_SIZE];
	struct osdp_pd_event event = { 0 };
	(void) osdp_pack_led(&leds[0], data, OSDP_LED_SIZE);
	(void) osdp_pack_led(&leds[1], data + OSDP_LED_SIZE, OSDP_LED_SIZE);

	struct osdp_frame frame = { .address = ADDRESS,
				    .has_crc = true,
				    .code = OSDP_CMD_LED,
				    .data = data,
				    .data_size = sizeof(data) };
	CU_ASSERT_EQUAL(ask_frame(pd, &frame, 1).code, OSDP_REPLY_ACK);
	CU_ASSERT_TRUE(osdp_pd_take_event(pd, &event));
	CU_ASSERT_EQUAL(event.led.permanent.on_colour, OSDP_COLOUR_RED);
	CU_ASSERT_TRUE(osdp_pd_take_event(pd, &event));
	CU_ASSERT_EQUAL(event.led.led, 1);
	CU_ASSERT_EQUAL(event.led.timer_100ms, 50);
	CU_ASSERT_EQUAL(event.led.temporary.on_colour, OSDP_COLOUR_GREEN);

	frame = (struct osdp_frame){ .address = ADDRESS,
				     .sequence = 1,
				     .has_crc = true,
				     .code = OSDP_CMD_BUZ,
				     .data = data,
				     .data_size = 5 };
	(void) osdp_pack_buzzer(&buzzer, data, sizeof(data));
	CU_ASSERT_EQUAL(ask_frame(pd, &frame, 1).code, OSDP_REPLY_ACK);
	CU_ASSERT_TRUE(osdp_pd_take_event(pd, &event));
	CU_ASSERT_EQUAL(event.type, OSDP_PD_EV_BUZZER);
	CU_ASSERT_EQUAL(event.buzzer.count, 2);

	frame.sequence = 2;
	frame.data_size = 4;
	struct reply reply = ask_frame(pd, &frame, 1);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(reply.data[0], OSDP_NAK_LENGTH);
	osdp_pd_free(pd);
}

static void
a_change_of_status_comes_with_the_next_poll_once(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	osdp_pd_set_status(pd, &(struct osdp_lstatr){ .is_tampered = true });
	struct reply reply = ask(pd, 1, OSDP_CMD_POLL);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_LSTATR);
	CU_ASSERT_EQUAL(reply.data[0], 1);
	CU_ASSERT_EQUAL(ask(pd, 2, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static void
a_security_block_is_refused_with_nak_5(void)
{
	struct osdp_pd *pd = make_pd();
	struct osdp_frame frame = {
		.address = ADDRESS,
		.has_crc = true,
		.code = OSDP_CMD_CHLNG,
		.security = { .type = OSDP_SCS_11, .data_size = 1, .data = card_bits }
	};
	struct reply reply = ask_frame(pd, &frame, 1);
	CU_ASSERT_EQUAL(reply.code, OSDP_REPLY_NAK);
	CU_ASSERT_EQUAL(reply.data[0], OSDP_NAK_SECURITY);
	osdp_pd_free(pd);
}

static void
a_restart_forgets_everything_that_was_not_sent(void)
{
	struct osdp_pd *pd = make_pd();
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(osdp_pd_badge(pd, 26, card_bits), 0);
	osdp_pd_restart(pd);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).data[0], OSDP_NAK_SEQUENCE);
	(void) ask(pd, 0, OSDP_CMD_ID);
	CU_ASSERT_EQUAL(ask(pd, 1, OSDP_CMD_POLL).code, OSDP_REPLY_ACK);
	osdp_pd_free(pd);
}

static const struct tap_test tests[] = {
	TAP(id_cap_and_poll_are_answered),
	TAP(an_unknown_command_is_refused_with_nak_3),
	TAP(a_wrong_sequence_number_is_refused_with_nak_4),
	TAP(a_repeated_command_brings_the_same_bytes_and_is_not_executed_again),
	TAP(cards_come_in_order_until_the_queue_is_full),
	TAP(unsent_cards_are_discarded_when_the_panel_starts_over),
	TAP(eight_seconds_of_silence_end_the_session_and_discard_cards),
	TAP(other_addresses_damaged_frames_and_replies_are_not_answered),
	TAP(the_configuration_address_is_everybody),
	TAP(busy_is_answered_without_executing),
	TAP(led_records_and_buzzer_reach_the_board),
	TAP(a_change_of_status_comes_with_the_next_poll_once),
	TAP(a_security_block_is_refused_with_nak_5),
	TAP(a_restart_forgets_everything_that_was_not_sent),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
