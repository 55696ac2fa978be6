#include "lib/cardformat.h"
#include "lib/json.h"
#include "lib/model.h"
#include "lib/model_format.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Facility code in bits 1 to 12, number in bits 13 to 30. */
#define GATE                                                                               \
	"'name':'Gate','bits':32,'facility_first':1,'facility_bits':12,'number_first':13," \
	"'number_bits':18,'parity':[{'bit':0,'covers':'1-16'},"                            \
	"{'bit':31,'odd':true,'covers':'15-30'}]"
#define KNOWN "'vectors':[{'bits':'A691BBAA','facility':1234,'number':56789}]"

/* JSON with ' in place of ". */
static json_t *
parse(const char *text)
{
	_cleanup_(freep) char *quoted = xstrdup(text);

	for (char *c = quoted; *c; c++)
		if (*c == '\'')
			*c = '"';
	json_t *object = json_loads(quoted, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	return object;
}

/* "field: message" of what is wrong with a format, which is GATE with these members; "". */
static const char *
check(const char *members)
{
	static char said[256];
	const struct model_kind *kind = model_find("card_format");
	struct field_error error;
	_cleanup_(json_decrefp) json_t *object = parse("{" GATE "," KNOWN "}");
	_cleanup_(freep) char *text = xasprintf("{%s}", members);
	_cleanup_(json_decrefp) json_t *patch = parse(text);

	(void) json_object_update(object, patch);
	field_fill(&kind->fields, object);
	if (field_check_object(&kind->fields, object, &error) == 0 &&
	    model_check(kind, object, &error) == 0)
		return "";
	(void) snprintf(said, sizeof(said), "%s: %s", error.field, error.message);
	return said;
}

#define IS(members, said)                                              \
	do {                                                           \
		const char *is = check(members);                       \
		if (strcmp(is, said) != 0)                             \
			printf("# %s\n#   instead of %s\n", is, said); \
		CU_ASSERT_STRING_EQUAL(is, said);                      \
	} while (0)

static void
test_a_format_with_a_known_card_is_taken(void)
{
	IS("'name':'Gate'", "");
	IS("'vectors':[{'bits':'A691BBAA','facility':1234,'number':56789},"
	   "{'bits':'00000001','number':0},{'bits':'7fffffff','facility':4095,'number':262143}]",
	   "");
	IS("'bits':4,'facility_bits':0,'number_first':0,'number_bits':4,'parity':[],"
	   "'vectors':[{'bits':'A0','number':10}]",
	   "");
	IS("'bits':64,'facility_bits':22,'facility_first':4,'number_first':26,'number_bits':38,"
	   "'ones':'0-1,3','parity':[],"
	   "'vectors':[{'bits':'DFFFFFFFFFFFFFFF','facility':4194303,'number':274877906943}]",
	   "");
}

static void
test_fields_that_no_card_has_are_refused(void)
{
	IS("'bits':3", "bits: a whole number from 4 to 64");
	IS("'bits':65", "bits: a whole number from 4 to 64");
	IS("'number_bits':20", "number_bits: bits 13 to 32, of a card that ends with bit 31");
	IS("'facility_first':30", "facility_bits: bits 30 to 41, of a card that ends with bit 31");
	IS("'facility_bits':13", "number_first: the fields overlap");
	IS("'number_first':12", "number_first: the fields overlap");
	IS("'number_bits':0", "number_bits: a whole number from 1 to 38");
	/* More than a credential can hold. */
	IS("'number_bits':39", "number_bits: a whole number from 1 to 38");
	IS("'facility_bits':23", "facility_bits: a whole number from 0 to 22");
	/* Where a field would be that there is not says nothing. */
	IS("'facility_bits':0,'facility_first':63,'parity':[],"
	   "'vectors':[{'bits':'00000002','number':1}]",
	   "");
}

static void
test_parity_that_cannot_be_made_is_refused(void)
{
	IS("'parity':[{'bit':0,'covers':'0-16'}]", "parity: entry 1: bit 0 covers itself");
	IS("'parity':[{'bit':0,'covers':'1-16'},{'bit':13,'covers':'1'}]",
	   "parity: entry 2: bit 13 is one of a field");
	IS("'parity':[{'bit':12,'covers':'1'}]", "parity: entry 1: bit 12 is one of a field");
	IS("'parity':[{'bit':0,'covers':'1-16'},{'bit':0,'covers':'17'}]",
	   "parity: entry 2: bit 0 is made by entry 1");
	IS("'parity':[{'bit':0,'covers':'1-31'},{'bit':31,'covers':'17'}]",
	   "parity: entry 2: entry 1, which is made before, covers bit 31");
	IS("'parity':[{'bit':32,'covers':'1'}]", "parity: entry 1: a card ends with bit 31");
	IS("'parity':[{'bit':0,'covers':'1-32'}]", "parity: entry 1: a card ends with bit 31");
	IS("'ones':'0'", "parity: entry 1: bit 0 is always 1");
	for (const char *const *covers = (const char *const[]){ "1-", "-3", "1,", ",1", "3-1",
								"1 2", "x", "1--2", NULL };
	     *covers; covers++) {
		_cleanup_(freep) char *members =
			xasprintf("'parity':[{'bit':0,'covers':'%s'}]", *covers);
		IS(members, "parity: entry 1: ranges such as 1-12,14");
	}
	IS("'parity':[{'bit':0,'covers':''}]", "parity: entry 1, covers: a text of 1 to 200 bytes");
	IS("'parity':[{'bit':0,'covers':'99999999999999999999'}]",
	   "parity: entry 1: a card ends with bit 31");
}

static void
test_bits_that_are_always_1_are_no_fields(void)
{
	IS("'ones':'5'", "ones: one of them is of a field");
	IS("'ones':'30'", "ones: one of them is of a field");
	IS("'ones':'32'", "ones: ranges such as 0-3,7, of bits up to 31");
	IS("'ones':'a'", "ones: ranges such as 0-3,7, of bits up to 31");
}

static void
test_a_format_proves_itself_by_known_cards_both_ways(void)
{
	IS("'vectors':[]", "vectors: one known card at least");
	IS("'vectors':[{'bits':'A691BBAA','facility':1234,'number':56789},"
	   "{'bits':'A691BBAA','facility':1234,'number':56788}]",
	   "vectors: entry 2: its bits are facility 1234, number 56789");
	IS("'vectors':[{'bits':'2691BBAA','facility':1234,'number':56789}]",
	   "vectors: entry 1: the parity is wrong; of its numbers a691bbaa is made");
	IS("'vectors':[{'bits':'A691BBAA','facility':4096,'number':56789}]",
	   "vectors: entry 1: larger than its field");
	IS("'vectors':[{'bits':'A691BB','facility':1234,'number':56789}]",
	   "vectors: entry 1: 8 hexadecimal digits, 32 bits and zeros behind them");
	IS("'vectors':[{'bits':'A691BBAX','facility':1234,'number':56789}]",
	   "vectors: entry 1: 8 hexadecimal digits, 32 bits and zeros behind them");
	IS("'bits':31,'parity':[],'vectors':[{'bits':'00000003','number':1}]",
	   "vectors: entry 1: 8 hexadecimal digits, 31 bits and zeros behind them");
	/* A bit that nothing makes: read it could be, made it could not. */
	IS("'parity':[],'vectors':[{'bits':'2691BBAB','facility':1234,'number':56789}]",
	   "vectors: entry 1: of its numbers 2691bbaa is made");
	IS("'ones':'31','parity':[],'vectors':[{'bits':'2691BBAA','facility':1234,'number':56789}]",
	   "vectors: entry 1: the parity is wrong; of its numbers 2691bbab is made");
}

static void
test_a_name_means_one_format(void)
{
	IS("'name':'h10301'", "name: the name of a built-in format");
	IS("'name':'raw'", "name: the name of a built-in format");
	IS("'name':'custom-2'", "name: a name that settings use for any format");
	IS("'name':'a:b'", "name: without colons and commas");
	IS("'name':'a,b'", "name: without colons and commas");
	IS("'name':''", "name: a text of 1 to 32 bytes");
}

/* A format as a list of what each bit is, and a card made of it one character after another. */
struct slow {
	unsigned bits;
	unsigned facility_first, facility_bits;
	unsigned number_first, number_bits;
	unsigned parity_count;
	struct {
		unsigned bit;
		bool is_odd;
		char covers[CARDFORMAT_BITS_MAX];
	} parity[CARDFORMAT_PARITY_MAX];
	char ones[CARDFORMAT_BITS_MAX];
	uint64_t facility, number;
	char card[CARDFORMAT_BITS_MAX];
};

static unsigned
any(unsigned count)
{
	return (unsigned) random() % count;
}

/* Bits that are in no field, in any order. */
static unsigned
spare_bits(const struct slow *slow, unsigned spare[CARDFORMAT_BITS_MAX])
{
	unsigned count = 0;

	for (unsigned i = 0; i < slow->bits; i++) {
		if (i - slow->facility_first < slow->facility_bits ||
		    i - slow->number_first < slow->number_bits)
			continue;
		unsigned place = any(count + 1);
		spare[count++] = spare[place];
		spare[place] = i;
	}
	return count;
}

static void
make_parity(struct slow *slow)
{
	unsigned spare[CARDFORMAT_BITS_MAX];
	unsigned count = spare_bits(slow, spare);

	unsigned wanted = any(CARDFORMAT_PARITY_MAX + 1);
	slow->parity_count = MIN_OF(wanted, count);
	for (unsigned i = slow->parity_count; i < count; i++)
		slow->ones[spare[i]] = any(3) == 0;
	for (unsigned i = 0; i < slow->parity_count; i++) {
		slow->parity[i].bit = spare[i];
		slow->parity[i].is_odd = any(2);
		for (unsigned bit = 0; bit < slow->bits; bit++)
			slow->parity[i].covers[bit] = any(2) != 0;
		slow->parity[i].covers[slow->number_first] = 1;
		for (unsigned later = i; later < slow->parity_count; later++)
			slow->parity[i].covers[spare[later]] = 0;
	}
}

static void
make_card(struct slow *slow)
{
	for (unsigned i = 0; i < slow->facility_bits; i++)
		slow->card[slow->facility_first + i] =
			slow->facility >> (slow->facility_bits - 1 - i) & 1;
	for (unsigned i = 0; i < slow->number_bits; i++)
		slow->card[slow->number_first + i] =
			slow->number >> (slow->number_bits - 1 - i) & 1;
	for (unsigned i = 0; i < slow->bits; i++)
		slow->card[i] |= slow->ones[i];
	for (unsigned i = 0; i < slow->parity_count; i++) {
		unsigned sum = slow->parity[i].is_odd;
		for (unsigned bit = 0; bit < slow->bits; bit++)
			sum += slow->parity[i].covers[bit] && slow->card[bit];
		slow->card[slow->parity[i].bit] = sum % 2;
	}
}

static struct slow
any_format(void)
{
	struct slow slow = { .bits = 4 + any(61) };

	slow.facility_bits = any(MIN_OF(slow.bits - 1, 23));
	slow.number_bits = 1 + any(MIN_OF(slow.bits - slow.facility_bits, 38));
	unsigned spare = slow.bits - slow.facility_bits - slow.number_bits;
	unsigned before = any(spare + 1);
	unsigned between = any(spare - before + 1);
	bool is_number_first = any(2);
	slow.facility_first = is_number_first ? before + slow.number_bits + between : before;
	slow.number_first = is_number_first ? before : before + slow.facility_bits + between;
	slow.facility = (uint64_t) random() & ((UINT64_C(1) << slow.facility_bits) - 1);
	slow.number = ((uint64_t) random() << 20 ^ (uint64_t) random()) &
		      ((UINT64_C(1) << slow.number_bits) - 1);
	make_parity(&slow);
	make_card(&slow);
	return slow;
}

/* "0-3,7" of what is set. */
static json_t *
ranges_of(const char set[CARDFORMAT_BITS_MAX])
{
	char text[256] = "";

	for (unsigned i = 0; i < CARDFORMAT_BITS_MAX; i++) {
		unsigned first = i;
		if (!set[i])
			continue;
		while (i + 1 < CARDFORMAT_BITS_MAX && set[i + 1])
			i++;
		size_t used = strlen(text);
		(void) snprintf(text + used, sizeof(text) - used, i > first ? "%s%u-%u" : "%s%u",
				used ? "," : "", first, i);
	}
	return json_string(text);
}

static json_t *
object_of(const struct slow *slow)
{
	uint8_t bits[8] = { 0 };
	char hex[17];
	json_t *parity = json_array();

	for (unsigned i = 0; i < slow->bits; i++)
		bits[i / 8] |= (uint8_t) (slow->card[i] << (7 - i % 8));
	hex_encode(bits, (slow->bits + 7) / 8, hex);
	for (unsigned i = 0; i < slow->parity_count; i++)
		(void) json_array_append_new(parity,
					     json_pack("{si,sb,so}", "bit", slow->parity[i].bit,
						       "odd", slow->parity[i].is_odd, "covers",
						       ranges_of(slow->parity[i].covers)));
	return json_pack("{ss,si,si,si,si,si,so,so,s[{ss,sI,sI}]}", "name", "Any", "bits",
			 slow->bits, "facility_first", slow->facility_first, "facility_bits",
			 slow->facility_bits, "number_first", slow->number_first, "number_bits",
			 slow->number_bits, "ones", ranges_of(slow->ones), "parity", parity,
			 "vectors", "bits", hex, "facility", (json_int_t) slow->facility, "number",
			 (json_int_t) slow->number);
}

static void
is_read_and_made(const struct slow *slow, const struct cardformat_shape *shape)
{
	struct cardformat_values read = { 0 };
	struct cardformat_values known = { (uint32_t) slow->facility, slow->number };
	uint8_t bits[8] = { 0 };
	uint8_t made[8] = { 0 };

	for (unsigned i = 0; i < slow->bits; i++)
		bits[i / 8] |= (uint8_t) (slow->card[i] << (7 - i % 8));
	CU_ASSERT_TRUE(cardformat_shape_is_sound(shape));
	CU_ASSERT_EQUAL(cardformat_shape_decode(shape, slow->bits, bits, &read), 0);
	CU_ASSERT_EQUAL(read.facility, known.facility);
	CU_ASSERT_EQUAL(read.number, known.number);
	CU_ASSERT_EQUAL(cardformat_shape_encode(shape, &known, made, sizeof(made)),
			(int) slow->bits);
	CU_ASSERT_EQUAL(memcmp(bits, made, sizeof(bits)), 0);
	CU_ASSERT_EQUAL(cardformat_shape_decode(shape, slow->bits + 1, bits, &read), -ENOENT);
	for (unsigned i = 0; i < slow->parity_count; i++) {
		unsigned bit = slow->parity[i].bit;
		bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
		CU_ASSERT_EQUAL(cardformat_shape_decode(shape, slow->bits, bits, &read), -EBADMSG);
		bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
	}
}

static void
test_any_format_reads_and_makes_what_a_slow_one_does(void)
{
	const struct model_kind *kind = model_find("card_format");

	srandom(32);
	for (unsigned i = 0; i < 20000; i++) {
		struct slow slow = any_format();
		struct cardformat_shape shape;
		struct field_error error = { 0 };
		_cleanup_(json_decrefp) json_t *object = object_of(&slow);
		if (field_check_object(&kind->fields, object, &error) < 0 ||
		    model_check(kind, object, &error) < 0) {
			_cleanup_(freep) char *text = json_canonical(object);
			printf("# %s: %s\n# %s\n", error.field, error.message, text);
			CU_FAIL_FATAL("a format is refused");
		}
		CU_ASSERT_EQUAL_FATAL(model_format_shape(object, &shape, &error), 0);
		is_read_and_made(&slow, &shape);
	}
}

static void
test_a_shape_that_leads_beyond_its_length_is_not_sound(void)
{
	const struct cardformat_shape good = { .bit_count = 32,
					       .facility = { 1, 12 },
					       .number = { 13, 19 },
					       .parity = { { 2, 31, false } } };
	struct cardformat_shape shape = good;

	CU_ASSERT_TRUE(cardformat_shape_is_sound(&good));
	shape.bit_count = 0;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape.bit_count = 65;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = good;
	shape.number.count = 20;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = good;
	shape.facility.first = 21;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = good;
	shape.parity[2].bit = 32;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = good;
	memset(&shape.parity[0].is_odd, 2, 1);
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = good;
	shape.has_xor = true;
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = (struct cardformat_shape){ .bit_count = 64, .number = { 0, 39 } };
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
	shape = (struct cardformat_shape){ .bit_count = 64, .facility = { 0, 23 } };
	CU_ASSERT_FALSE(cardformat_shape_is_sound(&shape));
}

static void
test_every_format_that_is_built_in_is_sound(void)
{
	for (size_t i = 0; cardformat_by_index(i); i++) {
		const struct cardformat_shape *shape = cardformat_shape(cardformat_by_index(i));
		CU_ASSERT_EQUAL(cardformat_shape_is_sound(shape), shape->bit_count > 0);
	}
}

static const struct tap_test tests[] = {
	TAP(test_a_format_with_a_known_card_is_taken),
	TAP(test_fields_that_no_card_has_are_refused),
	TAP(test_parity_that_cannot_be_made_is_refused),
	TAP(test_bits_that_are_always_1_are_no_fields),
	TAP(test_a_format_proves_itself_by_known_cards_both_ways),
	TAP(test_a_name_means_one_format),
	TAP(test_any_format_reads_and_makes_what_a_slow_one_does),
	TAP(test_a_shape_that_leads_beyond_its_length_is_not_sound),
	TAP(test_every_format_that_is_built_in_is_sound),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
