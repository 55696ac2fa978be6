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
 * Feeds foreign bytes to both ends of a secure channel.
 *
 * The input is a script as in fuzz_osdp.c. Before it runs, the two ends attach and make a session,
 * so that bytes reach what lies behind the handshake: sealed frames with changed bytes, replies
 * sealed with the right key and any content, key changes, install windows, files. Whatever
 * comes, no card may be reported unless it was sealed within a session under the own key.
 */
#include <stdlib.h>
#include <string.h>

#include "hw/osdp/capture.h"
#include "hw/osdp/cp.h"
#include "hw/osdp/frame.h"
#include "hw/osdp/pd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ADDRESS = 1 };

struct script {
	const uint8_t *data;
	size_t size;
	uint64_t now_us;
	struct osdp_cp *cp;
	struct osdp_pd *pd;
	uint64_t random;
};

static const uint8_t key[OSDP_KEY_SIZE] = { 0x9A, 0x1F, 0x4C, 0x77, 0xE3, 0xB0, 0x2D, 0x58,
					    0x16, 0xCA, 0x8E, 0x63, 0x90, 0xF7, 0x24, 0x5B };
static const uint8_t content[600] = { 1, 2, 3 };

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

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

static int
fill_random(void *context, uint8_t *bytes, size_t size)
{
	struct script *script = context;

	for (size_t i = 0; i < size; i++) {
		script->random = script->random * 6364136223846793005u + 1442695040888963407u;
		bytes[i] = (uint8_t) (script->random >> 56);
	}
	return 0;
}

static void
take_events(struct script *script)
{
	struct osdp_event event;
	struct osdp_pd_event pd_event;

	while (osdp_cp_take_event(script->cp, &event)) {
		require(event.pd == 0 && event.at_mono_us <= script->now_us);
		if (event.type == OSDP_EV_KEY_PENDING)
			(void) osdp_cp_key_stored(script->cp, 0);
		if (event.type == OSDP_EV_CARD)
			require(osdp_cp_pd_counters(script->cp, 0)->sessions > 0);
		if (event.type == OSDP_EV_INPUTS)
			require(event.points.count <= OSDP_POINTS_MAX);
		if (event.type == OSDP_EV_KEYPAD)
			require(event.keys.count <= OSDP_KEYS_MAX);
	}
	while (osdp_pd_take_event(script->pd, &pd_event))
		continue;
}

/* Command and reply pass; one byte of either may be changed, and its check made right again. */
static void
converse(struct script *script, uint8_t flip, bool is_reply)
{
	uint8_t bytes[1 + OSDP_FRAME_MAX];

	osdp_cp_tick(script->cp, script->now_us);
	size_t size = osdp_cp_take_output(script->cp, bytes, sizeof(bytes));
	if (flip != 0 && !is_reply && size > 8) {
		bytes[5 + flip % (size - 5)] ^= flip;
		osdp_frame_rewrite_check(bytes + 1, size - 1);
	}
	osdp_pd_receive(script->pd, bytes, size, script->now_us);
	size = osdp_pd_take_output(script->pd, bytes, sizeof(bytes));
	if (flip != 0 && is_reply && size > 8) {
		bytes[5 + flip % (size - 5)] ^= flip;
		osdp_frame_rewrite_check(bytes + 1, size - 1);
	}
	script->now_us += 30000;
	osdp_cp_receive(script->cp, bytes, size, script->now_us);
	script->now_us += 30000;
	(void) osdp_cp_deadline_us(script->cp);
}

/* The reader itself goes mad: its replies are sealed correctly, whatever they say. */
static void
reply_anything(struct script *script)
{
	uint8_t code = next_byte(script);
	size_t size = next_byte(script);
	const uint8_t *bytes = next_bytes(script, &size);

	(void) osdp_pd_queue_reply(script->pd, code, bytes, size);
	converse(script, 0, false);
}

static void
operate(struct script *script, uint8_t what)
{
	struct osdp_file file = { .type = 1, .size = sizeof(content), .data = content };
	struct osdp_install install = { .is_replacement = true, .window_ms = 1000 };
	struct osdp_comset comset = { .address = what & 7, .baud = 9600 };
	struct osdp_capture_record record = { .bytes = content, .size = 1u + what };
	struct osdp_pd_filing filing = { .answer = { .action = what, .delay_ms = what } };
	char text[OSDP_CAPTURE_LINE_MAX];

	switch (what & 7) {
	case 0:
		(void) osdp_cp_rotate(script->cp, 0, NULL, script->now_us);
		break;
	case 1:
		(void) osdp_cp_install(script->cp, 0, &install, script->now_us);
		break;
	case 2:
		(void) osdp_cp_file_send(script->cp, 0, &file, script->now_us);
		osdp_pd_set_filing(script->pd, &filing);
		break;
	case 3:
		(void) osdp_cp_comset(script->cp, 0, &comset);
		break;
	case 4:
		osdp_pd_restart(script->pd);
		break;
	case 5:
		osdp_pd_forget_key(script->pd);
		break;
	case 6:
		(void) osdp_capture_line(script->cp, &record, text, sizeof(text));
		break;
	default:
		(void) osdp_cp_transparent(script->cp, 0, content, what);
		(void) osdp_pd_badge(script->pd, 26, content);
		break;
	}
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
		reply_anything(script);
		break;
	case 3:
		operate(script, next_byte(script));
		break;
	case 4:
		script->now_us += (uint64_t) next_byte(script) << size;
		osdp_cp_tick(script->cp, script->now_us);
		break;
	case 5:
		take_events(script);
		break;
	case 6:
		converse(script, next_byte(script), (operation & 8) != 0);
		break;
	default:
		converse(script, 0, false);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { .data = data, .size = size, .now_us = 1000000000, .random = 1 };
	struct osdp_cp_config cp_config = { .pd_count = 1,
					    .address = { ADDRESS },
					    .fill_random = fill_random,
					    .random_context = &script };
	struct osdp_pd_config pd_config = { .address = ADDRESS,
					    .has_key = true,
					    .fill_random = fill_random,
					    .random_context = &script };

	cp_config.policy[0].protection = OSDP_SECURE_REQUIRED;
	cp_config.policy[0].has_key = true;
	memcpy(cp_config.policy[0].key, key, sizeof(key));
	memcpy(pd_config.key, key, sizeof(key));
	pd_config.capabilities.items[OSDP_CAP_INPUTS] = 4;
	require(osdp_cp_new(&cp_config, &script.cp) == 0);
	require(osdp_pd_new(&pd_config, &script.pd) == 0);
	for (unsigned i = 0; i < 8; i++)
		converse(&script, 0, false);
	require(osdp_pd_is_secure(script.pd));
	while (script.size > 0)
		run_operation(&script);
	take_events(&script);
	osdp_cp_free(script.cp);
	osdp_pd_free(script.pd);
	return 0;
}
