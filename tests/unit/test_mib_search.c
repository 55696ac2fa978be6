/*
 * The search of GETNEXT, against looking at every instance there is.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "mibs/lookup.h"
#include "tests/unit/mib_rig.h"

#define INSTANCES_MAX 20000
#define TRIES	      20000

static struct mib_oid *instances;
static size_t count;

static void
add_instance(const struct mib_table *table, const struct mib_column *column,
	     const struct mib_index *index)
{
	const struct mib_place place = { .table = table, .column = column, .index = *index };

	CU_ASSERT_FATAL(count < INSTANCES_MAX);
	mib_place_oid(&place, &instances[count++]);
}

static void
add_column(const struct mib_table *table, const struct mib_column *column)
{
	const struct replica *replica = &mib_rig.replica;
	struct mib_index index = { .length = 1 };

	if (table->rows) {
		for (size_t i = 0; i < table->rows->count(replica); i++) {
			table->rows->index(table->rows->at(replica, i), &index);
			add_instance(table, column, &index);
		}
		return;
	}
	for (uint64_t row = table->first_row; row <= table->last_row; row++) {
		index.sub[0] = (uint32_t) row;
		if (table->find(replica, index.sub[0]))
			add_instance(table, column, &index);
	}
}

static void
find_instances(void)
{
	count = 0;
	mib_rig_fill();
	for (size_t t = 0; t < mib_table_count; t++)
		for (size_t c = 0; c < mib_tables[t]->count; c++)
			add_column(mib_tables[t], &mib_tables[t]->columns[c]);
}

static void
test_tables_and_columns_are_in_order(void)
{
	find_instances();
	for (size_t i = 1; i < count; i++)
		CU_ASSERT_TRUE_FATAL(mib_oid_compare(&instances[i - 1], &instances[i]) < 0);
}

/* An instance with one number changed, or cut, or longer. */
static struct mib_oid
somewhere(unsigned *seed)
{
	struct mib_oid oid = instances[(size_t) rand_r(seed) % count];
	size_t at = (size_t) rand_r(seed) % oid.length;

	switch (rand_r(seed) % 6) {
	case 0:
		oid.sub[at]++;
		break;
	case 1:
		oid.sub[at]--;
		break;
	case 2:
		oid.length = at;
		break;
	case 3:
		oid.sub[oid.length++] = (uint32_t) rand_r(seed) % 3;
		break;
	case 4:
		oid.sub[at] = UINT32_MAX;
		break;
	default:
		break;
	}
	return oid;
}

static const struct mib_oid *
expected_behind(const struct mib_oid *from, bool is_inclusive)
{
	for (size_t i = 0; i < count; i++) {
		int order = mib_oid_compare(&instances[i], from);
		if (order > 0 || (is_inclusive && !order))
			return &instances[i];
	}
	return NULL;
}

static void
test_getnext_finds_from_anywhere_what_looking_at_everything_finds(void)
{
	unsigned seed = 1;
	struct mib_value value;

	find_instances();
	for (unsigned i = 0; i < TRIES; i++) {
		struct mib_oid from = somewhere(&seed);
		bool is_inclusive = rand_r(&seed) % 2;
		const struct mib_oid *expected = expected_behind(&from, is_inclusive);
		struct mib_oid found;
		int r = mib_next(&mib_rig.replica, &from, is_inclusive, &found, &value);
		CU_ASSERT_EQUAL_FATAL(r, expected ? 0 : -ENOENT);
		if (expected)
			CU_ASSERT_EQUAL_FATAL(mib_oid_compare(&found, expected), 0);
	}
}

static void
test_get_finds_each_instance_and_nothing_beside_it(void)
{
	unsigned seed = 2;
	struct mib_value value;

	find_instances();
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_EQUAL_FATAL(mib_get(&mib_rig.replica, &instances[i], &value), 0);
	for (unsigned i = 0; i < TRIES; i++) {
		struct mib_oid oid = somewhere(&seed);
		const struct mib_oid *expected = expected_behind(&oid, true);
		bool is_there = expected && !mib_oid_compare(expected, &oid);
		CU_ASSERT_EQUAL_FATAL(!mib_get(&mib_rig.replica, &oid, &value), is_there);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_tables_and_columns_are_in_order),
		TAP(test_getnext_finds_from_anywhere_what_looking_at_everything_finds),
		TAP(test_get_finds_each_instance_and_nothing_beside_it),
	};
	instances = xcalloc(INSTANCES_MAX, sizeof(*instances));
	int status = mib_rig_main(tests, ARRAY_LEN(tests));
	free(instances);
	return status;
}
