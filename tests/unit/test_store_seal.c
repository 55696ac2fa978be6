#include "agent/store_seal.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT	  "the key of a reader"
#define TEXT_SIZE sizeof(TEXT)

struct rig {
	char *dir;
	char *path;
	struct store_seal *seal;
	uint8_t sealed[TEXT_SIZE + STORE_SEAL_OVERHEAD];
};

static void
start(struct rig *rig)
{
	rig->dir = unit_dir_new();
	rig->path = unit_path(rig->dir, "device.key");
	CU_ASSERT_EQUAL_FATAL(store_seal_open(rig->path, &rig->seal), 0);
	CU_ASSERT_EQUAL(store_seal_close(rig->seal, "label", (const uint8_t *) TEXT, TEXT_SIZE,
					 rig->sealed, sizeof(rig->sealed)),
			sizeof(rig->sealed));
}

static void
stop(struct rig *rig)
{
	store_seal_free(rig->seal);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static int
open_sealed(const struct rig *rig, const char *label, size_t size)
{
	uint8_t plain[TEXT_SIZE];

	return store_seal_break(rig->seal, label, rig->sealed, size, plain, sizeof(plain));
}

static void
test_what_is_sealed_opens_after_a_restart_and_is_not_to_be_read_meanwhile(void)
{
	struct rig rig;
	uint8_t plain[TEXT_SIZE] = { 0 };
	struct stat info;

	start(&rig);
	CU_ASSERT_PTR_NULL(memmem(rig.sealed, sizeof(rig.sealed), "reader", 6));
	CU_ASSERT_EQUAL_FATAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	store_seal_free(rig.seal);
	CU_ASSERT_EQUAL_FATAL(store_seal_open(rig.path, &rig.seal), 0);
	CU_ASSERT_EQUAL(store_seal_break(rig.seal, "label", rig.sealed, sizeof(rig.sealed), plain,
					 sizeof(plain)),
			TEXT_SIZE);
	CU_ASSERT_STRING_EQUAL(plain, TEXT);
	stop(&rig);
}

static void
test_the_same_text_is_never_sealed_alike(void)
{
	struct rig rig;
	uint8_t again[sizeof(rig.sealed)];

	start(&rig);
	CU_ASSERT_EQUAL(store_seal_close(rig.seal, "label", (const uint8_t *) TEXT, TEXT_SIZE,
					 again, sizeof(again)),
			sizeof(again));
	CU_ASSERT_NOT_EQUAL(memcmp(rig.sealed, again, sizeof(again)), 0);
	stop(&rig);
}

static void
test_another_label_and_every_changed_byte_are_refused(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(open_sealed(&rig, "label", sizeof(rig.sealed)), TEXT_SIZE);
	CU_ASSERT_EQUAL(open_sealed(&rig, "label2", sizeof(rig.sealed)), -EBADMSG);
	CU_ASSERT_EQUAL(open_sealed(&rig, "", sizeof(rig.sealed)), -EBADMSG);
	for (size_t i = 0; i < sizeof(rig.sealed); i++) {
		rig.sealed[i] ^= 0x10;
		CU_ASSERT_EQUAL(open_sealed(&rig, "label", sizeof(rig.sealed)), -EBADMSG);
		rig.sealed[i] ^= 0x10;
	}
	for (size_t size = 0; size < sizeof(rig.sealed); size++)
		CU_ASSERT_EQUAL(open_sealed(&rig, "label", size), -EBADMSG);
	stop(&rig);
}

static void
test_what_does_not_fit_is_refused(void)
{
	struct rig rig;
	uint8_t plain[STORE_SEAL_PLAIN_MAX + 1] = { 0 };
	uint8_t sealed[sizeof(plain) + STORE_SEAL_OVERHEAD];

	start(&rig);
	CU_ASSERT_EQUAL(
		store_seal_close(rig.seal, "label", plain, sizeof(plain), sealed, sizeof(sealed)),
		-EMSGSIZE);
	CU_ASSERT_EQUAL(store_seal_close(rig.seal, "label", plain, STORE_SEAL_PLAIN_MAX, sealed,
					 STORE_SEAL_PLAIN_MAX + STORE_SEAL_OVERHEAD - 1),
			-ENOBUFS);
	CU_ASSERT_EQUAL(store_seal_close(rig.seal, "label", plain, STORE_SEAL_PLAIN_MAX, sealed,
					 sizeof(sealed)),
			STORE_SEAL_PLAIN_MAX + STORE_SEAL_OVERHEAD);
	CU_ASSERT_EQUAL(store_seal_break(rig.seal, "label", sealed,
					 STORE_SEAL_PLAIN_MAX + STORE_SEAL_OVERHEAD, plain,
					 STORE_SEAL_PLAIN_MAX - 1),
			-ENOBUFS);
	CU_ASSERT_EQUAL(
		store_seal_break(rig.seal, "label", sealed, sizeof(sealed), plain, sizeof(plain)),
		-EBADMSG);
	CU_ASSERT_EQUAL(store_seal_close(rig.seal, "label", plain, 0, sealed, sizeof(sealed)),
			STORE_SEAL_OVERHEAD);
	CU_ASSERT_EQUAL(store_seal_break(rig.seal, "label", sealed, STORE_SEAL_OVERHEAD, plain,
					 sizeof(plain)),
			0);
	stop(&rig);
}

static void
test_another_device_opens_nothing(void)
{
	struct rig rig;
	struct store_seal *own;
	static const uint8_t other[32] = { 1 };

	start(&rig);
	own = rig.seal;
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, other, sizeof(other), 0600), 0);
	CU_ASSERT_EQUAL_FATAL(store_seal_open(rig.path, &rig.seal), 0);
	CU_ASSERT_EQUAL(open_sealed(&rig, "label", sizeof(rig.sealed)), -EBADMSG);
	store_seal_free(own);
	stop(&rig);
}

