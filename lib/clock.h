/*
 * Time. Deadlines and orders use the monotonic clock; wall time only labels events.
 * Tests replace the monotonic clock and step it by hand.
 */
#ifndef LIB_CLOCK_H
#define LIB_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* Microseconds of CLOCK_MONOTONIC, the same in every process of this boot. */
uint64_t clock_mono_us(void);
/* Microseconds since 1970 in UTC. */
uint64_t clock_wall_us(void);
/* Whether the kernel says that something disciplines the wall clock (adjtimex). */
bool clock_is_synced(void);
/* The kernel's boot id, 36 characters; the string is static. */
const char *clock_boot_id(void);

/* For tests: a source instead of CLOCK_MONOTONIC; NULL brings the real one back. */
void clock_set_source(uint64_t (*mono_us)(void));
/* The same instead of CLOCK_REALTIME. */
void clock_set_wall_source(uint64_t (*wall_us)(void));

/* RFC 3339 in UTC with exactly six fraction digits; to must hold 28 bytes. */
void clock_format_utc(uint64_t wall_us, char *to);

/*
 * Reads RFC 3339 without fractions, "2026-12-31T23:59:59Z" or with an offset such as +01:00, into
 * seconds since 1970. -EINVAL.
 */
int clock_parse(const char *text, int64_t *ret_s);
/* The same in UTC; to must hold 21 bytes. */
void clock_format_s(int64_t at_s, char *to);

#endif
