#include "lib/access.h"
#include "lib/util.h"
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
		      .relock_on_open = true,
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
static struct access_credential *
make_cards(size_t count)
{
	struct access_credential *cards = xcalloc(count + 1, sizeof(*cards));

	for (size_t i = 0; i < count; i++) {
		size_t n = (i * 7919 + 13) % count;
		cards[i] = (struct access_credential){
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
	CU_ASSERT_EQUAL(access_write(rig.path, 42, &board, NULL, 0), 0);
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
		CU_ASSERT_EQUAL(door->relock_on_open, board.doors[i - 1].relock_on_open);
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
	_cleanup_(freep) struct access_credential *cards = make_cards(count);
	_cleanup_(freep) struct access_credential *wanted = make_cards(count);

	start(&rig);
	CU_ASSERT_EQUAL(access_write(rig.path, 1, &board, cards, count), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_count(rig.table), count);
	size_t right = 0;
	size_t strangers = 0;
	for (size_t i = 0; i < count; i++) {
		const struct access_credential *found = access_find(rig.table, &wanted[i].card);
		right += found && found->id == wanted[i].id && found->doors == wanted[i].doors &&
			 found->is_enabled == wanted[i].is_enabled &&
			 !strcmp(found->holder, wanted[i].holder);
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
	struct access_credential cards[3] = {
		{ .card = { 0, 118, 1603 }, .id = 1 },
		{ .card = { 0, 118, 1604 }, .id = 2 },
		{ .card = { 0, 118, 1603 }, .id = 3 },
	};

	start(&rig);
	CU_ASSERT_EQUAL(access_write(rig.path, 1, &board, cards, 2), 0);
	CU_ASSERT_EQUAL(access_write(rig.path, 2, &board, cards, 3), -EEXIST);
	CU_ASSERT_EQUAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_generation(rig.table), 1);
	stop(&rig);
}

static void
test_a_mapped_table_outlives_its_replacement(void)
{
	struct rig rig;
	struct access_table *newer = NULL;
	struct access_credential card = { .card = { 0, 1, 1 }, .id = 1 };
	struct access_credential other = { .card = { 0, 2, 2 }, .id = 2 };

	start(&rig);
	CU_ASSERT_EQUAL(access_write(rig.path, 1, &board, &card, 1), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &rig.table), 0);
	CU_ASSERT_EQUAL(access_write(rig.path, 2, &board, &other, 1), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig.path, &newer), 0);
	CU_ASSERT_PTR_NOT_NULL(access_find(rig.table, &card.card));
	CU_ASSERT_PTR_NULL(access_find(rig.table, &other.card));
	CU_ASSERT_PTR_NULL(access_find(newer, &card.card));
	CU_ASSERT_PTR_NOT_NULL(access_find(newer, &other.card));
	access_unmap(newer);
	stop(&rig);
}

/* The bytes of a small table; size is what it holds at most and then what it has. */
static void
small_table(struct rig *rig, char *bytes, size_t *size)
{
	struct access_credential cards[2] = {
		{ .card = { 0, 118, 1603 }, .id = 1, .is_enabled = true, .holder = "Ada" },
		{ .card = { 0, 118, 1604 }, .id = 2, .doors = 15, .holder = "Grace" },
	};

	CU_ASSERT_EQUAL_FATAL(access_write(rig->path, 7, &board, cards, 2), 0);
	int r = read_file(rig->path, bytes, *size);
	CU_ASSERT_FATAL(r > 200 && (size_t) r < *size - 1);
	*size = (size_t) r;
}

static int
map_bytes(struct rig *rig, const char *bytes, size_t size)
{
	CU_ASSERT_EQUAL(write_file_atomic(rig->path, bytes, size, 0600), 0);
	int r = access_map(rig->path, &rig->table);
	if (r == 0)
		access_unmap(steal(&rig->table));
	CU_ASSERT_PTR_NULL(rig->table);
	return r;
}

static void
test_one_damaged_byte_anywhere_is_noticed(void)
{
	char bytes[8192];
	size_t size = sizeof(bytes);
	struct rig rig;

	start(&rig);
	small_table(&rig, bytes, &size);
	for (size_t i = 0; i < size; i++) {
		bytes[i] ^= (char) (1 << i % 8);
		CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size), -EBADMSG);
		bytes[i] ^= (char) (1 << i % 8);
	}
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size), 0);
	stop(&rig);
}

static void
test_a_table_of_another_length_is_refused(void)
{
	char bytes[8192] = { 0 };
	size_t size = sizeof(bytes) - 8;
	struct rig rig;

	start(&rig);
	small_table(&rig, bytes, &size);
	for (size_t length = 0; length < size; length += 1 + length / 32)
		CU_ASSERT_EQUAL(map_bytes(&rig, bytes, length), -EBADMSG);
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size - 1), -EBADMSG);
	CU_ASSERT_EQUAL(map_bytes(&rig, bytes, size + 1), -EBADMSG);
	(void) unlink(rig.path);
	CU_ASSERT_EQUAL(access_map(rig.path, &rig.table), -ENOENT);
	stop(&rig);
}

/* The table's bytes with the checksum that suits them: a writer gone wrong, not a bad memory. */
static int
map_forged(struct rig *rig, char *bytes, size_t size)
{
	uint32_t sum = fnv1a(bytes + 8, size - 8);

	memcpy(bytes + 4, &sum, sizeof(sum));
	return map_bytes(rig, bytes, size);
}

static void
test_members_that_would_mislead_the_reader_are_refused(void)
{
	char bytes[8192];
	char forged[8192];
	size_t size = sizeof(bytes);
	struct rig rig;

	start(&rig);
	small_table(&rig, bytes, &size);
	memcpy(forged, bytes, size);
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), 0);
	/* A name and a holder without an end. */
	char *back = memmem(forged, size, "Back", 4);
	CU_ASSERT_PTR_NOT_NULL_FATAL(back);
	memset(back, 'x', ACCESS_NAME_SIZE);
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), -EBADMSG);
	memcpy(forged, bytes, size);
	char *ada = memmem(forged, size, "Ada", 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ada);
	memset(ada, 'x', ACCESS_HOLDER_SIZE);
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), -EBADMSG);
	/* A bool that is neither. */
	memcpy(forged, bytes, size);
	ada[(ptrdiff_t) offsetof(struct access_credential, is_enabled) -
	    (ptrdiff_t) offsetof(struct access_credential, holder)] = 2;
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), -EBADMSG);
	/* Cards out of order, which no search would find. */
	memcpy(forged, bytes, size);
	size_t first = size - 2 * sizeof(struct access_credential);
	memcpy(forged + first, bytes + first + sizeof(struct access_credential),
	       sizeof(struct access_credential));
	CU_ASSERT_EQUAL(map_forged(&rig, forged, size), -EBADMSG);
	stop(&rig);
}

static void
test_a_count_that_overflows_is_refused(void)
{
	char bytes[8192];
	size_t size = sizeof(bytes);
	struct rig rig;

	start(&rig);
	small_table(&rig, bytes, &size);
	for (unsigned bit = 0; bit < 32; bit++) {
		uint32_t count = 2 + (1u << bit);
		memcpy(bytes + 12, &count, sizeof(count));
		CU_ASSERT_EQUAL(map_forged(&rig, bytes, size), -EBADMSG);
	}
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
		TAP(test_a_table_of_another_length_is_refused),
		TAP(test_members_that_would_mislead_the_reader_are_refused),
		TAP(test_a_count_that_overflows_is_refused),
		TAP(test_cards_are_ordered_by_format_facility_and_number),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
