#include "lib/cardformat.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/util.h"

enum { PARITY_MAX = 3 };

/*
 * Card bit i, counted from the first transmitted, is bit i of a mask or of a card held as an
 * integer. So masks read like the data sheets, and a field's first bit is its most significant.
 */
#define BITS(first, last)  ((UINT64_MAX >> (63 - ((last) - (first)))) << (first))
#define EVERY_THIRD(first) (UINT64_C(0x9249249249249249) << (first))

struct field {
	uint8_t first;
	uint8_t count; /* 0: the format has no such field. */
};

struct parity {
	uint64_t mask; /* What it covers; 0 ends the list. */
	uint8_t bit;
	bool is_odd;
};

struct cardformat {
	const char *name;
	uint8_t bit_count;
	struct field facility;
	struct field number;
	struct parity parity[PARITY_MAX]; /* In the order of making: later cover earlier. */
};

static const struct cardformat formats[] = {
	{
		.name = "h10301",
		.bit_count = 26,
		.facility = { .first = 1, .count = 8 },
		.number = { .first = 9, .count = 16 },
		.parity = {
			{ .bit = 0, .is_odd = false, .mask = BITS(1, 12) },
			{ .bit = 25, .is_odd = true, .mask = BITS(13, 24) },
		},
	},
	{
		.name = "h10306",
		.bit_count = 34,
		.facility = { .first = 1, .count = 16 },
		.number = { .first = 17, .count = 16 },
		.parity = {
			{ .bit = 0, .is_odd = false, .mask = BITS(1, 16) },
			{ .bit = 33, .is_odd = true, .mask = BITS(17, 32) },
		},
	},
	{
		.name = "c1000-35",
		.bit_count = 35,
		.facility = { .first = 2, .count = 12 },
		.number = { .first = 14, .count = 20 },
		.parity = {
			{ .bit = 1, .is_odd = false, .mask = BITS(2, 33) & ~EVERY_THIRD(1) },
			{ .bit = 34, .is_odd = true, .mask = BITS(1, 33) & ~EVERY_THIRD(0) },
			{ .bit = 0, .is_odd = true, .mask = BITS(1, 34) },
		},
	},
	{
		.name = "h10302",
		.bit_count = 37,
		.number = { .first = 1, .count = 35 },
		.parity = {
			{ .bit = 0, .is_odd = false, .mask = BITS(1, 18) },
			{ .bit = 36, .is_odd = true, .mask = BITS(18, 35) },
		},
	},
	{
		.name = "h10304",
		.bit_count = 37,
		.facility = { .first = 1, .count = 16 },
		.number = { .first = 17, .count = 19 },
		.parity = {
			{ .bit = 0, .is_odd = false, .mask = BITS(1, 18) },
			{ .bit = 36, .is_odd = true, .mask = BITS(18, 35) },
		},
	},
	{
		.name = "raw",
	},
};

static uint64_t
load_bits(unsigned bit_count, const uint8_t *data)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < bit_count; i++)
		bits |= (uint64_t) (data[i / 8] >> (7 - i % 8) & 1) << i;
	return bits;
}

static void
store_bits(uint64_t bits, unsigned bit_count, uint8_t *data)
{
	for (unsigned i = 0; i < bit_count; i++)
		data[i / 8] |= (uint8_t) ((bits >> i & 1) << (7 - i % 8));
}

static uint64_t
get_field(uint64_t bits, struct field field)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < field.count; i++)
		value = value << 1 | (bits >> (field.first + i) & 1);
	return value;
}

static uint64_t
put_field(uint64_t value, struct field field)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < field.count; i++)
		bits |= (value >> (field.count - 1u - i) & 1) << (field.first + i);
	return bits;
}

static bool
fits_field(uint64_t value, struct field field)
{
	return value >> field.count == 0;
}

static uint64_t
parity_bit(uint64_t bits, const struct parity *parity)
{
	unsigned is_odd_sum = (unsigned) __builtin_parityll(bits & parity->mask);

	return (uint64_t) (is_odd_sum ^ (parity->is_odd ? 1u : 0u)) << parity->bit;
}

static bool
parity_holds(const struct cardformat *format, uint64_t bits)
{
	for (size_t i = 0; i < PARITY_MAX && format->parity[i].mask != 0; i++) {
		const struct parity *parity = &format->parity[i];
		if ((bits & UINT64_C(1) << parity->bit) != parity_bit(bits, parity))
			return false;
	}
	return true;
}

static bool
has_length(const struct cardformat *format, unsigned bit_count)
{
	if (format->bit_count > 0)
		return format->bit_count == bit_count;
	return bit_count > 0 && bit_count <= CARDFORMAT_BITS_MAX;
}

const struct cardformat *
cardformat_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

const struct cardformat *
cardformat_by_index(size_t index)
{
	return index < ARRAY_LEN(formats) ? &formats[index] : NULL;
}

uint32_t
cardformat_index(const struct cardformat *format)
{
	return (uint32_t) (format - formats);
}

const char *
cardformat_name(const struct cardformat *format)
{
	return format->name;
}

unsigned
cardformat_bit_count(const struct cardformat *format)
{
	return format->bit_count;
}

int
cardformat_encode(const struct cardformat *format, uint32_t facility, uint64_t number, uint8_t *buf,
		  size_t size)
{
	if (format->bit_count == 0)
		return -ENOTSUP;
	if (!fits_field(facility, format->facility) || !fits_field(number, format->number))
		return -ERANGE;
	if (size < (format->bit_count + 7u) / 8)
		return -ENOBUFS;

	uint64_t bits = put_field(facility, format->facility) | put_field(number, format->number);
	for (size_t i = 0; i < PARITY_MAX && format->parity[i].mask != 0; i++)
		bits |= parity_bit(bits, &format->parity[i]);

	memset(buf, 0, size);
	store_bits(bits, format->bit_count, buf);
	return format->bit_count;
}

int
cardformat_decode_as(const struct cardformat *format, unsigned bit_count, const uint8_t *data,
		     struct cardformat_card *ret_card)
{
	if (!has_length(format, bit_count))
		return -ENOENT;

	uint64_t bits = load_bits(bit_count, data);
	if (!parity_holds(format, bits))
		return -EBADMSG;

	struct field whole = { .first = 0, .count = (uint8_t) bit_count };
	*ret_card = (struct cardformat_card){
		.format = format,
		.facility = (uint32_t) get_field(bits, format->facility),
		.number = get_field(bits, format->bit_count > 0 ? format->number : whole),
	};
	return 0;
}

int
cardformat_decode(unsigned bit_count, const uint8_t *data, struct cardformat_card *ret_card)
{
	int r = -ENOENT;

	for (size_t i = 0; i < ARRAY_LEN(formats) && formats[i].bit_count > 0; i++) {
		int tried = cardformat_decode_as(&formats[i], bit_count, data, ret_card);
		if (tried == 0)
			return 0;
		if (tried == -EBADMSG)
			r = tried;
	}
	return r;
}
