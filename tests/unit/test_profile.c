#include "hw/profile.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define BOARD	     "board = { name = \"B\"; driver = \"virtual\"; };\n"
#define BUS(readers) "{ name = \"1\"; baud = 9600; readers = (" readers "); }"
#define R(n, d, a)   "{ reader = " #n "; door = " #d "; address = " #a "; }"

static struct profile profile;
static char why[512];

/* Reads a profile of this text; what was wrong with it is in why. */
static int
read_text(const char *text)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "board.conf");
	_cleanup_(freep) char *reason = NULL;

	CU_ASSERT_EQUAL(write_file_atomic(path, text, strlen(text), 0600), 0);
	memset(&profile, 0, sizeof(profile));
	int r = profile_read(path, &profile, &reason);
	CU_ASSERT_EQUAL(r < 0, reason != NULL);
	(void) copy_string(why, sizeof(why), reason ? reason : "");
	unit_dir_free(dir);
	return r;
}

/* Whether the text is refused with these words and nothing is returned. */
static bool
is_refused(const char *text, const char *words)
{
	static const struct profile empty;
	int r = read_text(text);

	if (!strstr(why, words))
		printf("# %d '%s' does not have '%s'\n", r, why, words);
	return r == -EBADMSG && strstr(why, words) && !memcmp(&profile, &empty, sizeof(empty));
}

static void
test_the_virtual_board_has_four_buses_and_eight_readers(void)
{
	const char *source = getenv("CARDEA_SRCDIR");
	_cleanup_(freep) char *path = xasprintf("%s/board/virtual.conf", source ? source : ".");
	_cleanup_(freep) char *reason = NULL;
	unsigned seen = 0;

	CU_ASSERT_EQUAL_FATAL(profile_read(path, &profile, &reason), 0);
	CU_ASSERT_STRING_EQUAL(profile.driver, "virtual");
	CU_ASSERT_EQUAL(profile.bus_count, 4);
	for (unsigned i = 0; i < profile.bus_count; i++)
		for (unsigned k = 0; k < profile.buses[i].count; k++) {
			const struct profile_reader *reader = &profile.buses[i].readers[k];
			CU_ASSERT_EQUAL(reader->reader, ++seen);
			CU_ASSERT_EQUAL(reader->door, (reader->reader + 1) / 2);
			CU_ASSERT_EQUAL(reader->address, k);
		}
	CU_ASSERT_EQUAL(seen, READERS);
}

static void
test_a_profile_is_read_as_written(void)
{
	CU_ASSERT_EQUAL(read_text("# comment\n" BOARD
				  "buses = ( { name = \"RS\"; baud = 230400; readers = (" R(
					  8, 4, 126) "," R(1, 1, 0) "); } );"),
			0);
	CU_ASSERT_STRING_EQUAL(profile.name, "B");
	CU_ASSERT_EQUAL(profile.bus_count, 1);
	CU_ASSERT_STRING_EQUAL(profile.buses[0].name, "RS");
	CU_ASSERT_EQUAL(profile.buses[0].baud, 230400);
	CU_ASSERT_EQUAL(profile.buses[0].count, 2);
	CU_ASSERT_EQUAL(profile.buses[0].readers[0].reader, 8);
	CU_ASSERT_EQUAL(profile.buses[0].readers[0].door, 4);
	CU_ASSERT_EQUAL(profile.buses[0].readers[0].address, 126);
	CU_ASSERT_EQUAL(read_text(BOARD), 0);
	CU_ASSERT_EQUAL(profile.bus_count, 0);
}

