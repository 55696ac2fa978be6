#include "lib/reader_key.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const struct reader_key sample = {
	.generation = 0x01020304,
	.has_key = true,
	.has_device = true,
	.key = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 },
	.pending = { 0xff },
	.has_former = true,
	.former = { 0xfe, 1 },
	.cuid = { 0xca, 0xfe },
	.pdid = { 0xca, 0xfe, 0x01 },
};

static void
test_what_is_packed_comes_out_as_it_went_in(void)
{
	uint8_t packed[READER_KEY_PACKED];
	struct reader_key key = { 0 };

	reader_key_pack(&sample, packed);
	CU_ASSERT_EQUAL_FATAL(reader_key_unpack(packed, sizeof(packed), &key), 0);
	CU_ASSERT_EQUAL(key.generation, sample.generation);
	CU_ASSERT_TRUE(key.has_key && key.has_device);
	CU_ASSERT_FALSE(key.has_pending);
	CU_ASSERT_EQUAL(memcmp(key.key, sample.key, sizeof(key.key)), 0);
	CU_ASSERT_EQUAL(memcmp(key.pending, sample.pending, sizeof(key.pending)), 0);
	CU_ASSERT_TRUE(key.has_former);
	CU_ASSERT_EQUAL(memcmp(key.former, sample.former, sizeof(key.former)), 0);
	CU_ASSERT_EQUAL(memcmp(key.cuid, sample.cuid, sizeof(key.cuid)), 0);
	CU_ASSERT_EQUAL(memcmp(key.pdid, sample.pdid, sizeof(key.pdid)), 0);
	reader_key_wipe(&key);
	for (size_t i = 0; i < sizeof(key); i++)
		CU_ASSERT_EQUAL(((const uint8_t *) &key)[i], 0);
}

/* A store of before there were former keys. */
static void
test_the_first_layout_is_read(void)
{
	uint8_t packed[READER_KEY_PACKED];
	struct reader_key key = { 0 };

	reader_key_pack(&sample, packed);
	packed[0] = 1;
	packed[5] &= 7;
	CU_ASSERT_EQUAL_FATAL(reader_key_unpack(packed, READER_KEY_PACKED - READER_KEY_BYTES, &key),
			      0);
	CU_ASSERT_FALSE(key.has_former);
	CU_ASSERT_EQUAL(memcmp(key.key, sample.key, sizeof(key.key)), 0);
	CU_ASSERT_EQUAL(memcmp(key.pdid, sample.pdid, sizeof(key.pdid)), 0);
	CU_ASSERT_EQUAL(key.former[0], 0);
}

static void
test_foreign_bytes_are_refused_and_change_nothing(void)
{
	uint8_t packed[READER_KEY_PACKED + 1] = { 0 };
	struct reader_key key = { .generation = 7 };

	reader_key_pack(&sample, packed);
	CU_ASSERT_EQUAL(reader_key_unpack(packed, READER_KEY_PACKED - 1, &key), -EBADMSG);
	CU_ASSERT_EQUAL(reader_key_unpack(packed, READER_KEY_PACKED + 1, &key), -EBADMSG);
	packed[5] |= 16;
	CU_ASSERT_EQUAL(reader_key_unpack(packed, READER_KEY_PACKED, &key), -EBADMSG);
	packed[5] &= 15;
	packed[0] = 3;
	CU_ASSERT_EQUAL(reader_key_unpack(packed, READER_KEY_PACKED, &key), -EBADMSG);
	CU_ASSERT_EQUAL(reader_key_from_hex("", &key), -EBADMSG);
	CU_ASSERT_EQUAL(reader_key_from_hex("zz", &key), -EBADMSG);
	CU_ASSERT_EQUAL(key.generation, 7);
}

static void
test_hex_carries_the_same(void)
{
	char hex[READER_KEY_HEX];
	struct reader_key key = { 0 };

	reader_key_to_hex(&sample, hex);
	CU_ASSERT_EQUAL(strlen(hex), READER_KEY_HEX - 1);
	CU_ASSERT_EQUAL_FATAL(reader_key_from_hex(hex, &key), 0);
	CU_ASSERT_EQUAL(memcmp(key.key, sample.key, sizeof(key.key)), 0);
	hex[0] = '9';
	CU_ASSERT_EQUAL(reader_key_from_hex(hex, &key), -EBADMSG);
}

struct rig {
	char *dir;
	char *path;
	struct reader_key keys[READERS];
};

static void
start(struct rig *rig)
{
	rig->dir = unit_dir_new();
	rig->path = unit_path(rig->dir, "reader.keys");
	memset(rig->keys, 0, sizeof(rig->keys));
	rig->keys[2] = sample;
}

static void
stop(struct rig *rig)
{
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
test_the_file_is_for_its_owner_only_and_brings_the_keys_back(void)
{
	struct rig rig;
	struct reader_key keys[READERS] = { 0 };
	struct stat info;

	start(&rig);
	CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), -ENOENT);
	CU_ASSERT_EQUAL(reader_keys_save(rig.path, rig.keys), 0);
	CU_ASSERT_EQUAL(reader_keys_save(rig.path, rig.keys), 0);
	CU_ASSERT_EQUAL_FATAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), 0);
	CU_ASSERT_EQUAL(keys[2].generation, sample.generation);
	CU_ASSERT_EQUAL(keys[0].generation, 0);
	/* Who could read it before may have its keys: it is not trusted. */
	CU_ASSERT_EQUAL(chmod(rig.path, 0640), 0);
	CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), -EACCES);
	stop(&rig);
}

static void
test_a_damaged_file_is_refused_at_every_byte_and_length(void)
{
	struct rig rig;
	struct reader_key keys[READERS] = { 0 };
	char bytes[2048];

	start(&rig);
	CU_ASSERT_EQUAL(reader_keys_save(rig.path, rig.keys), 0);
	int size = read_file(rig.path, bytes, sizeof(bytes));
	CU_ASSERT_FATAL(size > READERS * READER_KEY_PACKED);
	for (int i = 0; i < size; i++) {
		bytes[i] ^= 1;
		CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, (size_t) size, 0600), 0);
		CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), -EBADMSG);
		bytes[i] ^= 1;
	}
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, (size_t) size - 1, 0600), 0);
	CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), -EBADMSG);
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, (size_t) size, 0600), 0);
	CU_ASSERT_EQUAL(reader_keys_load(rig.path, keys), 0);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_packed_comes_out_as_it_went_in),
		TAP(test_the_first_layout_is_read),
		TAP(test_foreign_bytes_are_refused_and_change_nothing),
		TAP(test_hex_carries_the_same),
		TAP(test_the_file_is_for_its_owner_only_and_brings_the_keys_back),
		TAP(test_a_damaged_file_is_refused_at_every_byte_and_length),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
