#include "agent/store.h"
#include "agent/store_keys.h"
#include "agent/store_seal.h"
#include "lib/json.h"
#include "lib/reader_key.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <stdlib.h>
#include <string.h>

struct rig {
	char *dir;
	char *path;
	char *key_path;
	struct agent_options options;
	struct store store;
};

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "config.db");
	rig->key_path = unit_path(rig->dir, "device.key");
	rig->options.state_dir = rig->dir;
	rig->store.options = &rig->options;
	CU_ASSERT_EQUAL_FATAL(db_open(rig->path, &db_config_schema, &rig->store.config), 0);
	store_keys_open(&rig->store);
}

static void
stop(struct rig *rig)
{
	store_seal_free(rig->store.seal);
	db_close(rig->store.config);
	free(rig->path);
	free(rig->key_path);
	unit_dir_free(rig->dir);
}

static bool
write_key(struct rig *rig, int reader, uint32_t generation, uint8_t first)
{
	struct reader_key key = { .generation = generation, .has_key = true, .key = { first } };
	char hex[READER_KEY_HEX];

	reader_key_to_hex(&key, hex);
	_cleanup_(json_decrefp) json_t *sent = json_pack("{si,ss}", "reader", reader, "key", hex);
	_cleanup_(json_decrefp) json_t *answer = store_keys_write(&rig->store, sent);
	CU_ASSERT_EQUAL(json_integer_or(answer, "reader", 0), reader);
	_cleanup_(freep) char *text = json_canonical(answer);
	CU_ASSERT_PTR_NULL(strstr(text, hex));
	return json_bool_or(answer, "ok", false) &&
	       json_integer_or(answer, "generation", 0) == generation;
}

/* The first byte of a reader's key, -1 when it is not there. */
static int
read_first(struct rig *rig, const char *reader)
{
	struct reader_key key;
	_cleanup_(json_decrefp) json_t *all = store_keys_read(&rig->store);
	const char *hex = json_string_or(json_object_get(all, "keys"), reader, NULL);

	return hex && reader_key_from_hex(hex, &key) == 0 ? key.key[0] : -1;
}

static void
test_keys_are_kept_over_a_restart_and_the_last_one_counts(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_TRUE(write_key(&rig, 3, 1, 0x31));
	CU_ASSERT_TRUE(write_key(&rig, 3, 2, 0x32));
	CU_ASSERT_TRUE(write_key(&rig, 8, 9, 0x81));
	store_seal_free(steal(&rig.store.seal));
	store_keys_open(&rig.store);
	CU_ASSERT_EQUAL(read_first(&rig, "3"), 0x32);
	CU_ASSERT_EQUAL(read_first(&rig, "8"), 0x81);
	CU_ASSERT_EQUAL(read_first(&rig, "1"), -1);
	stop(&rig);
}

static void
test_nonsense_is_not_stored(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_FALSE(write_key(&rig, 0, 1, 1));
	CU_ASSERT_FALSE(write_key(&rig, READERS + 1, 1, 1));
	_cleanup_(json_decrefp) json_t *sent = json_pack("{si,ss}", "reader", 1, "key", "00");
	_cleanup_(json_decrefp) json_t *answer = store_keys_write(&rig.store, sent);
	CU_ASSERT_FALSE(json_bool_or(answer, "ok", true));
	CU_ASSERT_EQUAL(read_first(&rig, "1"), -1);
	stop(&rig);
}

static void
test_a_key_put_in_place_of_another_readers_does_not_open(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_TRUE(write_key(&rig, 1, 1, 0x11));
	CU_ASSERT_TRUE(write_key(&rig, 2, 1, 0x21));
	CU_ASSERT_EQUAL(db_exec(rig.store.config,
				"UPDATE reader_keys SET sealed = (SELECT sealed FROM reader_keys"
				" WHERE reader = 1) WHERE reader = 2"),
			0);
	CU_ASSERT_EQUAL(read_first(&rig, "1"), 0x11);
	CU_ASSERT_EQUAL(read_first(&rig, "2"), -1);
	stop(&rig);
}

/* The keys stay as they are, so that the right file opens them again. */
static void
test_the_wrong_device_key_hides_keys_and_the_right_one_brings_them_back(void)
{
	struct rig rig;
	uint8_t right[33];
	static const uint8_t wrong[32] = { 7 };

	start(&rig);
	CU_ASSERT_TRUE(write_key(&rig, 1, 5, 0x11));
	CU_ASSERT_TRUE(write_key(&rig, 2, 5, 0x21));
	CU_ASSERT_EQUAL(read_file(rig.key_path, (char *) right, sizeof(right)), 32);
	CU_ASSERT_EQUAL(write_file_atomic(rig.key_path, wrong, sizeof(wrong), 0600), 0);
	store_seal_free(steal(&rig.store.seal));
	store_keys_open(&rig.store);
	CU_ASSERT_EQUAL(read_first(&rig, "1"), -1);
	/* A reader that is installed anew meanwhile begins again with the first generation. */
	CU_ASSERT_TRUE(write_key(&rig, 2, 1, 0x22));
	CU_ASSERT_EQUAL(read_first(&rig, "2"), 0x22);
	CU_ASSERT_EQUAL(write_file_atomic(rig.key_path, right, 32, 0600), 0);
	store_seal_free(steal(&rig.store.seal));
	store_keys_open(&rig.store);
	CU_ASSERT_EQUAL(read_first(&rig, "1"), 0x11);
	CU_ASSERT_EQUAL(read_first(&rig, "2"), -1);
	stop(&rig);
}

static void
test_without_a_device_key_nothing_is_stored_and_nothing_breaks(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(write_file_atomic(rig.key_path, "short", 5, 0600), 0);
	store_seal_free(steal(&rig.store.seal));
	store_keys_open(&rig.store);
	CU_ASSERT_PTR_NULL(rig.store.seal);
	CU_ASSERT_FALSE(write_key(&rig, 1, 1, 0x11));
	CU_ASSERT_EQUAL(read_first(&rig, "1"), -1);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_keys_are_kept_over_a_restart_and_the_last_one_counts),
		TAP(test_nonsense_is_not_stored),
		TAP(test_a_key_put_in_place_of_another_readers_does_not_open),
		TAP(test_the_wrong_device_key_hides_keys_and_the_right_one_brings_them_back),
		TAP(test_without_a_device_key_nothing_is_stored_and_nothing_breaks),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
