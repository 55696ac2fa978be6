/*
 * The standard modules over the replica: which entities there are, what is in what, how they do
 * and what they measure.
 */
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"
#include "mibs/entity_private.h"
#include "mibs/lookup.h"
#include "tests/unit/mib_rig.h"
#include "tests/unit/unit.h"

static uint64_t mono_us;
static uint64_t wall_us;

static uint64_t
get_mono_us(void)
{
	return mono_us;
}

static uint64_t
get_wall_us(void)
{
	return wall_us;
}

/* The board of mib_rig_fill() at a known time. */
static void
fill(void)
{
	mono_us = 100 * US_PER_S;
	wall_us = UINT64_C(1790000000) * US_PER_S;
	clock_set_source(get_mono_us);
	clock_set_wall_source(get_wall_us);
	mib_rig_fill();
	replica_set_uptime(&mib_rig.replica, 1000, mono_us);
}

static const struct entities *
entities(void)
{
	return &mib_rig.replica.entities;
}

static const struct entity *
find(uint32_t index)
{
	const struct entity *entity = entities_find(entities(), index);

	CU_ASSERT_PTR_NOT_NULL_FATAL(entity);
	return entity;
}

/* { root prefix column index }, the standard's modules having no text here. */
static struct mib_oid
oid_of(const struct mib_table *table, uint32_t column, uint32_t index)
{
	struct mib_place place = { .table = table };
	struct mib_oid oid;

	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].id == column)
			place.column = &table->columns[i];
	CU_ASSERT_PTR_NOT_NULL_FATAL(place.column);
	place.index = (struct mib_index){ 1, { index } };
	mib_place_oid(&place, &oid);
	return oid;
}

static struct mib_value
get(const struct mib_table *table, uint32_t column, uint32_t index)
{
	struct mib_oid oid = oid_of(table, column, index);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL_FATAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	return value;
}

static bool
is_text(const struct mib_value *value, const char *text)
{
	return value->type == MIB_OCTETS && value->size == strlen(text) &&
	       !memcmp(value->bytes, text, value->size);
}

static bool
has_text(uint32_t column, uint32_t index, const char *text)
{
	struct mib_value value = get(&mib_entity_physical_table, column, index);

	return is_text(&value, text);
}

static uint64_t
physical(uint32_t column, uint32_t index)
{
	return get(&mib_entity_physical_table, column, index).number;
}

static uint64_t
sensor(uint32_t column, uint32_t index)
{
	return get(&mib_entity_sensor_table, column, index).number;
}

static uint64_t
state(uint32_t column, uint32_t index)
{
	return get(&mib_entity_state_table, column, index).number;
}

static unsigned
alarm_of(uint32_t index)
{
	struct mib_value value = get(&mib_entity_state_table, 5, index);

	CU_ASSERT_EQUAL(value.size, 1);
	return value.bytes[0];
}

static void
test_indexes_are_computed_from_kind_and_number(void)
{
	fill();
	CU_ASSERT_EQUAL(find(1)->kind, ENTITY_CONTROLLER);
	CU_ASSERT_EQUAL(find(1064)->kind, ENTITY_DOOR);
	CU_ASSERT_EQUAL(find(2003)->kind, ENTITY_READER);
	CU_ASSERT_EQUAL(find(3016)->kind, ENTITY_MODULE);
	CU_ASSERT_EQUAL(find(4002)->kind, ENTITY_SOURCE);
	CU_ASSERT_EQUAL(find(5000 + BUDGET_READERS)->kind, ENTITY_RAIL);
	CU_ASSERT_EQUAL(find(6000 + 100 * PLACE_DOOR + 3)->kind, ENTITY_CONNECTOR);
	/* The REX of door 2, and what input 2 measures. */
	CU_ASSERT_STRING_EQUAL(find(102002)->point->id, "door2.rex");
	CU_ASSERT_EQUAL(find(4103002)->kind, ENTITY_SENSOR);
	CU_ASSERT_PTR_NULL(entities_find(entities(), 1002));
	CU_ASSERT_PTR_NULL(entities_find(entities(), 0));
	CU_ASSERT_PTR_NULL(entities_find(entities(), UINT32_MAX));
}

