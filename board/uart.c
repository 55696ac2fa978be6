#include "board/uart.h"

#include "lib/util.h"

#define FRAME_BITS 10 /* start, eight data bits, stop */

struct wave {
	const uint8_t *bytes;
	uint64_t bits;
};

bool
uart_is_speed(uint32_t baud)
{
	static const uint32_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400 };

	for (size_t i = 0; i < ARRAY_LEN(speeds); i++)
		if (speeds[i] == baud)
			return true;
	return false;
}

/* An idle line is high. */
static bool
level(const struct wave *wave, uint64_t bit)
{
	unsigned place = (unsigned) (bit % FRAME_BITS);

	if (bit >= wave->bits || place == FRAME_BITS - 1)
		return true;
	return place > 0 && (wave->bytes[bit / FRAME_BITS] >> (place - 1) & 1);
}

/* The next bit from here on at which the line falls; wave->bits when it does not. */
static uint64_t
next_edge(const struct wave *wave, uint64_t bit)
{
	for (; bit < wave->bits; bit++)
		if (!level(wave, bit) && (bit == 0 || level(wave, bit - 1)))
			break;
	return bit;
}

size_t
uart_hear(const uint8_t *sent, size_t size, uint32_t sent_baud, uint32_t baud, uint8_t *heard,
	  size_t heard_max)
{
	const struct wave wave = { sent, size * FRAME_BITS };
	size_t used = 0;

	/* In units of which a sender's bit has baud, and one of ours sent_baud. */
	for (uint64_t edge = next_edge(&wave, 0); edge < wave.bits && used < heard_max;) {
		uint64_t start = edge * baud;
		unsigned byte = 0;
		for (unsigned i = 1; i < FRAME_BITS - 1; i++) {
			uint64_t middle = start + sent_baud * (2ull * i + 1) / 2;
			byte |= (unsigned) level(&wave, middle / baud) << (i - 1);
		}
		heard[used++] = (uint8_t) byte;
		/* From the middle of the stop bit on, whatever it was, it waits for another start.
		 */
		uint64_t stop = start + sent_baud * (2ull * FRAME_BITS - 1) / 2;
		edge = next_edge(&wave, MAX_OF(stop / baud, edge + 1));
	}
	return used;
}