static void
test_a_missing_file_and_broken_syntax_say_where(void)
{
	_cleanup_(freep) char *reason = NULL;

	CU_ASSERT_EQUAL(profile_read("/nonexistent/board.conf", &profile, &reason), -ENOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(reason, "/nonexistent/board.conf"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (\n}", "board.conf:3: "));
	CU_ASSERT_TRUE(is_refused(BOARD BOARD, "board.conf:2: "));
}

static void
test_the_board_needs_a_name_and_a_driver(void)
{
	CU_ASSERT_TRUE(is_refused("", "'board' is missing"));
	CU_ASSERT_TRUE(is_refused("board = 5;", "'name' is missing"));
	CU_ASSERT_TRUE(is_refused("\nboard = { driver = \"v\"; };", ":2: 'name' is missing"));
	CU_ASSERT_TRUE(
		is_refused("board = { name = \"\"; driver = \"v\"; };", "'name' is missing"));
	CU_ASSERT_TRUE(is_refused("board = { name = 5; driver = \"v\"; };", "'name' is missing"));
	CU_ASSERT_TRUE(is_refused("board = { name = \"B\"; };", "'driver' is missing"));
	CU_ASSERT_TRUE(is_refused("board = { name = \"B\"; driver = \"12345678901234567890123456789"
				  "012\"; };",
				  "'driver' has more than 31 bytes"));
}

static void
test_numbers_are_taken_just_within_their_range(void)
{
	CU_ASSERT_EQUAL(read_text(BOARD "buses = (" BUS(R(1, 1, 0)) ");"), 0);
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(0, 1, 0)) ");", "from 1 to 8"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(9, 1, 0)) ");", "'reader' must be"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(1, 0, 0)) ");", "from 1 to 4"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(1, 5, 0)) ");", "'door' must be"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(1, 1, -1)) ");", "'address' must be"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(1, 1, 127)) ");", "from 0 to 126"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(4294967297L, 1, 0)) ");", "'reader'"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R("1", 1, 0)) ");", "'reader'"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = ( { name = \"1\"; baud = 9599; } );", "'baud'"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = ( { name = \"1\"; baud = 230401; } );", "'baud'"));
}

static void
test_a_reader_or_an_address_twice_is_refused(void)
{
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (\n" BUS(R(1, 1, 0)) ",\n" BUS(R(1, 2, 0)) ");",
				  ":4: reader 1 is there twice"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS(R(1, 1, 5) "," R(2, 1, 5)) ");",
				  "address 5 is there twice on this bus"));
	/* On another bus the address is free. */
	CU_ASSERT_EQUAL(read_text(BOARD "buses = (" BUS(R(1, 1, 5)) "," BUS(R(2, 1, 5)) ");"), 0);
}

static void
test_lists_are_neither_empty_nor_too_long_nor_anything_else(void)
{
	char text[4096] = BOARD "buses = (";

	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS("") ");", "'readers' must have 1 to 2"));
	CU_ASSERT_TRUE(
		is_refused(BOARD "buses = ( { name = \"1\"; baud = 9600; } );", "'readers'"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = ( { name = \"1\"; baud = 9600; readers = 3; } );",
				  "'readers'"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = 5;", "'buses' must be a list"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = { a = 1; };", "'buses' must be a list"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = ( 1, 2 );", "'name' is missing"));
	CU_ASSERT_TRUE(is_refused(BOARD "buses = (" BUS("1, 2") ");", "'reader' must be"));
	for (unsigned i = 0; i < PROFILE_BUSES + 1; i++) {
		size_t used = strlen(text);
		(void) snprintf(text + used, sizeof(text) - used,
				"{ name = \"%u\"; baud = 9600; readers = ( 1 ); }%s", i,
				i < PROFILE_BUSES ? "," : ");");
	}
	CU_ASSERT_TRUE(is_refused(text, "at most 8 buses"));
	CU_ASSERT_TRUE(is_refused(BOARD
				  "buses = (" BUS(R(1, 1, 0) "," R(2, 1, 1) "," R(3, 2, 2)) ");",
				  "1 to 2 entries"));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_virtual_board_has_four_buses_and_eight_readers),
		TAP(test_a_profile_is_read_as_written),
		TAP(test_a_missing_file_and_broken_syntax_say_where),
		TAP(test_the_board_needs_a_name_and_a_driver),
		TAP(test_numbers_are_taken_just_within_their_range),
		TAP(test_a_reader_or_an_address_twice_is_refused),
		TAP(test_lists_are_neither_empty_nor_too_long_nor_anything_else),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
