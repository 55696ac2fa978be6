#include <stdlib.h>
#include <string.h>

#include "board/module.h"
#include "board/peripheral.h"
#include "board/reader.h"
#include "hw/osdp/frame.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#define STEP_US	 (50 * US_PER_MS)
#define BEGIN_US (1000 * US_PER_S)
#define ADDRESS	 5

/* A control panel of somebody else: one command, one answer, in clear. */
struct panel {
	char dir[32];
	struct reader *reader;
	struct module *module;
	uint8_t address;
	uint8_t sequence;
	uint64_t now_us;
	uint8_t bytes[OSDP_FRAME_MAX + 1];
	struct osdp_frame reply; /* code 0 when there was none */
};

static void
begin(struct panel *panel)
{
	*panel = (struct panel){ .dir = "board-test.XXXXXX", .now_us = BEGIN_US };
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(panel->dir));
}

static void
begin_reader(struct panel *panel)
{
	begin(panel);
	panel->reader = reader_new(panel->dir, 1, 0);
}

static void
begin_module(struct panel *panel)
{
	begin(panel);
	panel->address = ADDRESS;
	panel->module = module_new(panel->dir, 1, ADDRESS, 4, 2);
}

static void
end(struct panel *panel)
{
	if (panel->reader)
		peripheral_forget(reader_peripheral(panel->reader));
	if (panel->module)
		peripheral_forget(module_peripheral(panel->module));
	reader_free(panel->reader);
	module_free(panel->module);
	(void) rmdir(panel->dir);
}

/* Returns the code of the reply; 0 for none. */
static uint8_t
ask(struct panel *panel, uint8_t code, const void *data, size_t size)
{
	struct osdp_frame frame = { .address = panel->address,
				    .sequence = panel->sequence,
				    .has_crc = true,
				    .code = code,
				    .data = data,
				    .data_size = size };
	uint8_t request[OSDP_FRAME_MAX + 1] = { OSDP_MARK };
	int r = osdp_frame_encode(&frame, request + 1, sizeof(request) - 1);

	CU_ASSERT_FATAL(r > 0);
	panel->now_us += STEP_US;
	panel->reply = (struct osdp_frame){ 0 };
	size_t got = panel->reader
			     ? reader_exchange(panel->reader, request, (size_t) r + 1,
					       panel->now_us, panel->bytes, sizeof(panel->bytes))
			     : module_exchange(panel->module, request, (size_t) r + 1,
					       panel->now_us, panel->bytes, sizeof(panel->bytes));
	if (got < 2 || osdp_frame_decode(panel->bytes + 1, got - 1, &panel->reply) < 0)
		return 0;
	panel->sequence = osdp_sequence_next(panel->sequence);
	return panel->reply.code;
}

static uint8_t
poll(struct panel *panel)
{
	return ask(panel, OSDP_CMD_POLL, NULL, 0);
}

static json_t *
shown(struct panel *panel)
{
	return panel->reader ? reader_show(panel->reader, panel->now_us)
			     : module_show(panel->module, panel->now_us);
}

static void
test_what_is_typed_comes_as_keys(void)
{
	struct panel panel;
	struct osdp_keys keys;

	begin_reader(&panel);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(reader_type(panel.reader, "1234#"), 0);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_KEYPAD);
	CU_ASSERT_EQUAL(osdp_unpack_keys(panel.reply.data, panel.reply.data_size, &keys), 0);
	CU_ASSERT_EQUAL(keys.count, 5);
	CU_ASSERT_NSTRING_EQUAL(keys.keys, "1234#", 5);
	for (unsigned i = 0; i < OSDP_PD_REPLIES_MAX; i++)
		CU_ASSERT_EQUAL(reader_type(panel.reader, "0"), 0);
	CU_ASSERT(reader_type(panel.reader, "0") < 0);
	end(&panel);
}

