/*
 * A record that outlives its process but not the device: a file on tmpfs, mapped, with two slots of
 * which one is always whole, so that a process killed in the midst of a write finds the record
 * before it. What another boot of the device or another version of the program has left is dropped.
 *
 * Nothing here blocks: a write is a copy into memory.
 */
#ifndef LIB_KEEP_H
#define LIB_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KEEP_SIZE_MAX (256 * 1024)

struct keep;

/*
 * Makes the file, mode 0600, if there is none of this layout and size. layout is the caller's and
 * changes when the meaning of the record does. -EINVAL: no size. Else as open() and mmap().
 */
int keep_open(const char *path, uint32_t layout, size_t size, struct keep **ret);
void keep_close(struct keep *keep);

/* Copies what was written last; false when there is nothing. */
bool keep_read(const struct keep *keep, void *record);
void keep_write(struct keep *keep, const void *record);

#endif
