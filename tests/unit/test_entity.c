/* Which entities the standard modules show, what is in what, and what they are called. */
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/entity_rig.h"
#include "tests/unit/unit.h"

static void
test_indexes_are_computed_from_kind_and_number(void)
{
	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_find(1)->kind, ENTITY_CONTROLLER);
	CU_ASSERT_EQUAL(entity_rig_find(1064)->kind, ENTITY_DOOR);
	CU_ASSERT_EQUAL(entity_rig_find(2003)->kind, ENTITY_READER);
	CU_ASSERT_EQUAL(entity_rig_find(3016)->kind, ENTITY_MODULE);
	CU_ASSERT_EQUAL(entity_rig_find(4002)->kind, ENTITY_SOURCE);
	CU_ASSERT_EQUAL(entity_rig_find(5000 + BUDGET_READERS)->kind, ENTITY_RAIL);
	CU_ASSERT_EQUAL(entity_rig_find(6000 + 100 * PLACE_DOOR + 3)->kind, ENTITY_CONNECTOR);
	/* The REX of door 2, and what input 2 measures. */
	CU_ASSERT_STRING_EQUAL(entity_rig_find(102002)->point->id, "door2.rex");
	CU_ASSERT_EQUAL(entity_rig_find(4103002)->kind, ENTITY_SENSOR);
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 1002));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 0));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), UINT32_MAX));
}

static void
test_there_is_room_for_everything_that_the_model_can_number(void)
{
	entity_rig_fill_up();
	CU_ASSERT_TRUE(entity_rig_all()->count > REPLICA_READERS + DOORS_MODEL + MODULES);
	CU_ASSERT_TRUE(entity_rig_all()->count < ENTITIES_MAX);
	for (size_t i = 1; i < entity_rig_all()->count; i++)
		CU_ASSERT_TRUE(entity_rig_all()->all[i - 1].index < entity_rig_all()->all[i].index);
}

static void
check_positions(void)
{
	for (size_t i = 0; i < entity_rig_all()->count; i++) {
		const struct entity *a = &entity_rig_all()->all[i];
		for (size_t j = 0; j < i && a->position >= 0; j++) {
			const struct entity *b = &entity_rig_all()->all[j];
			if (a->parent == b->parent && a->class == b->class &&
			    a->position == b->position)
				CU_FAIL("two siblings of one class have one place");
		}
	}
}

static void
test_containment_is_a_tree_and_the_table_of_children_agrees(void)
{
	const struct entity_list *children = &entity_rig_all()->children;

	entity_rig_fill();
	entity_rig_check_containment();
	check_positions();
	CU_ASSERT_EQUAL(children->count, entity_rig_all()->count - 1);
	for (size_t i = 0; i < children->count; i++) {
		const struct entity *child = &entity_rig_all()->all[children->at[i]];
		struct mib_oid oid = entity_rig_oid(&mib_entity_contains_table, 1, child->parent);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = child->index;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		CU_ASSERT_EQUAL(value.number, child->index);
		CU_ASSERT_EQUAL(entity_rig_physical(4, child->index), child->parent);
	}
	entity_rig_fill_up();
	entity_rig_check_containment();
}

static void
test_devices_are_in_their_line_and_points_in_their_connector(void)
{
	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_physical(4, 1), 0);
	CU_ASSERT_EQUAL((int64_t) entity_rig_physical(6, 1), -1);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 1001), 1);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 2003), 111002);
	CU_ASSERT_EQUAL(entity_rig_physical(6, 2003), 7);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 111002), 6000 + 100 * PLACE_READER + 2);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 102002), 6000 + 100 * PLACE_DOOR + 2);
	CU_ASSERT_EQUAL(entity_rig_physical(6, 102002), 4);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 4103002), 103002);
	CU_ASSERT_EQUAL(entity_rig_physical(4, 4002), 6000 + 100 * PLACE_NETWORK + 1);
	/* On a line that nobody knows it is somewhere. */
	mib_rig_update("reader.3", "{\"bus\":77,\"address\":1}");
	CU_ASSERT_EQUAL(entity_rig_physical(4, 2003), 1);
	CU_ASSERT_EQUAL((int64_t) entity_rig_physical(6, 2003), -1);
}

static void
test_a_reader_shows_what_it_said_of_itself(void)
{
	entity_rig_fill();
	CU_ASSERT_TRUE(entity_rig_has_text(2, 2003, "Reader"));
	CU_ASSERT_TRUE(entity_rig_has_text(7, 2003, "reader.3"));
	CU_ASSERT_TRUE(entity_rig_has_text(9, 2003, "1.2.3"));
	CU_ASSERT_TRUE(entity_rig_has_text(11, 2003, "00112233"));
	CU_ASSERT_TRUE(entity_rig_has_text(12, 2003, "5c2623"));
	CU_ASSERT_TRUE(entity_rig_has_text(13, 2003, "1"));
	CU_ASSERT_TRUE(entity_rig_has_text(14, 2003, "Back reader"));
	CU_ASSERT_EQUAL(entity_rig_physical(5, 2003), ENTITY_CLASS_MODULE);
	CU_ASSERT_EQUAL(entity_rig_physical(16, 2003), 1);
	CU_ASSERT_EQUAL(entity_rig_physical(16, 111002), 2);
	CU_ASSERT_TRUE(entity_rig_has_text(7, 4103002, "input2 resistance"));
	CU_ASSERT_TRUE(entity_rig_has_text(2, 4103002, "Input 2: resistance"));
	CU_ASSERT_TRUE(entity_rig_has_text(14, 103002, "Fire panel"));
	CU_ASSERT_TRUE(entity_rig_has_text(7, 6000 + 100 * PLACE_DOOR + 3, "DOOR 3"));
	CU_ASSERT_TRUE(entity_rig_has_text(10, 1, "1.2.3"));
	CU_ASSERT_TRUE(entity_rig_has_text(14, 1, "Lobby"));
}