/* As many as the model can number. */
static void
fill_up(void)
{
	char key[32];

	fill();
	for (unsigned i = 1; i <= REPLICA_READERS; i++) {
		(void) snprintf(key, sizeof(key), "reader.%u", i);
		mib_rig_update(key, "{\"bus\":1}");
	}
	for (unsigned i = 1; i <= DOORS_MODEL; i++) {
		(void) snprintf(key, sizeof(key), "door.%u", i);
		mib_rig_update(key, mib_rig_door);
	}
	for (unsigned i = 1; i <= MODULES; i++) {
		(void) snprintf(key, sizeof(key), "module.%u", i);
		mib_rig_update(key, "{\"bus\":2}");
	}
	for (unsigned i = 1; i <= INPUTS; i++) {
		(void) snprintf(key, sizeof(key), "input.%u", i);
		mib_rig_update(key, "{\"ohms\":1}");
	}
	for (unsigned i = BUDGET_MAIN; i < BUDGETS; i++) {
		(void) snprintf(key, sizeof(key), "rail.%s", inventory_budget_name(i));
		mib_rig_update(key, "{\"state\":\"good\"}");
	}
	mib_rig_update("power", "{\"sources\":{\"poe\":{},\"poe_plus\":{},\"dc_in\":{},"
				"\"doors1_4\":{},\"doors5_8\":{}}}");
}

static void
test_there_is_room_for_everything_that_the_model_can_number(void)
{
	fill_up();
	CU_ASSERT_TRUE(entities()->count > REPLICA_READERS + DOORS_MODEL + MODULES);
	CU_ASSERT_TRUE(entities()->count < ENTITIES_MAX);
	for (size_t i = 1; i < entities()->count; i++)
		CU_ASSERT_TRUE(entities()->all[i - 1].index < entities()->all[i].index);
}

/* Up from every entity, the controller is reached; RFC 4133 allows one parent and no circle. */
static void
check_containment(void)
{
	for (size_t i = 0; i < entities()->count; i++) {
		const struct entity *entity = &entities()->all[i];
		unsigned depth = 0;
		for (; entity->parent && depth < 8; depth++)
			entity = find(entity->parent);
		CU_ASSERT_EQUAL(entity->index, ENTITY_CONTROLLER_INDEX);
		CU_ASSERT_TRUE(depth < 8);
	}
}

static void
check_positions(void)
{
	for (size_t i = 0; i < entities()->count; i++) {
		const struct entity *a = &entities()->all[i];
		for (size_t j = 0; j < i && a->position >= 0; j++) {
			const struct entity *b = &entities()->all[j];
			if (a->parent == b->parent && a->class == b->class &&
			    a->position == b->position)
				CU_FAIL("two siblings of one class have one place");
		}
	}
}

static void
test_containment_is_a_tree_and_the_table_of_children_agrees(void)
{
	const struct entity_list *children = &entities()->children;

	fill();
	check_containment();
	check_positions();
	CU_ASSERT_EQUAL(children->count, entities()->count - 1);
	for (size_t i = 0; i < children->count; i++) {
		const struct entity *child = &entities()->all[children->at[i]];
		struct mib_oid oid = oid_of(&mib_entity_contains_table, 1, child->parent);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = child->index;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		CU_ASSERT_EQUAL(value.number, child->index);
		CU_ASSERT_EQUAL(physical(4, child->index), child->parent);
	}
	fill_up();
	check_containment();
}

