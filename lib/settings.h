/*
 * The settings table: the one place that knows every setting. A setting is read and written by
 * settings.get and settings.set under its name; names are frozen.
 */
#ifndef LIB_SETTINGS_H
#define LIB_SETTINGS_H

#include "lib/field.h"

/* Static; never freed. */
const struct field_table *settings_table(void);

/*
 * Rules across settings, for a complete object of all of them. Whether the machine has the time
 * zone is for the store to see. -EINVAL fills error.
 */
int settings_check(const json_t *all, struct field_error *error);

#endif
