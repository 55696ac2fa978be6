/* sources: lib/cardformat.c lib/cardformat_shape.c lib/cardformat_table.c */
/* libs: */
/*
 * Feeds foreign card bits to every format: what decodes must encode to the same bits again.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_round_trip(const struct cardformat *format, unsigned bit_count, const uint8_t *bits)
{
	struct cardformat_card card;
	uint8_t again[8] = { 0 };

	if (cardformat_decode_as(format, bit_count, bits, &card) < 0 ||
	    !cardformat_bit_count(format))
		return;
	int r = cardformat_encode(format, card.facility, card.number, again, sizeof(again));
	if (r != (int) bit_count || cardformat_decode_as(format, bit_count, again, &card) < 0)
		abort();
}

/* Turned twice a card is what it was, and the bits behind it stay zero. */
static void
check_turns(unsigned bit_count, const uint8_t bits[32])
{
	uint8_t turned[32];

	for (enum cardformat_turn turn = CARDFORMAT_AS_SENT; turn <= CARDFORMAT_BYTES_REVERSED;
	     turn++) {
		memcpy(turned, bits, sizeof(turned));
		cardformat_turn(turn, bit_count, turned, sizeof(turned));
		cardformat_turn(turn, bit_count, turned, sizeof(turned));
		for (unsigned i = 0; i < bit_count; i++)
			if ((turned[i / 8] ^ bits[i / 8]) & 0x80 >> i % 8)
				abort();
	}
}

static void
check_list(const uint8_t *data, size_t size)
{
	char text[200] = "";
	uint8_t order[CARDFORMAT_ORDER_MAX];

	memcpy(text, data, MIN_OF(size, sizeof(text) - 1));
	int count = cardformat_parse_list(text, order);
	for (int i = 0; i < count; i++) {
		const struct cardformat *format = cardformat_by_index(order[i]);
		bool is_own = order[i] >= CARDFORMAT_OWN_FIRST &&
			      order[i] < CARDFORMAT_OWN_FIRST + CARDFORMATS_OWN;
		if (is_own ? format != NULL : !format || !cardformat_bit_count(format))
			abort();
	}
}

/* Any bytes that pass as a shape can be used as one, and give what a credential can hold. */
static void
check_shape(const uint8_t *data, size_t size, const uint8_t bits[32])
{
	struct cardformat_shape shape;
	struct cardformat_values values;
	uint8_t again[8];

	if (size < sizeof(shape))
		return;
	memcpy(&shape, data, sizeof(shape));
	if (!cardformat_shape_is_sound(&shape) ||
	    cardformat_shape_decode(&shape, shape.bit_count, bits, &values) < 0)
		return;
	if (values.facility >> CARDFORMAT_FACILITY_BITS || values.number >> CARDFORMAT_NUMBER_BITS)
		abort();
	if (cardformat_shape_encode(&shape, &values, again, sizeof(again)) != shape.bit_count)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct cardformat *format;
	struct cardformat_card card;
	uint8_t bits[32] = { 0 };

	if (size < 2)
		return 0;
	memcpy(bits, data + 1, MIN_OF(size - 1, sizeof(bits)));
	(void) cardformat_decode(data[0], bits, &card);
	for (size_t i = 0; (format = cardformat_by_index(i)); i++)
		check_round_trip(format, data[0], bits);
	check_turns(data[0], bits);
	check_list(data + 1, size - 1);
	check_shape(data + 1, size - 1, bits);
	return 0;
}
