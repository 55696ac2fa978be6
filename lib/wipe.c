#include "lib/wipe.h"

#include <event2/event.h>
#include <jansson.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

void
wipe_free(void *block)
{
	if (block)
		explicit_bzero(block, malloc_usable_size(block));
	free(block);
}

/* realloc() would leave the old block as it is when it moves it. */
void *
wipe_realloc(void *block, size_t size)
{
	size_t before = block ? malloc_usable_size(block) : 0;
	void *moved = xcalloc(1, MAX_OF(size, (size_t) 1));

	if (block)
		memcpy(moved, block, MIN_OF(before, size));
	wipe_free(block);
	return moved;
}

void
wipe_what_is_freed(void)
{
	json_set_alloc_funcs(malloc, wipe_free);
	event_set_mem_functions(malloc, wipe_realloc, wipe_free);
}
