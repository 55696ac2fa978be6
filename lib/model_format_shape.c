#include "lib/model_format.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "lib/json.h"
#include "lib/model_fields.h"

/* A bit's number at the beginning of a text, which moves behind it. */
static int
take_bit(const char **text, unsigned bit_count)
{
	char *end;

	if (!isdigit((unsigned char) **text))
		return -EINVAL;
	unsigned long bit = strtoul(*text, &end, 10);
	*text = end;
	return bit < bit_count ? (int) bit : -ERANGE;
}

/* "1-12,14"; "" for none. -ERANGE: beyond the length; -EINVAL: no ranges. */
static int
parse_ranges(const char *text, unsigned bit_count, uint64_t *ret)
{
	uint64_t mask = 0;

	while (*text) {
		int first = take_bit(&text, bit_count);
		int last = first;
		if (first >= 0 && *text == '-') {
			text++;
			last = take_bit(&text, bit_count);
		}
		if (first < 0 || last < 0)
			return first < 0 ? first : last;
		if (last < first)
			return -EINVAL;
		mask |= cardformat_field_mask(
			(struct cardformat_field){ (uint8_t) first, (uint8_t) (last - first + 1) });
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return -EINVAL;
	}
	*ret = mask;
	return 0;
}

/* One without bits has no place either. */
static struct cardformat_field
field_of(const json_t *object, const char *first, const char *bits)
{
	uint8_t count = (uint8_t) json_integer_or(object, bits, 0);

	return (struct cardformat_field){
		.first = count ? (uint8_t) json_integer_or(object, first, 0) : 0,
		.count = count,
	};
}

static int
check_field(const struct cardformat_shape *shape, struct cardformat_field field, const char *name,
	    struct field_error *error)
{
	if (field.first + field.count <= shape->bit_count)
		return 0;
	return model_refuse_format(error, name, "bits %u to %u, of a card that ends with bit %u",
				   field.first, field.first + field.count - 1u,
				   shape->bit_count - 1u);
}

/* What may be said of a parity bit besides that it covers something. */
static int
check_parity(const struct cardformat_shape *shape, size_t i, struct field_error *error)
{
	const struct cardformat_parity *parity = &shape->parity[i];
	uint64_t bit = UINT64_C(1) << parity->bit;

	if (parity->mask & bit)
		return model_refuse_format(error, "parity", "entry %zu: bit %u covers itself",
					   i + 1, parity->bit);
	if (bit & (cardformat_field_mask(shape->facility) | cardformat_field_mask(shape->number)))
		return model_refuse_format(error, "parity", "entry %zu: bit %u is one of a field",
					   i + 1, parity->bit);
	if (bit & shape->ones)
		return model_refuse_format(error, "parity", "entry %zu: bit %u is always 1", i + 1,
					   parity->bit);
	for (size_t k = 0; k < i; k++) {
		if (shape->parity[k].bit == parity->bit)
			return model_refuse_format(error, "parity",
						   "entry %zu: bit %u is made by entry %zu", i + 1,
						   parity->bit, k + 1);
		if (shape->parity[k].mask & bit)
			return model_refuse_format(
				error, "parity",
				"entry %zu: entry %zu, which is made before, covers bit %u", i + 1,
				k + 1, parity->bit);
	}
	return 0;
}

static int
take_parity(const json_t *object, struct cardformat_shape *shape, struct field_error *error)
{
	const json_t *list = json_object_get(object, "parity");
	json_t *entry;
	size_t i;

	if (json_array_size(list) > CARDFORMAT_PARITY_MAX)
		return model_refuse(error, "parity", "too many entries");
	json_array_foreach (list, i, entry) {
		json_int_t bit = json_integer_or(entry, "bit", 0);
		struct cardformat_parity *parity = &shape->parity[i];
		int r = parse_ranges(json_string_or(entry, "covers", ""), shape->bit_count,
				     &parity->mask);
		if (r == -ERANGE || bit < 0 || bit >= shape->bit_count)
			return model_refuse_format(error, "parity",
						   "entry %zu: a card ends with bit %u", i + 1,
						   shape->bit_count - 1u);
		if (r < 0)
			return model_refuse_format(error, "parity",
						   "entry %zu: ranges such as 1-12,14", i + 1);
		parity->bit = (uint8_t) bit;
		parity->is_odd = json_bool_or(entry, "odd", false);
		r = check_parity(shape, i, error);
		if (r < 0)
			return r;
	}
	return 0;
}

int
model_format_shape(const json_t *object, struct cardformat_shape *ret, struct field_error *error)
{
	struct cardformat_shape shape = {
		.bit_count = (uint8_t) json_integer_or(object, "bits", 0),
		.facility = field_of(object, "facility_first", "facility_bits"),
		.number = field_of(object, "number_first", "number_bits"),
	};
	if (!shape.bit_count || shape.bit_count > CARDFORMAT_BITS_MAX)
		return model_refuse(error, "bits", "no length of a card");
	int r = check_field(&shape, shape.facility, "facility_bits", error);

	if (r == 0)
		r = check_field(&shape, shape.number, "number_bits", error);
	if (r < 0)
		return r;
	uint64_t used = cardformat_field_mask(shape.facility);
	if (used & cardformat_field_mask(shape.number))
		return model_refuse_format(error, "number_first", "the fields overlap");
	used |= cardformat_field_mask(shape.number);
	if (parse_ranges(json_string_or(object, "ones", ""), shape.bit_count, &shape.ones) < 0)
		return model_refuse_format(error, "ones", "ranges such as 0-3,7, of bits up to %u",
					   shape.bit_count - 1u);
	if (shape.ones & used)
		return model_refuse_format(error, "ones", "one of them is of a field");
	r = take_parity(object, &shape, error);
	if (r == 0)
		*ret = shape;
	return r;
}

int
model_format_holds(const struct cardformat_shape *shape, const json_t *credential,
		   struct field_error *error)
{
	uint8_t bits[CARDFORMAT_BITS_MAX / 8];
	struct cardformat_values facility = { .facility = (uint32_t) json_integer_or(
						      credential, "facility", 0) };
	struct cardformat_values number = { .number = (uint64_t) json_integer_or(credential, "card",
										 0) };

	if (cardformat_shape_encode(shape, &facility, bits, sizeof(bits)) < 0)
		return model_refuse(error, "facility", "larger than this card format holds");
	if (cardformat_shape_encode(shape, &number, bits, sizeof(bits)) < 0)
		return model_refuse(error, "card", "larger than this card format holds");
	return 0;
}
