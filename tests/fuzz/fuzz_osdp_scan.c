/* sources: hw/osdp/frame.c hw/osdp/message.c hw/osdp/message_io.c hw/osdp/scan.c lib/util.c */
/* libs: */
/* vectors: tests/unit/test_osdp_frame.c */
/*
 * Feeds foreign bytes to the search for readers on a line. The first four bytes of an input are the
 * search's configuration, the rest a script: an operation, then its operands. However the line
 * babbles, the search ends, and what it finds lies within what it was to ask.
 */
#include <stdlib.h>

#include "hw/osdp/frame.h"
#include "hw/osdp/scan.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEADER = 4, QUESTIONS_MAX = 6 * 128, STEPS_EACH = 8 };

struct script {
	const uint8_t *data;
	size_t size;
	uint64_t now_us;
	struct osdp_scan *scan;
	uint8_t asked; /* The address of the last question. */
	unsigned found;
};

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

	*size = MIN_OF(*size, script->size);
	script->data += *size;
	script->size -= *size;
	return bytes;
}

static void
step(struct script *script)
{
	uint8_t bytes[OSDP_FRAME_MAX + 1];
	struct osdp_scan_result result;
	struct osdp_frame frame;
	unsigned done;
	unsigned total;

	osdp_scan_tick(script->scan, script->now_us);
	size_t size = osdp_scan_take_output(script->scan, bytes, sizeof(bytes));
	if (size > 1 && osdp_frame_decode(bytes + 1, size - 1, &frame) == 0)
		script->asked = frame.address;
	while (osdp_scan_take_result(script->scan, &result)) {
		require(result.find == OSDP_SCAN_PD || result.find == OSDP_SCAN_CLASH);
		require(result.address <= OSDP_ADDRESS_CONFIGURATION && result.baud >= 9600);
		script->found++;
	}
	osdp_scan_progress(script->scan, &done, &total);
	require(done <= total && total <= QUESTIONS_MAX && script->found <= total);
	require(osdp_scan_is_over(script->scan) ==
		(osdp_scan_deadline_us(script->scan) == UINT64_MAX));
}

/* An answer with a correct check and whatever else the input says. */
static void
answer(struct script *script)
{
	uint8_t bytes[OSDP_FRAME_MAX];
	struct osdp_frame frame = {
		.address = script->asked,
		.is_reply = true,
		.has_crc = true,
		.code = next_byte(script),
		.data_size = next_byte(script),
	};

	frame.data = next_bytes(script, &frame.data_size);
	int r = osdp_frame_encode(&frame, bytes, sizeof(bytes));
	require(r > 0);
	osdp_scan_receive(script->scan, bytes, (size_t) r, script->now_us);
}

static void
run_operation(struct script *script)
{
	uint8_t operation = next_byte(script);
	size_t size = operation >> 2;
	const uint8_t *bytes;

	switch (operation & 3) {
	case 0:
		bytes = next_bytes(script, &size);
		osdp_scan_receive(script->scan, bytes, size, script->now_us);
		break;
	case 1:
		answer(script);
		break;
	case 2:
		script->now_us += (uint64_t) size * 4 * US_PER_MS;
		break;
	default:
		script->now_us += 5 * US_PER_MS;
		break;
	}
	step(script);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script script = { .data = data + HEADER, .now_us = US_PER_S };

	if (size < HEADER)
		return 0;
	script.size = size - HEADER;
	struct osdp_scan_config config = {
		.speed_count = data[0] % (OSDP_SCAN_SPEEDS_MAX + 2),
		.speeds = { 9600, 38400, 115200, 19200, 57600, 230400 },
		.last_address = data[1],
		.is_single = data[2] & 1,
		.timeout_ms = data[3],
	};
	if (osdp_scan_new(&config, script.now_us, &script.scan) < 0)
		return 0;
	while (script.size > 0)
		run_operation(&script);
	/* From here on nobody answers. */
	for (unsigned i = 0; !osdp_scan_is_over(script.scan); i++) {
		require(i < QUESTIONS_MAX * STEPS_EACH);
		script.now_us = MAX_OF(script.now_us, osdp_scan_deadline_us(script.scan));
		step(&script);
	}
	osdp_scan_free(script.scan);
	return 0;
}
