/*
 * What the files of the profile's reader share; nobody else includes this.
 *
 * profile_values.c reads one setting each, profile_points.c the list of points, profile.c the rest.
 * Each returns 0, or -EBADMSG having written why with the line of the file.
 */
#ifndef HW_PROFILE_PRIVATE_H
#define HW_PROFILE_PRIVATE_H

#include <libconfig.h>

#include "hw/profile.h"
#include "lib/util.h"

struct reading {
	const char *path;
	struct profile *profile;
	char **why;
	uint64_t seen; /* bit n - 1 for reader n */
};

int profile_refuse(struct reading *reading, const config_setting_t *at, const char *format, ...)
	PRINTF(3, 4);

/* A group with no other members than these. */
int profile_check_keys(struct reading *reading, const config_setting_t *at,
		       const char *const *known, size_t count);

/* What is missing is a mistake. */
int profile_read_text(struct reading *reading, const config_setting_t *at, const char *name,
		      char *to, size_t size);
int profile_read_number(struct reading *reading, const config_setting_t *at, const char *name,
			int least, int most, uint32_t *ret);

/* What is missing leaves *ret as it is. */
int profile_read_flag(struct reading *reading, const config_setting_t *at, const char *name,
		      bool *ret);
/* A number with or without a fraction; zero is refused. */
int profile_read_real(struct reading *reading, const config_setting_t *at, const char *name,
		      double *ret);
/* One of these words, as its place in the list. */
int profile_read_choice(struct reading *reading, const config_setting_t *at, const char *name,
			const char *const *words, size_t count, unsigned *ret);
bool profile_has(const config_setting_t *at, const char *name);

/* An input is measured; at may have "supervision". */
int profile_read_input(struct reading *reading, const config_setting_t *at,
		       const struct inventory_row *row);

/* profile_points.c */
int profile_read_points(struct reading *reading, const config_setting_t *points);

#endif
