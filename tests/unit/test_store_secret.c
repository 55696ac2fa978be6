#include "agent/store_secret.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_seal.h"
#include "agent/store_snmp.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

static struct store_seal *
open_seal(const char *dir, const char *name)
{
	_cleanup_(freep) char *path = unit_path(dir, name);
	struct store_seal *seal;

	CU_ASSERT_EQUAL_FATAL(store_seal_open(path, &seal), 0);
	return seal;
}

static void
test_a_secret_comes_back_and_is_not_read_in_between(void)
{
	char *dir = unit_dir_new();
	struct store_seal *seal = open_seal(dir, "device.key");
	_cleanup_(json_decrefp) json_t *secret = json_string("r3ad-once");
	_cleanup_(json_decrefp) json_t *back = NULL;
	_cleanup_(freep) char *text = NULL;

	CU_ASSERT_EQUAL(store_secret_seal(seal, "snmp.read_community", secret, &text), 0);
	CU_ASSERT_PTR_NULL(strstr(text, "r3ad"));
	CU_ASSERT_EQUAL(store_secret_break(seal, "snmp.read_community", text, &back), 0);
	CU_ASSERT_TRUE(json_equal(secret, back));
	store_seal_free(seal);
	unit_dir_free(dir);
}

static void
test_a_secret_opens_under_its_own_name_and_key_only(void)
{
	char *dir = unit_dir_new();
	struct store_seal *seal = open_seal(dir, "device.key");
	struct store_seal *other = open_seal(dir, "other.key");
	_cleanup_(json_decrefp) json_t *secret = json_string("r3ad-once");
	_cleanup_(freep) char *text = NULL;
	json_t *back = NULL;

	CU_ASSERT_EQUAL(store_secret_seal(seal, "snmp.read_community", secret, &text), 0);
	CU_ASSERT_EQUAL(store_secret_break(seal, "snmp.write_community", text, &back), -EBADMSG);
	CU_ASSERT_EQUAL(store_secret_break(other, "snmp.read_community", text, &back), -EBADMSG);
	CU_ASSERT_EQUAL(store_secret_break(NULL, "snmp.read_community", text, &back), -ENOKEY);
	CU_ASSERT_EQUAL(store_secret_break(seal, "snmp.read_community", "", &back), -EBADMSG);
	CU_ASSERT_EQUAL(store_secret_break(seal, "snmp.read_community", "\"00\"", &back), -EBADMSG);
	CU_ASSERT_EQUAL(store_secret_break(seal, "snmp.read_community", "\"r3ad-once\"", &back),
			-EBADMSG);
	CU_ASSERT_EQUAL(store_secret_seal(NULL, "snmp.read_community", secret, &text), -ENOKEY);
	store_seal_free(other);
	store_seal_free(seal);
	unit_dir_free(dir);
}

static void
test_a_password_leaves_keys_and_another_engine_each_time(void)
{
	_cleanup_(json_decrefp) json_t *first = NULL;
	_cleanup_(json_decrefp) json_t *second = NULL;
	json_t *none = NULL;

	CU_ASSERT_EQUAL_FATAL(store_snmp_keys("maplesyrup", NULL, &first), 0);
	CU_ASSERT_EQUAL_FATAL(store_snmp_keys("maplesyrup", NULL, &second), 0);
	CU_ASSERT_EQUAL(strlen(json_string_or(first, "sha-256", "")), 64);
	CU_ASSERT_EQUAL(strlen(json_string_or(first, "sha-512", "")), 128);
	CU_ASSERT_EQUAL(strncmp(json_string_or(first, "engine", ""), "80007ed905", 10), 0);
	CU_ASSERT_STRING_NOT_EQUAL(json_string_or(first, "engine", ""),
				   json_string_or(second, "engine", ""));
	CU_ASSERT_STRING_NOT_EQUAL(json_string_or(first, "sha-256", ""),
				   json_string_or(second, "sha-256", ""));
	CU_ASSERT_EQUAL(store_snmp_keys("", NULL, &none), -EIO);
}

/* The password and engine of RFC 3414, appendix A.3; its keys for SHA-2 were made elsewhere. */
static void
test_a_password_for_a_server_leaves_keys_for_its_engine(void)
{
	_cleanup_(json_decrefp) json_t *keys = NULL;
	json_t *none = NULL;

	CU_ASSERT_EQUAL_FATAL(store_snmp_keys("maplesyrup", "0x000000000000000000000002", &keys),
			      0);
	CU_ASSERT_STRING_EQUAL(json_string_or(keys, "engine", ""), "000000000000000000000002");
	CU_ASSERT_STRING_EQUAL(json_string_or(keys, "sha-256", ""),
			       "8982e0e549e866db361a6b625d84cccc11162d453ee8ce3a6445c2d6776f0f8b");
	CU_ASSERT_STRING_EQUAL(json_string_or(keys, "sha-512", ""),
			       "22a5a36cedfcc085807a128d7bc6c2382167ad6c0dbc5fdff856740f3d84c099"
			       "ad1ea87a8db096714d9788bd544047c9021e4229ce27e4c0a69250adfcffbb0b");
	CU_ASSERT_EQUAL(store_snmp_keys("maplesyrup", "", &none), -EINVAL);
	CU_ASSERT_EQUAL(store_snmp_keys("maplesyrup", "80001f88", &none), -EINVAL);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_secret_comes_back_and_is_not_read_in_between),
		TAP(test_a_secret_opens_under_its_own_name_and_key_only),
		TAP(test_a_password_leaves_keys_and_another_engine_each_time),
		TAP(test_a_password_for_a_server_leaves_keys_for_its_engine),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
