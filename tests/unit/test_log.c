#include "lib/log.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

static char written[8192];

/* What say() leaves on standard error, in written. */
static void
capture(void (*say)(void))
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "stderr");
	int before = dup(STDERR_FILENO);
	int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	CU_ASSERT_FATAL(before >= 0 && file >= 0);
	(void) fflush(stderr);
	(void) dup2(file, STDERR_FILENO);
	say();
	(void) fflush(stderr);
	(void) dup2(before, STDERR_FILENO);
	(void) close(before);
	(void) close(file);
	CU_ASSERT_FATAL(read_file(path, written, sizeof(written)) >= 0);
	unit_dir_free(dir);
}

static void
say_all_levels(void)
{
	CU_ASSERT_EQUAL(log_err(-ENOENT, "cannot open '%s'", "x"), -ENOENT);
	CU_ASSERT_EQUAL(log_warn(0, "odd"), 0);
	log_info("started");
	log_debug("details");
}

static void
test_a_line_has_its_priority_and_its_reason_and_returns_the_error(void)
{
	capture(say_all_levels);
	CU_ASSERT_STRING_EQUAL(written, "<3>cannot open 'x': No such file or directory\n"
					"<4>odd\n<6>started\n");
}

static void
test_debug_lines_come_when_asked_for(void)
{
	log_set_level(LOG_LEVEL_DEBUG);
	capture(say_all_levels);
	log_set_level(LOG_LEVEL_INFO);
	CU_ASSERT_PTR_NOT_NULL(strstr(written, "<7>details\n"));
	log_set_level(LOG_LEVEL_ERR);
	CU_ASSERT_EQUAL(log_warn(-EIO, "not said"), -EIO);
	log_set_level(LOG_LEVEL_INFO);
}

static void
say_foreign(void)
{
	(void) log_warn(0, "peer '%s'", "a\n<0>forged\r\x1b[2J\tb");
}

static void
test_foreign_text_cannot_start_another_line(void)
{
	capture(say_foreign);
	CU_ASSERT_STRING_EQUAL(written, "<4>peer 'a <0>forged  [2J b'\n");
}

static void
say_much(void)
{
	_cleanup_(freep) char *text = xcalloc(1, 5001);

	memset(text, 'x', 5000);
	(void) log_warn(0, "%s", text);
}

static void
test_a_long_line_is_cut(void)
{
	capture(say_much);
	CU_ASSERT(strlen(written) < 1100);
	CU_ASSERT_EQUAL(written[strlen(written) - 1], '\n');
}

static void
test_a_name_is_printed_only_when_stderr_is_no_journal(void)
{
	(void) unsetenv("JOURNAL_STREAM");
	log_set_name("store");
	capture(say_foreign);
	CU_ASSERT_NSTRING_EQUAL(written, "<4>store: peer", 14);
	(void) setenv("JOURNAL_STREAM", "8:1", 1);
	log_set_name("store");
	capture(say_foreign);
	CU_ASSERT_NSTRING_EQUAL(written, "<4>peer", 7);
	(void) unsetenv("JOURNAL_STREAM");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_line_has_its_priority_and_its_reason_and_returns_the_error),
		TAP(test_debug_lines_come_when_asked_for),
		TAP(test_foreign_text_cannot_start_another_line),
		TAP(test_a_long_line_is_cut),
		TAP(test_a_name_is_printed_only_when_stderr_is_no_journal),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
