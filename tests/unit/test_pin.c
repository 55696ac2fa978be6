#include "lib/pin.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <CUnit/CUnit.h>

static const uint8_t key[PIN_KEY_SIZE] = {
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a,
	0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15,
	0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
};

/* printf 7:1234 | openssl dgst -sha256 -mac HMAC -macopt hexkey:00010203...1e1f */
static void
test_a_pin_is_kept_as_what_openssl_says(void)
{
	CU_ASSERT_EQUAL(pin_hash(key, 0, "1234"), UINT64_C(0x84a30bc7aaceee70));
	CU_ASSERT_EQUAL(pin_hash(key, 7, "1234"), UINT64_C(0x170f379d9fa1744f));
	CU_ASSERT_EQUAL(pin_hash(key, 0, "123456789012"), UINT64_C(0x3cd62d53738d4be7));
}

static void
test_every_bit_of_the_key_matters(void)
{
	uint8_t other[PIN_KEY_SIZE];

	for (unsigned bit = 0; bit < 8 * PIN_KEY_SIZE; bit++) {
		for (unsigned i = 0; i < PIN_KEY_SIZE; i++)
			other[i] = (uint8_t) (key[i] ^ (i == bit / 8 ? 1 << bit % 8 : 0));
		CU_ASSERT_NOT_EQUAL(pin_hash(other, 7, "1234"), pin_hash(key, 7, "1234"));
	}
}

static void
test_equal_pins_of_two_persons_do_not_look_equal(void)
{
	for (uint32_t person = 0; person < 100; person++)
		for (uint32_t other = 0; other < person; other++)
			CU_ASSERT_NOT_EQUAL(pin_hash(key, person, "1234"),
					    pin_hash(key, other, "1234"));
	/* Nor does a digit wander from the PIN into the person. */
	CU_ASSERT_NOT_EQUAL(pin_hash(key, 1, "21234"), pin_hash(key, 12, "1234"));
}

static void
test_all_digits_count_and_leading_zeros_do(void)
{
	static const char *const pins[] = { "0000",	    "00000",	    "0001",
					    "1000",	    "123456789012", "123456789013",
					    "023456789012", "12345678901" };

	for (unsigned i = 0; i < ARRAY_LEN(pins); i++)
		for (unsigned k = 0; k < ARRAY_LEN(pins); k++)
			CU_ASSERT_EQUAL(pin_hash(key, 7, pins[i]) == pin_hash(key, 7, pins[k]),
					i == k);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_pin_is_kept_as_what_openssl_says),
		TAP(test_every_bit_of_the_key_matters),
		TAP(test_equal_pins_of_two_persons_do_not_look_equal),
		TAP(test_all_digits_count_and_leading_zeros_do),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
