/*
 * What the libraries that we hand secrets to have freed: JSON values and the buffers of sockets
 * and HTTP may have held a key or a password, and nobody else can say which of them did. So all of
 * them are wiped on their way back to the heap.
 */
#ifndef LIB_WIPE_H
#define LIB_WIPE_H

#include <stddef.h>

/* From now on for Jansson and libevent; before either has been used. */
void wipe_what_is_freed(void);

/* As free() and realloc(), but nothing stays behind. For blocks of malloc() only. */
void wipe_free(void *block);
void *wipe_realloc(void *block, size_t size);

#endif
