#include "lib/access_file.h"
#include "lib/util.h"
#include "tests/unit/access_rig.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct rig {
	char *dir;
	char *path;
	struct access_table *table;
};

static const struct access_board board = {
	.doors[0] = { .name = "Front",
		      .access_time_ms = 7000,
		      .held_open_time_ms = 30000,
		      .rex_unlocks = true },
	.doors[1] = { .name = "Back",
		      .access_time_ms = 1000,
		      .relock = ACCESS_RELOCK_ON_OPEN,
		      .pre_alarm_time_ms = 5 },
	.doors[2] = { .name = "Store" },
	.doors[3] = { .name = "12345678901234567890123456789012" },
};

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .dir = unit_dir_new() };
	rig->path = unit_path(rig->dir, "access.bin");
}

static void
stop(struct rig *rig)
{
	access_unmap(rig->table);
	free(rig->path);
	unit_dir_free(rig->dir);
}

/* count distinct cards, in no order: formats, facilities and numbers all differ. */
static struct rig_card *
make_cards(size_t count)
{
	struct rig_card *cards = xcalloc(count + 1, sizeof(*cards));

	for (size_t i = 0; i < count; i++) {
		size_t n = (i * 7919 + 13) % count;
		cards[i] = (struct rig_card){
			.card = { (uint32_t) (n % 5), (uint32_t) (n % 3), n / 15 },
			.id = (uint32_t) n + 1,
			.is_enabled = n % 2,
			.doors = n,
		};
		/* n and n + 15 differ in the number only. */
		(void) snprintf(cards[i].holder, sizeof(cards[i].holder), "Holder %zu", n);
	}
	return cards;
}

static void
test_an_empty_table_has_doors_and_nobody(void)
{
	struct rig rig;
	struct stat info;
	const struct access_card card = { 0, 118, 1603 };

	start(&rig);
	CU_ASSERT_EQUAL(rig_write(rig.path, 42, &board, NULL, 0), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_count(rig.table), 0);
	CU_ASSERT_EQUAL(access_generation(rig.table), 42);
	CU_ASSERT_PTR_NULL(access_find(rig.table, &card));
	for (unsigned i = 1; i <= DOORS; i++) {
		const struct access_door *door = access_door(rig.table, i);
		CU_ASSERT_STRING_EQUAL(door->name, board.doors[i - 1].name);
		CU_ASSERT_EQUAL(door->access_time_ms, board.doors[i - 1].access_time_ms);
		CU_ASSERT_EQUAL(door->held_open_time_ms, board.doors[i - 1].held_open_time_ms);
		CU_ASSERT_EQUAL(door->pre_alarm_time_ms, board.doors[i - 1].pre_alarm_time_ms);
		CU_ASSERT_EQUAL(door->relock, board.doors[i - 1].relock);
		CU_ASSERT_EQUAL(door->rex_unlocks, board.doors[i - 1].rex_unlocks);
	}
	CU_ASSERT_EQUAL(stat(rig.path, &info), 0);
	CU_ASSERT_EQUAL(info.st_mode & 07777, 0640);
	stop(&rig);
}

static void
check_all_found(size_t count)
{
	struct rig rig;
	_cleanup_(freep) struct rig_card *cards = make_cards(count);
	_cleanup_(freep) struct rig_card *wanted = make_cards(count);

	start(&rig);
	CU_ASSERT_EQUAL(rig_write(rig.path, 1, &board, cards, count), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_count(rig.table), count);
	size_t right = 0;
	size_t strangers = 0;
	for (size_t i = 0; i < count; i++) {
		const struct access_credential *found = access_find(rig.table, &wanted[i].card);
		right += found && found->id == wanted[i].id &&
			 access_set(rig.table, found->set)->doors == wanted[i].doors &&
			 (found->status == ACCESS_ENABLED) == wanted[i].is_enabled &&
			 !strcmp(access_holder(rig.table, found), wanted[i].holder);
		/* The same number under another facility or format is another card. */
		struct access_card other = wanted[i].card;
		other.facility += 3;
		strangers += access_find(rig.table, &other) != NULL;
		other = wanted[i].card;
		other.format += 5;
		strangers += access_find(rig.table, &other) != NULL;
		other = wanted[i].card;
		other.number += UINT64_C(1) << 32;
		strangers += access_find(rig.table, &other) != NULL;
	}
	CU_ASSERT_EQUAL(right, count);
	CU_ASSERT_EQUAL(strangers, 0);
	stop(&rig);
}

static void
test_one_card_is_found_and_no_other(void)
{
	check_all_found(1);
}

static void
test_each_of_ten_thousand_cards_is_found_and_no_other(void)
{
	check_all_found(10000);
}

