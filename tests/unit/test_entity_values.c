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
test_states_say_who_works(void)
{
	entity_rig_fill();
	CU_ASSERT_EQUAL(entity_rig_state(3, 1), 3);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1001), 3);
	/* REX 1 does not work, the branch of readers is overloaded. */
	CU_ASSERT_EQUAL(entity_rig_state(3, 102001), 2);
	CU_ASSERT_EQUAL(entity_rig_state(3, 102002), 3);
	CU_ASSERT_EQUAL(entity_rig_state(3, 5000 + BUDGET_READERS), 2);
	mib_rig_update("door.1", "{\"lock\":\"fault\"}");
	CU_ASSERT_EQUAL(entity_rig_state(3, 1001), 2);
	mib_rig_update("reader.3", "{\"online\":false}");
	CU_ASSERT_EQUAL(entity_rig_state(3, 2003), 2);
	mib_rig_update("module.16", "{\"bus\":2,\"enabled\":false,\"online\":false}");
	CU_ASSERT_EQUAL(entity_rig_state(2, 3016), 2);
	CU_ASSERT_EQUAL(entity_rig_state(3, 3016), 1);
	CU_ASSERT_EQUAL(entity_rig_state(2, 2003), 4);
}

static void
raise_alarm(const char *key, const char *kind, const char *source, unsigned severity)
{
	_cleanup_(json_decrefp) json_t *alarm = json_pack(
		"{ss,ss,si,ss,sI}", "kind", kind, "source", source, "severity", (int) severity,
		"text", "It is so", "time_us", (json_int_t) entity_rig.wall_us);

	replica_update(&mib_rig.replica, key, alarm);
}

static void
test_alarms_stand_against_what_they_are_about(void)
{
	static const struct {
		const char *source;
		uint32_t index;
	} about[] = {
		{ "door.1", 1001 },	  { "reader.3", 2003 },
		{ "door1.reader2", 1 },	  { "module.16", 3016 },
		{ "input2", 103002 },	  { "door1.rex", 102001 },
		{ "rail.readers", 5003 }, { "poe_plus", 4002 },
		{ "casing", 117001 },	  { "door4.12v", 6000 + 100 * PLACE_DOOR + 4 },
		{ "door.77", 1 },	  { "fire", 1 },
		{ "rail.nothing", 1 },	  { "", 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(about); i++) {
		entity_rig_fill();
		unsigned before = entity_rig_alarm(about[i].index);
		raise_alarm("alarm.17", "door.forced", about[i].source, 1);
		CU_ASSERT_EQUAL(before, 0);
		CU_ASSERT_EQUAL(entity_rig_alarm(about[i].index), 0x20);
		CU_ASSERT_TRUE(about[i].index == 1 || !entity_rig_alarm(1));
		replica_update(&mib_rig.replica, "alarm.17", NULL);
		CU_ASSERT_EQUAL(entity_rig_alarm(about[i].index), 0);
	}
}

/* RFC 5674 has the severities of syslog as those of alarms. */
static void
test_alarms_of_one_entity_add_up_by_their_severity(void)
{
	entity_rig_fill();
	raise_alarm("alarm.17", "door.lock_fault", "door.1", 2);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x10);
	raise_alarm("alarm.18", "door.held", "door.1", 4);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x14);
	raise_alarm("alarm.19", "door.forced", "door.1", 1);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x34);
	raise_alarm("alarm.20", "reader.offline", "reader.3", 3);
	CU_ASSERT_EQUAL(entity_rig_alarm(2003), 0x08);
	replica_update(&mib_rig.replica, "alarm.17", NULL);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x24);
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
	CU_ASSERT_EQUAL(entity_rig_state(3, 1), 2);
	/* The store still knows which alarms stand. */
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0);
	replica_lost(&mib_rig.replica);
	CU_ASSERT_EQUAL(entity_rig_state(3, 1), 1);
	CU_ASSERT_EQUAL(entity_rig_alarm(1), 0x80);
	CU_ASSERT_EQUAL(entity_rig_alarm(1001), 0x80);
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
	mib_rig_update("door.1", "{\"name\":\"Front door\",\"lock\":\"fault\"}");
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
		TAP(test_states_say_who_works),
		TAP(test_alarms_stand_against_what_they_are_about),
		TAP(test_alarms_of_one_entity_add_up_by_their_severity),
		TAP(test_a_supply_that_could_take_over_is_a_standby),
		TAP(test_usage_is_what_could_be_contained_and_is),
		TAP(test_nothing_is_claimed_while_nobody_knows),
		TAP(test_the_time_of_a_state_is_eleven_octets_and_moves_with_it_alone),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
