#include "board/types.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "board/uart.h"
#include "board/words.h"
#include "lib/cardformat.h"
#include "lib/model.h"
#include "lib/util.h"

#define DAY_US	       (24 * 3600 * (long long) US_PER_S)
#define DIGITS_MAX     9
#define THOUSANDTHS    1000
#define BIT(kind)      (1u << (kind))
#define KINDS_CONTACTS (BIT(INV_LOCK_RELAY) | BIT(INV_AUX_RELAY) | BIT(INV_RELAY))
#define KINDS_OUTPUTS  (KINDS_CONTACTS | BIT(INV_OUTPUT) | BIT(INV_AUX_IO))
#define KINDS_INPUTS                                                                            \
	(BIT(INV_CONTACT) | BIT(INV_REX) | BIT(INV_INPUT) | BIT(INV_AUX_IO) | BIT(INV_TAMPER) | \
	 BIT(INV_ALARM))
#define KINDS_RAILS \
	(BIT(INV_SUPPLY_IN) | BIT(INV_SUPPLY_OUT) | BIT(INV_LOCK_RELAY) | BIT(INV_RELAY))

int
parse_thousandths(const char *text, size_t size, long long *ret)
{
	const char *end = text + size;
	bool is_negative = text < end && *text == '-';
	unsigned digits = 0;
	unsigned places = 0;
	long long value = 0;

	for (text += is_negative; text < end && isdigit((unsigned char) *text); text++, digits++)
		value = digits < DIGITS_MAX ? value * 10 + (*text - '0') : value;
	bool is_whole = digits > 0 && digits <= DIGITS_MAX;
	if (is_whole && text < end && *text == '.')
		for (text++; text < end && isdigit((unsigned char) *text) && places < 3; text++) {
			value = value * 10 + (*text - '0');
			places++;
		}
	if (!is_whole || text != end || end[-1] == '.')
		return -EINVAL;
	for (; places < 3; places++)
		value *= 10;
	*ret = is_negative ? -value : value;
	return 0;
}

int
parse_duration(const char *text, long long *ret_us)
{
	static const struct {
		const char *unit;
		long long us_per_thousandth;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 } };
	size_t digits = strspn(text, "0123456789.");
	long long thousandths;

	if (parse_thousandths(text, digits, &thousandths) < 0)
		return -EINVAL;
	if (thousandths == 0 && !text[digits]) {
		*ret_us = 0;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (!strcmp(units[i].unit, text + digits) &&
		    thousandths <= DAY_US / units[i].us_per_thousandth) {
			*ret_us = thousandths * units[i].us_per_thousandth;
			return 0;
		}
	return -EINVAL;
}

static int
take_number(const struct type *type, struct value *value)
{
	bool is_negative = *value->text == '-';
	long long number;

	if (parse_number(value->text + is_negative, &number) < 0)
		return -EINVAL;
	value->number = is_negative ? -number : number;
	return value->number < type->min || value->number > type->max ? -EINVAL : 0;
}

static int
take_baud(const struct type *type UNUSED, struct value *value)
{
	if (parse_number(value->text, &value->number) < 0 || value->number > UINT32_MAX)
		return -EINVAL;
	return uart_is_speed((uint32_t) value->number) ? 0 : -EINVAL;
}

static int
take_duration(const struct type *type, struct value *value)
{
	int r = parse_duration(value->text, &value->number);

	return r == 0 && value->number < type->min ? -EINVAL : r;
}

static int
take_celsius(const struct type *type, struct value *value)
{
	int r = parse_thousandths(value->text, strlen(value->text), &value->number);

	return r == 0 && (value->number < type->min || value->number > type->max) ? -EINVAL : r;
}

/* "20..80": the second one is found again behind the dots. */
static int
take_range(const struct type *type, struct value *value)
{
	const char *dots = strstr(value->text, "..");
	long long last;

	if (!dots ||
	    parse_thousandths(value->text, (size_t) (dots - value->text), &value->number) < 0 ||
	    parse_thousandths(dots + 2, strlen(dots + 2), &last) < 0)
		return -EINVAL;
	bool is_within = value->number >= type->min && value->number <= type->max &&
			 last >= type->min && last <= type->max;
	return is_within ? 0 : -EINVAL;
}

/* "5%/s": thousandths of a per cent. */
static int
take_rate(const struct type *type, struct value *value)
{
	size_t digits = strspn(value->text, "0123456789.");

	if (strcmp(value->text + digits, "%/s") != 0 ||
	    parse_thousandths(value->text, digits, &value->number) < 0)
		return -EINVAL;
	return value->number < type->min || value->number > type->max ? -EINVAL : 0;
}

static int
take_percent(const struct type *type, struct value *value)
{
	size_t size = strlen(value->text);

	if (size && value->text[size - 1] == '%')
		size--;
	if (parse_thousandths(value->text, size, &value->number) < 0 || value->number % THOUSANDTHS)
		return -EINVAL;
	value->number /= THOUSANDTHS;
	return value->number < type->min || value->number > type->max ? -EINVAL : 0;
}

static int
take_point(const struct type *type, struct value *value)
{
	value->point = inventory_find(value->text);
	return value->point && type_suits(type, value->point) ? 0 : -EINVAL;
}