static void
test_devices_are_in_their_line_and_points_in_their_connector(void)
{
	fill();
	CU_ASSERT_EQUAL(physical(4, 1), 0);
	CU_ASSERT_EQUAL((int64_t) physical(6, 1), -1);
	CU_ASSERT_EQUAL(physical(4, 1001), 1);
	CU_ASSERT_EQUAL(physical(4, 2003), 111002);
	CU_ASSERT_EQUAL(physical(6, 2003), 7);
	CU_ASSERT_EQUAL(physical(4, 111002), 6000 + 100 * PLACE_READER + 2);
	CU_ASSERT_EQUAL(physical(4, 102002), 6000 + 100 * PLACE_DOOR + 2);
	CU_ASSERT_EQUAL(physical(6, 102002), 4);
	CU_ASSERT_EQUAL(physical(4, 4103002), 103002);
	CU_ASSERT_EQUAL(physical(4, 4002), 6000 + 100 * PLACE_NETWORK + 1);
	/* On a line that nobody knows it is somewhere. */
	mib_rig_update("reader.3", "{\"bus\":77,\"address\":1}");
	CU_ASSERT_EQUAL(physical(4, 2003), 1);
	CU_ASSERT_EQUAL((int64_t) physical(6, 2003), -1);
}

static void
test_a_reader_shows_what_it_said_of_itself(void)
{
	fill();
	CU_ASSERT_TRUE(has_text(2, 2003, "Reader"));
	CU_ASSERT_TRUE(has_text(7, 2003, "reader.3"));
	CU_ASSERT_TRUE(has_text(9, 2003, "1.2.3"));
	CU_ASSERT_TRUE(has_text(11, 2003, "00112233"));
	CU_ASSERT_TRUE(has_text(12, 2003, "5c2623"));
	CU_ASSERT_TRUE(has_text(13, 2003, "1"));
	CU_ASSERT_TRUE(has_text(14, 2003, "Back reader"));
	CU_ASSERT_EQUAL(physical(5, 2003), ENTITY_CLASS_MODULE);
	CU_ASSERT_EQUAL(physical(16, 2003), 1);
	CU_ASSERT_EQUAL(physical(16, 111002), 2);
	CU_ASSERT_TRUE(has_text(7, 4103002, "input2 resistance"));
	CU_ASSERT_TRUE(has_text(2, 4103002, "Input 2: resistance"));
	CU_ASSERT_TRUE(has_text(14, 103002, "Fire panel"));
	CU_ASSERT_TRUE(has_text(7, 6000 + 100 * PLACE_DOOR + 3, "DOOR 3"));
	CU_ASSERT_TRUE(has_text(10, 1, "1.2.3"));
	CU_ASSERT_TRUE(has_text(14, 1, "Lobby"));
}

static void
test_texts_of_32_octets_are_cut_between_characters(void)
{
	fill();
	mib_rig_update("door.1", "{\"name\":\"0123456789012345678901234567890\xc3\xa4x\"}");
	CU_ASSERT_TRUE(has_text(14, 1001, "0123456789012345678901234567890"));
}

static void
test_every_sensor_is_an_entity_of_the_class_sensor(void)
{
	size_t sensors = 0;

	fill_up();
	for (size_t i = 0; i < entities()->count; i++) {
		const struct entity *entity = &entities()->all[i];
		struct mib_oid oid = oid_of(&mib_entity_sensor_table, 4, entity->index);
		struct mib_value value;
		bool is_sensor = !mib_get(&mib_rig.replica, &oid, &value);
		CU_ASSERT_EQUAL(is_sensor, physical(5, entity->index) == ENTITY_CLASS_SENSOR);
		sensors += is_sensor;
	}
	CU_ASSERT_EQUAL(sensors, entities()->sensors.count);
	/* Two of an input, three of a supply or branch, and three inside; one supply is for nobody.
	 */
	CU_ASSERT_EQUAL(sensors, 2 * INPUTS + 3 * (4 + BUDGETS - 1) + 3);
}

