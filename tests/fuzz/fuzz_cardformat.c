/* sources: lib/cardformat.c lib/cardformat_table.c */
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
	return 0;
}
