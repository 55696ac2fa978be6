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
	{ "h10301", 118, 1603, "BB032180" },
	{ "h10301", 255, 65535, "7FFFFFC0" },
	{ "h10301", 123, 4567, "BD88EB80" },
	{ "h10301", 42, 69, "95002280" },
	{ "h10306", 118, 1603, "803B032180" },
	{ "c1000-35", 1337, 123456, "D4E4789020" },
	{ "c1000-35", 4095, 1048575, "BFFFFFFFC0" },
	{ "c1000-35", 118, 1603, "C1D80190E0" },
	{ "c1000-35", 2643, 163271, "A94C9F71C0" },
	{ "h10302", 0, 123456789, "8075BCD158" },
	{ "h10304", 1234, 56789, "82690DDD50" },
	{ "d10202", 118, 1603, "F600064300" },
	{ "c15001", (900 << 8) + 118, 1603, "F08EC0C860" },
	{ "s12906", (118 << 2) + 1, 1603, "BB2000C860" },
	{ "pw39", 1234, 56789, "8134837754" },
	{ "p10001", 118, 1603, "F0760643C3" },
	{ "c1000-48", 12345, 678901, "00303914B7EA" },
	{ "c1000-48", 118, 1603, "400076000C86" },
	{ "indala26", 42, 69, "81502280" },
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
		const struct cardformat *format = format_of(vectors[i].format);
		unsigned bit_count = cardformat_bit_count(format);
		uint8_t bits[8] = { 0 };
		struct cardformat_card card;
		CU_ASSERT(hex_decode(vectors[i].hex, bits, sizeof(bits)) > 0);
		for (unsigned bit = 0; bit < bit_count; bit++) {
			bits[bit / 8] ^= (uint8_t) (0x80 >> bit % 8);
			CU_ASSERT_EQUAL(cardformat_decode_as(format, bit_count, bits, &card),
					-EBADMSG);
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
			if (r == -ERANGE)
				break;
			CU_ASSERT_EQUAL_FATAL(r, (int) cardformat_bit_count(format));
			CU_ASSERT_EQUAL(cardformat_decode_as(format, (unsigned) r, bits, &card), 0);
			CU_ASSERT_EQUAL(card.number, number);
		}
	}
	CU_ASSERT_PTR_NULL(cardformat_by_name("h10399"));
}

static void
a_list_of_formats_is_read_in_its_order(void)
{
	uint8_t order[CARDFORMAT_ORDER_MAX];

	CU_ASSERT_EQUAL_FATAL(cardformat_parse_list("h10304,h10302,uid32", order), 3);
	CU_ASSERT_STRING_EQUAL(cardformat_name(cardformat_by_index(order[0])), "h10304");
	CU_ASSERT_STRING_EQUAL(cardformat_name(cardformat_by_index(order[1])), "h10302");
	CU_ASSERT_STRING_EQUAL(cardformat_name(cardformat_by_index(order[2])), "uid32");
	CU_ASSERT(cardformat_parse_list(CARDFORMAT_DEFAULT_LIST, order) > 5);
	CU_ASSERT_EQUAL_FATAL(cardformat_parse_list("custom-16,h10301,custom-1", order), 3);
	CU_ASSERT_EQUAL(order[0], CARDFORMAT_OWN_FIRST + 15);
	CU_ASSERT_EQUAL(order[1], 0);
	CU_ASSERT_EQUAL(order[2], CARDFORMAT_OWN_FIRST);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-0", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-17", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-01", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-1x", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("custom-2,custom-2", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("h10302,", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list(",h10302", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("h10302,h10302", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("h10399", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("raw", order), -EINVAL);
	CU_ASSERT_EQUAL(cardformat_parse_list("a-name-that-is-too-long", order), -EINVAL);
}

static void
bits_are_turned_as_the_reader_has_turned_them(void)
{
	uint8_t bits[4] = { 0xBB, 0x03, 0x21, 0x80 };
	uint8_t bytes[3] = { 0x12, 0x34, 0x56 };

	cardformat_turn(CARDFORMAT_AS_SENT, 26, bits, sizeof(bits));
	CU_ASSERT_EQUAL(bits[0], 0xBB);
	cardformat_turn(CARDFORMAT_BITS_REVERSED, 26, bits, sizeof(bits));
	/* 10111011 00000011 00100001 10 from its end. */
	CU_ASSERT_EQUAL(memcmp(bits, "\x61\x30\x37\x40", 4), 0);
	cardformat_turn(CARDFORMAT_BITS_REVERSED, 26, bits, sizeof(bits));
	CU_ASSERT_EQUAL(memcmp(bits, "\xBB\x03\x21\x80", 4), 0);
	cardformat_turn(CARDFORMAT_BYTES_REVERSED, 26, bits, sizeof(bits));
	CU_ASSERT_EQUAL(bits[0], 0xBB);
	cardformat_turn(CARDFORMAT_BYTES_REVERSED, 24, bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(memcmp(bytes, "\x56\x34\x12", 3), 0);
	cardformat_turn(CARDFORMAT_BITS_REVERSED, 25, bytes, sizeof(bytes));
	CU_ASSERT_EQUAL(bytes[0], 0x56);
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
	TAP(a_list_of_formats_is_read_in_its_order),
	TAP(bits_are_turned_as_the_reader_has_turned_them),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
