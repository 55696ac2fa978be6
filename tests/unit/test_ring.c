#include "lib/ring.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SLOT_SIZE 1024

struct rig {
	char *dir;
	char *path;
	struct ring *ring;
};

static void
start(struct rig *rig)
{
	rig->dir = unit_dir_new();
	rig->path = unit_path(rig->dir, "ring");
	CU_ASSERT_EQUAL_FATAL(ring_open(rig->path, &rig->ring), 0);
}

static void
stop(struct rig *rig)
{
	ring_close(rig->ring);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
reopen(struct rig *rig)
{
	ring_close(rig->ring);
	CU_ASSERT_EQUAL_FATAL(ring_open(rig->path, &rig->ring), 0);
}

static void
append(struct rig *rig, unsigned count)
{
	char text[32];
	uint64_t number;

	for (unsigned i = 0; i < count; i++) {
		uint64_t next = ring_last(rig->ring) + 1;
		(void) snprintf(text, sizeof(text), "event %llu", (unsigned long long) next);
		CU_ASSERT_EQUAL(ring_append(rig->ring, text, &number), 0);
		CU_ASSERT_EQUAL(number, next);
	}
}

/* Whether the ring has this event as append() wrote it. */
static bool
has(const struct rig *rig, uint64_t number)
{
	char expected[32];
	const char *text;

	(void) snprintf(expected, sizeof(expected), "event %llu", (unsigned long long) number);
	return ring_read(rig->ring, number, &text) == 0 && !strcmp(text, expected);
}

/* Writes bytes into the file behind the ring's back. */
static void
damage(const struct rig *rig, off_t at, const void *bytes, size_t size)
{
	_cleanup_(closep) int fd = open(rig->path, O_WRONLY | O_CLOEXEC);

	CU_ASSERT_EQUAL(pwrite(fd, bytes, size, at), (ssize_t) size);
}

static void
test_a_new_ring_is_empty_private_and_has_an_epoch(void)
{
	struct rig rig;
	struct stat info;
	const char *text;

	start(&rig);
	CU_ASSERT_EQUAL(ring_last(rig.ring), 0);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 0);
	CU_ASSERT_EQUAL(ring_take_lost(rig.ring), 0);
	CU_ASSERT_EQUAL(strlen(ring_epoch(rig.ring)), 36);
	CU_ASSERT_EQUAL(ring_read(rig.ring, 0, &text), -ENOENT);
	CU_ASSERT_EQUAL(ring_read(rig.ring, 1, &text), -ENOENT);
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	stop(&rig);
}

static void
test_events_survive_closing_and_opening(void)
{
	struct rig rig;
	char epoch[40];

	start(&rig);
	append(&rig, 5);
	ring_acknowledge(rig.ring, 2);
	(void) copy_string(epoch, sizeof(epoch), ring_epoch(rig.ring));
	reopen(&rig);
	CU_ASSERT_STRING_EQUAL(ring_epoch(rig.ring), epoch);
	CU_ASSERT_EQUAL(ring_last(rig.ring), 5);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 2);
	CU_ASSERT_FALSE(has(&rig, 2));
	for (uint64_t number = 3; number <= 5; number++)
		CU_ASSERT_TRUE(has(&rig, number));
	append(&rig, 1);
	CU_ASSERT_TRUE(has(&rig, 6));
	stop(&rig);
}

static void
test_a_full_ring_counts_exactly_what_it_drops(void)
{
	struct rig rig;
	uint64_t number = 99;

	start(&rig);
	append(&rig, RING_SLOTS);
	for (unsigned i = 0; i < 7; i++)
		CU_ASSERT_EQUAL(ring_append(rig.ring, "dropped", &number), -ENOBUFS);
	CU_ASSERT_EQUAL(number, 99);
	/* Nobody could write the loss down yet. */
	CU_ASSERT_EQUAL(ring_take_lost(rig.ring), 0);
	reopen(&rig);
	CU_ASSERT_EQUAL(ring_append(rig.ring, "dropped", &number), -ENOBUFS);
	CU_ASSERT_TRUE(has(&rig, 1));
	CU_ASSERT_TRUE(has(&rig, RING_SLOTS));
	ring_acknowledge(rig.ring, 1);
	CU_ASSERT_EQUAL(ring_take_lost(rig.ring), 8);
	CU_ASSERT_EQUAL(ring_take_lost(rig.ring), 0);
	append(&rig, 1);
	CU_ASSERT_TRUE(has(&rig, RING_SLOTS + 1));
	CU_ASSERT_TRUE(has(&rig, 2));
	CU_ASSERT_EQUAL(ring_append(rig.ring, "dropped", &number), -ENOBUFS);
	stop(&rig);
}

