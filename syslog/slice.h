/*
 * A piece of somebody else's bytes: not ended by NUL, and gone when they are. is_json: it is what
 * stands between the quotes of a JSON string, escapes and all.
 */
#ifndef SYSLOG_SLICE_H
#define SYSLOG_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *bytes; /* NULL: there is none */
	size_t size;
	bool is_json;
};

static inline struct slice
slice_of(const char *string)
{
	return (struct slice){ .bytes = string, .size = string ? strlen(string) : 0 };
}

static inline bool
slice_is(const struct slice *slice, const char *string)
{
	return slice->size == strlen(string) && !memcmp(slice->bytes, string, slice->size);
}

#endif
