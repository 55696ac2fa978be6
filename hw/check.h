/*
 * Proves a board profile against the running machine, thing by thing, without driving any output
 * and without taking a line. Serial ports are opened for a moment, measuring devices read: this
 * waits for them. For people, not for a loop.
 */
#ifndef HW_CHECK_H
#define HW_CHECK_H

#include <stdbool.h>

struct profile;

struct check_finding {
	const char *point; /* id of the inventory, or the name of a bus */
	const char *part;  /* "line", "voltage", "green", "tty" */
	bool is_wrong;
	const char *found; /* one line */
};

struct check_summary {
	unsigned found;
	unsigned wrong;
	unsigned absent; /* points of the inventory that the profile does not have */
};

/*
 * Tells each finding, then each point that a profile could have and this one has not. root goes
 * before /dev and /sys: "" but in tests. Profiles of boards that are not made of these find
 * nothing.
 */
void check_board(const char *root, const struct profile *profile,
		 void (*on_finding)(const struct check_finding *finding, void *context),
		 void (*on_absent)(const char *point, void *context), void *context,
		 struct check_summary *ret);

/* The same for a file: the profile's own mistake in ret_why, which the caller frees. */
int check_file(const char *root, const char *path,
	       void (*on_finding)(const struct check_finding *finding, void *context),
	       void (*on_absent)(const char *point, void *context), void *context,
	       struct check_summary *ret, char **ret_why);

#endif
