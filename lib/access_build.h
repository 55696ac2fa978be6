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

/* The part to fill in; it is the builder's. */
struct access_board *access_build_board(struct access_build *build);
/* id from 1 to SCHEDULES; intervals sorted and disjoint. */
void access_build_schedule(struct access_build *build, uint32_t id,
			   const struct schedule_interval *intervals, size_t count);
/* Records as access_record_make() makes them; -EBADMSG for anything else, which is left out. */
int access_build_person(struct access_build *build, const void *record, size_t size);
int access_build_credential(struct access_build *build, const void *record, size_t size);

/*
 * Writes the file by rename. generation must grow with every table. -EEXIST when two credentials
 * are the same card or PIN; -E2BIG above ACCESS_CREDENTIALS_MAX or ACCESS_PERSONS_MAX.
 */
int access_build_write(struct access_build *build, const char *path, uint64_t generation);

#endif
