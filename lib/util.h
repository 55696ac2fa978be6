/*
 * Small things that every file needs: memory that cannot fail, scope-owned pointers, strings.
 *
 * xcalloc() and friends end the process when memory is out, so every size that comes from
 * outside is bounded before it is allocated. Nothing here blocks.
 */
#ifndef LIB_UTIL_H
#define LIB_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))
#define UNUSED	     __attribute__((unused))
#define PRINTF(a, b) __attribute__((format(printf, a, b)))
#define _cleanup_(f) __attribute__((cleanup(f)))
#define US_PER_S     UINT64_C(1000000)
#define US_PER_MS    UINT64_C(1000)

#define MIN_OF(a, b) ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b) ((a) > (b) ? (a) : (b))

/* Hands over what a scope-owned variable holds. */
#define steal(p)                                          \
	({                                                \
		__typeof__(p) _pointer = (p);             \
		__typeof__(*_pointer) _value = *_pointer; \
		*_pointer = NULL;                         \
		_value;                                   \
	})

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *memory, size_t size);
char *xstrdup(const char *text);
char *xasprintf(const char *format, ...) PRINTF(1, 2);

/* For _cleanup_(): each takes the address of the variable. */
void freep(void *memory);
void closep(int *fd);
void fclosep(FILE **file);

/* Copies with truncation; returns false when something was cut. size counts the NUL. */
bool copy_string(char *to, size_t size, const char *from);

/* Joins a directory and a name into to; -ENAMETOOLONG when it does not fit. */
int path_join(char *to, size_t size, const char *dir, const char *name);

/* Lower case hex of size bytes; hex must hold 2 * size + 1. */
void hex_encode(const uint8_t *bytes, size_t size, char *hex);
/* Returns the number of bytes, or -EINVAL for odd length or a foreign character, -ENOSPC. */
int hex_decode(const char *hex, uint8_t *bytes, size_t size);

/* Reads at most size - 1 bytes and ends them with NUL; returns the length or a negative errno. */
int read_file(const char *path, char *buffer, size_t size);
/*
 * Reads at most size bytes of a regular file that is for its owner alone; returns how many.
 * -EACCES: others may read it. -EBADMSG: no regular file.
 */
int read_private_file(const char *path, uint8_t *bytes, size_t size);
/* Writes beside path, fsyncs and renames; mode is that of the new file. */
int write_file_atomic(const char *path, const void *bytes, size_t size, unsigned mode);

/* A whole decimal number from 0 to 2^53 - 1 and nothing else; -EINVAL. */
int parse_number(const char *text, long long *ret);

/* Hash of bytes; FNV-1a is enough against torn writes, it is no defence against a forger. */
uint32_t fnv1a(const void *bytes, size_t size);

#endif
