#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/cardformat.h"
#include "lib/util.h"

/* As OSDP RAW carries them; the public values among them were found in more than one source. */
static const struct {
	const char *format;
	uint32_t facility;
	uint64_t number;
	const char *hex;
} vectors[] = {
	{ "h10301", 118, 1603, "BB032180" },	     { "h10301", 255, 65535, "7FFFFFC0" },
	{ "h10301", 123, 4567, "BD88EB80" },	     { "h10301", 42, 69, "95002280" },
	{ "h10306", 118, 1603, "803B032180" },	     { "c1000-35", 1337, 123456, "D4E4789020" },
	{ "c1000-35", 4095, 1048575, "BFFFFFFFC0" }, { "c1000-35", 118, 1603, "C1D80190E0" },
	{ "c1000-35", 2643, 163271, "A94C9F71C0" },  { "h10302", 0, 123456789, "8075BCD158" },
	{ "h10304", 1234, 56789, "82690DDD50" },
};

static const struct cardformat *
format_of(const char *name)
{
	const struct cardformat *format = cardformat_by_name(name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(format);
	return format;
}

static void
cards_encode_to_the_published_bits(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct cardformat *format = format_of(vectors[i].format);
		uint8_t expected[8];
		uint8_t bits[8];
		int size = hex_decode(vectors[i].hex, expected, sizeof(expected));
		CU_ASSERT_FATAL(size > 0);
		CU_ASSERT_EQUAL(cardformat_encode(format, vectors[i].facility, vectors[i].number,
						  bits, sizeof(bits)),
				(int) cardformat_bit_count(format));
		CU_ASSERT_EQUAL(memcmp(bits, expected, (size_t) size), 0);
	}
}

static void
cards_decode_to_facility_and_number(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		const struct cardformat *format = format_of(vectors[i].format);
		uint8_t bits[8] = { 0 };
		struct cardformat_card card = { 0 };
		CU_ASSERT(hex_decode(vectors[i].hex, bits, sizeof(bits)) > 0);
		CU_ASSERT_EQUAL(
			cardformat_decode_as(format, cardformat_bit_count(format), bits, &card), 0);
		CU_ASSERT_PTR_EQUAL(card.format, format);
		CU_ASSERT_EQUAL(card.facility, vectors[i].facility);
		CU_ASSERT_EQUAL(card.number, vectors[i].number);
	}
}

static void
every_single_wrong_bit_breaks_parity(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		unsigned bit_count = cardformat_bit_count(format_of(vectors[i].format));
		uint8_t bits[8] = { 0 };
		struct cardformat_card card;
		CU_ASSERT(hex_decode(vectors[i].hex, bits, sizeof(bits)) > 0);
		for (unsigned bit = 0; bit < bit_count; bit++) {
			bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
			CU_ASSERT_EQUAL(cardformat_decode(bit_count, bits, &card), -EBADMSG);
			bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
		}
	}
}

static void
an_unknown_length_is_told_from_bad_parity(void)
{
	static const uint8_t bits[8];
	struct cardformat_card card;
	CU_ASSERT_EQUAL(cardformat_decode(27, bits, &card), -ENOENT);
	CU_ASSERT_EQUAL(cardformat_decode(0, bits, &card), -ENOENT);
	CU_ASSERT_EQUAL(cardformat_decode(26, bits, &card), -EBADMSG);
	CU_ASSERT_EQUAL(cardformat_decode_as(format_of("h10301"), 37, bits, &card), -ENOENT);
}

static void
the_first_format_of_a_shared_length_wins(void)
{
	uint8_t bits[8];
	struct cardformat_card card = { 0 };
	CU_ASSERT_EQUAL(cardformat_encode(format_of("h10304"), 1234, 56789, bits, sizeof(bits)),
			37);
	CU_ASSERT_EQUAL(cardformat_decode(37, bits, &card), 0);
	CU_ASSERT_STRING_EQUAL(cardformat_name(card.format), "h10302");
	CU_ASSERT_EQUAL(card.number, (UINT64_C(1234) << 19) + 56789);
}

static void
values_that_do_not_fit_are_refused(void)
{
	uint8_t bits[8];
	const struct cardformat *h10301 = format_of("h10301");
	CU_ASSERT_EQUAL(cardformat_encode(h10301, 256, 0, bits, sizeof(bits)), -ERANGE);
	CU_ASSERT_EQUAL(cardformat_encode(h10301, 0, 65536, bits, sizeof(bits)), -ERANGE);
	CU_ASSERT_EQUAL(cardformat_encode(h10301, 0, 1, bits, 3), -ENOBUFS);
	CU_ASSERT_EQUAL(cardformat_encode(format_of("h10302"), 1, 1, bits, sizeof(bits)), -ERANGE);
}

static void
raw_takes_any_length_up_to_64_bits(void)
{
	static const uint8_t bits[8] = { 0xA5, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
	const struct cardformat *raw = format_of("raw");
	struct cardformat_card card = { 0 };
	CU_ASSERT_EQUAL(cardformat_decode_as(raw, 4, bits, &card), 0);
	CU_ASSERT_EQUAL(card.number, 0xA);
	CU_ASSERT_EQUAL(cardformat_decode_as(raw, 64, bits, &card), 0);
	CU_ASSERT_EQUAL(card.number, UINT64_C(0xA5FFFFFFFFFFFFFF));
	CU_ASSERT_EQUAL(cardformat_decode_as(raw, 65, bits, &card), -ENOENT);
	CU_ASSERT_EQUAL(cardformat_encode(raw, 0, 1, (uint8_t[8]){ 0 }, 8), -ENOTSUP);
}

static void
the_table_has_unique_names_and_round_trips_its_extremes(void)
{
	for (size_t i = 0; cardformat_by_index(i) != NULL; i++) {
		const struct cardformat *format = cardformat_by_index(i);
		uint8_t bits[8];
		struct cardformat_card card = { 0 };
		CU_ASSERT_PTR_EQUAL(cardformat_by_name(cardformat_name(format)), format);
		if (cardformat_bit_count(format) == 0)
			continue;
		for (uint64_t number = 0; number < 65536; number = number * 2 + 1) {
			int r = cardformat_encode(format, 0, number, bits, sizeof(bits));
			CU_ASSERT_EQUAL_FATAL(r, (int) cardformat_bit_count(format));
			CU_ASSERT_EQUAL(cardformat_decode_as(format, (unsigned) r, bits, &card), 0);
			CU_ASSERT_EQUAL(card.number, number);
		}
	}
	CU_ASSERT_PTR_NULL(cardformat_by_name("h10399"));
}

static const struct tap_test tests[] = {
	TAP(cards_encode_to_the_published_bits),
	TAP(cards_decode_to_facility_and_number),
	TAP(every_single_wrong_bit_breaks_parity),
	TAP(an_unknown_length_is_told_from_bad_parity),
	TAP(the_first_format_of_a_shared_length_wins),
	TAP(values_that_do_not_fit_are_refused),
	TAP(raw_takes_any_length_up_to_64_bits),
	TAP(the_table_has_unique_names_and_round_trips_its_extremes),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