static void
test_sensors_say_what_they_measure_and_in_what(void)
{
	struct mib_value units;

	fill();
	CU_ASSERT_EQUAL(sensor(1, 4103002), 1); /* other */
	CU_ASSERT_EQUAL(sensor(2, 4103002), 9); /* units */
	CU_ASSERT_EQUAL(sensor(4, 4103002), 7000);
	units = get(&mib_entity_sensor_table, 6, 4103002);
	CU_ASSERT_TRUE(is_text(&units, "ohms"));
	CU_ASSERT_EQUAL(sensor(1, 1004002), 4); /* voltsDC */
	CU_ASSERT_EQUAL(sensor(2, 1004002), 8); /* milli */
	CU_ASSERT_EQUAL(sensor(3, 1004002), 0);
	CU_ASSERT_EQUAL(sensor(4, 1004002), 48000);
	CU_ASSERT_EQUAL(sensor(4, 2005000 + BUDGET_READERS), 2100);
	CU_ASSERT_EQUAL(sensor(1, 119001), 8); /* celsius */
	CU_ASSERT_EQUAL((int64_t) sensor(4, 119001), -5500);
	CU_ASSERT_EQUAL(sensor(1, 117001), 12); /* truthvalue */
	CU_ASSERT_EQUAL(sensor(4, 117001), 1);
	CU_ASSERT_EQUAL(sensor(5, 4103002), 1);
	mib_rig_update("board", "{\"online\":true,\"faults\":{\"input2\":\"gone\"}}");
	CU_ASSERT_EQUAL(sensor(5, 4103002), 3); /* nonoperational */
	mib_rig_update("control", "{\"online\":false}");
	CU_ASSERT_EQUAL(sensor(5, 4103002), 2); /* unavailable */
}

static void
test_what_a_profile_lacks_is_no_entity(void)
{
	fill();
	CU_ASSERT_PTR_NOT_NULL(entities_find(entities(), 6000 + 100 * PLACE_DOOR + 2));
	mib_rig_update("board", "{\"online\":true,\"absent\":[\"door2.contact\",\"door2.rex\","
				"\"door2.12v\",\"poe_plus\",\"door2.bus\",\"nonsense\",7]}");
	CU_ASSERT_PTR_NULL(entities_find(entities(), 101002));
	CU_ASSERT_PTR_NULL(entities_find(entities(), 102002));
	CU_ASSERT_PTR_NULL(entities_find(entities(), 6000 + 100 * PLACE_DOOR + 2));
	CU_ASSERT_PTR_NOT_NULL(entities_find(entities(), 6000 + 100 * PLACE_DOOR + 1));
	CU_ASSERT_PTR_NULL(entities_find(entities(), 4002));
	CU_ASSERT_PTR_NULL(entities_find(entities(), 1004002));
	CU_ASSERT_EQUAL(find(2003)->parent, 1);
	check_containment();
	mib_rig_update("board", "{\"online\":true}");
	CU_ASSERT_PTR_NOT_NULL(entities_find(entities(), 101002));
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

	fill();
	for (size_t i = 0; i < ARRAY_LEN(aliases); i++) {
		struct mib_oid expected = mib_rig_oid(aliases[i].object, aliases[i].row);
		struct mib_oid oid = oid_of(&mib_entity_alias_table, 2, aliases[i].index);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = 0;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		CU_ASSERT_EQUAL(value.type, MIB_OBJECT_ID);
		CU_ASSERT_EQUAL(value.size, expected.length);
		CU_ASSERT_EQUAL(memcmp(value.sub, expected.sub, value.size * sizeof(*value.sub)),
				0);
	}
	/* Whatever an alias points at is there. */
	for (size_t i = 0; i < entities()->aliases.count; i++) {
		uint32_t index = entities()->all[entities()->aliases.at[i]].index;
		struct mib_oid oid = oid_of(&mib_entity_alias_table, 2, index);
		struct mib_value value = { 0 };
		oid.sub[oid.length++] = 0;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
		memcpy(oid.sub, value.sub, value.size * sizeof(*value.sub));
		oid.length = value.size;
		CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	}
}

