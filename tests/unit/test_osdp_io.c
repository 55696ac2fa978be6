#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

enum { INPUTS = 8, OUTPUTS = 4 };

/* An expansion module under a secure channel. */
static struct line *
make_module(void)
{
	struct osdp_cp_config config = { .baud = 38400, .pd_count = 1 };
	struct osdp_pd_config pd = { .has_key = true };

	config.policy[0].protection = OSDP_SECURE_REQUIRED;
	config.policy[0].has_key = true;
	line_key(0, config.policy[0].key);
	line_key(0, pd.key);
	pd.capabilities.compliance[OSDP_CAP_INPUTS] = 3;
	pd.capabilities.items[OSDP_CAP_INPUTS] = INPUTS;
	pd.capabilities.compliance[OSDP_CAP_OUTPUTS] = 4;
	pd.capabilities.items[OSDP_CAP_OUTPUTS] = OUTPUTS;
	pd.capabilities.items[OSDP_CAP_RECEIVE_BUFFER] = 1; /* 256 bytes. */
	struct line *line = line_make(&config, &pd);
	line_run_ms(line, 1500);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	return line;
}

static bool
take_pd_event(struct line *line, enum osdp_pd_event_type type, struct osdp_pd_event *ret_event)
{
	while (osdp_pd_take_event(line->pd[0], ret_event))
		if (ret_event->type == type)
			return true;
	return false;
}

static void
outputs_follow_the_seven_codes(void)
{
	static const struct osdp_output on = { .output = 1, .code = OSDP_OUTPUT_ON };
	static const struct osdp_output timed = { .output = 2,
						  .code = OSDP_OUTPUT_TIMED_ON,
						  .timer_100ms = 50 };
	static const struct osdp_output both[] = { { .output = 1, .code = OSDP_OUTPUT_OFF },
						   { .output = 3, .code = OSDP_OUTPUT_ON } };
	static const struct osdp_output endless = { .code = OSDP_OUTPUT_TIMED_ON };
	static const struct osdp_output after = { .output = 2, .code = OSDP_OUTPUT_ON_AFTER_TIMER };
	struct line *line = make_module();
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &on, 1), 0);
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &timed, 1), 0);
	line_run_ms(line, 200);
	CU_ASSERT_TRUE(osdp_pd_output(line->pd[0], 1, line->now_us));
	CU_ASSERT_TRUE(osdp_pd_output(line->pd[0], 2, line->now_us));
	line_run_ms(line, 5000);
	CU_ASSERT_FALSE(osdp_pd_output(line->pd[0], 2, line->now_us));
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, both, 2), 0);
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &timed, 1), 0);
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &after, 1), 0);
	line_run_ms(line, 6000);
	CU_ASSERT_FALSE(osdp_pd_output(line->pd[0], 1, line->now_us));
	CU_ASSERT_TRUE(osdp_pd_output(line->pd[0], 2, line->now_us));
	CU_ASSERT_TRUE(osdp_pd_output(line->pd[0], 3, line->now_us));
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &endless, 1), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &endless, 0), -EINVAL);
	line_done(line);
}

static void
the_state_of_inputs_and_outputs_is_asked_for_when_a_module_comes_on_line(void)
{
	struct line *line = make_module();
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_INPUTS, 0), 1);
	const struct osdp_event *event = line_last_event(line, OSDP_EV_OUTPUTS, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(event);
	CU_ASSERT_EQUAL(event->points.count, OUTPUTS);
	struct osdp_pd_event pd_event = { 0 };
	CU_ASSERT_TRUE(take_pd_event(line, OSDP_PD_EV_COMMAND, &pd_event));
	CU_ASSERT_EQUAL(pd_event.command.code, OSDP_CMD_ACURXSIZE);
	CU_ASSERT_EQUAL(pd_event.command.data[0] | pd_event.command.data[1] << 8, 1440);
	line_done(line);
}

