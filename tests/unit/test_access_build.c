#include "lib/access_build.h"
#include "lib/access_file.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct rig {
	char *dir;
	char *path;
	struct access_build *build;
	struct access_table *table;
};

/* A record as the store keeps it. */
struct entry {
	struct access_record record;
	struct access_assignment assignments[2];
};

static void
start(struct rig *rig)
{
	*rig = (struct rig){ .dir = unit_dir_new(), .build = access_build_new() };
	rig->path = unit_path(rig->dir, "access.bin");
}

static void
stop(struct rig *rig)
{
	access_build_free(rig->build);
	access_unmap(rig->table);
	free(rig->path);
	unit_dir_free(rig->dir);
}

static void
map(struct rig *rig)
{
	CU_ASSERT_EQUAL_FATAL(access_build_write(rig->build, rig->path, 1), 0);
	CU_ASSERT_EQUAL_FATAL(access_map(rig->path, &rig->table), 0);
	CU_ASSERT_FALSE(access_is_degraded(rig->table));
}

/* The record's bytes with a name behind; returns their number. */
static size_t
write_record(const struct entry *entry, const char *name, char bytes[ACCESS_RECORD_MAX])
{
	size_t assigned = entry->record.profile_count * sizeof(entry->assignments[0]);

	memcpy(bytes, &entry->record, sizeof(entry->record));
	memcpy(bytes + sizeof(entry->record), entry->assignments, assigned);
	memcpy(bytes + sizeof(entry->record) + assigned, name, strlen(name) + 1);
	return sizeof(entry->record) + assigned + strlen(name) + 1;
}

static void
add_person(struct rig *rig, uint32_t id, const char *name)
{
	char bytes[ACCESS_RECORD_MAX];
	struct entry entry = { .record = { .id = id, .status = ACCESS_ENABLED } };

	CU_ASSERT_EQUAL(access_build_person(rig->build, bytes, write_record(&entry, name, bytes)),
			0);
}

static void
add_card(struct rig *rig, uint32_t id, uint32_t person, const struct entry *given)
{
	char bytes[ACCESS_RECORD_MAX];
	struct entry entry = given ? *given : (struct entry){ 0 };

	entry.record.id = id;
	entry.record.person = person;
	entry.record.card = (struct access_card){ 0, 1, id };
	CU_ASSERT_EQUAL(access_build_credential(rig->build, bytes, write_record(&entry, "", bytes)),
			0);
}

static const struct access_credential *
find(const struct rig *rig, uint32_t id)
{
	const struct access_card card = { 0, 1, id };
	const struct access_credential *found = access_find(rig->table, &card);

	CU_ASSERT_PTR_NOT_NULL_FATAL(found);
	CU_ASSERT_EQUAL(found->id, id);
	return found;
}

static void
test_who_has_the_same_shares_one_set(void)
{
	const struct entry kinds[] = {
		{ .record = { .id = 0 } },
		{ .record = { .doors = 1 } },
		{ .record = { .floors = 1 } },
		{ .record = { .profile_count = 1 }, .assignments = { { 1, 0, UINT32_MAX } } },
		{ .record = { .profile_count = 1 }, .assignments = { { 2, 0, UINT32_MAX } } },
		{ .record = { .profile_count = 1 }, .assignments = { { 1, 5, UINT32_MAX } } },
		{ .record = { .profile_count = 1 }, .assignments = { { 1, 0, 9 } } },
		{ .record = { .profile_count = 2 },
		  .assignments = { { 1, 0, UINT32_MAX }, { 2, 0, UINT32_MAX } } },
	};
	const unsigned count = ARRAY_LEN(kinds);
	struct rig rig;

	start(&rig);
	for (uint32_t id = 1; id <= 100 * count; id++)
		add_card(&rig, id, 0, &kinds[id % count]);
	map(&rig);
	for (uint32_t id = 1; id <= 100 * count; id++)
		for (uint32_t other = 1; other <= count; other++)
			CU_ASSERT_EQUAL(find(&rig, id)->set == find(&rig, other)->set,
					id % count == other % count);
	for (uint32_t id = 1; id <= count; id++) {
		const struct entry *kind = &kinds[id % count];
		const struct access_set *set = access_set(rig.table, find(&rig, id)->set);
		CU_ASSERT_EQUAL(set->doors, kind->record.doors);
		CU_ASSERT_EQUAL(set->floors, kind->record.floors);
		CU_ASSERT_EQUAL_FATAL(set->count, kind->record.profile_count);
		CU_ASSERT_EQUAL(memcmp(set->assignments, kind->assignments,
				       set->count * sizeof(set->assignments[0])),
				0);
	}
	stop(&rig);
}