static uint64_t
last_change(void)
{
	return get(&mib_entity_scalars, 1, 0).number;
}

static void
test_the_last_change_is_when_an_entity_came_went_or_became_another(void)
{
	unsigned changes;

	fill();
	CU_ASSERT_EQUAL(last_change(), 1000);
	changes = entities()->changes;
	mono_us += 5 * US_PER_S;
	/* What moves without being another thing. */
	mib_rig_update("door.1", "{\"name\":\"Front door\",\"position\":\"closed\"}");
	mib_rig_update("climate", "{\"temperature_mc\":21000}");
	CU_ASSERT_EQUAL(last_change(), 1000);
	CU_ASSERT_EQUAL(entities()->changes, changes);
	replica_update(&mib_rig.replica, "module.16", NULL);
	CU_ASSERT_EQUAL(last_change(), 1500);
	mono_us += 5 * US_PER_S;
	mib_rig_update("reader.3", "{\"bus\":2,\"address\":7,\"serial\":\"4711\"}");
	CU_ASSERT_EQUAL(last_change(), 2000);
	mono_us += 5 * US_PER_S;
	mib_rig_update("door.5", "{\"name\":\"Fifth\"}");
	CU_ASSERT_EQUAL(last_change(), 2500);
	CU_ASSERT_EQUAL(entities()->changes, changes + 3);
}

/* A store that comes back tells all of it once more. */
static void
test_a_snapshot_of_the_same_changes_nothing(void)
{
	fill();
	unsigned changes = entities()->changes;
	mono_us += 5 * US_PER_S;
	replica_lost(&mib_rig.replica);
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(entities()->changes, changes);
	CU_ASSERT_EQUAL(last_change(), 1000);
}

static void
test_states_say_what_is_wrong_with_whom(void)
{
	fill();
	/* Held open with its warning; REX 1 does not work; the branch of readers is overloaded. */
	CU_ASSERT_EQUAL(alarm_of(1001), 0x14);
	CU_ASSERT_EQUAL(state(3, 1001), 3);
	CU_ASSERT_EQUAL(alarm_of(102001), 0x10);
	CU_ASSERT_EQUAL(state(3, 102001), 2);
	CU_ASSERT_EQUAL(alarm_of(102002), 0);
	CU_ASSERT_EQUAL(alarm_of(5000 + BUDGET_READERS), 0x10);
	CU_ASSERT_EQUAL(alarm_of(2003), 0);
	CU_ASSERT_EQUAL(alarm_of(1), 0);
	mib_rig_update("door.1", "{\"alarm\":\"forced_open\",\"lock\":\"fault\"}");
	CU_ASSERT_EQUAL(alarm_of(1001), 0x30);
	CU_ASSERT_EQUAL(state(3, 1001), 2);
	mib_rig_update("reader.3", "{\"online\":false,\"tamper\":true,\"security\":\"offline\"}");
	CU_ASSERT_EQUAL(alarm_of(2003), 0x30);
	mib_rig_update("reader.3", "{\"online\":true,\"security\":\"clear\"}");
	CU_ASSERT_EQUAL(alarm_of(2003), 0x04);
	mib_rig_update("module.16", "{\"bus\":2,\"enabled\":false,\"online\":false}");
	CU_ASSERT_EQUAL(state(2, 3016), 2);
	CU_ASSERT_EQUAL(state(3, 3016), 1);
	CU_ASSERT_EQUAL(alarm_of(3016), 0);
}

static void
test_a_supply_that_could_take_over_is_a_standby(void)
{
	fill();
	CU_ASSERT_EQUAL(state(6, 4002), 4);
	CU_ASSERT_EQUAL(state(3, 4002), 3);
	CU_ASSERT_EQUAL(state(6, 4001), 1);
	CU_ASSERT_EQUAL(state(3, 4001), 2);
	mib_rig_update("power", "{\"source\":\"dc_in\",\"sources\":{\"poe_plus\":{\"state\":"
				"\"present\"},\"dc_in\":{\"state\":\"present\"},"
				"\"doors1_4\":{\"state\":\"present\"}}}");
	CU_ASSERT_EQUAL(state(6, 4002), 2);
	CU_ASSERT_EQUAL(state(6, 4003), 4);
	CU_ASSERT_EQUAL(state(6, 4004), 4);
}

