#include "lib/cardformat.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "lib/cardformat_private.h"
#include "lib/util.h"

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
	return format->shape.bit_count;
}

const struct cardformat_shape *
cardformat_shape(const struct cardformat *format)
{
	return &format->shape;
}

int
cardformat_encode(const struct cardformat *format, uint32_t facility, uint64_t number, uint8_t *buf,
		  size_t size)
{
	struct cardformat_values values = { facility, number };

	return cardformat_shape_encode(&format->shape, &values, buf, size);
}

int
cardformat_decode_as(const struct cardformat *format, unsigned bit_count, const uint8_t *data,
		     struct cardformat_card *ret_card)
{
	struct cardformat_values values;
	int r = cardformat_shape_decode(&format->shape, bit_count, data, &values);

	if (r == 0)
		*ret_card = (struct cardformat_card){ format, values.facility, values.number };
	return r;
}

int
cardformat_decode(unsigned bit_count, const uint8_t *data, struct cardformat_card *ret_card)
{
	int r = -ENOENT;

	for (size_t i = 0; i < cardformat_count && cardformats[i].shape.bit_count > 0; i++) {
		int tried = cardformat_decode_as(&cardformats[i], bit_count, data, ret_card);
		if (tried == 0)
			return 0;
		if (tried == -EBADMSG)
			r = tried;
	}
	return r;
}

/* The N of "custom-N", 0 for another name. */
static unsigned
own_number(const char *name)
{
	unsigned number = 0;
	size_t prefix = strlen(CARDFORMAT_OWN_PREFIX);

	if (strncmp(name, CARDFORMAT_OWN_PREFIX, prefix) != 0 || name[prefix] == '0')
		return 0;
	for (const char *c = name + prefix; *c; c++) {
		if (*c < '0' || *c > '9' || number > CARDFORMATS_OWN)
			return 0;
		number = number * 10 + (unsigned) (*c - '0');
	}
	return number <= CARDFORMATS_OWN ? number : 0;
}

int
cardformat_position(const char *name)
{
	const struct cardformat *format = cardformat_by_name(name);
	unsigned own = own_number(name);

	if (own)
		return CARDFORMAT_OWN_FIRST + (int) own - 1;
	return format ? (int) cardformat_index(format) : -ENOENT;
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
		int position = cardformat_position(name);
		const struct cardformat *format = cardformat_by_name(name);
		if (position < 0 || (format && !format->shape.bit_count))
			return -EINVAL;
		for (int i = 0; i < count; i++)
			if (order[i] == position)
				return -EINVAL;
		order[count++] = (uint8_t) position;
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