static void
test_light_sound_and_text_are_shown_while_they_last(void)
{
	static const struct osdp_led led = {
		.temporary = { OSDP_LED_TEMPORARY_SET, 2, 3, OSDP_COLOUR_GREEN, 0 },
		.timer_100ms = 10,
		.permanent = { OSDP_LED_PERMANENT_SET, 1, 0, OSDP_COLOUR_RED, OSDP_COLOUR_RED },
	};
	static const struct osdp_text text = { .command = OSDP_TEXT_TEMPORARY,
					       .seconds = 1,
					       .row = 1,
					       .column = 1,
					       .size = 7,
					       .text = "Welcome" };
	static const struct osdp_buzzer buzzer = { .tone = OSDP_TONE_DEFAULT,
						   .on_100ms = 5,
						   .count = 1 };
	struct panel panel;
	uint8_t data[128];

	begin_reader(&panel);
	int size = osdp_pack_led(&led, data, sizeof(data));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_LED, data, (size_t) size), OSDP_REPLY_ACK);
	size = osdp_pack_text(&text, data, sizeof(data));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_TEXT, data, (size_t) size), OSDP_REPLY_ACK);
	size = osdp_pack_buzzer(&buzzer, data, sizeof(data));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_BUZ, data, (size_t) size), OSDP_REPLY_ACK);
	_cleanup_(json_decrefp) json_t *now = shown(&panel);
	CU_ASSERT_STRING_EQUAL(json_string_or(now, "led", ""), "green");
	CU_ASSERT_STRING_EQUAL(json_string_or(now, "text", ""), "Welcome");
	CU_ASSERT_TRUE(json_bool_or(now, "sounding", false));
	panel.now_us += 150 * US_PER_MS;
	_cleanup_(json_decrefp) json_t *dark = shown(&panel);
	CU_ASSERT_STRING_EQUAL(json_string_or(dark, "led_now", ""), "off");
	panel.now_us += US_PER_S;
	_cleanup_(json_decrefp) json_t *later = shown(&panel);
	CU_ASSERT_STRING_EQUAL(json_string_or(later, "led", ""), "red");
	CU_ASSERT_STRING_EQUAL(json_string_or(later, "text", "x"), "");
	CU_ASSERT_FALSE(json_bool_or(later, "sounding", true));
	end(&panel);
}

static void
test_cover_and_supply_are_told_with_the_next_poll(void)
{
	struct panel panel;

	begin_reader(&panel);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(reader_set(panel.reader, "power", "fails"), 0);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_LSTATR);
	CU_ASSERT_EQUAL(panel.reply.data[1], 1);
	CU_ASSERT_EQUAL(reader_set(panel.reader, "tampered", ""), 0);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_LSTATR);
	CU_ASSERT_EQUAL(panel.reply.data[0], 1);
	CU_ASSERT_EQUAL(reader_set(panel.reader, "unplugged", ""), 0);
	CU_ASSERT_EQUAL(poll(&panel), 0);
	CU_ASSERT(reader_set(panel.reader, "power", "maybe") < 0);
	end(&panel);
}

static void
test_a_new_address_counts_and_survives_a_power_cut(void)
{
	static const struct osdp_comset comset = { .address = 42, .baud = 38400 };
	struct panel panel;
	uint8_t data[8];

	begin_reader(&panel);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	int size = osdp_pack_comset(&comset, data, sizeof(data));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_COMSET, data, (size_t) size), OSDP_REPLY_COM);
	panel.sequence = 0;
	CU_ASSERT_EQUAL(poll(&panel), 0);
	panel.address = 42;
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	reader_free(panel.reader);
	panel.reader = reader_new(panel.dir, 1, 0);
	panel.sequence = 0;
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(reader_peripheral(panel.reader)->baud, 38400);
	end(&panel);
}

