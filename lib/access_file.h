/*
 * The layout of access.bin, for what writes it and what maps it. Host byte order; every part begins
 * at a multiple of eight bytes:
 *
 *	header, board, schedules, rules, intervals | sets, persons by id, credentials by card, names
 *
 * checksum covers what is before the bar (itself apart), body_checksum what is behind it.
 */
#ifndef LIB_ACCESS_FILE_H
#define LIB_ACCESS_FILE_H

#include "lib/access.h"
#include "lib/schedule.h"

#define ACCESS_MAGIC UINT32_C(0x43524143)

#define ACCESS_RULES_MAX     (PROFILES * RULES_EACH)
#define ACCESS_INTERVALS_MAX (8 * 1024 * 1024)

struct access_header {
	uint32_t magic;
	uint32_t checksum; /* FNV-1a of everything behind it and before the body */
	uint32_t layout;
	uint32_t body_checksum;
	uint64_t generation;
	int64_t compiled_s;
	int64_t window_end_s;
	uint32_t rules;
	uint32_t intervals;
	uint32_t set_words; /* of eight bytes */
	uint32_t persons;
	uint32_t credentials;
	uint32_t name_bytes;
};

/* A schedule's intervals within all. */
struct access_schedule {
	uint32_t first;
	uint32_t count;
};

struct access_head {
	struct access_header header;
	struct access_board board;
	struct access_schedule schedules[SCHEDULES];
};

/* Where each part is; of a whole file. */
struct access_parts {
	const struct access_head *head;
	const struct access_rule *rules;
	const struct schedule_interval *intervals;
	const uint64_t *sets;
	const struct access_person *persons;
	const struct access_credential *credentials;
	const char *names;
	size_t body; /* offset of the sets */
	size_t size; /* of the whole file */
};

/* Computes from the header's counts, which are within their bounds, where the parts are. */
void access_locate(const struct access_head *head, struct access_parts *ret);

uint32_t access_checksum_head(const struct access_parts *parts);
uint32_t access_checksum_body(const struct access_parts *parts);

/* Whether what the head says can be used: strings end, indexes are within their arrays. */
bool access_is_head_sound(const struct access_parts *parts);
bool access_is_body_sound(const struct access_parts *parts);

#endif
