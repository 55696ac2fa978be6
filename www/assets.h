/*
 * The console's files, built into the program by tools/embed.py. A lookup compares names in a
 * table; no path from a request ever meets the file system.
 */
#ifndef WWW_ASSETS_H
#define WWW_ASSETS_H

#include <stdbool.h>
#include <stddef.h>

struct asset {
	const char *path;
	const char *type;
	const char *etag;
	bool is_immutable; /* its path names its content */
	const unsigned char *plain;
	size_t plain_size;
	const unsigned char *gzip;
	size_t gzip_size;
};

/* Generated. */
extern const struct asset assets[];
extern const size_t assets_count;

/* NULL when there is none. */
const struct asset *asset_find(const char *path);

#endif
