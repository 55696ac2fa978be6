/* Card formats of an administrator's own: length, fields, parity, and cards that prove them. */
#include "lib/model_format.h"

#include <errno.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/json.h"
#include "lib/model_fields.h"
#include "lib/util.h"

static const struct field parity_fields[] = {
	{ .name = "bit",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .max = CARDFORMAT_BITS_MAX - 1,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bit" },
	{ .name = "covers",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = 200,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Covers",
	  .doc = "Bits and ranges of bits, such as 1-12,14,16-18." },
	{ .name = "odd",
	  .type = FIELD_BOOL,
	  .fallback = "false",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Odd",
	  .doc = "Makes the number of ones among what it covers and itself odd, else even." },
};

static const struct field_table parity_table = { parity_fields, ARRAY_LEN(parity_fields) };

static const struct field vector_fields[] = {
	{ .name = "bits",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED,
	  .min = 2,
	  .max = CARDFORMAT_BITS_MAX / 4,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bits",
	  .doc = "Hexadecimal; the first bit is the highest of the first byte, and zeros fill the "
		 "last one." },
	{ .name = "facility",
	  .type = FIELD_INTEGER,
	  .max = (INT64_C(1) << CARDFORMAT_FACILITY_BITS) - 1,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Facility code" },
	{ .name = "number",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .max = (INT64_C(1) << CARDFORMAT_NUMBER_BITS) - 1,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Card number" },
};

static const struct field_table vector_table = { vector_fields, ARRAY_LEN(vector_fields) };

static const struct field fields[] = {
	{ .name = "bits",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .min = 4,
	  .max = CARDFORMAT_BITS_MAX,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bits",
	  .doc = "How many a card has. They are counted from 0, the one that is sent first." },
	{ .name = "facility_bits",
	  .type = FIELD_INTEGER,
	  .max = CARDFORMAT_FACILITY_BITS,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bits of the facility code",
	  .doc = "0: cards have none." },
	{ .name = "facility_first",
	  .type = FIELD_INTEGER,
	  .max = CARDFORMAT_BITS_MAX - 1,
	  .fallback = "0",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "First bit of the facility code" },
	{ .name = "name",
	  .type = FIELD_STRING,
	  .flags = FIELD_REQUIRED | FIELD_UNIQUE,
	  .min = 1,
	  .max = 32,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Name",
	  .doc = "What events call it. Cards are read by it once the setting cards.formats names "
		 "it, by its number: custom-1." },
	{ .name = "number_bits",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .min = 1,
	  .max = CARDFORMAT_NUMBER_BITS,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bits of the card number" },
	{ .name = "number_first",
	  .type = FIELD_INTEGER,
	  .flags = FIELD_REQUIRED,
	  .max = CARDFORMAT_BITS_MAX - 1,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "First bit of the card number" },
	{ .name = "ones",
	  .type = FIELD_STRING,
	  .max = 200,
	  .fallback = "\"\"",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Bits that are 1",
	  .doc = "Of every card, such as 0-3,7." },
	{ .name = "parity",
	  .type = FIELD_LIST,
	  .max = CARDFORMAT_PARITY_MAX,
	  .items = &parity_table,
	  .fallback = "[]",
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Parity",
	  .doc = "In the order in which it is made: what is later may cover what is earlier." },
	{ .name = "vectors",
	  .type = FIELD_LIST,
	  .flags = FIELD_REQUIRED,
	  .max = 8,
	  .items = &vector_table,
	  .role = ROLE_ADMINISTRATOR,
	  .label = "Known cards",
	  .doc = "One at least, whose bits and numbers are known. The format has to make the bits "
		 "of the numbers and the numbers of the bits." },
};

const struct model_kind model_card_format = {
	.name = "card_format",
	.plural = "card_formats",
	.max = CARDFORMATS_OWN,
	.duplicate = { "name", "name", "is a card format already" },
	.fields = { fields, ARRAY_LEN(fields) },
};

/* The bits of a known card, which must be all of a card and no more. */
static int
take_bits(const json_t *vector, unsigned bit_count, uint8_t bits[CARDFORMAT_BITS_MAX / 8])
{
	size_t size = (bit_count + 7u) / 8;
	const char *hex = json_string_or(vector, "bits", "");
	unsigned fill = (unsigned) size * 8 - bit_count;

	if (hex_decode(hex, bits, CARDFORMAT_BITS_MAX / 8) != (int) size ||
	    bits[size - 1] & ((1u << fill) - 1u))
		return -EINVAL;
	return 0;
}

/* What the format makes of a known card has to be what is known of it, both ways. */
static int
check_vector(const struct cardformat_shape *shape, size_t i, const json_t *vector,
	     struct field_error *error)
{
	uint8_t bits[CARDFORMAT_BITS_MAX / 8] = { 0 };
	uint8_t made[CARDFORMAT_BITS_MAX / 8] = { 0 };
	char hex[2 * sizeof(made) + 1];
	size_t size = (shape->bit_count + 7u) / 8;
	struct cardformat_values read;
	struct cardformat_values known = {
		.facility = (uint32_t) json_integer_or(vector, "facility", 0),
		.number = (uint64_t) json_integer_or(vector, "number", 0),
	};

	if (take_bits(vector, shape->bit_count, bits) < 0)
		return model_refuse_format(error, "vectors",
					   "entry %zu: %zu hexadecimal digits, %u bits and "
					   "zeros behind them",
					   i + 1, 2 * size, shape->bit_count);
	if (cardformat_shape_encode(shape, &known, made, sizeof(made)) < 0)
		return model_refuse_format(error, "vectors", "entry %zu: larger than its field",
					   i + 1);
	hex_encode(made, size, hex);
	if (cardformat_shape_decode(shape, shape->bit_count, bits, &read) < 0)
		return model_refuse_format(
			error, "vectors",
			"entry %zu: the parity is wrong; of its numbers %s is made", i + 1, hex);
	if (read.facility != known.facility || read.number != known.number)
		return model_refuse_format(error, "vectors",
					   "entry %zu: its bits are facility %u, number %llu",
					   i + 1, read.facility, (unsigned long long) read.number);
	if (memcmp(bits, made, size) != 0)
		return model_refuse_format(error, "vectors", "entry %zu: of its numbers %s is made",
					   i + 1, hex);
	return 0;
}

/* Events and settings name formats, so that a name must mean one. */
static int
check_name(const char *name, struct field_error *error)
{
	if (strpbrk(name, ":,"))
		return model_refuse(error, "name", "without colons and commas");
	if (cardformat_by_name(name))
		return model_refuse(error, "name", "the name of a built-in format");
	if (!strncmp(name, CARDFORMAT_OWN_PREFIX, strlen(CARDFORMAT_OWN_PREFIX)))
		return model_refuse(error, "name", "a name that settings use for any format");
	return 0;
}

int
model_card_format_check(const json_t *object, struct field_error *error)
{
	const json_t *vectors = json_object_get(object, "vectors");
	struct cardformat_shape shape;
	json_t *vector;
	size_t i;
	int r = check_name(json_string_or(object, "name", ""), error);

	if (r == 0)
		r = model_format_shape(object, &shape, error);
	if (r < 0)
		return r;
	if (!json_array_size(vectors))
		return model_refuse(error, "vectors", "one known card at least");
	json_array_foreach (vectors, i, vector) {
		r = check_vector(&shape, i, vector, error);
		if (r < 0)
			return r;
	}
	return 0;
}
