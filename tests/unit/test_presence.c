#include "lib/presence.h"
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
#include <unistd.h>

#define ROOM	1024
#define BOOT_AT 8  /* offset of the boot's name in the file */
#define SLOT_AT 48 /* offset of the first slot */
#define SINCE_S INT64_C(1800000000)

struct rig {
	char *dir;
	char *path;
	struct presence *presence;
};

static void
open_again(struct rig *rig, size_t room)
{
	presence_close(rig->presence);
	rig->presence = NULL;
	CU_ASSERT_EQUAL_FATAL(presence_open(rig->path, room, &rig->presence), 0);
}

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "presence");
	open_again(rig, ROOM);
}

static void
stop(struct rig *rig)
{
	presence_close(rig->presence);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
put(struct rig *rig, uint32_t person, uint8_t area)
{
	CU_ASSERT_EQUAL(presence_set(rig->presence, person,
				     (struct presence_place){ area, SINCE_S + person }),
			0);
}

static bool
is_in(const struct rig *rig, uint32_t person, uint8_t area)
{
	struct presence_place place;

	return presence_get(rig->presence, person, &place) && place.area == area &&
	       place.since_s == SINCE_S + person;
}

static bool
is_unknown(const struct rig *rig, uint32_t person)
{
	struct presence_place place;

	return !presence_get(rig->presence, person, &place);
}

/* Writes into the file behind the mapping's back. */
static void
scribble(const struct rig *rig, off_t at, const void *bytes, size_t size)
{
	int fd = open(rig->path, O_WRONLY | O_CLOEXEC);

	CU_ASSERT_EQUAL_FATAL(pwrite(fd, bytes, size, at), (ssize_t) size);
	(void) close(fd);
}

static void
test_places_survive_a_close_and_reopen(void)
{
	struct rig rig;
	struct stat info;

	start(&rig);
	CU_ASSERT_TRUE(presence_is_new(rig.presence));
	CU_ASSERT_TRUE(is_unknown(&rig, 7));
	put(&rig, 7, 3);
	put(&rig, INT32_MAX, 64);
	put(&rig, 9, 0);
	put(&rig, 7, 4);
	open_again(&rig, ROOM);
	CU_ASSERT_FALSE(presence_is_new(rig.presence));
	CU_ASSERT_TRUE(is_in(&rig, 7, 4));
	CU_ASSERT_TRUE(is_in(&rig, INT32_MAX, 64));
	CU_ASSERT_TRUE(is_in(&rig, 9, 0));
	CU_ASSERT_TRUE(is_unknown(&rig, 8));
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0600);
	stop(&rig);
}

static void
test_counts_follow_everybody(void)
{
	struct rig rig;

	start(&rig);
	for (uint32_t person = 1; person <= 100; person++)
		put(&rig, person, (uint8_t) (person % 5));
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned area = 0; area < 5; area++)
			CU_ASSERT_EQUAL(presence_count(rig.presence, area), 20);
		open_again(&rig, ROOM);
	}
	put(&rig, 5, 1);
	CU_ASSERT_EQUAL(presence_count(rig.presence, 0), 19);
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), 21);
	presence_forget(rig.presence, 5);
	presence_forget(rig.presence, 5);
	presence_forget(rig.presence, 4444);
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), 20);
	CU_ASSERT_TRUE(is_unknown(&rig, 5));
	presence_forget_all(rig.presence);
	for (unsigned area = 0; area <= PRESENCE_AREAS; area++)
		CU_ASSERT_EQUAL(presence_count(rig.presence, area), 0);
	CU_ASSERT_TRUE(is_unknown(&rig, 6));
	stop(&rig);
}

static void
test_nobody_and_no_area_are_refused(void)
{
	struct rig rig;

	start(&rig);
	CU_ASSERT_EQUAL(presence_set(rig.presence, 0, (struct presence_place){ 1, 0 }), -ENOSPC);
	CU_ASSERT_EQUAL(presence_set(rig.presence, 1, (struct presence_place){ 65, 0 }), -ENOSPC);
	CU_ASSERT_TRUE(is_unknown(&rig, 0));
	CU_ASSERT_TRUE(is_unknown(&rig, 1));
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), 0);
	stop(&rig);
}

static void
test_a_full_file_knows_who_is_in_it_and_takes_nobody_new(void)
{
	struct rig rig;
	uint32_t last = 0;

	start(&rig);
	while (presence_set(rig.presence, last + 1,
			    (struct presence_place){ 1, SINCE_S + last + 1 }) == 0)
		last++;
	CU_ASSERT(last >= ROOM);
	for (uint32_t person = 1; person <= last; person++)
		CU_ASSERT_TRUE(is_in(&rig, person, 1));
	CU_ASSERT_TRUE(is_unknown(&rig, last + 1));
	put(&rig, 1, 2);
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), last - 1);
	stop(&rig);
}

