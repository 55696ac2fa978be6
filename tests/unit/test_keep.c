#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/keep.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

struct record {
	uint64_t number;
	char text[64];
};

static char *dir;
static char path[256];
static struct keep *keep;

static void
open_keep(uint32_t layout)
{
	CU_ASSERT_EQUAL_FATAL(keep_open(path, layout, sizeof(struct record), &keep), 0);
}

static struct record
read_back(void)
{
	struct record record = { 0 };

	(void) keep_read(keep, &record);
	return record;
}

static void
begin(void)
{
	dir = unit_dir_new();
	CU_ASSERT_EQUAL_FATAL(path_join(path, sizeof(path), dir, "door.keep"), 0);
	open_keep(1);
}

static void
end(void)
{
	keep_close(keep);
	keep = NULL;
	unit_dir_free(dir);
}

static void
test_a_record_outlives_its_process(void)
{
	struct stat info;

	begin();
	CU_ASSERT_FALSE(keep_read(keep, &(struct record){ 0 }));
	pid_t child = fork();
	if (!child) {
		keep_write(keep, &(struct record){ 1, "before" });
		keep_write(keep, &(struct record){ 2, "unlocked" });
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
	keep_close(keep);
	open_keep(1);
	CU_ASSERT_EQUAL(read_back().number, 2);
	CU_ASSERT_STRING_EQUAL(read_back().text, "unlocked");
	CU_ASSERT_EQUAL(stat(path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 0777, 0600);
	end();
}

static void
test_a_half_written_record_gives_way_to_the_one_before(void)
{
	char bytes[4096];

	begin();
	keep_write(keep, &(struct record){ 1, "before" });
	keep_write(keep, &(struct record){ 2, "after" });
	int size = read_file(path, bytes, sizeof(bytes));
	/* Number, sum and record of the second slot. */
	static const int places[] = { 152, 160, 163, 168, 176, 239 };
	for (size_t k = 0; k < ARRAY_LEN(places); k++) {
		int i = places[k];
		int fd = open(path, O_RDWR | O_CLOEXEC);
		char damaged = (char) (bytes[i] ^ 0x55);
		CU_ASSERT_EQUAL(pwrite(fd, &damaged, 1, i), 1);
		CU_ASSERT_STRING_EQUAL(read_back().text, "before");
		CU_ASSERT_EQUAL(pwrite(fd, &bytes[i], 1, i), 1);
		(void) close(fd);
	}
	CU_ASSERT_STRING_EQUAL(read_back().text, "after");
	CU_ASSERT_TRUE(size > 0);
	end();
}

static void
test_another_layout_starts_empty(void)
{
	begin();
	keep_write(keep, &(struct record){ 1, "before" });
	keep_close(keep);
	open_keep(2);
	CU_ASSERT_FALSE(keep_read(keep, &(struct record){ 0 }));
	CU_ASSERT_EQUAL(keep_open(path, 2, 0, &keep), -22);
	end();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_record_outlives_its_process),
		TAP(test_a_half_written_record_gives_way_to_the_one_before),
		TAP(test_another_layout_starts_empty),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