static void
test_texts_of_32_octets_are_cut_between_characters(void)
{
	entity_rig_fill();
	mib_rig_update("door.1", "{\"name\":\"0123456789012345678901234567890\xc3\xa4x\"}");
	CU_ASSERT_TRUE(entity_rig_has_text(14, 1001, "0123456789012345678901234567890"));
}

static void
test_what_a_profile_lacks_is_no_entity(void)
{
	entity_rig_fill();
	CU_ASSERT_PTR_NOT_NULL(entities_find(entity_rig_all(), 6000 + 100 * PLACE_DOOR + 2));
	mib_rig_update("board", "{\"online\":true,\"absent\":[\"door2.contact\",\"door2.rex\","
				"\"door2.12v\",\"poe_plus\",\"door2.bus\",\"nonsense\",7]}");
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 101002));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 102002));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 6000 + 100 * PLACE_DOOR + 2));
	CU_ASSERT_PTR_NOT_NULL(entities_find(entity_rig_all(), 6000 + 100 * PLACE_DOOR + 1));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 4002));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 1004002));
	CU_ASSERT_EQUAL(entity_rig_find(2003)->parent, 1);
	entity_rig_check_containment();
	mib_rig_update("board", "{\"online\":true}");
	CU_ASSERT_PTR_NOT_NULL(entities_find(entity_rig_all(), 101002));
	mib_rig_update("rail.readers", "{\"state\":\"good\",\"measures_ma\":false}");
	CU_ASSERT_PTR_NOT_NULL(entities_find(entity_rig_all(), 1005000 + BUDGET_READERS));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 2005000 + BUDGET_READERS));
	CU_ASSERT_PTR_NULL(entities_find(entity_rig_all(), 3005000 + BUDGET_READERS));
}

static void
test_aliases_point_at_the_first_object_of_the_row(void)
{
	static const struct {
		uint32_t index;
		const char *object;
		uint32_t row;
	} aliases[] = {
		{ 1001, "cardeaDoorName", 1 },	     { 2003, "cardeaReaderDoor", 3 },
		{ 3016, "cardeaModuleName", 16 },    { 4002, "cardeaSourceName", 2 },
		{ 102002, "cardeaPointName", 2002 },
	};

	entity_rig_fill();
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		struct mib_oid expected = mib_rig_oid(aliases[i].object, aliases[i].row);
		struct mib_oid oid = entity_rig_oid(&mib_entity_alias_table, 2, aliases[i].index);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = 0;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		CU_ASSERT_EQUAL(value.type, MIB_OBJECT_ID);
		CU_ASSERT_EQUAL(value.size, expected.length);
		CU_ASSERT_EQUAL(memcmp(value.sub, expected.sub, value.size * sizeof(*value.sub)),
				0);
	}
	/* Whatever an alias points at is there. */
	for (size_t i = 0; i < entity_rig_all()->aliases.count; i++) {
		uint32_t index = entity_rig_all()->all[entity_rig_all()->aliases.at[i]].index;
		struct mib_oid oid = entity_rig_oid(&mib_entity_alias_table, 2, index);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = 0;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		memcpy(oid.sub, value.sub, value.size * sizeof(*value.sub));
		oid.length = value.size;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	}
}

/* What managers have stored must not move: columns, and the indexes of a board. */
static void
test_columns_and_indexes_are_those_of_the_golden_file(void)
{
	_cleanup_(freep) char *now = NULL;
	size_t size;
	FILE *out = open_memstream(&now, &size);

	entity_rig_fill();
	for (size_t t = 0; t < mib_table_count; t++) {
		for (size_t c = 0; mib_tables[t]->root != MIB_CARDEA && c < mib_tables[t]->count;
		     c++) {
			struct mib_place place = { .table = mib_tables[t],
						   .column = &mib_tables[t]->columns[c] };
			struct mib_oid oid;
			char text[256];
			mib_place_oid(&place, &oid);
			mib_oid_format(&oid, text, sizeof(text));
			(void) fprintf(out, "%s %s\n", text, place.column->name);
		}
	}
	for (size_t i = 0; i < entity_rig_all()->count; i++) {
		const struct entity *entity = &entity_rig_all()->all[i];
		char name[ENTITY_NAME_SIZE];
		entity_name(&mib_rig.replica, entity, name, sizeof(name));
		(void) fprintf(out, "%u in %u at %d: %s\n", entity->index, entity->parent,
			       entity->position, name);
	}
	(void) fclose(out);
	CU_ASSERT_TRUE(unit_is_golden("entities.txt", now));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_indexes_are_computed_from_kind_and_number),
		TAP(test_there_is_room_for_everything_that_the_model_can_number),
		TAP(test_containment_is_a_tree_and_the_table_of_children_agrees),
		TAP(test_devices_are_in_their_line_and_points_in_their_connector),
		TAP(test_a_reader_shows_what_it_said_of_itself),
		TAP(test_texts_of_32_octets_are_cut_between_characters),
		TAP(test_what_a_profile_lacks_is_no_entity),
		TAP(test_aliases_point_at_the_first_object_of_the_row),
		TAP(test_columns_and_indexes_are_those_of_the_golden_file),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