static void
test_a_larger_file_has_the_same_people(void)
{
	struct rig rig;
	struct stat before;
	struct stat after;

	start(&rig);
	for (uint32_t person = 1; person <= ROOM; person++)
		put(&rig, person, (uint8_t) (person % 7));
	CU_ASSERT_EQUAL(stat(rig.path, &before), 0);
	open_again(&rig, 100 * ROOM);
	CU_ASSERT_EQUAL(stat(rig.path, &after), 0);
	CU_ASSERT(after.st_size > 50 * before.st_size);
	CU_ASSERT_FALSE(presence_is_new(rig.presence));
	/* What it has grown to it keeps, and it is the file of that name. */
	for (uint32_t person = ROOM + 1; person <= 100 * ROOM; person++)
		put(&rig, person, (uint8_t) (person % 7));
	open_again(&rig, 1);
	for (uint32_t person = 1; person <= 100 * ROOM; person++)
		if (!is_in(&rig, person, (uint8_t) (person % 7)))
			CU_FAIL("somebody is lost");
	CU_ASSERT_EQUAL(presence_count(rig.presence, 0), 100 * ROOM / 7);
	stop(&rig);
}

static void
test_another_boot_knows_nobody(void)
{
	struct rig rig;

	start(&rig);
	put(&rig, 7, 3);
	presence_close(steal(&rig.presence));
	scribble(&rig, BOOT_AT, "elsewhere", 9);
	open_again(&rig, ROOM);
	CU_ASSERT_TRUE(presence_is_new(rig.presence));
	CU_ASSERT_TRUE(is_unknown(&rig, 7));
	CU_ASSERT_EQUAL(presence_count(rig.presence, 3), 0);
	stop(&rig);
}

static void
test_a_foreign_or_cut_file_is_made_anew(void)
{
	static const char text[] = "This is no file of places, but it was here first.";
	struct rig rig;
	struct stat whole;

	start(&rig);
	CU_ASSERT_EQUAL(stat(rig.path, &whole), 0);
	for (off_t size = 0; size < whole.st_size; size += 1 + size / 2) {
		put(&rig, 7, 3);
		presence_close(steal(&rig.presence));
		CU_ASSERT_EQUAL(truncate(rig.path, size), 0);
		open_again(&rig, ROOM);
		CU_ASSERT_TRUE(presence_is_new(rig.presence));
		CU_ASSERT_TRUE(is_unknown(&rig, 7));
	}
	presence_close(steal(&rig.presence));
	CU_ASSERT_EQUAL(truncate(rig.path, 0), 0);
	scribble(&rig, 0, text, sizeof(text));
	open_again(&rig, ROOM);
	CU_ASSERT_TRUE(presence_is_new(rig.presence));
	put(&rig, 7, 3);
	CU_ASSERT_TRUE(is_in(&rig, 7, 3));
	stop(&rig);
}

static void
test_a_link_in_its_place_is_not_followed(void)
{
	struct rig rig;
	struct presence *presence = NULL;

	start(&rig);
	_cleanup_(freep) char *link = unit_path(rig.dir, "link");
	CU_ASSERT_EQUAL(symlink(rig.path, link), 0);
	CU_ASSERT_EQUAL(presence_open(link, ROOM, &presence), -ELOOP);
	stop(&rig);
}

/* A bit turned anywhere among the slots costs what it touches, never the count of an area. */
static void
test_damaged_places_are_not_known_and_not_counted(void)
{
	struct rig rig;
	struct stat info;

	start(&rig);
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	for (unsigned round = 0; round < 200; round++) {
		unsigned counted = 0;
		unsigned known = 0;
		presence_forget_all(rig.presence);
		for (uint32_t person = 1; person <= 50; person++)
			put(&rig, person, 1);
		presence_close(steal(&rig.presence));
		for (unsigned i = 0; i < 100; i++) {
			uint64_t noise = (round * 31 + i) * UINT64_C(0x9E3779B97F4A7C15);
			off_t at = SLOT_AT + (off_t) (noise % (uint64_t) (info.st_size - 56));
			scribble(&rig, at, &noise, sizeof(noise));
		}
		open_again(&rig, ROOM);
		for (unsigned area = 0; area < PRESENCE_AREAS; area++)
			counted += presence_count(rig.presence, area);
		/* Whoever is counted is found. */
		for (uint32_t person = 1; person <= 50; person++)
			known += !is_unknown(&rig, person);
		CU_ASSERT(known <= counted);
		for (uint32_t person = 1; person <= 50; person++)
			put(&rig, person, 1);
		for (uint32_t person = 1; person <= 50; person++)
			CU_ASSERT_TRUE(is_in(&rig, person, 1));
	}
	stop(&rig);
}

