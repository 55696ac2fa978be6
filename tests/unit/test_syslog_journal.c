#include "syslog/journal.h"

#include "lib/clock.h"
#include "lib/util.h"
#include "syslog/journal_backlog.h"
#include "syslog/record.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define WRITER "/lib/systemd/systemd-journal-remote"
#define BOOT   "6a1c0f1e7b0a4b539d0e1f2a3b4c5d6e"

static const struct record_sender sender = {
	.hostname = "door1",
	.address = "",
	.procid = "815",
	.version = "0.1.0",
	.boot = "",
};
static const struct journal_filter all = { .severity = 7 };
static char *dir;
static unsigned written;
static struct message message;
static char record[RECORD_MAX + 1];

/* Feeds text to a program's standard input, and waits for its end. */
static int
feed(const char *path, const char *text)
{
	int pipe_fds[2];

	if (pipe(pipe_fds) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		(void) dup2(pipe_fds[0], 0);
		(void) close(pipe_fds[0]);
		(void) close(pipe_fds[1]);
		(void) dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), 2);
		(void) execl(WRITER, WRITER, "-o", path, "-", (char *) NULL);
		_exit(127);
	}
	(void) close(pipe_fds[0]);
	for (size_t size = strlen(text); size;) {
		ssize_t count = write(pipe_fds[1], text, size);
		if (count <= 0)
			break;
		text += count;
		size -= (size_t) count;
	}
	(void) close(pipe_fds[1]);
	int status = -1;
	(void) waitpid(pid, &status, 0);
	return status;
}

/* An entry of a file of the journal, a second behind the one before. */
static void
append(const char *file, const char *fields)
{
	_cleanup_(freep) char *path = unit_path(dir, file);
	unsigned number = ++written;
	_cleanup_(freep) char *text =
		xasprintf("__REALTIME_TIMESTAMP=%u\n__MONOTONIC_TIMESTAMP=%u\n_BOOT_ID=" BOOT "\n"
			  "_MACHINE_ID=0123456789abcdef0123456789abcdef\n%s\n\n",
			  1790000000 + number, number * 1000000, fields);

	CU_ASSERT_EQUAL_FATAL(feed(path, text), 0);
}

static void
append_text(unsigned number)
{
	_cleanup_(freep) char *fields = xasprintf("PRIORITY=6\nMESSAGE=entry %u", number);

	append("a.journal", fields);
}

static struct journal *
open_at(const char *cursor, const struct journal_filter *filter)
{
	struct journal *journal = NULL;

	CU_ASSERT_EQUAL_FATAL(journal_open(dir, filter, cursor, &journal), 0);
	return journal;
}

/* The text of the next entry; "" when there is none. */
static const char *
next(struct journal *journal)
{
	static char text[128];

	(void) journal_process(journal);
	int r = journal_next(journal, true, &message);
	CU_ASSERT(r >= 0);
	(void) snprintf(text, sizeof(text), "%.*s",
			r == 1 ? (int) MIN_OF(message.text.size, 99) : 0,
			r == 1 ? message.text.bytes : "");
	return text;
}

static void
begin(void)
{
	if (dir)
		unit_dir_free(dir);
	dir = unit_dir_new();
	written = 0;
}