static void
test_a_ring_goes_round_and_keeps_its_numbers(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned round = 0; round < 5; round++) {
		append(&rig, 1000);
		ring_acknowledge(rig.ring, ring_last(rig.ring) - 10);
	}
	CU_ASSERT_EQUAL(ring_last(rig.ring), 5000);
	CU_ASSERT_FALSE(has(&rig, 4990));
	for (uint64_t number = 4991; number <= 5000; number++)
		CU_ASSERT_TRUE(has(&rig, number));
	stop(&rig);
}

static void
test_an_acknowledgement_out_of_range_is_ignored(void)
{
	struct rig rig;

	start(&rig);
	append(&rig, 5);
	ring_acknowledge(rig.ring, 6);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 0);
	ring_acknowledge(rig.ring, UINT64_MAX);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 0);
	ring_acknowledge(rig.ring, 4);
	ring_acknowledge(rig.ring, 2);
	ring_acknowledge(rig.ring, 0);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 4);
	ring_acknowledge(rig.ring, 5);
	CU_ASSERT_EQUAL(ring_acknowledged(rig.ring), 5);
	stop(&rig);
}

static void
test_the_longest_text_fits_and_one_byte_more_is_refused(void)
{
	struct rig rig;
	char text[RING_TEXT_MAX + 2];
	const char *read_back;
	uint64_t number;

	start(&rig);
	memset(text, 'x', sizeof(text));
	text[RING_TEXT_MAX + 1] = 0;
	CU_ASSERT_EQUAL(ring_append(rig.ring, text, &number), -EMSGSIZE);
	CU_ASSERT_EQUAL(ring_last(rig.ring), 0);
	text[RING_TEXT_MAX] = 0;
	CU_ASSERT_EQUAL(ring_append(rig.ring, text, &number), 0);
	CU_ASSERT_EQUAL(ring_read(rig.ring, number, &read_back), 0);
	CU_ASSERT_STRING_EQUAL(read_back, text);
	CU_ASSERT_EQUAL(ring_append(rig.ring, "", &number), 0);
	CU_ASSERT_EQUAL(ring_read(rig.ring, number, &read_back), 0);
	CU_ASSERT_STRING_EQUAL(read_back, "");
	stop(&rig);
}

/* A slot is number (8 bytes), size (4), hash (4), text; the first event's is behind the header. */
static void
test_a_torn_slot_is_skipped_and_its_neighbours_are_read(void)
{
	static const struct {
		off_t offset;
		uint32_t value;
	} damages[] = { { 0, 99 },   { 8, 3 },	{ 8, 0xffffffff },
			{ 8, 1001 }, { 12, 7 }, { 16, 0x21212121 } };

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		struct rig rig;
		const char *text;
		start(&rig);
		append(&rig, 3);
		damage(&rig, 3 * SLOT_SIZE + damages[i].offset, &damages[i].value, 4);
		reopen(&rig);
		CU_ASSERT_EQUAL(ring_read(rig.ring, 2, &text), -ENOENT);
		CU_ASSERT_TRUE(has(&rig, 1));
		CU_ASSERT_TRUE(has(&rig, 3));
		stop(&rig);
	}
}

/* Whether a ring with this at the file's start is replaced by an empty one. */
static bool
is_replaced(off_t at, const void *bytes, size_t size)
{
	struct rig rig;
	char epoch[40];

	start(&rig);
	append(&rig, 3);
	(void) copy_string(epoch, sizeof(epoch), ring_epoch(rig.ring));
	ring_close(steal(&rig.ring));
	damage(&rig, at, bytes, size);
	CU_ASSERT_EQUAL_FATAL(ring_open(rig.path, &rig.ring), 0);
	bool is_new = !ring_last(rig.ring) && strcmp(ring_epoch(rig.ring), epoch) &&
		      strlen(ring_epoch(rig.ring)) == 36;
	append(&rig, 1);
	CU_ASSERT_TRUE(!is_new || has(&rig, 1));
	stop(&rig);
	return is_new;
}

static void
test_what_is_no_ring_is_replaced_by_an_empty_one(void)
{
	static const uint64_t large[] = { UINT64_MAX, 4, 3 + RING_SLOTS + 1 };
	static const char no_end[40] = "0123456789012345678901234567890123456789";

	CU_ASSERT_TRUE(is_replaced(0, "XXXX", 4));	 /* magic */
	CU_ASSERT_TRUE(is_replaced(4, "\x02\0\0\0", 4)); /* layout */
	CU_ASSERT_TRUE(is_replaced(8, no_end, 40));	 /* epoch without an end */
	CU_ASSERT_TRUE(is_replaced(8, "", 1));		 /* empty epoch */
	CU_ASSERT_TRUE(is_replaced(56, &large[0], 8));	 /* more acknowledged than there are */
	CU_ASSERT_TRUE(is_replaced(56, &large[1], 8));
	CU_ASSERT_TRUE(is_replaced(48, &large[2], 8));	      /* more waiting than fit */
	CU_ASSERT_FALSE(is_replaced(SLOT_SIZE + 20, "?", 1)); /* a slot is no header */
}