static void
supervised_inputs_come_with_polls_once_for_each_change(void)
{
	struct osdp_points inputs = { .count = INPUTS,
				      .values = { OSDP_INPUT_ACTIVE, OSDP_INPUT_SHORT,
						  OSDP_INPUT_OPEN, OSDP_INPUT_FAULT } };
	struct line *line = make_module();
	struct osdp_event event = { 0 };
	osdp_pd_set_inputs(line->pd[0], &inputs);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INPUTS, 0, 200, &event));
	CU_ASSERT_EQUAL(memcmp(&event.points, &inputs, sizeof(inputs)), 0);
	unsigned before = line->event_count;
	osdp_pd_set_inputs(line->pd[0], &inputs);
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(line->event_count, before);
	CU_ASSERT_EQUAL(osdp_cp_ask(line->cp, 0, OSDP_CMD_ISTAT), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_INPUTS, 0, 500, &event));
	CU_ASSERT_EQUAL(osdp_cp_ask(line->cp, 0, OSDP_CMD_POLL), -EINVAL);
	line_done(line);
}

static void
odd_but_harmless_replies_are_tolerated_and_counted(void)
{
	static const uint8_t odd[] = { 1, 0, 1 };
	static const struct osdp_output on = { .output = 1, .code = OSDP_OUTPUT_ON };
	struct line *line = make_module();
	uint32_t before = osdp_cp_pd_counters(line->cp, 0)->odd;
	CU_ASSERT_EQUAL(osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_ISTATR, odd, sizeof(odd)), 0);
	line_run_ms(line, 200);
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_INPUTS, 0)->points.count, 3);
	/* OSTATR where ACK was due, and a reply nobody knows. */
	CU_ASSERT_EQUAL(osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_OSTATR, odd, sizeof(odd)), 0);
	CU_ASSERT_EQUAL(osdp_pd_queue_reply(line->pd[0], 0xB9, odd, sizeof(odd)), 0);
	CU_ASSERT_EQUAL(osdp_cp_output(line->cp, 0, &on, 1), 0);
	line_run_ms(line, 500);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->odd, before + 2);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->unhandled, 1);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static void
asked_reader_state_is_an_event(void)
{
	struct osdp_points readers = { .count = 1, .values = { 2 } };
	struct line *line = make_module();
	struct osdp_event event = { 0 };
	osdp_pd_set_readers(line->pd[0], &readers);
	CU_ASSERT_EQUAL(osdp_cp_ask(line->cp, 0, OSDP_CMD_RSTAT), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_READERS, 0, 500, &event));
	CU_ASSERT_EQUAL(event.points.values[0], 2);
	line_done(line);
}

static void
keys_arrive_with_either_spelling_of_hash_and_star(void)
{
	static const uint8_t standard[] = { 0, 4, '1', '2', 0x0D, 0x7F };
	static const uint8_t literal[] = { 0, 3, '9', '#', '*' };
	static const uint8_t too_long[] = { 0, 200, '1' };
	struct line *line = make_module();
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(
		osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_KEYPAD, standard, sizeof(standard)), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEYPAD, 0, 200, &event));
	CU_ASSERT_EQUAL(event.keys.count, 4);
	CU_ASSERT_EQUAL(memcmp(event.keys.keys, "12#*", 4), 0);
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_KEYPAD, literal, sizeof(literal));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_KEYPAD, 0, 200, &event));
	CU_ASSERT_EQUAL(memcmp(event.keys.keys, "9#*", 3), 0);
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_KEYPAD, too_long, sizeof(too_long));
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_FRAME_ERROR, 0, 200, &event));
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	line_done(line);
}

static void
text_reaches_the_display_and_odd_characters_do_not(void)
{
	struct osdp_text text = { .command = OSDP_TEXT_TEMPORARY,
				  .seconds = 3,
				  .row = 1,
				  .column = 1,
				  .size = 7,
				  .text = "Welcome" };
	struct line *line = make_module();
	struct osdp_pd_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_text(line->cp, 0, &text), 0);
	line_run_ms(line, 200);
	CU_ASSERT_TRUE(take_pd_event(line, OSDP_PD_EV_TEXT, &event));
	CU_ASSERT_EQUAL(memcmp(event.text.text, "Welcome", 7), 0);
	text.text[0] = '\n';
	CU_ASSERT_EQUAL(osdp_cp_text(line->cp, 0, &text), -EINVAL);
	line_done(line);
}

