#include "lib/cardformat_shape.h"

#include <errno.h>
#include <string.h>

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
get_field(uint64_t bits, struct cardformat_field field)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < field.count; i++)
		value = value << 1 | (bits >> (field.first + i) & 1);
	return value;
}

static uint64_t
put_field(uint64_t value, struct cardformat_field field)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < field.count; i++)
		bits |= (value >> (field.count - 1u - i) & 1) << (field.first + i);
	return bits;
}

static bool
fits_field(uint64_t value, struct cardformat_field field)
{
	return value >> field.count == 0;
}

static uint64_t
parity_bit(uint64_t bits, const struct cardformat_parity *parity)
{
	unsigned is_odd_sum = (unsigned) __builtin_parityll(bits & parity->mask);

	return (uint64_t) (is_odd_sum ^ (parity->is_odd ? 1u : 0u)) << parity->bit;
}

/* Of the 32 bits before its eight: the exclusive or of their four bytes. */
static uint64_t
xor_bits(uint64_t bits)
{
	return (bits ^ bits >> 8 ^ bits >> 16 ^ bits >> 24) & 0xff;
}

static bool
parity_holds(const struct cardformat_shape *shape, uint64_t bits)
{
	if ((bits & shape->ones) != shape->ones)
		return false;
	if (shape->has_xor && bits >> 32 != xor_bits(bits))
		return false;
	for (size_t i = 0; i < CARDFORMAT_PARITY_MAX && shape->parity[i].mask != 0; i++) {
		const struct cardformat_parity *parity = &shape->parity[i];
		if ((bits & UINT64_C(1) << parity->bit) != parity_bit(bits, parity))
			return false;
	}
	return true;
}

static bool
has_length(const struct cardformat_shape *shape, unsigned bit_count)
{
	if (shape->bit_count > 0)
		return shape->bit_count == bit_count;
	return bit_count > 0 && bit_count <= CARDFORMAT_BITS_MAX;
}

int
cardformat_shape_encode(const struct cardformat_shape *shape,
			const struct cardformat_values *values, uint8_t *buf, size_t size)
{
	if (shape->bit_count == 0)
		return -ENOTSUP;
	if (!fits_field(values->facility, shape->facility) ||
	    !fits_field(values->number, shape->number))
		return -ERANGE;
	if (size < (shape->bit_count + 7u) / 8)
		return -ENOBUFS;

	uint64_t bits = shape->ones | put_field(values->facility, shape->facility) |
			put_field(values->number, shape->number);
	for (size_t i = 0; i < CARDFORMAT_PARITY_MAX && shape->parity[i].mask != 0; i++)
		bits |= parity_bit(bits, &shape->parity[i]);
	if (shape->has_xor)
		bits |= xor_bits(bits) << 32;

	memset(buf, 0, size);
	store_bits(bits, shape->bit_count, buf);
	return shape->bit_count;
}

int
cardformat_shape_decode(const struct cardformat_shape *shape, unsigned bit_count,
			const uint8_t *data, struct cardformat_values *ret)
{
	if (!has_length(shape, bit_count))
		return -ENOENT;

	uint64_t bits = load_bits(bit_count, data);
	if (!parity_holds(shape, bits))
		return -EBADMSG;

	struct cardformat_field whole = { .first = 0, .count = (uint8_t) bit_count };
	*ret = (struct cardformat_values){
		.facility = (uint32_t) get_field(bits, shape->facility),
		.number = get_field(bits, shape->bit_count > 0 ? shape->number : whole),
	};
	return 0;
}

uint64_t
cardformat_field_mask(struct cardformat_field field)
{
	uint64_t mask = 0;

	for (unsigned i = 0; i < field.count; i++)
		mask |= UINT64_C(1) << (field.first + i);
	return mask;
}

static bool
is_field_sound(struct cardformat_field field, unsigned bit_count, unsigned most)
{
	return field.count <= most && field.first + field.count <= bit_count;
}

/* As bytes: foreign memory may have a bool that is none. */
static bool
is_bool(const bool *value)
{
	return *(const unsigned char *) value <= 1;
}

bool
cardformat_shape_is_sound(const struct cardformat_shape *shape)
{
	if (!shape->bit_count || shape->bit_count > CARDFORMAT_BITS_MAX ||
	    !is_bool(&shape->has_xor) || (shape->has_xor && shape->bit_count != 40) ||
	    !is_field_sound(shape->facility, shape->bit_count, CARDFORMAT_FACILITY_BITS) ||
	    !is_field_sound(shape->number, shape->bit_count, CARDFORMAT_NUMBER_BITS))
		return false;
	for (size_t i = 0; i < CARDFORMAT_PARITY_MAX; i++)
		if (!is_bool(&shape->parity[i].is_odd) || shape->parity[i].bit >= shape->bit_count)
			return false;
	return true;
}
