/*
 * Puts an access table together: the board's part, schedules, persons and credentials in any order,
 * then the file. Owns copies of what it is given; may be used by a thread of its own.
 */
#ifndef LIB_ACCESS_BUILD_H
#define LIB_ACCESS_BUILD_H

#include "lib/access.h"
#include "lib/access_record.h"
#include "lib/schedule.h"

struct access_build;

struct access_build *access_build_new(void);
void access_build_free(struct access_build *build);

/* A rule of a profile with its groups as they are configured: bit n - 1 for number n. */
struct access_build_rule {
	uint64_t doors;
	uint64_t door_groups;
	uint64_t floor_groups;
	uint32_t points;
	uint32_t floors;
	uint32_t schedule;
};

/* The part to fill in; it is the builder's. Profiles get their rules by access_build_profile(). */
struct access_board *access_build_board(struct access_build *build);
/* When it is compiled, and until when the schedules are known; without it for ever. */
void access_build_window(struct access_build *build, int64_t compiled_s, int64_t end_s);
/* At most RULES_EACH rules; the profile's name and threat are in the board. */
void access_build_profile(struct access_build *build, uint32_t id,
			  const struct access_build_rule *rules, size_t count);
/* What is in the door group, or the floor group, of this number: the other is 0. */
void access_build_groups(struct access_build *build, uint32_t id, uint64_t doors, uint32_t floors);
/* id from 1 to SCHEDULES; intervals sorted and disjoint. */
void access_build_schedule(struct access_build *build, uint32_t id,
			   const struct schedule_interval *intervals, size_t count);
/* Records as access_record_make() makes them; -EBADMSG for anything else, which is left out. */
int access_build_person(struct access_build *build, const void *record, size_t size);
int access_build_credential(struct access_build *build, const void *record, size_t size);

/*
 * Writes the file by rename. generation must grow with every table. -EEXIST when two credentials
 * are the same card or PIN; -E2BIG above ACCESS_CREDENTIALS_MAX or ACCESS_PERSONS_MAX. A build is
 * written once.
 */
int access_build_write(struct access_build *build, const char *path, uint64_t generation);

#endif
