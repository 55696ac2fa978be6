/* The builder's insides, for its two files: access_build.c collects, access_write.c writes. */
#ifndef LIB_ACCESS_BUILD_PRIVATE_H
#define LIB_ACCESS_BUILD_PRIVATE_H

#include "lib/access_build.h"
#include "lib/access_file.h"

/* An array that grows. */
struct heap {
	char *bytes;
	size_t count;
	size_t room;
};

struct access_build {
	struct access_head head;
	struct access_build_rule *rules[PROFILES];
	uint64_t door_groups[GROUPS];
	uint32_t floor_groups[GROUPS];
	struct heap intervals;
	struct heap sets; /* of eight bytes each */
	struct heap persons;
	struct heap credentials;
	struct heap names;
	/* Where a set of this hash is in sets, plus one; 0 for none. */
	uint32_t *slots;
	size_t slot_count;
	size_t set_count;
};

#endif
