#include "lib/cardformat.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/cardformat_private.h"
#include "lib/util.h"

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
get_field(uint64_t bits, struct field_bits field)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < field.count; i++)
		value = value << 1 | (bits >> (field.first + i) & 1);
	return value;
}

static uint64_t
put_field(uint64_t value, struct field_bits field)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < field.count; i++)
		bits |= (value >> (field.count - 1u - i) & 1) << (field.first + i);
	return bits;
}

static bool
fits_field(uint64_t value, struct field_bits field)
{
	return value >> field.count == 0;
}

static uint64_t
parity_bit(uint64_t bits, const struct parity *parity)
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
parity_holds(const struct cardformat *format, uint64_t bits)
{
	if ((bits & format->ones) != format->ones)
		return false;
	if (format->has_xor && bits >> 32 != xor_bits(bits))
		return false;
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
	for (size_t i = 0; i < cardformat_count; i++)
		if (strcmp(cardformats[i].name, name) == 0)
			return &cardformats[i];
	return NULL;
}

const struct cardformat *
cardformat_by_index(size_t index)
{
	return index < cardformat_count ? &cardformats[index] : NULL;
}

uint32_t
cardformat_index(const struct cardformat *format)
{
	return (uint32_t) (format - cardformats);
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

	uint64_t bits = format->ones | put_field(facility, format->facility) |
			put_field(number, format->number);
	for (size_t i = 0; i < PARITY_MAX && format->parity[i].mask != 0; i++)
		bits |= parity_bit(bits, &format->parity[i]);
	if (format->has_xor)
		bits |= xor_bits(bits) << 32;

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

	struct field_bits whole = { .first = 0, .count = (uint8_t) bit_count };
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

	for (size_t i = 0; i < cardformat_count && cardformats[i].bit_count > 0; i++) {
		int tried = cardformat_decode_as(&cardformats[i], bit_count, data, ret_card);
		if (tried == 0)
			return 0;
		if (tried == -EBADMSG)
			r = tried;
	}
	return r;
}

int
cardformat_parse_list(const char *text, uint8_t order[CARDFORMAT_ORDER_MAX])
{
	char name[16];
	int count = 0;

	for (const char *rest = text; *rest;) {
		size_t size = strcspn(rest, ",");
		if (size == 0 || size >= sizeof(name) || count == CARDFORMAT_ORDER_MAX)
			return -EINVAL;
		memcpy(name, rest, size);
		name[size] = '\0';
		const struct cardformat *format = cardformat_by_name(name);
		if (!format || !format->bit_count)
			return -EINVAL;
		for (int i = 0; i < count; i++)
			if (order[i] == cardformat_index(format))
				return -EINVAL;
		order[count++] = (uint8_t) cardformat_index(format);
		rest += size;
		if (*rest == ',' && !*++rest)
			return -EINVAL;
	}
	return count ? count : -EINVAL;
}

static unsigned
get_bit(const uint8_t *data, unsigned bit)
{
	return data[bit / 8] >> (7 - bit % 8) & 1u;
}

void
cardformat_turn(enum cardformat_turn turn, unsigned bit_count, uint8_t *data, size_t size)
{
	uint8_t turned[64] = { 0 };

	if (turn == CARDFORMAT_AS_SENT || size > sizeof(turned) || bit_count > size * 8)
		return;
	/* Bytes change places only if there are whole ones. */
	if (turn == CARDFORMAT_BYTES_REVERSED && bit_count % 8)
		return;
	for (unsigned i = 0; i < bit_count; i++) {
		unsigned from = bit_count - 1 - i;
		if (turn == CARDFORMAT_BYTES_REVERSED)
			from = (bit_count / 8 - 1 - i / 8) * 8 + i % 8;
		turned[i / 8] |= (uint8_t) (get_bit(data, from) << (7 - i % 8));
	}
	memcpy(data, turned, size);
}
