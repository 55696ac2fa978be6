#include "agent/store_keys_export.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#define PASSWORD "correct horse battery"

static const struct store_keys_export sample = {
	.readers = {
		[0] = { .generation = 7, .has_key = true, .key = "0123456789abcde",
			.has_device = true, .cuid = { 1, 2, 3, 4, 5, 6, 7, 8 },
			.pdid = { 9, 8, 7 } },
		[7] = { .generation = 0x01020304, .has_key = true, .key = "fedcba987654321",
			.has_pending = true, .pending = "a pending key.." },
	},
	.has_host_key = true,
	.host_key = "the host key...",
};

static void
test_what_was_wrapped_is_the_same_again_and_not_to_be_read_meanwhile(void)
{
	uint8_t blob[STORE_KEYS_BLOB];
	uint8_t again[STORE_KEYS_BLOB];
	struct store_keys_export keys = { 0 };

	CU_ASSERT_EQUAL_FATAL(store_keys_export_wrap(&sample, PASSWORD, blob), 0);
	CU_ASSERT_PTR_NULL(memmem(blob, sizeof(blob), sample.readers[0].key, 15));
	CU_ASSERT_PTR_NULL(memmem(blob, sizeof(blob), sample.host_key, 15));
	CU_ASSERT_EQUAL_FATAL(store_keys_export_unwrap(blob, sizeof(blob), PASSWORD, &keys), 0);
	for (unsigned i = 0; i < READERS; i++) {
		char was[READER_KEY_HEX];
		char is[READER_KEY_HEX];
		reader_key_to_hex(&sample.readers[i], was);
		reader_key_to_hex(&keys.readers[i], is);
		CU_ASSERT_STRING_EQUAL(is, was);
	}
	CU_ASSERT_TRUE(keys.has_host_key);
	CU_ASSERT_EQUAL(memcmp(keys.host_key, sample.host_key, sizeof(keys.host_key)), 0);
	/* Another salt, another nonce, another key. */
	CU_ASSERT_EQUAL_FATAL(store_keys_export_wrap(&sample, PASSWORD, again), 0);
	CU_ASSERT_NOT_EQUAL(
		memcmp(blob + STORE_KEYS_HEADER, again + STORE_KEYS_HEADER, STORE_KEYS_PLAIN), 0);
}

static void
test_another_password_opens_nothing(void)
{
	uint8_t blob[STORE_KEYS_BLOB];
	struct store_keys_export keys = { .has_host_key = true };

	CU_ASSERT_EQUAL_FATAL(store_keys_export_wrap(&sample, PASSWORD, blob), 0);
	CU_ASSERT_EQUAL(
		store_keys_export_unwrap(blob, sizeof(blob), "Correct horse battery", &keys),
		-EKEYREJECTED);
	CU_ASSERT_EQUAL(store_keys_export_unwrap(blob, sizeof(blob), "", &keys), -EKEYREJECTED);
	CU_ASSERT_EQUAL(keys.readers[0].generation, 0);
}

/* Of the header, too: the version has an answer of its own. */
static void
test_every_changed_byte_and_every_cut_is_refused(void)
{
	static const uint8_t wrapping[STORE_KEYS_WRAPPING] = { 1 };
	/* Salt, nonce, first and last of what is sealed, tag: each costs a scrypt. */
	static const size_t places[] = { 9, 25, STORE_KEYS_HEADER,
					 STORE_KEYS_HEADER + STORE_KEYS_PLAIN - 1,
					 STORE_KEYS_BLOB - 1 };
	uint8_t blob[STORE_KEYS_BLOB];
	struct store_keys_export keys;

	CU_ASSERT_EQUAL_FATAL(store_keys_export_wrap(&sample, PASSWORD, blob), 0);
	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		blob[places[i]] ^= 0x10;
		CU_ASSERT_EQUAL(store_keys_export_unwrap(blob, sizeof(blob), PASSWORD, &keys),
				-EKEYREJECTED);
		blob[places[i]] ^= 0x10;
	}
	for (size_t size = 0; size < sizeof(blob); size++)
		CU_ASSERT_EQUAL(store_keys_export_open(blob, size, wrapping, &keys), -EBADMSG);
	blob[0] ^= 1;
	CU_ASSERT_EQUAL(store_keys_export_unwrap(blob, sizeof(blob), PASSWORD, &keys), -EBADMSG);
	blob[0] ^= 1;
	blob[8]++;
	CU_ASSERT_EQUAL(store_keys_export_unwrap(blob, sizeof(blob), PASSWORD, &keys),
			-EPROTONOSUPPORT);
	/* A later version may have another size. */
	CU_ASSERT_EQUAL(store_keys_export_unwrap(blob, 60, PASSWORD, &keys), -EPROTONOSUPPORT);
}

static void
test_nonsense_inside_is_refused_as_a_whole(void)
{
	uint8_t plain[STORE_KEYS_PLAIN] = { 0 };
	struct store_keys_export keys = { .has_host_key = true };

	CU_ASSERT_EQUAL(store_keys_export_unpack(plain, &keys), -EBADMSG);
	for (unsigned i = 0; i < READERS; i++)
		plain[i * READER_KEY_PACKED] = 2;
	plain[READERS * READER_KEY_PACKED] = 2;
	CU_ASSERT_EQUAL(store_keys_export_unpack(plain, &keys), -EBADMSG);
	CU_ASSERT_TRUE(keys.has_host_key);
	plain[READERS * READER_KEY_PACKED] = 0;
	CU_ASSERT_EQUAL(store_keys_export_unpack(plain, &keys), 0);
	CU_ASSERT_FALSE(keys.has_host_key);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_was_wrapped_is_the_same_again_and_not_to_be_read_meanwhile),
		TAP(test_another_password_opens_nothing),
		TAP(test_every_changed_byte_and_every_cut_is_refused),
		TAP(test_nonsense_inside_is_refused_as_a_whole),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