static void
test_a_firmware_is_taken_and_runs_after_a_restart(void)
{
	static const uint8_t image[300] = { 1, 2, 3 };
	struct panel panel;
	uint8_t data[512];

	begin_reader(&panel);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	for (uint32_t at = 0; at < sizeof(image); at += 100) {
		struct osdp_fragment fragment = { .type = 1,
						  .total = sizeof(image),
						  .offset = at,
						  .size = 100,
						  .data = image + at };
		int size = osdp_pack_fragment(&fragment, data, sizeof(data));
		CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_FILETRANSFER, data, (size_t) size),
				OSDP_REPLY_FTSTAT);
	}
	_cleanup_(json_decrefp) json_t *now = shown(&panel);
	const json_t *file = json_object_get(now, "file");
	CU_ASSERT_EQUAL(json_integer_or(file, "size", 0), 300);
	CU_ASSERT_EQUAL(json_integer_or(file, "type", 0), 1);
	CU_ASSERT_EQUAL(json_integer_or(file, "fnv1a", 0), fnv1a(image, sizeof(image)));
	panel.sequence = 0;
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_ID, "", 1), OSDP_REPLY_PDID);
	struct osdp_pdid identity;
	CU_ASSERT_EQUAL(osdp_unpack_pdid(panel.reply.data, panel.reply.data_size, &identity), 0);
	CU_ASSERT_EQUAL(identity.firmware[1], 1);
	end(&panel);
}

static void
test_applications_are_answered_with_the_next_poll(void)
{
	struct panel panel;

	begin_reader(&panel);
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_MFG, "\x02\xca\x2dhello", 8), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_MFGREP);
	CU_ASSERT_EQUAL(panel.reply.data_size, 8);
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_XWR, "\x01\x02\x03", 3), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_XRD);
	end(&panel);
}

static void
test_a_module_tells_its_inputs_and_drives_its_outputs(void)
{
	static const struct osdp_output on = { .output = 1, .code = OSDP_OUTPUT_ON };
	struct panel panel;
	uint8_t data[8];

	begin_module(&panel);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ISTATR);
	CU_ASSERT_EQUAL(panel.reply.data_size, 4);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ACK);
	CU_ASSERT_EQUAL(module_set_input(panel.module, 3, "cut"), 0);
	CU_ASSERT_EQUAL(poll(&panel), OSDP_REPLY_ISTATR);
	CU_ASSERT_EQUAL(panel.reply.data[2], OSDP_INPUT_OPEN);
	CU_ASSERT(module_set_input(panel.module, 5, "cut") < 0);
	CU_ASSERT(module_set_input(panel.module, 1, "burnt") < 0);
	int size = osdp_pack_output(&on, data, sizeof(data));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_OUT, data, (size_t) size), OSDP_REPLY_ACK);
	CU_ASSERT_TRUE(module_output(panel.module, 2, panel.now_us));
	CU_ASSERT_FALSE(module_output(panel.module, 1, panel.now_us));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_OSTAT, NULL, 0), OSDP_REPLY_OSTATR);
	CU_ASSERT_EQUAL(panel.reply.data_size, 2);
	/* Outputs are off after a power cut, inputs are what their wires are. */
	module_power_up(panel.module);
	panel.sequence = 0;
	CU_ASSERT_FALSE(module_output(panel.module, 2, panel.now_us));
	CU_ASSERT_EQUAL(ask(&panel, OSDP_CMD_ISTAT, NULL, 0), OSDP_REPLY_ISTATR);
	CU_ASSERT_EQUAL(panel.reply.data[2], OSDP_INPUT_OPEN);
	end(&panel);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_typed_comes_as_keys),
		TAP(test_light_sound_and_text_are_shown_while_they_last),
		TAP(test_cover_and_supply_are_told_with_the_next_poll),
		TAP(test_a_new_address_counts_and_survives_a_power_cut),
		TAP(test_a_firmware_is_taken_and_runs_after_a_restart),
		TAP(test_applications_are_answered_with_the_next_poll),
		TAP(test_a_module_tells_its_inputs_and_drives_its_outputs),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
