/* sources: hw/osdp/capture.c hw/osdp/cp.c hw/osdp/cp_commands.c hw/osdp/cp_comset.c */
/* sources: hw/osdp/cp_file.c hw/osdp/cp_keys.c hw/osdp/cp_line.c hw/osdp/cp_pd.c */
/* sources: hw/osdp/cp_policy.c */
/* sources: hw/osdp/cp_queue.c hw/osdp/cp_reply.c hw/osdp/cp_secure.c hw/osdp/cp_session.c */
/* sources: hw/osdp/cp_status.c hw/osdp/delay.c hw/osdp/frame.c lib/osdp_key.c */
/* sources: hw/osdp/message.c hw/osdp/message_io.c hw/osdp/pd.c hw/osdp/pd_command.c */
/* sources: hw/osdp/pd_io.c hw/osdp/pd_secure.c hw/osdp/scan.c hw/osdp/secure.c */
/* sources: lib/cardformat.c lib/cardformat_shape.c lib/cardformat_table.c lib/util.c */
/* libs: libcrypto */
/* vectors: tests/unit/test_osdp_frame.c tests/unit/test_osdp_secure.c */
/*
 * Feeds foreign bytes to the frame decoder, the control panel and the peripheral device.
 *
 * The input is a script: an operation byte, then its operands. Whole conversations between the
 * two ends are possible, with bytes of the input in between or flipped in the exchange, so that
 * the fuzzer reaches the states behind the attach.
 */
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	ADDRESS = 1,
	PD_COUNT = 2,
};

struct script {
	const uint8_t *data;
	size_t size;
	uint64_t now_us;
	struct osdp_cp *cp;
	struct osdp_pd *pd;
};

static uint8_t
next_byte(struct script *script)
{
	if (script->size == 0)
		return 0;
	script->size--;
	return *script->data++;
}

static const uint8_t *
next_bytes(struct script *script, size_t *size)
{
	const uint8_t *bytes = script->data;

	if (*size > script->size)
		*size = script->size;
	script->data += *size;
	script->size -= *size;
	return bytes;
}

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
take_events(struct script *script)
{
	struct osdp_event event;
	struct osdp_pd_event pd_event;

	while (osdp_cp_take_event(script->cp, &event)) {
		require(event.pd < PD_COUNT && event.at_mono_us <= script->now_us);
		if (event.type == OSDP_EV_CARD)
			require(event.card.bit_count > 0 &&
				event.card.bit_count <= OSDP_CARD_BITS_MAX);
	}
	while (osdp_pd_take_event(script->pd, &pd_event))
		continue;
}

/* Command and reply pass; one byte of the reply is flipped on request. */
static void
converse(struct script *script, uint8_t flip)
{
	uint8_t bytes[OSDP_FRAME_MAX];

	osdp_cp_tick(script->cp, script->now_us);
	size_t size = osdp_cp_take_output(script->cp, bytes, sizeof(bytes));
	osdp_pd_receive(script->pd, bytes, size, script->now_us);
	size = osdp_pd_take_output(script->pd, bytes, sizeof(bytes));
	if (flip != 0 && size > 0)
		bytes[flip % size] ^= flip;
	osdp_cp_receive(script->cp, bytes, size, script->now_us);
	script->now_us += 2500;
}

/* A frame with a correct check and whatever else the input says. */
static void
forge(struct script *script, bool is_reply)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame = {
		.address = ADDRESS,
		.is_reply = is_reply,
		.sequence = next_byte(script) & 3,
		.has_crc = true,
		.code = next_byte(script),
		.data_size = next_byte(script),
	};
	frame.data = next_bytes(script, &frame.data_size);

	int r = osdp_frame_encode(&frame, bytes, sizeof(bytes));
	require(r > 0);
	if (is_reply)
		osdp_cp_receive(script->cp, bytes, (size_t) r, script->now_us);
	else
		osdp_pd_receive(script->pd, bytes, (size_t) r, script->now_us);
}

static void
command(struct script *script)
{
	struct osdp_led led = { .led = next_byte(script) };
	struct osdp_buzzer buzzer = { .reader = led.led, .tone = OSDP_TONE_OFF };
	uint8_t card[32] = { 0 };

	(void) osdp_cp_led(script->cp, led.led % (PD_COUNT + 1), &led);
	(void) osdp_cp_buzzer(script->cp, led.led % (PD_COUNT + 1), &buzzer);
	(void) osdp_pd_badge(script->pd, led.led, card);
}

static void
run_operation(struct script *script)
{
	uint8_t operation = next_byte(script);
	size_t size = operation >> 3;
	const uint8_t *bytes;

	switch (operation & 7) {
	case 0:
		bytes = next_bytes(script, &size);
		osdp_cp_receive(script->cp, bytes, size, script->now_us);
		break;
	case 1:
		bytes = next_bytes(script, &size);
		osdp_pd_receive(script->pd, bytes, size, script->now_us);
		break;
	case 2:
		forge(script, true);
		break;
	case 3:
		forge(script, false);
		break;
	case 4:
		command(script);
		break;
	case 5:
		script->now_us += (uint64_t) next_byte(script) << size;
		osdp_cp_tick(script->cp, script->now_us);
		break;
	case 6:
		take_events(script);
		break;
	default:
		converse(script, operation >> 3 == 31 ? next_byte(script) : 0);
		break;
	}
	(void) osdp_cp_deadline_us(script->cp);
}

static void
decode_all(const uint8_t *data, size_t size)
{
	struct osdp_rx *rx = calloc(1, sizeof(*rx));

	while (rx != NULL && size > 0) {
		struct osdp_frame frame;
		size_t taken = osdp_rx_feed(rx, data, size);
		require(taken > 0);
		data += taken;
		size -= taken;
		for (int r; (r = osdp_rx_next(rx, &frame)) != 0;) {
			uint8_t again[OSDP_FRAME_MAX];
			if (r < 0)
				continue;
			r = osdp_frame_encode(&frame, again, sizeof(again));
			require(r == (int) frame.size);
		}
	}
	free(rx);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct osdp_cp_config cp_config = { .pd_count = PD_COUNT, .address = { ADDRESS, 2 } };
	struct osdp_pd_config pd_config = { .address = ADDRESS };
	struct script script = { .data = data, .size = size, .now_us = 1000000000 };

	decode_all(data, size);
	require(osdp_cp_new(&cp_config, &script.cp) == 0);
	require(osdp_pd_new(&pd_config, &script.pd) == 0);
	while (script.size > 0)
		run_operation(&script);
	take_events(&script);
	osdp_cp_free(script.cp);
	osdp_pd_free(script.pd);
	return 0;
}