static void
small_commands_arrive_with_their_values(void)
{
	static const struct {
		uint8_t code;
		uint16_t size;
	} expected[] = { { OSDP_CMD_KEEPACTIVE, 2 },
			 { OSDP_CMD_ABORT, 0 },
			 { OSDP_CMD_MFG, 5 },
			 { OSDP_CMD_XWR, 2 } };
	static const uint8_t vendor[] = { 0x02, 0xCA, 0x2D };
	static const uint8_t data[] = { 0x01, 0x02 };
	struct line *line = make_module();
	struct osdp_pd_event event = { 0 };
	(void) take_pd_event(line, OSDP_PD_EV_FILE, &event);
	CU_ASSERT_EQUAL(osdp_cp_keep_active(line->cp, 0, 5000), 0);
	CU_ASSERT_EQUAL(osdp_cp_abort(line->cp, 0), 0);
	CU_ASSERT_EQUAL(osdp_cp_manufacturer(line->cp, 0, vendor, data, sizeof(data)), 0);
	CU_ASSERT_EQUAL(osdp_cp_transparent(line->cp, 0, data, sizeof(data)), 0);
	line_run_ms(line, 500);
	for (size_t i = 0; i < ARRAY_LEN(expected); i++) {
		CU_ASSERT_TRUE(take_pd_event(line, OSDP_PD_EV_COMMAND, &event));
		CU_ASSERT_EQUAL(event.command.code, expected[i].code);
		CU_ASSERT_EQUAL(event.command.size, expected[i].size);
	}
	line_done(line);
}

static void
messages_of_makers_and_smart_cards_pass_untouched(void)
{
	static const uint8_t codes[] = { OSDP_REPLY_MFGREP, OSDP_REPLY_MFGSTATR, OSDP_REPLY_MFGERRR,
					 OSDP_REPLY_XRD };
	uint8_t data[200];
	struct line *line = make_module();
	struct osdp_event event = { 0 };
	memset(data, 0xA5, sizeof(data));
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		CU_ASSERT_EQUAL(osdp_pd_queue_reply(line->pd[0], codes[i], data, sizeof(data)), 0);
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_MESSAGE, 0, 500, &event));
		CU_ASSERT_EQUAL(event.message.code, codes[i]);
		CU_ASSERT_EQUAL(event.message.size, sizeof(data));
		CU_ASSERT_EQUAL(memcmp(event.message.data, data, sizeof(data)), 0);
	}
	line_done(line);
}

static void
a_command_larger_than_the_pd_takes_is_refused_here(void)
{
	static const uint8_t data[OSDP_BLOB_MAX];
	struct line *line = make_module();
	CU_ASSERT_EQUAL(osdp_cp_transparent(line->cp, 0, data, 240), -EMSGSIZE);
	CU_ASSERT_EQUAL(osdp_cp_transparent(line->cp, 0, data, 200), 0);
	CU_ASSERT_EQUAL(osdp_cp_transparent(line->cp, 0, data, OSDP_BLOB_MAX + 1), -EMSGSIZE);
	struct line *small = line_online(1, 9600);
	CU_ASSERT_EQUAL(osdp_cp_transparent(small->cp, 0, data, 110), -EMSGSIZE);
	line_done(small);
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(outputs_follow_the_seven_codes),
	TAP(the_state_of_inputs_and_outputs_is_asked_for_when_a_module_comes_on_line),
	TAP(supervised_inputs_come_with_polls_once_for_each_change),
	TAP(odd_but_harmless_replies_are_tolerated_and_counted),
	TAP(asked_reader_state_is_an_event),
	TAP(keys_arrive_with_either_spelling_of_hash_and_star),
	TAP(text_reaches_the_display_and_odd_characters_do_not),
	TAP(small_commands_arrive_with_their_values),
	TAP(messages_of_makers_and_smart_cards_pass_untouched),
	TAP(a_command_larger_than_the_pd_takes_is_refused_here),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
