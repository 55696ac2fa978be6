/* How entities do, what they measure, and when that was. */
#include <string.h>

#include "lib/util.h"
#include "tests/unit/entity_rig.h"

static void
test_every_sensor_is_an_entity_of_the_class_sensor(void)
{
	size_t sensors = 0;

	entity_rig_fill_up();
	for (size_t i = 0; i < entity_rig_all()->count; i++) {
		const struct entity *entity = &entity_rig_all()->all[i];
		struct mib_oid oid = entity_rig_oid(&mib_entity_sensor_table, 4, entity->index);
		struct mib_value value;
		bool is_sensor = !mib_get(&mib_rig.replica, &oid, &value);
		CU_ASSERT_EQUAL(is_sensor,
				entity_rig_physical(5, entity->index) == ENTITY_CLASS_SENSOR);
		sensors += is_sensor;
	}
	CU_ASSERT_EQUAL(sensors, entity_rig_all()->sensors.count);
	/* Two of an input, three of a supply or branch, and three inside; one supply is for nobody.
	 */
	CU_ASSERT_EQUAL(sensors, 2 * INPUTS + 3 * (4 + BUDGETS - 1) + 3);
}

static void
test_sensors_say_what_they_measure_and_in_what(void)
{
	struct mib_value units;

	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_sensor(1, 4103002), 1); /* other */
	CU_ASSERT_EQUAL(entity_rig_sensor(2, 4103002), 9); /* units */
	CU_ASSERT_EQUAL(entity_rig_sensor(4, 4103002), 7000);
	units = entity_rig_get(&mib_entity_sensor_table, 6, 4103002);
	CU_ASSERT_TRUE(entity_rig_is_text(&units, "ohms"));
	CU_ASSERT_EQUAL(entity_rig_sensor(1, 1004002), 4); /* voltsDC */
	CU_ASSERT_EQUAL(entity_rig_sensor(2, 1004002), 8); /* milli */
	CU_ASSERT_EQUAL(entity_rig_sensor(3, 1004002), 0);
	CU_ASSERT_EQUAL(entity_rig_sensor(4, 1004002), 48000);
	CU_ASSERT_EQUAL(entity_rig_sensor(4, 2005000 + BUDGET_READERS), 2100);
	CU_ASSERT_EQUAL(entity_rig_sensor(1, 119001), 8); /* celsius */
	CU_ASSERT_EQUAL((int64_t) entity_rig_sensor(4, 119001), -5500);
	CU_ASSERT_EQUAL(entity_rig_sensor(1, 117001), 12); /* truthvalue */
	CU_ASSERT_EQUAL(entity_rig_sensor(4, 117001), 1);
	CU_ASSERT_EQUAL(entity_rig_sensor(5, 4103002), 1);
	mib_rig_update("board", "{\"online\":true,\"faults\":{\"input2\":\"gone\"}}");
	CU_ASSERT_EQUAL(entity_rig_sensor(5, 4103002), 3); /* nonoperational */
	mib_rig_update("control", "{\"online\":false}");
	CU_ASSERT_EQUAL(entity_rig_sensor(5, 4103002), 2); /* unavailable */
}

static uint64_t
last_change(void)
{
	return entity_rig_get(&mib_entity_scalars, 1, 0).number;
}

static void
test_the_last_change_is_when_an_entity_came_went_or_became_another(void)
{
	unsigned changes;

	entity_rig_fill();
	CU_ASSERT_EQUAL(last_change(), 1000);
	changes = entity_rig_all()->changes;
	entity_rig.mono_us += 5 * US_PER_S;
	/* What moves without being another thing. */
	mib_rig_update("door.1", "{\"name\":\"Front door\",\"position\":\"closed\"}");
	mib_rig_update("climate", "{\"temperature_mc\":21000}");
	CU_ASSERT_EQUAL(last_change(), 1000);
	CU_ASSERT_EQUAL(entity_rig_all()->changes, changes);
	replica_update(&mib_rig.replica, "module.16", NULL);
	CU_ASSERT_EQUAL(last_change(), 1500);
	entity_rig.mono_us += 5 * US_PER_S;
	mib_rig_update("reader.3", "{\"bus\":2,\"address\":7,\"serial\":\"4711\"}");
	CU_ASSERT_EQUAL(last_change(), 2000);
	entity_rig.mono_us += 5 * US_PER_S;
	mib_rig_update("door.5", "{\"name\":\"Fifth\"}");
	CU_ASSERT_EQUAL(last_change(), 2500);
	CU_ASSERT_EQUAL(entity_rig_all()->changes, changes + 3);
}

/* A store that comes back tells all of it once more. */
static void
test_a_snapshot_of_the_same_changes_nothing(void)
{
	entity_rig_fill();
	unsigned changes = entity_rig_all()->changes;
	entity_rig.mono_us += 5 * US_PER_S;
	replica_lost(&mib_rig.replica);
	mib_rig_fill_again();
	CU_ASSERT_EQUAL(entity_rig_all()->changes, changes);
	CU_ASSERT_EQUAL(last_change(), 1000);
}

