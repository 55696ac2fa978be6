/* Words about readers and their buses. */
#include <errno.h>
#include <string.h>

#include "board/board.h"
#include "board/line.h"
#include "board/peripheral.h"
#include "board/table.h"
#include "lib/cardformat.h"
#include "lib/util.h"

#define CARD_BYTES   32
#define BABBLE_US    (20 * US_PER_MS)
#define BABBLE_BYTES 16

static struct reader *
reader_of(struct board *board, const struct order *order)
{
	return board_reader(board, (unsigned) order_number(order, "READER", 0));
}

/* Fills data and returns the number of bits, or refuses. */
static int
card_bits(const struct order *order, uint8_t data[CARD_BYTES], struct outcome *outcome)
{
	const char *bits = order_text(order, "--bits");
	long long bit_count = order_number(order, "--bit-count", 0);
	const char *name = order_text(order, "--format");

	if (bits) {
		int size = hex_decode(bits, data, CARD_BYTES);
		if (size > 0 && bit_count > 0 && bit_count <= size * 8)
			return (int) bit_count;
		return outcome_refuse(outcome, RPC_BAD_PARAMS, "bits",
				      "up to 32 bytes in hex, with --bit-count within them");
	}
	if (!order_has(order, "--card"))
		return outcome_refuse(outcome, RPC_BAD_PARAMS, "card", "a card needs a number");
	int r = cardformat_encode(cardformat_by_name(name ? name : "h10301"),
				  (uint32_t) order_number(order, "--facility", 0),
				  (uint64_t) order_number(order, "--card", 0), data, CARD_BYTES);
	if (r < 0)
		return outcome_refuse(outcome, RPC_BAD_PARAMS, "card",
				      "facility or card does not fit into the format");
	return r;
}

/* A reader that is mounted upside down, as its installer says, sends the last bit first. */
static void
reverse_bits(uint8_t data[CARD_BYTES], unsigned bit_count)
{
	uint8_t reversed[CARD_BYTES] = { 0 };

	for (unsigned i = 0; i < bit_count; i++) {
		unsigned from = bit_count - 1 - i;
		if (data[from / 8] & 0x80 >> from % 8)
			reversed[i / 8] |= (uint8_t) (0x80 >> i % 8);
	}
	memcpy(data, reversed, CARD_BYTES);
}

int
do_badge(struct board *board, const struct order *order, struct outcome *outcome)
{
	uint8_t data[CARD_BYTES] = { 0 };
	int bits = card_bits(order, data, outcome);

	if (bits < 0)
		return bits;
	if (order_has(order, "--reversed"))
		reverse_bits(data, (unsigned) bits);
	if (reader_badge(reader_of(board, order), (unsigned) bits, data) < 0)
		return outcome_refuse(outcome, RPC_TOO_MANY, "reader",
				      "eight cards wait at this reader already");
	return 0;
}

int
do_reader(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return reader_set(reader_of(board, order), order_choice(order, 0), "");
}

int
do_reader_swap(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return reader_set(reader_of(board, order), "swap", "");
}

int
do_reader_swap_keyed(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return reader_set(reader_of(board, order), "swap", "keyed");
}

int
do_reader_key(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return reader_set(reader_of(board, order), "key", order_choice(order, 0));
}

int
do_reader_power(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	return reader_set(reader_of(board, order), "power", order_choice(order, 0));
}

int
do_reader_late(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	reader_peripheral(reader_of(board, order))->late_us =
		(uint64_t) order_number(order, "DURATION", 0);
	return 0;
}

int
do_reader_busy(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	osdp_pd_set_busy(reader_peripheral(reader_of(board, order))->pd,
			 (unsigned) order_number(order, "COUNT", 1));
	return 0;
}

int
do_reader_speed(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	peripheral_set_baud(reader_peripheral(reader_of(board, order)),
			    (uint32_t) order_number(order, "BAUD", 0));
	return 0;
}

/* Each time other bytes, and every time it is played the same ones. */
static bool
step_babble(struct board *board, struct course *course)
{
	uint8_t noise[BABBLE_BYTES];

	for (size_t i = 0; i < sizeof(noise); i++) {
		course->value = (course->value * 1103515245 + 12345) & INT32_MAX;
		noise[i] = (uint8_t) (course->value >> 16);
	}
	line_inject(board->lines[(course->subject - 1) / READERS_PER_BUS], noise, sizeof(noise));
	course->at_us += BABBLE_US;
	return true;
}

int
do_babble(struct board *board, const struct order *order, struct outcome *outcome)
{
	size_t reader = (size_t) order_number(order, "READER", 1);

	if (strcmp(order_choice(order, 0), "babbles") != 0)
		course_stop(&board->courses, step_babble, reader);
	else if (!course_start(&board->courses, step_babble, reader, board->now_us))
		return outcome_refuse(outcome, RPC_TOO_MANY, NULL, "%d things go on already",
				      COURSES_MAX);
	return 0;
}

int
do_type(struct board *board, const struct order *order, struct outcome *outcome)
{
	if (reader_type(reader_of(board, order), order_text(order, "KEYS")) < 0)
		return outcome_refuse(outcome, RPC_TOO_MANY, "reader",
				      "what was typed before waits at this reader already");
	return 0;
}

int
do_inject(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	uint8_t bytes[512];
	int size = hex_decode(order_text(order, "HEX"), bytes, sizeof(bytes));

	if (size < 0)
		return size;
	line_inject(board->lines[order_number(order, "BUS", 1) - 1], bytes, (size_t) size);
	return 0;
}

int
do_storm(struct board *board, const struct order *order, struct outcome *outcome UNUSED)
{
	uint64_t for_us = (uint64_t) order_number(order, "MILLISECONDS", 0) * US_PER_MS;

	for (unsigned i = 1; i <= READERS; i++)
		reader_storm(board_reader(board, i), board->now_us + for_us);
	return 0;
}

int
do_show_reader(struct board *board, const struct order *order, struct outcome *outcome)
{
	outcome->result =
		json_pack("{so}", "device", reader_show(reader_of(board, order), board->now_us));
	return 0;
}

int
do_answered(struct board *board, const struct order *order, struct outcome *outcome)
{
	outcome->result = json_pack("{so}", "numbers", reader_answered(reader_of(board, order)));
	return 0;
}