static void
test_two_holders_of_one_card_are_refused_and_the_old_table_stays(void)
{
	struct rig rig;
	struct rig_card cards[3] = {
		{ .card = { 0, 118, 1603 }, .id = 1 },
		{ .card = { 0, 118, 1604 }, .id = 2 },
		{ .card = { 0, 118, 1603 }, .id = 3 },
	};

	start(&rig);
	CU_ASSERT_EQUAL(rig_write(rig.path, 1, &board, cards, 2), 0);
	CU_ASSERT_EQUAL(rig_write(rig.path, 2, &board, cards, 3), -EEXIST);
	CU_ASSERT_EQUAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_generation(rig.table), 1);
	stop(&rig);
}

static void
test_a_mapped_table_outlives_its_replacement(void)
{
	struct rig rig;
	struct access_table *newer = NULL;
	struct rig_card card = { .card = { 0, 1, 1 }, .id = 1 };
	struct rig_card other = { .card = { 0, 2, 2 }, .id = 2 };

	start(&rig);
	CU_ASSERT_EQUAL(rig_write(rig.path, 1, &board, &card, 1), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(rig_write(rig.path, 2, &board, &other, 1), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &newer), 0);
	CU_ASSERT_PTR_NOT_NULL(access_find(rig.table, &card.card));
	CU_ASSERT_PTR_NULL(access_find(rig.table, &other.card));
	CU_ASSERT_PTR_NULL(access_find(newer, &card.card));
	CU_ASSERT_PTR_NOT_NULL(access_find(newer, &other.card));
	access_unmap(newer);
	stop(&rig);
}

/* The bytes of a small table; free with free(). */
static char *
small_table(struct rig *rig, size_t *ret_size)
{
	struct rig_card cards[2] = {
		{ .card = { 0, 118, 1603 }, .id = 1, .is_enabled = true, .holder = "Ada" },
		{ .card = { 0, 118, 1604 }, .id = 2, .doors = 15, .holder = "Grace" },
	};
	struct stat info;

	CU_ASSERT_EQUAL_FATAL(rig_write(rig->path, 7, &board, cards, 2), 0);
	CU_ASSERT_EQUAL_FATAL(stat(rig->path, &info), 0);
	char *bytes = xcalloc(1, (size_t) info.st_size + 16);
	*ret_size = (size_t) read_file(rig->path, bytes, (size_t) info.st_size + 1);
	return bytes;
}

/* Whether it can be used: whole, without its credentials, or not at all. */
enum use { WHOLE, DEGRADED, REFUSED };

static enum use
map_bytes(struct rig *rig, const char *bytes, size_t size)
{
	FILE *file = fopen(rig->path, "we");

	CU_ASSERT_PTR_NOT_NULL_FATAL(file);
	CU_ASSERT_EQUAL(fwrite(bytes, 1, size, file), size);
	(void) fclose(file);
	int r = access_map(rig->path, &rig->table);
	if (r < 0) {
		CU_ASSERT_EQUAL(r, -EBADMSG);
		return REFUSED;
	}
	enum use use = access_is_degraded(rig->table) ? DEGRADED : WHOLE;
	CU_ASSERT_EQUAL(access_count(rig->table), use == WHOLE ? 2 : 0);
	access_unmap(steal(&rig->table));
	return use;
}

static size_t
body_of(const char *bytes)
{
	struct access_parts parts;

	access_locate((const struct access_head *) (const void *) bytes, &parts);
	return parts.body;
}

/* Damage of the credentials leaves the board's part, any other leaves nothing. */
static void
test_one_damaged_byte_anywhere_is_noticed(void)
{
	size_t size;
	struct rig rig;

	start(&rig);
	_cleanup_(freep) char *bytes = small_table(&rig, &size);
	size_t body = body_of(bytes);
	for (size_t i = 0; i < size; i += i < 200 || i > body ? 1 : 97) {
		bytes[i] ^= (char) (1 << i % 8);
		CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size), i < body ? REFUSED : DEGRADED);
		bytes[i] ^= (char) (1 << i % 8);
	}
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size), WHOLE);
	stop(&rig);
}

static void
test_a_table_of_another_length_has_no_credentials_or_is_refused(void)
{
	size_t size;
	struct rig rig;

	start(&rig);
	_cleanup_(freep) char *bytes = small_table(&rig, &size);
	size_t body = body_of(bytes);
	for (size_t length = 0; length < size; length += 1 + length / 32)
		CU_ASSERT_EQUAL(map_bytes(&rig, bytes, length), length < body ? REFUSED : DEGRADED);
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size - 1), DEGRADED);
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size + 1), DEGRADED);
	(void) unlink(rig.path);
	CU_ASSERT_EQUAL(access_map(rig.path, &rig.table), -ENOENT);
	stop(&rig);
}