static void
test_a_key_file_that_is_none_or_that_others_may_read_is_refused(void)
{
	struct rig rig;
	struct store_seal *seal = NULL;
	static const uint8_t bytes[33] = { 0 };

	start(&rig);
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, 31, 0600), 0);
	CU_ASSERT_EQUAL(store_seal_open(rig.path, &seal), -EBADMSG);
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, 33, 0600), 0);
	CU_ASSERT_EQUAL(store_seal_open(rig.path, &seal), -EBADMSG);
	CU_ASSERT_EQUAL(write_file_atomic(rig.path, bytes, 32, 0640), 0);
	CU_ASSERT_EQUAL(store_seal_open(rig.path, &seal), -EACCES);
	CU_ASSERT_EQUAL(store_seal_open(rig.dir, &seal), -EBADMSG);
	CU_ASSERT_PTR_NULL(seal);
	stop(&rig);
}

static void
test_keys_for_other_labels_and_devices_are_others(void)
{
	struct rig rig;
	struct rig other;
	uint8_t a[STORE_SEAL_DERIVED];
	uint8_t again[STORE_SEAL_DERIVED];
	uint8_t b[STORE_SEAL_DERIVED];

	start(&rig);
	start(&other);
	CU_ASSERT_EQUAL(store_seal_derive(rig.seal, "pin", a), 0);
	CU_ASSERT_EQUAL(store_seal_derive(rig.seal, "pin", again), 0);
	CU_ASSERT_EQUAL(memcmp(a, again, sizeof(a)), 0);
	CU_ASSERT_EQUAL(store_seal_derive(rig.seal, "pins", b), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof(a)), 0);
	CU_ASSERT_EQUAL(store_seal_derive(other.seal, "pin", b), 0);
	CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof(a)), 0);
	stop(&other);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_what_is_sealed_opens_after_a_restart_and_is_not_to_be_read_meanwhile),
		TAP(test_the_same_text_is_never_sealed_alike),
		TAP(test_another_label_and_every_changed_byte_are_refused),
		TAP(test_what_does_not_fit_is_refused),
		TAP(test_another_device_opens_nothing),
		TAP(test_a_key_file_that_is_none_or_that_others_may_read_is_refused),
		TAP(test_keys_for_other_labels_and_devices_are_others),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
