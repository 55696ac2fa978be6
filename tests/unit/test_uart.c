#include "board/uart.h"

#include <string.h>

#include "hw/osdp/frame.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static const uint32_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400 };

/* A poll, as a panel sends it. */
static size_t
make_poll(uint8_t bytes[32])
{
	struct osdp_frame frame = { .address = 1, .has_crc = true, .code = OSDP_CMD_POLL };

	bytes[0] = OSDP_MARK;
	int r = osdp_frame_encode(&frame, bytes + 1, 31);
	CU_ASSERT_FATAL(r > 0);
	return (size_t) r + 1;
}

static bool
has_frame(const uint8_t *bytes, size_t size)
{
	struct osdp_frame frame;
	struct osdp_rx rx;

	osdp_rx_reset(&rx);
	for (size_t used = 0; used < size;) {
		used += osdp_rx_feed(&rx, bytes + used, size - used);
		for (int r; (r = osdp_rx_next(&rx, &frame)) != 0;)
			if (r > 0)
				return true;
	}
	return false;
}

static void
test_the_same_speed_hears_every_byte(void)
{
	uint8_t sent[256];
	uint8_t heard[256];

	for (unsigned i = 0; i < sizeof(sent); i++)
		sent[i] = (uint8_t) i;
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
		memset(heard, 0xA5, sizeof(heard));
		CU_ASSERT_EQUAL(uart_hear(sent, 256, speeds[i], speeds[i], heard, 256), 256);
		CU_ASSERT(!memcmp(sent, heard, 256));
	}
}

static void
test_another_speed_hears_something_but_no_frame(void)
{
	uint8_t sent[32];
	uint8_t heard[512];
	size_t size = make_poll(sent);

	CU_ASSERT(has_frame(sent, size));
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		for (size_t j = 0; j < ARRAY_LEN(speeds); j++) {
			size_t got = uart_hear(sent, size, speeds[i], speeds[j], heard, 512);
			CU_ASSERT(got > 0);
			CU_ASSERT_EQUAL(has_frame(heard, got), i == j);
		}
}

/* 0x00 at half our speed is a start bit and eight zeros of two bits each: 18 bits low. */
static void
test_a_long_low_level_is_a_byte_of_zeros_with_a_broken_stop_bit(void)
{
	static const uint8_t zero[] = { 0 };
	uint8_t heard[8];

	CU_ASSERT_EQUAL(uart_hear(zero, 1, 9600, 19200, heard, 8), 1);
	CU_ASSERT_EQUAL(heard[0], 0);
	/* Twice as fast as ours: high again after four and a half of our bits. */
	CU_ASSERT_EQUAL(uart_hear(zero, 1, 19200, 9600, heard, 8), 1);
	CU_ASSERT_EQUAL(heard[0], 0xF8);
}

static void
test_no_more_is_heard_than_fits(void)
{
	static const uint8_t edges[] = { 0x55, 0x55, 0x55, 0x55 };
	uint8_t heard[4] = { 0 };

	CU_ASSERT_EQUAL(uart_hear(edges, 4, 9600, 230400, heard, 3), 3);
	CU_ASSERT_EQUAL(heard[3], 0);
	CU_ASSERT_EQUAL(uart_hear(edges, 0, 9600, 230400, heard, 3), 0);
}

static void
test_a_line_has_six_speeds(void)
{
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		CU_ASSERT(uart_is_speed(speeds[i]));
	CU_ASSERT(!uart_is_speed(0));
	CU_ASSERT(!uart_is_speed(9601));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_same_speed_hears_every_byte),
		TAP(test_another_speed_hears_something_but_no_frame),
		TAP(test_a_long_low_level_is_a_byte_of_zeros_with_a_broken_stop_bit),
		TAP(test_no_more_is_heard_than_fits),
		TAP(test_a_line_has_six_speeds),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