/* The table's bytes with the checksums that suit them: a writer gone wrong, no bad memory. */
static enum use
map_forged(struct rig *rig, char *bytes, size_t size)
{
	struct access_head *head = (void *) bytes;
	struct access_parts parts;

	access_locate(head, &parts);
	if (parts.size <= size) {
		head->header.body_checksum = access_checksum_body(&parts);
		head->header.checksum = access_checksum_head(&parts);
	}
	return map_bytes(rig, bytes, size);
}

static void
test_members_that_would_mislead_the_reader_are_refused(void)
{
	struct access_parts parts;
	size_t size;
	struct rig rig;

	start(&rig);
	_cleanup_(freep) char *bytes = small_table(&rig, &size);
	_cleanup_(freep) char *forged = xcalloc(1, size);
	access_locate((void *) forged, &parts);
	memcpy(forged, bytes, size);
	access_locate((void *) forged, &parts);
	struct access_board *own = &((struct access_head *) (void *) forged)->board;
	struct access_credential *credentials = (void *) parts.credentials;
	const struct {
		void *at;
		size_t size;
		int byte;
		enum use use;
	} cases[] = {
		{ own->doors[1].name, ACCESS_NAME_SIZE, 'x', REFUSED },
		{ &own->points[0].is_enabled, 1, 2, REFUSED },
		{ &own->points[7].door, 1, DOORS + 1, REFUSED },
		{ &own->authentications[63].level, 1, 9, REFUSED },
		{ &own->profiles[999].first_rule, 4, 1, REFUSED },
		{ &own->areas[3].apb, 1, 3, REFUSED },
		{ (char *) (uintptr_t) parts.names, 64, 'x', DEGRADED },
		{ &credentials[0].holder, 4, 0x7f, DEGRADED },
		{ &credentials[1].set, 4, 0x7f, DEGRADED },
		{ &credentials[1].person, 4, 0, DEGRADED },
		/* Cards out of order, which no search would find. */
		{ &credentials[0].number, 8, 0x7f, DEGRADED },
	};
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), WHOLE);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		memset(cases[i].at, cases[i].byte,
		       MIN_OF(cases[i].size, (size_t) (forged + size - (char *) cases[i].at)));
		CU_ASSERT_EQUAL(map_forged(&rig, forged, size), cases[i].use);
		memcpy(forged, bytes, size);
	}
	stop(&rig);
}

static void
test_a_count_that_overflows_is_refused(void)
{
	size_t size;
	struct rig rig;

	start(&rig);
	_cleanup_(freep) char *bytes = small_table(&rig, &size);
	struct access_header *header = (void *) bytes;
	uint32_t *const counts[] = { &header->rules,   &header->intervals,   &header->set_words,
				     &header->persons, &header->credentials, &header->name_bytes };
	for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
		uint32_t before = *counts[i];
		for (unsigned bit = 3; bit < 32; bit++) {
			*counts[i] = before + (1u << bit);
			CU_ASSERT(map_forged(&rig, bytes, size) != WHOLE);
		}
		*counts[i] = before;
	}
	CU_ASSERT_EQUAL(map_forged(&rig, bytes, size), WHOLE);
	stop(&rig);
}

static void
test_cards_are_ordered_by_format_facility_and_number(void)
{
	const struct access_card cards[] = {
		{ 0, 0, 0 }, { 0, 0, UINT64_MAX }, { 0, 1, 0 }, { 0, UINT32_MAX, 0 }, { 1, 0, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cards); i++)
		for (size_t k = 0; k < ARRAY_LEN(cards); k++) {
			int r = access_card_compare(&cards[i], &cards[k]);
			CU_ASSERT_EQUAL(r < 0, i < k);
			CU_ASSERT_EQUAL(r == 0, i == k);
		}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_empty_table_has_doors_and_nobody),
		TAP(test_one_card_is_found_and_no_other),
		TAP(test_each_of_ten_thousand_cards_is_found_and_no_other),
		TAP(test_two_holders_of_one_card_are_refused_and_the_old_table_stays),
		TAP(test_a_mapped_table_outlives_its_replacement),
		TAP(test_one_damaged_byte_anywhere_is_noticed),
		TAP(test_a_table_of_another_length_has_no_credentials_or_is_refused),
		TAP(test_members_that_would_mislead_the_reader_are_refused),
		TAP(test_a_count_that_overflows_is_refused),
		TAP(test_cards_are_ordered_by_format_facility_and_number),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
