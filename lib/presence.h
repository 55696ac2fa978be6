/*
 * Who is in which area: a file on tmpfs, mapped, that outlives the process. A place is written in
 * one store of eight bytes, so a process that is killed in between leaves no half of one.
 *
 * Never grows: room is for so many persons; who does not fit in is not known, as if never seen.
 */
#ifndef LIB_PRESENCE_H
#define LIB_PRESENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRESENCE_AREAS 65 /* 0: outside of all */

struct presence;

struct presence_place {
	uint8_t area;
	int64_t since_s; /* seconds since 1970 */
};

/*
 * Opens the file, mode 0600, or makes it anew when it is none of this boot; one with less room is
 * replaced by a larger one with the same people. As open() and mmap() otherwise.
 */
int presence_open(const char *path, size_t room, struct presence **ret);
void presence_close(struct presence *presence);
/* Whether the file is new: nobody is known. */
bool presence_is_new(const struct presence *presence);

/* false when nothing is known of the person. */
bool presence_get(const struct presence *presence, uint32_t person, struct presence_place *ret);
/* -ENOSPC when there is no room. */
int presence_set(struct presence *presence, uint32_t person, struct presence_place place);
void presence_forget(struct presence *presence, uint32_t person);
void presence_forget_all(struct presence *presence);
/* How many are in the area. */
unsigned presence_count(const struct presence *presence, unsigned area);
/* Calls each() for everybody who is known. */
void presence_each(const struct presence *presence,
		   void (*each)(uint32_t person, struct presence_place place, void *context),
		   void *context);

#endif
