#include "tests/unit/entity_rig.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"

struct entity_rig entity_rig;

static uint64_t
get_mono_us(void)
{
	return entity_rig.mono_us;
}

static uint64_t
get_wall_us(void)
{
	return entity_rig.wall_us;
}

void
entity_rig_fill(void)
{
	entity_rig.mono_us = 100 * US_PER_S;
	entity_rig.wall_us = UINT64_C(1790000000) * US_PER_S;
	clock_set_source(get_mono_us);
	clock_set_wall_source(get_wall_us);
	mib_rig_fill();
	/* Alarms are the tests' own business. */
	replica_update(&mib_rig.replica, "alarm.4294967303", NULL);
	replica_set_uptime(&mib_rig.replica, 1000, entity_rig.mono_us);
}

const struct entities *
entity_rig_all(void)
{
	return &mib_rig.replica.entities;
}

const struct entity *
entity_rig_find(uint32_t index)
{
	const struct entity *entity = entities_find(entity_rig_all(), index);

	CU_ASSERT_PTR_NOT_NULL_FATAL(entity);
	return entity;
}

struct mib_oid
entity_rig_oid(const struct mib_table *table, uint32_t column, uint32_t index)
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

struct mib_value
entity_rig_get(const struct mib_table *table, uint32_t column, uint32_t index)
{
	struct mib_oid oid = entity_rig_oid(table, column, index);
	struct mib_value value = { 0 };

	CU_ASSERT_EQUAL_FATAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	return value;
}

bool
entity_rig_is_text(const struct mib_value *value, const char *text)
{
	return value->type == MIB_OCTETS && value->size == strlen(text) &&
	       !memcmp(value->bytes, text, value->size);
}

bool
entity_rig_has_text(uint32_t column, uint32_t index, const char *text)
{
	struct mib_value value = entity_rig_get(&mib_entity_physical_table, column, index);

	return entity_rig_is_text(&value, text);
}

uint64_t
entity_rig_physical(uint32_t column, uint32_t index)
{
	return entity_rig_get(&mib_entity_physical_table, column, index).number;
}

uint64_t
entity_rig_sensor(uint32_t column, uint32_t index)
{
	return entity_rig_get(&mib_entity_sensor_table, column, index).number;
}

uint64_t
entity_rig_state(uint32_t column, uint32_t index)
{
	return entity_rig_get(&mib_entity_state_table, column, index).number;
}

unsigned
entity_rig_alarm(uint32_t index)
{
	struct mib_value value = entity_rig_get(&mib_entity_state_table, 5, index);

	CU_ASSERT_EQUAL(value.size, 1);
	return value.bytes[0];
}

void
entity_rig_fill_up(void)
{
	char key[32];

	entity_rig_fill();
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

void
entity_rig_check_containment(void)
{
	for (size_t i = 0; i < entity_rig_all()->count; i++) {
		const struct entity *entity = &entity_rig_all()->all[i];
		unsigned depth = 0;
		for (; entity->parent && depth < 8; depth++)
			entity = entity_rig_find(entity->parent);
		CU_ASSERT_EQUAL(entity->index, ENTITY_CONTROLLER_INDEX);
		CU_ASSERT_TRUE(depth < 8);
	}
}