/* More sets than there was room for at first. */
static void
test_thousands_of_different_sets_stay_apart(void)
{
	enum { COUNT = 5000 };
	struct rig rig;
	size_t right = 0;

	start(&rig);
	for (uint32_t round = 0; round < 2; round++)
		for (uint32_t i = 1; i <= COUNT; i++)
			add_card(&rig, round * COUNT + i, 0,
				 &(struct entry){ .record.doors = i * UINT64_C(0x100000001) });
	map(&rig);
	for (uint32_t i = 1; i <= COUNT; i++) {
		const struct access_credential *first = find(&rig, i);
		right += access_set(rig.table, first->set)->doors == i * UINT64_C(0x100000001) &&
			 first->set == find(&rig, COUNT + i)->set;
	}
	CU_ASSERT_EQUAL(right, COUNT);
	stop(&rig);
}

static void
test_credentials_find_their_persons_in_whatever_order_they_come(void)
{
	static const uint32_t persons[] = { 70, 3, INT32_MAX, 12, 1 };
	struct rig rig;

	start(&rig);
	for (uint32_t i = 0; i < ARRAY_LEN(persons); i++) {
		char name[16];
		(void) snprintf(name, sizeof(name), "P%u", persons[i]);
		add_card(&rig, i + 1, persons[i], NULL);
		add_person(&rig, persons[i], name);
		add_card(&rig, i + 101, persons[i], NULL);
	}
	add_card(&rig, 50, 0, NULL);
	map(&rig);
	CU_ASSERT_EQUAL(access_person_count(rig.table), ARRAY_LEN(persons));
	for (uint32_t i = 0; i < ARRAY_LEN(persons); i++) {
		char name[16];
		(void) snprintf(name, sizeof(name), "P%u", persons[i]);
		const struct access_person *person = access_find_person(rig.table, persons[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(person);
		CU_ASSERT_EQUAL(person->id, persons[i]);
		CU_ASSERT_STRING_EQUAL(access_person_name(rig.table, person), name);
		CU_ASSERT_PTR_EQUAL(access_person_of(rig.table, find(&rig, i + 1)), person);
		CU_ASSERT_PTR_EQUAL(access_person_of(rig.table, find(&rig, i + 101)), person);
		CU_ASSERT_STRING_EQUAL(access_holder(rig.table, find(&rig, i + 1)), name);
	}
	CU_ASSERT_PTR_NULL(access_person_of(rig.table, find(&rig, 50)));
	CU_ASSERT_PTR_NULL(access_find_person(rig.table, 2));
	stop(&rig);
}

static void
test_a_credential_of_a_person_who_is_not_there_opens_nothing(void)
{
	struct rig rig;

	start(&rig);
	add_person(&rig, 1, "Ada");
	add_card(&rig, 1, 1, NULL);
	add_card(&rig, 2, 2, &(struct entry){ .record.doors = 15 });
	map(&rig);
	CU_ASSERT_EQUAL(find(&rig, 1)->status, ACCESS_ENABLED);
	CU_ASSERT_EQUAL(find(&rig, 2)->status, ACCESS_DISABLED);
	CU_ASSERT_PTR_NULL(access_person_of(rig.table, find(&rig, 2)));
	stop(&rig);
}

static void
test_rules_name_the_points_of_doors_and_groups_whichever_comes_first(void)
{
	const struct access_build_rule rules[] = {
		{ .points = 1 << 6, .schedule = 3 },
		{ .doors = 1 << 1 },
		{ .door_groups = UINT64_C(1) << 63, .floor_groups = 1, .floors = 8 },
		{ .door_groups = 2 },
	};
	struct rig rig;

	start(&rig);
	access_build_profile(rig.build, 1000, rules, ARRAY_LEN(rules));
	access_build_profile(rig.build, 1, rules, 1);
	access_build_groups(rig.build, 64, 5, 0);
	access_build_groups(rig.build, 1, 0, 3);
	struct access_board *board = access_build_board(rig.build);
	for (unsigned i = 0; i < READERS; i++)
		board->points[i].door = (uint8_t) (i % DOORS + 1);
	board->points[7].door = 0;
	map(&rig);
	const struct access_profile *profile = access_profile(rig.table, 1000);
	CU_ASSERT_EQUAL_FATAL(profile->rule_count, ARRAY_LEN(rules));
	const struct access_rule *resolved = access_rules(rig.table, profile);
	CU_ASSERT_EQUAL(resolved[0].points, 1 << 6);
	CU_ASSERT_EQUAL(resolved[0].schedule, 3);
	CU_ASSERT_EQUAL(resolved[1].points, 1 << 1 | 1 << 5);
	CU_ASSERT_EQUAL(resolved[2].points, 1 << 0 | 1 << 2 | 1 << 4 | 1 << 6);
	CU_ASSERT_EQUAL(resolved[2].floors, 8 | 3);
	/* A group that there is not names nothing. */
	CU_ASSERT_EQUAL(resolved[3].points, 0);
	const struct access_profile *first = access_profile(rig.table, 1);
	CU_ASSERT_EQUAL(first->rule_count, 1);
	CU_ASSERT_EQUAL(access_rules(rig.table, first)[0].points, 1 << 6);
	CU_ASSERT_EQUAL(access_profile(rig.table, 2)->rule_count, 0);
	CU_ASSERT_PTR_NULL(access_profile(rig.table, 0));
	CU_ASSERT_PTR_NULL(access_profile(rig.table, 1001));
	stop(&rig);
}

static void
test_what_has_a_number_of_no_place_is_left_out(void)
{
	const struct access_build_rule rules[RULES_EACH + 1] = { { .points = 1 } };
	const struct schedule_interval interval = { 1, 2 };
	struct rig rig;

	start(&rig);
	access_build_profile(rig.build, 0, rules, 1);
	access_build_profile(rig.build, PROFILES + 1, rules, 1);
	access_build_profile(rig.build, 5, rules, RULES_EACH + 1);
	access_build_groups(rig.build, 0, 1, 1);
	access_build_groups(rig.build, GROUPS + 1, 1, 1);
	access_build_schedule(rig.build, 0, &interval, 1);
	access_build_schedule(rig.build, SCHEDULES + 1, &interval, 1);
	map(&rig);
	CU_ASSERT_EQUAL(access_profile(rig.table, 5)->rule_count, 0);
	stop(&rig);
}

static void
test_schedules_keep_their_own_intervals(void)
{
	const struct schedule_interval first[] = { { 10, 20 }, { 30, 40 } };
	const struct schedule_interval second[] = { { 15, 35 } };
	struct rig rig;

	start(&rig);
	access_build_schedule(rig.build, SCHEDULES, second, 1);
	access_build_schedule(rig.build, 1, first, 2);
	access_build_schedule(rig.build, 2, NULL, 0);
	map(&rig);
	CU_ASSERT_FALSE(access_schedule_is_active(rig.table, 1, 9));
	CU_ASSERT_TRUE(access_schedule_is_active(rig.table, 1, 10));
	CU_ASSERT_FALSE(access_schedule_is_active(rig.table, 1, 20));
	CU_ASSERT_TRUE(access_schedule_is_active(rig.table, 1, 39));
	CU_ASSERT_FALSE(access_schedule_is_active(rig.table, 1, 40));
	CU_ASSERT_TRUE(access_schedule_is_active(rig.table, SCHEDULES, 20));
	CU_ASSERT_FALSE(access_schedule_is_active(rig.table, 2, 15));
	CU_ASSERT_FALSE(access_schedule_is_active(rig.table, 3, 15));
	CU_ASSERT_EQUAL(access_schedule_next_change(rig.table, 1, 5), 10);
	CU_ASSERT_EQUAL(access_schedule_next_change(rig.table, 1, 10), 20);
	CU_ASSERT_EQUAL(access_schedule_next_change(rig.table, 1, 40), INT64_MAX);
	stop(&rig);
}

static void
test_records_that_are_none_are_left_out(void)
{
	struct rig rig;
	char bytes[ACCESS_RECORD_MAX + 100];
	struct entry entry = { .record = { .id = 1, .profile_count = 1 } };
	size_t size = write_record(&entry, "Ada", bytes);

	start(&rig);
	for (size_t cut = 0; cut < size; cut++) {
		CU_ASSERT_EQUAL(access_build_person(rig.build, bytes, cut), -EBADMSG);
		CU_ASSERT_EQUAL(access_build_credential(rig.build, bytes, cut), -EBADMSG);
	}
	/* More profiles than one may have, and than are there. */
	entry.record.profile_count = PROFILES_EACH + 1;
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, &entry.record, sizeof(entry.record));
	CU_ASSERT_EQUAL(access_build_person(rig.build, bytes, sizeof(bytes)), -EBADMSG);
	entry.record.profile_count = UINT32_MAX;
	memcpy(bytes, &entry.record, sizeof(entry.record));
	CU_ASSERT_EQUAL(access_build_credential(rig.build, bytes, size), -EBADMSG);
	/* A name that is too long, and a format that no credential can have. */
	memset(bytes, 0, sizeof(bytes));
	memset(bytes + sizeof(struct access_record), 'x', ACCESS_HOLDER_SIZE);
	CU_ASSERT_EQUAL(access_build_person(rig.build, bytes,
					    sizeof(struct access_record) + ACCESS_HOLDER_SIZE + 1),
			-EBADMSG);
	entry.record = (struct access_record){ .card.format = 256 };
	size = write_record(&entry, "", bytes);
	CU_ASSERT_EQUAL(access_build_credential(rig.build, bytes, size), -EBADMSG);
	map(&rig);
	CU_ASSERT_EQUAL(access_count(rig.table), 0);
	CU_ASSERT_EQUAL(access_person_count(rig.table), 0);
	stop(&rig);
}

static void
test_one_credential_more_than_a_million_is_refused(void)
{
	struct rig rig;
	char bytes[ACCESS_RECORD_MAX];
	struct entry entry = { 0 };
	size_t size = write_record(&entry, "", bytes);
	struct access_record *record = (void *) bytes;
	int r = 0;

	start(&rig);
	for (uint32_t id = 1; id <= ACCESS_CREDENTIALS_MAX + 1 && !r; id++) {
		record->id = id;
		record->card.number = id;
		r = access_build_credential(rig.build, bytes, size);
	}
	CU_ASSERT_EQUAL(r, 0);
	CU_ASSERT_EQUAL(access_build_write(rig.build, rig.path, 1), -E2BIG);
	CU_ASSERT_EQUAL(access_map(rig.path, &rig.table), -ENOENT);
	stop(&rig);
}

static void
test_the_window_of_a_table_is_for_ever_unless_it_is_told(void)
{
	struct rig rig;

	start(&rig);
	map(&rig);
	CU_ASSERT_EQUAL(access_compiled_s(rig.table), 0);
	CU_ASSERT_EQUAL(access_window_end_s(rig.table), INT64_MAX);
	stop(&rig);
	start(&rig);
	access_build_window(rig.build, 5, 1000);
	map(&rig);
	CU_ASSERT_EQUAL(access_compiled_s(rig.table), 5);
	CU_ASSERT_EQUAL(access_window_end_s(rig.table), 1000);
	stop(&rig);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_who_has_the_same_shares_one_set),
		TAP(test_thousands_of_different_sets_stay_apart),
		TAP(test_credentials_find_their_persons_in_whatever_order_they_come),
		TAP(test_a_credential_of_a_person_who_is_not_there_opens_nothing),
		TAP(test_rules_name_the_points_of_doors_and_groups_whichever_comes_first),
		TAP(test_what_has_a_number_of_no_place_is_left_out),
		TAP(test_schedules_keep_their_own_intervals),
		TAP(test_records_that_are_none_are_left_out),
		TAP(test_one_credential_more_than_a_million_is_refused),
		TAP(test_the_window_of_a_table_is_for_ever_unless_it_is_told),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