static void
test_without_a_place_only_what_comes_from_now_on_is_read(void)
{
	begin();
	append_text(1);
	struct journal *journal = open_at("", &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	append_text(2);
	append_text(3);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 2");
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 3");
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	journal_free(journal);
}

static void
test_a_journal_that_was_empty_is_read_from_its_first_entry_on(void)
{
	begin();
	struct journal *journal = open_at("", &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	append_text(1);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 1");
	journal_free(journal);
}

static void
test_new_entries_wake_whoever_waits(void)
{
	begin();
	append_text(1);
	struct journal *journal = open_at("", &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	struct pollfd waiting = { .fd = journal_fd(journal), .events = POLLIN };
	append_text(2);
	CU_ASSERT_EQUAL(poll(&waiting, 1, 10000), 1);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 2");
	journal_free(journal);
}

static void
test_a_place_is_kept_over_a_restart(void)
{
	char cursor[JOURNAL_CURSOR_MAX];

	begin();
	append_text(1);
	struct journal *journal = open_at("", &all);
	append_text(2);
	append_text(3);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 2");
	CU_ASSERT_EQUAL(journal_cursor(journal, cursor), 0);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 3");
	journal_free(journal);
	append_text(4);
	journal = open_at(cursor, &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 3");
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 4");
	CU_ASSERT_EQUAL(journal_seek(journal, cursor), 0);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 3");
	journal_free(journal);
}

static void
test_a_place_whose_file_was_deleted_goes_on_with_what_is_left(void)
{
	char cursor[JOURNAL_CURSOR_MAX];

	begin();
	append("old.journal", "MESSAGE=old 1");
	struct journal *journal = open_at("", &all);
	append("old.journal", "MESSAGE=old 2");
	append("old.journal", "MESSAGE=old 3");
	CU_ASSERT_STRING_EQUAL(next(journal), "old 2");
	CU_ASSERT_EQUAL(journal_cursor(journal, cursor), 0);
	journal_free(journal);
	append("new.journal", "MESSAGE=new 4");
	_cleanup_(freep) char *path = unit_path(dir, "old.journal");
	CU_ASSERT_EQUAL(unlink(path), 0);
	journal = open_at(cursor, &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "new 4");
	journal_free(journal);
}

static void
test_only_the_units_and_severities_that_are_wanted_are_read(void)
{
	static const struct journal_filter filter = { 4, "ssh.service,cron.service" };

	begin();
	append_text(0);
	struct journal *journal = open_at("", &filter);
	append("a.journal", "PRIORITY=4\n_SYSTEMD_UNIT=ssh.service\nMESSAGE=ssh 4");
	append("a.journal", "PRIORITY=5\n_SYSTEMD_UNIT=ssh.service\nMESSAGE=ssh 5");
	append("a.journal", "PRIORITY=0\n_SYSTEMD_UNIT=other.service\nMESSAGE=other");
	append("a.journal", "PRIORITY=0\n_SYSTEMD_UNIT=cron.service\nMESSAGE=cron 0");
	append("a.journal", "_SYSTEMD_UNIT=cron.service\nMESSAGE=cron without");
	CU_ASSERT_STRING_EQUAL(next(journal), "ssh 4");
	CU_ASSERT_STRING_EQUAL(next(journal), "cron 0");
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	journal_free(journal);
}

static void
test_what_the_forwarder_logs_itself_is_never_read(void)
{
	begin();
	append_text(0);
	struct journal *journal = open_at("", &all);
	append("a.journal", "SYSLOG_IDENTIFIER=cardea-syslog\nMESSAGE=a");
	append("a.journal", "_SYSTEMD_UNIT=cardea-syslog.service\nMESSAGE=b");
	append("a.journal", "_SYSTEMD_UNIT=cardea-www.service\nMESSAGE=c");
	CU_ASSERT_STRING_EQUAL(next(journal), "c");
	CU_ASSERT_STRING_EQUAL(next(journal), "");
	journal_free(journal);
}

static void
test_an_entry_becomes_a_record(void)
{
	begin();
	append_text(0);
	struct journal *journal = open_at("", &all);
	append("a.journal", "PRIORITY=3\nSYSLOG_FACILITY=4\nSYSLOG_IDENTIFIER=sshd\n_COMM=ssh d\n"
			    "SYSLOG_PID=1\n_PID=77\n_SYSTEMD_UNIT=ssh.service\n_UID=0\nERRNO=2\n"
			    "_CMDLINE=secret\nMESSAGE=T\xc3\xbcr \"1\"]\\n");
	CU_ASSERT_STRING_NOT_EQUAL(next(journal), "");
	size_t size = record_write(RECORD_RFC5424, &sender, &message, 8192, record);
	record[size] = 0;
	static const char start[] =
		"<35>1 1970-01-01T00:29:50.000002Z door1 sshd 77 - "
		"[timeQuality tzKnown=\"1\" isSynced=\"1\"]"
		"[origin enterpriseId=\"32473\" software=\"Cardea\" swVersion=\"0.1.0\"]"
		"[meta sysUpTime=\"200\" language=\"en\"]"
		"[cardeaJournal@32473 unit=\"ssh.service\" uid=\"0\" errno=\"2\" boot=\"" BOOT
		"\" cursor=\"s=";
	CU_ASSERT_NSTRING_EQUAL(record, start, strlen(start));
	CU_ASSERT_PTR_NOT_NULL(strstr(record, "\"] \xef\xbb\xbfT\xc3\xbcr \"1\"]\\n"));
	CU_ASSERT_PTR_NULL(strstr(record, "secret"));
	journal_free(journal);
}

static void
test_entries_that_say_little_have_what_is_usual(void)
{
	begin();
	append_text(0);
	struct journal *journal = open_at("", &all);
	append("a.journal", "PRIORITY=99\nSYSLOG_FACILITY=x\n_COMM=tool\nMESSAGE=m");
	CU_ASSERT_STRING_EQUAL(next(journal), "m");
	size_t size = record_write(RECORD_RFC5424, &sender, &message, 8192, record);
	record[size] = 0;
	CU_ASSERT_NSTRING_EQUAL(record, "<30>1 ", 6);
	CU_ASSERT_PTR_NOT_NULL(strstr(record, " door1 tool - - ["));
	journal_free(journal);
}

static void
test_a_message_of_any_size_is_cut_to_what_a_record_holds(void)
{
	_cleanup_(freep) char *text = xcalloc(1, 200001);
	begin();
	append_text(0);
	struct journal *journal = open_at("", &all);
	memset(text, 'x', 200000);
	_cleanup_(freep) char *fields = xasprintf("MESSAGE=%s", text);
	append("a.journal", fields);
	append("a.journal", "MESSAGE=the next");
	CU_ASSERT_STRING_NOT_EQUAL(next(journal), "");
	size_t size = record_write(RECORD_RFC5424, &sender, &message, RECORD_MAX, record);
	CU_ASSERT(size > 65000 && size <= RECORD_MAX);
	CU_ASSERT_STRING_EQUAL(next(journal), "the next");
	journal_free(journal);
}

static struct journal_backlog *
count_from(const char *cursor, const struct journal_filter *filter)
{
	struct journal_backlog *backlog = NULL;

	CU_ASSERT_EQUAL_FATAL(journal_backlog_open(dir, filter, cursor, &backlog), 0);
	while (journal_backlog_count(backlog))
		continue;
	return backlog;
}

static void
test_what_waits_behind_a_place_is_counted_as_it_is_chosen(void)
{
	static const struct journal_filter filter = { 4, "" };
	char cursor[JOURNAL_CURSOR_MAX];

	begin();
	append("a.journal", "PRIORITY=3\nMESSAGE=one");
	struct journal *journal = open_at("", &filter);
	CU_ASSERT_EQUAL(journal_cursor(journal, cursor), 0);
	append("a.journal", "PRIORITY=6\nMESSAGE=passed over");
	append("a.journal", "PRIORITY=3\nMESSAGE=two");
	append("a.journal", "PRIORITY=3\nMESSAGE=three");
	struct journal_backlog *backlog = count_from(cursor, &filter);
	CU_ASSERT_EQUAL(journal_backlog_waiting(backlog), 2);
	CU_ASSERT_EQUAL(journal_backlog_oldest_us(backlog), 1790000003);
	append("a.journal", "PRIORITY=3\nMESSAGE=four");
	CU_ASSERT_FALSE(journal_backlog_count(backlog));
	CU_ASSERT_EQUAL(journal_backlog_waiting(backlog), 3);
	CU_ASSERT_EQUAL(journal_backlog_oldest_us(backlog), 1790000003);
	journal_backlog_free(backlog);
	journal_free(journal);
}

static void
test_what_was_taken_meanwhile_does_not_wait_any_more(void)
{
	char cursor[JOURNAL_CURSOR_MAX];

	begin();
	append_text(1);
	struct journal *journal = open_at("", &all);
	CU_ASSERT_EQUAL(journal_cursor(journal, cursor), 0);
	append_text(2);
	append_text(3);
	struct journal_backlog *backlog = count_from(cursor, &all);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 2");
	journal_backlog_take(backlog, 1, "");
	CU_ASSERT_EQUAL(journal_backlog_waiting(backlog), 1);
	CU_ASSERT_EQUAL(journal_backlog_oldest_us(backlog), 0);
	append_text(4);
	append_text(5);
	for (unsigned i = 3; i < 5; i++)
		CU_ASSERT_STRING_NOT_EQUAL(next(journal), "");
	CU_ASSERT_EQUAL(journal_cursor(journal, cursor), 0);
	/* More than were counted: on from there. */
	journal_backlog_take(backlog, 2, cursor);
	CU_ASSERT_FALSE(journal_backlog_count(backlog));
	CU_ASSERT_EQUAL(journal_backlog_waiting(backlog), 1);
	CU_ASSERT_EQUAL(journal_backlog_oldest_us(backlog), 1790000005);
	journal_backlog_free(backlog);
	journal_free(journal);
}

static void
test_a_journal_that_was_empty_at_first_waits_as_a_whole(void)
{
	begin();
	struct journal *journal = open_at("", &all);
	append_text(1);
	append_text(2);
	struct journal_backlog *backlog = count_from("", &all);
	CU_ASSERT_EQUAL(journal_backlog_waiting(backlog), 2);
	journal_backlog_free(backlog);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 1");
	CU_ASSERT_EQUAL(journal_seek(journal, ""), 0);
	CU_ASSERT_STRING_EQUAL(next(journal), "entry 1");
	journal_free(journal);
}

static void
test_an_entry_of_this_start_is_as_old_as_the_monotonic_clock_says(void)
{
	char boot[33] = "";
	unsigned used = 0;

	for (const char *from = clock_boot_id(); *from && used < 32; from++)
		if (*from != '-')
			boot[used++] = *from;
	begin();
	_cleanup_(freep) char *path = unit_path(dir, "a.journal");
	uint64_t then_us = clock_mono_us() - 1000;
	_cleanup_(freep) char *text =
		xasprintf("__REALTIME_TIMESTAMP=1790000001\n__MONOTONIC_TIMESTAMP=%llu\n"
			  "_BOOT_ID=%s\n_MACHINE_ID=0123456789abcdef0123456789abcdef\n"
			  "MESSAGE=now\n\n",
			  (unsigned long long) then_us, boot);
	CU_ASSERT_EQUAL_FATAL(feed(path, text), 0);
	struct journal *journal = open_at("", &all);
	CU_ASSERT_EQUAL(journal_seek(journal, ""), 0);
	CU_ASSERT_STRING_EQUAL(next(journal), "now");
	uint64_t age_us = clock_wall_us() - journal_time_us(journal);
	CU_ASSERT(age_us >= 900 && age_us < 3600 * US_PER_S);
	journal_free(journal);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_without_a_place_only_what_comes_from_now_on_is_read),
		TAP(test_a_journal_that_was_empty_is_read_from_its_first_entry_on),
		TAP(test_new_entries_wake_whoever_waits),
		TAP(test_a_place_is_kept_over_a_restart),
		TAP(test_a_place_whose_file_was_deleted_goes_on_with_what_is_left),
		TAP(test_only_the_units_and_severities_that_are_wanted_are_read),
		TAP(test_what_the_forwarder_logs_itself_is_never_read),
		TAP(test_an_entry_becomes_a_record),
		TAP(test_entries_that_say_little_have_what_is_usual),
		TAP(test_a_message_of_any_size_is_cut_to_what_a_record_holds),
		TAP(test_what_waits_behind_a_place_is_counted_as_it_is_chosen),
		TAP(test_what_was_taken_meanwhile_does_not_wait_any_more),
		TAP(test_a_journal_that_was_empty_at_first_waits_as_a_whole),
		TAP(test_an_entry_of_this_start_is_as_old_as_the_monotonic_clock_says),
	};

	if (access(WRITER, X_OK) < 0) {
		printf("1..0 # SKIP '" WRITER "' writes the journals of this test\n");
		return 0;
	}
	int status = tap_main(tests, ARRAY_LEN(tests));
	if (dir)
		unit_dir_free(dir);
	return status;
}
