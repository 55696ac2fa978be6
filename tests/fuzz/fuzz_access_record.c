/* sources: lib/access.c lib/access_build.c lib/access_file.c lib/access_record.c */
/* sources: lib/access_write.c lib/cardformat.c lib/cardformat_shape.c lib/clock.c */
/* sources: lib/cardformat_table.c */
/* sources: lib/feedback.c lib/json.c lib/schedule.c lib/util.c */
/* libs: jansson */
/*
 * Compiles foreign records and objects into an access table. What the builder takes it must write
 * as a table that the door role maps whole; what is made of an object the builder must take.
 *
 * Each entry: a byte of what it is, one of its length, and the bytes: JSON, or a record, for which
 * the input may be too short; zeros are the rest of it.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/access_build.h"
#include "lib/json.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { IS_PERSON = 1, IS_JSON = 2 };

/* Numbers of objects are the store's own: each once, and here in no order. */
static uint32_t
number_of(uint32_t nth)
{
	return nth * 7919 % 65521 + 1;
}

static void
add(struct access_build *build, bool is_person, uint8_t *record, size_t size)
{
	(void) (is_person ? access_build_person(build, record, size)
			  : access_build_credential(build, record, size));
}

static void
add_object(struct access_build *build, bool is_person, uint32_t number, const char *text,
	   size_t size)
{
	uint8_t record[ACCESS_RECORD_MAX];
	_cleanup_(json_decrefp) json_t *object = NULL;

	if (json_read(text, size, &object) < 0)
		return;
	int length =
		access_record_make(is_person ? "person" : "credential", number, object, record);
	if (length < 0)
		return;
	int r = is_person ? access_build_person(build, record, (size_t) length)
			  : access_build_credential(build, record, (size_t) length);
	if (r < 0)
		abort();
}

static void
fill(struct access_build *build, const uint8_t *data, size_t size)
{
	uint8_t record[256] = { 0 };

	for (uint32_t nth = 1; size >= 2; nth++) {
		bool is_person = data[0] & IS_PERSON;
		size_t length = MIN_OF((size_t) data[1], size - 2);
		if (data[0] & IS_JSON) {
			add_object(build, is_person, number_of(nth), (const char *) data + 2,
				   length);
		} else {
			uint32_t number = number_of(nth);
			memcpy(record, data + 2, length);
			memset(record + length, 0, sizeof(record) - length);
			memcpy(record + offsetof(struct access_record, id), &number,
			       sizeof(number));
			add(build, is_person, record, data[1]);
		}
		data += 2 + length;
		size -= 2 + length;
	}
}

static void
look(const struct access_table *table)
{
	for (uint32_t nth = 1; nth < 64; nth++) {
		const struct access_person *person = access_find_person(table, number_of(nth));
		const struct access_credential *found = access_find_id(table, number_of(nth));
		if (person && person->id != number_of(nth))
			abort();
		if (!found)
			continue;
		struct access_card card = access_card_of(found);
		if (access_find(table, &card) != found || !access_holder(table, found) ||
		    access_set(table, found->set)->count > PROFILES_EACH)
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct access_build *build = access_build_new();
	struct access_table *table = NULL;
	char path[64];

	fill(build, data, size);
	(void) snprintf(path, sizeof(path), "/dev/shm/cardea-fuzz-%d", (int) getpid());
	if (access_build_write(build, path, 1) == 0) {
		if (access_map(path, &table) < 0 || access_is_degraded(table))
			abort();
		look(table);
	}
	access_unmap(table);
	access_build_free(build);
	(void) unlink(path);
	return 0;
}