/* min and max are of the number of characters. */
static int
take_hex(const struct type *type, struct value *value)
{
	size_t size = strlen(value->text);

	if (size < (size_t) type->min || size > (size_t) type->max || size % 2)
		return -EINVAL;
	return strspn(value->text, "0123456789abcdefABCDEF") == size ? 0 : -EINVAL;
}

static int
take_keys(const struct type *type, struct value *value)
{
	size_t size = strlen(value->text);

	if (size < (size_t) type->min || size > (size_t) type->max)
		return -EINVAL;
	return strspn(value->text, "0123456789*#") == size ? 0 : -EINVAL;
}

static int
take_format(const struct type *type UNUSED, struct value *value)
{
	return cardformat_by_name(value->text) ? 0 : -EINVAL;
}

static int
take_scheme(const struct type *type UNUSED, struct value *value)
{
	static const char *const names[] = { "none",	   "parallel_22k_4k7", "serial_1k",
					     "serial_2k2", "serial_4k7",       "serial_10k" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!strcmp(names[i], value->text))
			return 0;
	return -EINVAL;
}

static int
take_text(const struct type *type UNUSED, struct value *value)
{
	return *value->text ? 0 : -EINVAL;
}

#define NUMBER(name, min, max, wants)                 \
	{                                             \
		name, take_number, min, max, 0, wants \
	}
#define POINT(name, kinds, wants)                    \
	{                                            \
		name, take_point, 0, 0, kinds, wants \
	}

static const struct type types[] = {
	NUMBER("READER", 1, READERS, "a reader from 1 to 8"),
	NUMBER("BUS", 1, READERS / 2, "a bus from 1 to 4"),
	NUMBER("ADDRESS", 0, 126, "an address from 0 to 126"),
	NUMBER("FACILITY", 0, UINT32_MAX, "a facility code"),
	NUMBER("CARD", 0, INT64_C(9007199254740991), "a card number"),
	NUMBER("BITS", 1, 256, "from 1 to 256 bits"),
	NUMBER("COUNT", 1, 1000, "a number from 1 to 1000"),
	NUMBER("CHANNEL", 1, 32, "a number from 1 to 32"),
	NUMBER("CHANNELS", 0, 32, "a number from 0 to 32"),
	NUMBER("MA", 0, 20000, "milliamperes from 0 to 20000"),
	NUMBER("MV", 0, 60000, "millivolts from 0 to 60000"),
	NUMBER("OHMS", 0, 1000000, "ohms from 0 to 1000000"),
	NUMBER("MILLISECONDS", 0, 3600000, "milliseconds up to an hour"),
	{ "BAUD", take_baud, 0, 0, 0, "9600, 19200, 38400, 57600, 115200 or 230400" },
	{ "PERCENT", take_percent, -99, 1000, 0, "per cent from -99 to 1000" },
	{ "RATE", take_rate, 1, 1000000, 0, "a rate as 5%/s" },
	{ "DURATION", take_duration, 0, 0, 0, "a time as 25s, 1.5s, 200ms or 2m" },
	{ "PERIOD", take_duration, 1000, 0, 0, "a time of 1ms or more" },
	{ "CELSIUS", take_celsius, -40000, 125000, 0, "degrees Celsius from -40 to 125" },
	{ "RANGE", take_range, -40000, 125000, 0, "degrees Celsius as 20..80" },
	{ "HEX", take_hex, 2, 1024, 0, "1 to 512 bytes in hex" },
	{ "KEYS", take_keys, 1, 32, 0, "up to 32 of 0 to 9, * and #" },
	{ "FORMAT", take_format, 0, 0, 0, "a card format as h10301" },
	{ "SCHEME", take_scheme, 0, 0, 0, "none, parallel_22k_4k7 or serial_1k, _2k2, _4k7, _10k" },
	{ "TEXT", take_text, 0, 0, 0, "some words" },
	POINT("INPUT", KINDS_INPUTS,
	      "input1 to input3, tamper, alarm, aux1, aux2, doorN.contact or doorN.rex"),
	POINT("REX", BIT(INV_REX), "doorN.rex"),
	POINT("RELAY", KINDS_OUTPUTS,
	      "doorN.lock, doorN.aux, relay, output1 to output3, aux1 or aux2"),
	POINT("CONTACTS", KINDS_CONTACTS, "doorN.lock, doorN.aux or relay"),
	POINT("LOAD", KINDS_OUTPUTS | BIT(INV_SUPPLY_OUT), "a supply or an output"),
	POINT("SUPPLY", BIT(INV_SUPPLY_IN), "poe, poe_plus, dc_in or doors1_4.dc_in"),
	POINT("RAIL", KINDS_RAILS, "a supply in or out, doorN.lock or relay"),
	POINT("JUMPER", BIT(INV_JUMPER), "relay.jumper or doors1_4.jumper"),
	POINT("POINT", ~0u, "a point of the board"),
};

const struct type *
type_find(const char *name, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (strlen(types[i].name) == size && !memcmp(types[i].name, name, size))
			return &types[i];
	return NULL;
}

const struct type *
type_at(size_t index)
{
	return index < ARRAY_LEN(types) ? &types[index] : NULL;
}

bool
type_suits(const struct type *type, const struct inventory_row *point)
{
	return point->is_fitted && (type->kinds & BIT(point->kind)) != 0;
}