/* What forgetting everybody leaves when it is killed half way: who is first of a row is gone. */
static void
test_who_cannot_be_found_any_more_is_not_counted(void)
{
	static const char nothing[16];
	struct rig rig;
	struct stat info;
	unsigned known = 0;

	start(&rig);
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	uint32_t slots = (uint32_t) ((info.st_size - SLOT_AT) / 16);
	/* Who is so many numbers apart wants the same slot. */
	for (uint32_t person = 1; person <= 500; person++) {
		put(&rig, person, 1);
		put(&rig, person + slots, 1);
	}
	presence_close(steal(&rig.presence));
	for (off_t at = SLOT_AT; at < info.st_size / 2; at += 2 * sizeof(nothing))
		scribble(&rig, at, nothing, sizeof(nothing));
	open_again(&rig, ROOM);
	for (uint32_t person = 1; person <= 500; person++)
		known += !is_unknown(&rig, person) + !is_unknown(&rig, person + slots);
	CU_ASSERT(known > 100 && known < 900);
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), known);
	/* Who is seen again is there once. */
	for (uint32_t person = 1; person <= 500; person++) {
		put(&rig, person, 1);
		put(&rig, person + slots, 1);
	}
	CU_ASSERT_EQUAL(presence_count(rig.presence, 1), 1000);
	stop(&rig);
}

/* Moves people about until it is killed. */
static void
move_for_ever(const char *path, int ready)
{
	struct presence *presence;

	if (presence_open(path, ROOM, &presence) < 0)
		_exit(1);
	for (uint32_t i = 0;; i++) {
		uint32_t person = 1 + i % 500;
		uint8_t area = (uint8_t) (i * 7 % PRESENCE_AREAS);
		/* Each place says of itself whose it is. */
		(void) presence_set(presence, person,
				    (struct presence_place){ area, SINCE_S + person + area });
		if (i % 97 == 0)
			presence_forget(presence, person);
		if (i == 1000 && write(ready, "", 1) != 1)
			_exit(1);
	}
}

static void
check_whole(uint32_t person, struct presence_place place, void *context)
{
	unsigned *seen = context;

	CU_ASSERT(person >= 1 && person <= 500);
	CU_ASSERT_EQUAL(place.since_s, SINCE_S + person + place.area);
	seen[place.area]++;
}

static void
test_a_process_killed_while_it_writes_leaves_no_half_of_a_place(void)
{
	struct rig rig;

	start(&rig);
	for (unsigned round = 0; round < 20; round++) {
		unsigned seen[PRESENCE_AREAS] = { 0 };
		char byte;
		int ready[2];
		CU_ASSERT_EQUAL_FATAL(pipe2(ready, O_CLOEXEC), 0);
		pid_t child = fork();
		if (!child)
			move_for_ever(rig.path, ready[1]);
		CU_ASSERT_EQUAL(read(ready[0], &byte, 1), 1);
		CU_ASSERT_EQUAL(kill(child, SIGKILL), 0);
		CU_ASSERT_EQUAL(waitpid(child, NULL, 0), child);
		(void) close(ready[0]);
		(void) close(ready[1]);
		open_again(&rig, ROOM);
		CU_ASSERT_FALSE(presence_is_new(rig.presence));
		presence_each(rig.presence, check_whole, seen);
		for (unsigned area = 0; area < PRESENCE_AREAS; area++)
			CU_ASSERT_EQUAL(presence_count(rig.presence, area), seen[area]);
	}
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_places_survive_a_close_and_reopen),
		TAP(test_counts_follow_everybody),
		TAP(test_nobody_and_no_area_are_refused),
		TAP(test_a_full_file_knows_who_is_in_it_and_takes_nobody_new),
		TAP(test_a_larger_file_has_the_same_people),
		TAP(test_another_boot_knows_nobody),
		TAP(test_a_foreign_or_cut_file_is_made_anew),
		TAP(test_a_link_in_its_place_is_not_followed),
		TAP(test_damaged_places_are_not_known_and_not_counted),
		TAP(test_who_cannot_be_found_any_more_is_not_counted),
		TAP(test_a_process_killed_while_it_writes_leaves_no_half_of_a_place),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
