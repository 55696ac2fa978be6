/*
 * Board profiles: which physical thing each logical point is. A libconfig file with comments.
 */
#ifndef HW_PROFILE_H
#define HW_PROFILE_H

#include <stdint.h>

#include "lib/model.h"

#define PROFILE_BUSES	    8
#define PROFILE_BUS_READERS 8

struct profile_reader {
	unsigned reader;
	unsigned door;
	uint8_t address;
};

struct profile_bus {
	char name[32];
	uint32_t baud;
	unsigned count;
	struct profile_reader readers[PROFILE_BUS_READERS];
};

struct profile {
	char name[64];
	char driver[32];
	unsigned bus_count;
	struct profile_bus buses[PROFILE_BUSES];
};

/* -EBADMSG and the like leave one line with the line number in ret_why, which the caller frees. */
int profile_read(const char *path, struct profile *ret, char **ret_why);

#endif