static void
test_a_file_of_any_size_becomes_a_ring(void)
{
	static const size_t sizes[] = { 0, 1, 100, SLOT_SIZE, 2 * SLOT_SIZE + 5 };
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "ring");
	_cleanup_(freep) char *bytes = xcalloc(1, 3 * SLOT_SIZE);

	memset(bytes, 'G', 3 * SLOT_SIZE);
	for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
		struct rig rig = { .path = path };
		CU_ASSERT_EQUAL(write_file_atomic(path, bytes, sizes[i], 0600), 0);
		CU_ASSERT_EQUAL_FATAL(ring_open(path, &rig.ring), 0);
		append(&rig, RING_SLOTS);
		CU_ASSERT_TRUE(has(&rig, RING_SLOTS));
		ring_close(rig.ring);
	}
	unit_dir_free(dir);
}

static void
test_a_truncated_ring_keeps_its_header_and_reads_no_rubbish(void)
{
	struct rig rig;
	const char *text;

	start(&rig);
	append(&rig, 3);
	ring_close(steal(&rig.ring));
	CU_ASSERT_EQUAL(truncate(rig.path, 2 * SLOT_SIZE), 0);
	CU_ASSERT_EQUAL_FATAL(ring_open(rig.path, &rig.ring), 0);
	for (uint64_t number = 1; number <= 3; number++)
		CU_ASSERT_EQUAL(ring_read(rig.ring, number, &text), -ENOENT);
	append(&rig, 1);
	CU_ASSERT_TRUE(has(&rig, 4));
	stop(&rig);
}

static void
test_a_link_in_the_ring_s_place_is_not_followed(void)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "ring");
	_cleanup_(freep) char *victim = unit_path(dir, "victim");
	struct ring *ring = NULL;

	CU_ASSERT_EQUAL(symlink(victim, path), 0);
	CU_ASSERT_EQUAL(ring_open(path, &ring), -ELOOP);
	CU_ASSERT_PTR_NULL(ring);
	CU_ASSERT_EQUAL(access(victim, F_OK), -1);
	unit_dir_free(dir);
}

/* Appends until it is killed, and says so through the pipe after each. */
static void __attribute__((noreturn)) append_for_ever(struct rig *rig, int said)
{
	char text[32];
	uint64_t number;

	for (;;) {
		(void) snprintf(text, sizeof(text), "event %llu",
				(unsigned long long) ring_last(rig->ring) + 1);
		if (ring_append(rig->ring, text, &number) == 0)
			(void) !write(said, &number, sizeof(number));
		ring_acknowledge(rig->ring, number > 100 ? number - 100 : 0);
	}
}

static void
test_a_process_killed_while_it_appends_loses_nothing(void)
{
	for (unsigned round = 0; round < 20; round++) {
		struct rig rig;
		int ends[2];
		uint64_t number = 0;
		uint64_t last = 0;
		start(&rig);
		CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
		pid_t pid = fork();
		if (!pid)
			append_for_ever(&rig, ends[1]);
		(void) close(ends[1]);
		while (last < 50 * round + 5 && read(ends[0], &number, 8) == 8)
			last = number;
		(void) kill(pid, SIGKILL);
		(void) waitpid(pid, NULL, 0);
		while (read(ends[0], &number, 8) == 8)
			last = number;
		(void) close(ends[0]);
		reopen(&rig);
		/* One more may have been whole that it had no time to speak of. */
		CU_ASSERT(ring_last(rig.ring) == last || ring_last(rig.ring) == last + 1);
		for (number = ring_acknowledged(rig.ring) + 1; number <= ring_last(rig.ring);
		     number++)
			CU_ASSERT_TRUE(has(&rig, number));
		append(&rig, 3);
		CU_ASSERT_TRUE(has(&rig, ring_last(rig.ring)));
		stop(&rig);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_new_ring_is_empty_private_and_has_an_epoch),
		TAP(test_events_survive_closing_and_opening),
		TAP(test_a_full_ring_counts_exactly_what_it_drops),
		TAP(test_a_ring_goes_round_and_keeps_its_numbers),
		TAP(test_an_acknowledgement_out_of_range_is_ignored),
		TAP(test_the_longest_text_fits_and_one_byte_more_is_refused),
		TAP(test_a_torn_slot_is_skipped_and_its_neighbours_are_read),
		TAP(test_what_is_no_ring_is_replaced_by_an_empty_one),
		TAP(test_a_file_of_any_size_becomes_a_ring),
		TAP(test_a_truncated_ring_keeps_its_header_and_reads_no_rubbish),
		TAP(test_a_link_in_the_ring_s_place_is_not_followed),
		TAP(test_a_process_killed_while_it_appends_loses_nothing),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
