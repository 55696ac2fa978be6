/* sources: lib/json.c lib/util.c */
/* libs: jansson */
/*
 * Feeds foreign bytes to the JSON reader. What it takes has one canonical text: that text reads
 * back as the same document and is its own canonical text.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(json_decrefp) json_t *first = NULL;
	_cleanup_(json_decrefp) json_t *second = NULL;

	int r = json_read((const char *) data, size, &first);
	require((r == 0) == (first != NULL));
	if (r < 0)
		return 0;
	_cleanup_(freep) char *once = json_canonical(first);
	require(json_read(once, strlen(once), &second) == 0);
	_cleanup_(freep) char *twice = json_canonical(second);
	require(!strcmp(once, twice) && json_equal(first, second));
	return 0;
}