static void
test_usage_is_what_could_be_contained_and_is(void)
{
	fill();
	CU_ASSERT_EQUAL(state(4, 1), 3);
	CU_ASSERT_EQUAL(state(4, 1001), 4);
	CU_ASSERT_EQUAL(state(4, 111002), 3);
	CU_ASSERT_EQUAL(state(4, 111003), 2);
}

static void
test_nothing_is_claimed_while_nobody_knows(void)
{
	fill();
	mib_rig_update("board", "{\"online\":false}");
	CU_ASSERT_EQUAL(state(3, 1001), 1);
	CU_ASSERT_EQUAL(alarm_of(1001), 0x80);
	CU_ASSERT_EQUAL(state(3, 1), 2);
	CU_ASSERT_EQUAL(alarm_of(1), 0x20);
	replica_lost(&mib_rig.replica);
	CU_ASSERT_EQUAL(state(3, 1), 1);
	CU_ASSERT_EQUAL(alarm_of(1), 0x80);
}

static void
test_the_time_of_a_state_is_eleven_octets_and_moves_with_it_alone(void)
{
	static const uint8_t before[] = { 0x07, 0xea, 9, 21, 14, 13, 20, 0, '+', 0, 0 };
	struct mib_value value;

	fill();
	wall_us += 3 * US_PER_S;
	mono_us += 3 * US_PER_S;
	mib_rig_update("door.1",
		       "{\"name\":\"Front door\",\"alarm\":\"held_open\",\"warning\":true,"
		       "\"mode\":\"locked\"}");
	value = get(&mib_entity_state_table, 1, 1001);
	CU_ASSERT_EQUAL(value.size, sizeof(before));
	CU_ASSERT_EQUAL(memcmp(value.bytes, before, sizeof(before)), 0);
	mib_rig_update("door.1", "{\"name\":\"Front door\",\"alarm\":\"normal\"}");
	value = get(&mib_entity_state_table, 1, 1001);
	CU_ASSERT_EQUAL(value.bytes[6], before[6] + 3);
	CU_ASSERT_EQUAL(sensor(7, 119001), 1000);
	mib_rig_update("climate", "{\"temperature_mc\":21000}");
	CU_ASSERT_EQUAL(sensor(7, 119001), 1300);
	CU_ASSERT_EQUAL(sensor(7, 1004002), 1000);
}

/* What managers have stored must not move: columns, and the indexes of a board. */
static void
test_columns_and_indexes_are_those_of_the_golden_file(void)
{
	_cleanup_(freep) char *now = NULL;
	size_t size;
	FILE *out = open_memstream(&now, &size);

	fill();
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
	for (size_t i = 0; i < entities()->count; i++) {
		const struct entity *entity = &entities()->all[i];
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
		TAP(test_every_sensor_is_an_entity_of_the_class_sensor),
		TAP(test_sensors_say_what_they_measure_and_in_what),
		TAP(test_what_a_profile_lacks_is_no_entity),
		TAP(test_aliases_point_at_the_first_object_of_the_row),
		TAP(test_the_last_change_is_when_an_entity_came_went_or_became_another),
		TAP(test_a_snapshot_of_the_same_changes_nothing),
		TAP(test_states_say_what_is_wrong_with_whom),
		TAP(test_a_supply_that_could_take_over_is_a_standby),
		TAP(test_usage_is_what_could_be_contained_and_is),
		TAP(test_nothing_is_claimed_while_nobody_knows),
		TAP(test_the_time_of_a_state_is_eleven_octets_and_moves_with_it_alone),
		TAP(test_columns_and_indexes_are_those_of_the_golden_file),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