static void
test_states_say_what_is_wrong_with_whom(void)
{
	entity_rig_fill();
	/* Held open with its warning; REX 1 does not work; the branch of readers is overloaded. */
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x14);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1001), 3);
	CU_ASSERT_EQUAL(entity_rig_alarm(102001), 0x10);
	CU_ASSERT_EQUAL(entity_rig_state(3, 102001), 2);
	CU_ASSERT_EQUAL(entity_rig_alarm(102002), 0);
	CU_ASSERT_EQUAL(entity_rig_alarm(5000 + BUDGET_READERS), 0x10);
	CU_ASSERT_EQUAL(entity_rig_alarm(2003), 0);
	CU_ASSERT_EQUAL(entity_rig_alarm(1), 0);
	mib_rig_update("door.1", "{\"alarm\":\"forced_open\",\"lock\":\"fault\"}");
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x30);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1001), 2);
	mib_rig_update("reader.3", "{\"online\":false,\"tamper\":true,\"security\":\"offline\"}");
	CU_ASSERT_EQUAL(entity_rig_alarm(2003), 0x30);
	mib_rig_update("reader.3", "{\"online\":true,\"security\":\"clear\"}");
	CU_ASSERT_EQUAL(entity_rig_alarm(2003), 0x04);
	mib_rig_update("module.16", "{\"bus\":2,\"enabled\":false,\"online\":false}");
	CU_ASSERT_EQUAL(entity_rig_state(2, 3016), 2);
	CU_ASSERT_EQUAL(entity_rig_state(3, 3016), 1);
	CU_ASSERT_EQUAL(entity_rig_alarm(3016), 0);
}

static void
test_a_supply_that_could_take_over_is_a_standby(void)
{
	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_state(6, 4002), 4);
	CU_ASSERT_EQUAL(entity_rig_state(3, 4002), 3);
	CU_ASSERT_EQUAL(entity_rig_state(6, 4001), 1);
	CU_ASSERT_EQUAL(entity_rig_state(3, 4001), 2);
	mib_rig_update("power", "{\"source\":\"dc_in\",\"sources\":{\"poe_plus\":{\"state\":"
				"\"present\"},\"dc_in\":{\"state\":\"present\"},"
				"\"doors1_4\":{\"state\":\"present\"}}}");
	CU_ASSERT_EQUAL(entity_rig_state(6, 4002), 2);
	CU_ASSERT_EQUAL(entity_rig_state(6, 4003), 4);
	CU_ASSERT_EQUAL(entity_rig_state(6, 4004), 4);
}

static void
test_usage_is_what_could_be_contained_and_is(void)
{
	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_state(4, 1), 3);
	CU_ASSERT_EQUAL(entity_rig_state(4, 1001), 4);
	CU_ASSERT_EQUAL(entity_rig_state(4, 111002), 3);
	CU_ASSERT_EQUAL(entity_rig_state(4, 111003), 2);
}

static void
test_nothing_is_claimed_while_nobody_knows(void)
{
	entity_rig_fill();
	mib_rig_update("board", "{\"online\":false}");
	CU_ASSERT_EQUAL(entity_rig_state(3, 1001), 1);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x80);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1), 2);
	CU_ASSERT_EQUAL(entity_rig_alarm(1), 0x20);
	replica_lost(&mib_rig.replica);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1), 1);
	CU_ASSERT_EQUAL(entity_rig_alarm(1), 0x80);
}

static void
test_the_time_of_a_state_is_eleven_octets_and_moves_with_it_alone(void)
{
	static const uint8_t before[] = { 0x07, 0xea, 9, 21, 14, 13, 20, 0, '+', 0, 0 };
	struct mib_value value;

	entity_rig_fill();
	entity_rig.wall_us += 3 * US_PER_S;
	entity_rig.mono_us += 3 * US_PER_S;
	mib_rig_update("door.1",
		       "{\"name\":\"Front door\",\"alarm\":\"held_open\",\"warning\":true,"
		       "\"mode\":\"locked\"}");
	value = entity_rig_get(&mib_entity_state_table, 1, 1001);
	CU_ASSERT_EQUAL(value.size, sizeof(before));
	CU_ASSERT_EQUAL(memcmp(value.bytes, before, sizeof(before)), 0);
	mib_rig_update("door.1", "{\"name\":\"Front door\",\"alarm\":\"normal\"}");
	value = entity_rig_get(&mib_entity_state_table, 1, 1001);
	CU_ASSERT_EQUAL(value.bytes[6], before[6] + 3);
	CU_ASSERT_EQUAL(entity_rig_sensor(7, 119001), 1000);
	mib_rig_update("climate", "{\"temperature_mc\":21000}");
	CU_ASSERT_EQUAL(entity_rig_sensor(7, 119001), 1300);
	CU_ASSERT_EQUAL(entity_rig_sensor(7, 1004002), 1000);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_every_sensor_is_an_entity_of_the_class_sensor),
		TAP(test_sensors_say_what_they_measure_and_in_what),
		TAP(test_the_last_change_is_when_an_entity_came_went_or_became_another),
		TAP(test_a_snapshot_of_the_same_changes_nothing),
		TAP(test_states_say_what_is_wrong_with_whom),
		TAP(test_a_supply_that_could_take_over_is_a_standby),
		TAP(test_usage_is_what_could_be_contained_and_is),
		TAP(test_nothing_is_claimed_while_nobody_knows),
		TAP(test_the_time_of_a_state_is_eleven_octets_and_moves_with_it_alone),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
