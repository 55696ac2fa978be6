#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void
test_hex_is_lower_case_and_reads_back(void)
{
	uint8_t bytes[256];
	uint8_t again[256];
	char hex[513];

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t) i;
	hex_encode(bytes, sizeof(bytes), hex);
	CU_ASSERT_EQUAL(strlen(hex), 512);
	CU_ASSERT_NSTRING_EQUAL(hex, "000102", 6);
	CU_ASSERT_STRING_EQUAL(hex + 508, "feff");
	CU_ASSERT_EQUAL(hex_decode(hex, again, sizeof(again)), 256);
	CU_ASSERT_EQUAL(memcmp(bytes, again, sizeof(bytes)), 0);
	CU_ASSERT_EQUAL(hex_decode("aBcDeF", again, 3), 3);
	CU_ASSERT_EQUAL(memcmp(again, "\xab\xcd\xef", 3), 0);
	CU_ASSERT_EQUAL(hex_decode("", again, 0), 0);
}

static void
test_hex_that_is_odd_foreign_or_too_long_is_refused(void)
{
	uint8_t bytes[2] = { 0x55, 0x55 };

	CU_ASSERT_EQUAL(hex_decode("abc", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("0g", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("g0", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("/0", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode(":0", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("@0", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode(" 1", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("\xff\xff", bytes, sizeof(bytes)), -EINVAL);
	CU_ASSERT_EQUAL(hex_decode("010203", bytes, sizeof(bytes)), -ENOSPC);
}

static void
test_a_copy_that_does_not_fit_is_cut_and_says_so(void)
{
	char to[4];

	CU_ASSERT_TRUE(copy_string(to, sizeof(to), "abc"));
	CU_ASSERT_STRING_EQUAL(to, "abc");
	CU_ASSERT_FALSE(copy_string(to, sizeof(to), "abcd"));
	CU_ASSERT_STRING_EQUAL(to, "abc");
	CU_ASSERT_TRUE(copy_string(to, 1, ""));
	CU_ASSERT_FALSE(copy_string(to, 1, "x"));
	CU_ASSERT_STRING_EQUAL(to, "");
}

static void
test_a_path_that_does_not_fit_is_refused(void)
{
	char to[6];

	CU_ASSERT_EQUAL(path_join(to, sizeof(to), "/a", "bc"), 0);
	CU_ASSERT_STRING_EQUAL(to, "/a/bc");
	CU_ASSERT_EQUAL(path_join(to, sizeof(to), "/a", "bcd"), -ENAMETOOLONG);
}

static void
test_stealing_leaves_nothing_behind(void)
{
	char *text = xstrdup("mine");
	_cleanup_(freep) char *taken = steal(&text);

	CU_ASSERT_PTR_NULL(text);
	CU_ASSERT_STRING_EQUAL(taken, "mine");
}

static void
test_a_file_is_read_up_to_the_size_and_ended_by_nul(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "file");
	char text[8] = "xxxxxxx";

	CU_ASSERT_EQUAL(read_file(path, text, sizeof(text)), -ENOENT);
	CU_ASSERT_EQUAL(read_file(dir, text, sizeof(text)), -EISDIR);
	CU_ASSERT_EQUAL(write_file_atomic(path, "0123456789", 10, 0600), 0);
	CU_ASSERT_EQUAL(read_file(path, text, sizeof(text)), 7);
	CU_ASSERT_STRING_EQUAL(text, "0123456");
	CU_ASSERT_EQUAL(write_file_atomic(path, "", 0, 0600), 0);
	CU_ASSERT_EQUAL(read_file(path, text, sizeof(text)), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	unit_dir_free(dir);
}

static void
test_a_replaced_file_has_its_mode_and_leaves_nothing_beside_it(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "file");
	_cleanup_(freep) char *beside = unit_path(dir, "file.new");
	struct stat info;
	mode_t before = umask(077);

	CU_ASSERT_EQUAL(write_file_atomic(path, "old", 3, 0600), 0);
	_cleanup_(closep) int reader = open(path, O_RDONLY | O_CLOEXEC);
	CU_ASSERT_EQUAL(write_file_atomic(path, "new", 3, 0640), 0);
	(void) umask(before);
	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0640);
	CU_ASSERT_EQUAL(info.st_size, 3);
	CU_ASSERT_EQUAL(access(beside, F_OK), -1);
	/* Whoever had it open keeps the whole old file. */
	char text[4] = "";
	CU_ASSERT_EQUAL(read(reader, text, 3), 3);
	CU_ASSERT_STRING_EQUAL(text, "old");
	unit_dir_free(dir);
}

static void
test_a_link_laid_beside_a_file_is_not_followed(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "file");
	_cleanup_(freep) char *beside = unit_path(dir, "file.new");
	_cleanup_(freep) char *victim = unit_path(dir, "victim");
	char text[16];

	CU_ASSERT_EQUAL(write_file_atomic(victim, "precious", 8, 0600), 0);
	CU_ASSERT_EQUAL(symlink(victim, beside), 0);
	CU_ASSERT_EQUAL(write_file_atomic(path, "attack", 6, 0600), -ELOOP);
	CU_ASSERT_EQUAL(read_file(victim, text, sizeof(text)), 8);
	CU_ASSERT_STRING_EQUAL(text, "precious");
	unit_dir_free(dir);
}

static void
test_the_hash_is_fnv_1a(void)
{
	CU_ASSERT_EQUAL(fnv1a("", 0), 0x811c9dc5);
	CU_ASSERT_EQUAL(fnv1a("a", 1), 0xe40c292c);
	CU_ASSERT_EQUAL(fnv1a("foobar", 6), 0xbf9cf968);
}

static void
test_a_number_is_whole_and_alone(void)
{
	static const char *const foreign[] = { "",
					       " 1 ",
					       "-1",
					       "1x",
					       "0x10",
					       "1.5",
					       "1e3",
					       "9007199254740992",
					       "99999999999999999999" };
	long long value = 7;

	for (size_t i = 0; i < ARRAY_LEN(foreign); i++)
		CU_ASSERT_EQUAL(parse_number(foreign[i], &value), -EINVAL);
	CU_ASSERT_EQUAL(value, 7);
	CU_ASSERT_EQUAL(parse_number("0", &value), 0);
	CU_ASSERT_EQUAL(value, 0);
	CU_ASSERT_EQUAL(parse_number("9007199254740991", &value), 0);
	CU_ASSERT_EQUAL(value, 9007199254740991);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_hex_is_lower_case_and_reads_back),
		TAP(test_hex_that_is_odd_foreign_or_too_long_is_refused),
		TAP(test_a_copy_that_does_not_fit_is_cut_and_says_so),
		TAP(test_a_path_that_does_not_fit_is_refused),
		TAP(test_stealing_leaves_nothing_behind),
		TAP(test_a_file_is_read_up_to_the_size_and_ended_by_nul),
		TAP(test_a_replaced_file_has_its_mode_and_leaves_nothing_beside_it),
		TAP(test_a_link_laid_beside_a_file_is_not_followed),
		TAP(test_the_hash_is_fnv_1a),
		TAP(test_a_number_is_whole_and_alone),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
