/*
 * Time zones from the files of the system (TZif, RFC 8536), several at once and from any thread,
 * which libc cannot. libical has zones too, but makes rules of the files and is an hour wrong for
 * some months of some zones, such as Pacific/Easter.
 *
 * zone_load() reads a file of some kilobytes; all else is pure.
 */
#ifndef LIB_ZONE_H
#define LIB_ZONE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ZONE_NAME_SIZE 64

struct zone;

/* "Europe/Berlin": characters that zones have, and no way out of their directory. */
bool zone_is_name(const char *name);
/* -EINVAL: no name of a zone, no such zone or a file that is none. */
int zone_load(const char *name, struct zone **ret);
/* The bytes of such a file; -EINVAL. */
int zone_parse(const uint8_t *bytes, size_t size, struct zone **ret);
void zone_free(struct zone *zone);
void zone_freep(struct zone **zone);

/* What the machine is set to, by TZ or /etc/localtime; "UTC" when that says nothing. */
void zone_of_machine(char name[static ZONE_NAME_SIZE]);

/*
 * Seconds east of UTC at an instant, and until when they surely count: INT64_MAX for ever. The
 * offset may well be the same afterwards.
 */
int32_t zone_offset(const struct zone *zone, int64_t at_s, int64_t *ret_until_s);

#endif
