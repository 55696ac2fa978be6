/*
 * Board profiles: which physical thing each logical point is. A libconfig file with comments.
 */
#ifndef HW_PROFILE_H
#define HW_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "hw/supervise.h"
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

/* An input whose level is measured, and how its line is wired unless somebody says otherwise. */
struct profile_input {
	bool is_measured;
	enum supervise_scheme scheme;
};

struct profile {
	char name[64];
	char driver[32];
	unsigned bus_count;
	struct profile_bus buses[PROFILE_BUSES];
	struct profile_input inputs[INPUTS]; /* by number from 1 */
};

/* -EBADMSG and the like leave one line with the line number in ret_why, which the caller frees. */
int profile_read(const char *path, struct profile *ret, char **ret_why);

#endif
