/* ALARM-MIB over the replica: what stands, in the standard's order, and what there can be. */
#include <string.h>

#include "lib/events.h"
#include "lib/util.h"
#include "tests/unit/entity_rig.h"

static void
raise_alarm(unsigned id, const char *kind, const char *source, uint64_t time_us)
{
	const struct event_row *row = events_find_name(kind);
	char key[32];

	(void) snprintf(key, sizeof(key), "alarm.%u", id);
	_cleanup_(json_decrefp) json_t *alarm =
		json_pack("{si,si,ss,ss,si,ss,sI}", "id", (int) id, "seq", (int) id, "kind", kind,
			  "source", source, "severity", (int) (row ? row->severity : 3), "text",
			  "It is so", "time_us", (json_int_t) time_us);
	replica_update(&mib_rig.replica, key, alarm);
}

static void
clear_alarm(const char *key)
{
	replica_update(&mib_rig.replica, key, NULL);
}

/* The n-th instance of a column, from 0. */
static bool
nth(const struct mib_table *table, uint32_t column, size_t n, struct mib_oid *ret_oid,
    struct mib_value *ret)
{
	const struct mib_rows *rows = table->rows;
	struct mib_place place = { .table = table };

	if (n >= rows->count(&mib_rig.replica))
		return false;
	for (size_t i = 0; i < table->count; i++)
		if (table->columns[i].id == column)
			place.column = &table->columns[i];
	CU_ASSERT_PTR_NOT_NULL_FATAL(place.column);
	rows->index(rows->at(&mib_rig.replica, n), &place.index);
	mib_place_oid(&place, ret_oid);
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, ret_oid, ret), 0);
	return true;
}

static bool
is_oid(const struct mib_value *value, const uint32_t *sub, size_t count)
{
	return value->type == MIB_OBJECT_ID && value->size == count &&
	       !memcmp(value->sub, sub, count * sizeof(*sub));
}

static uint64_t
number(const struct mib_table *table, uint32_t column)
{
	return entity_rig_get(table, column, 0).number;
}

static void
test_an_alarm_has_its_time_and_id_as_index_and_its_entity_as_resource(void)
{
	static const uint32_t index[] = { 0, 11, 0x07, 0xea, 9, 21, 14, 13, 20, 0, '+', 0, 0, 17 };
	static const uint32_t resource[] = { 1, 3, 6, 1, 2, 1, 47, 1, 1, 1, 1, 2, 1001 };
	static const uint32_t model[] = { 1, 3, 6, 1, 2, 1, 118, 1, 1, 2, 1, 3, 0, 210, 6 };
	struct mib_oid notification = mib_notification_oid(EV_DOOR_FORCED);
	struct mib_oid own = mib_rig_oid("cardeaAlarmSeverityNow", 17);
	struct mib_oid oid;
	struct mib_value value;

	entity_rig_fill();
	CU_ASSERT_FALSE(nth(&mib_alarm_active_table, 10, 0, &oid, &value));
	raise_alarm(17, "door.forced", "door.1", entity_rig.wall_us);
	CU_ASSERT_TRUE_FATAL(nth(&mib_alarm_active_table, 10, 0, &oid, &value));
	CU_ASSERT_EQUAL(memcmp(oid.sub + oid.length - ARRAY_LEN(index), index, sizeof(index)), 0);
	CU_ASSERT_TRUE(is_oid(&value, resource, ARRAY_LEN(resource)));
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 9, 0, &oid, &value));
	CU_ASSERT_TRUE(is_oid(&value, notification.sub, notification.length));
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 11, 0, &oid, &value));
	CU_ASSERT_TRUE(entity_rig_is_text(&value, "It is so"));
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 13, 0, &oid, &value));
	CU_ASSERT_TRUE(is_oid(&value, model, ARRAY_LEN(model)));
	/* What it points at is there. */
	memcpy(oid.sub, value.sub, value.size * sizeof(*value.sub));
	oid.length = value.size;
	CU_ASSERT_EQUAL(mib_get(&mib_rig.replica, &oid, &value), 0);
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 14, 0, &oid, &value));
	CU_ASSERT_TRUE(is_oid(&value, own.sub, own.length));
}

static void
test_alarms_are_in_the_order_of_their_times_even_if_the_clock_was_set_back(void)
{
	static const uint32_t ids[] = { 18, 19, 17, 20 };
	struct mib_oid before = { 0 };
	struct mib_oid oid;
	struct mib_value value;
	uint64_t at_us;

	entity_rig_fill();
	at_us = entity_rig.wall_us;
	raise_alarm(17, "door.forced", "door.1", at_us);
	raise_alarm(18, "door.held", "door.1", at_us - 60 * US_PER_S);
	raise_alarm(19, "reader.offline", "reader.3", at_us - 60 * US_PER_S + 1);
	raise_alarm(20, "board.offline", "board", at_us + 1);
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		CU_ASSERT_TRUE_FATAL(nth(&mib_alarm_active_table, 11, i, &oid, &value));
		CU_ASSERT_EQUAL(oid.sub[oid.length - 1], ids[i]);
		CU_ASSERT_TRUE(mib_oid_compare(&before, &oid) < 0);
		before = oid;
	}
	CU_ASSERT_FALSE(nth(&mib_alarm_active_table, 11, ARRAY_LEN(ids), &oid, &value));
	clear_alarm("alarm.18");
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 11, 0, &oid, &value));
	CU_ASSERT_EQUAL(oid.sub[oid.length - 1], 19);
}

static void
test_what_stands_and_when_it_came_is_counted(void)
{
	entity_rig_fill();
	uint64_t before = number(&mib_alarm_stats_table, 2);
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 1), 0);
	entity_rig.mono_us += 3 * US_PER_S;
	raise_alarm(17, "door.forced", "door.1", entity_rig.wall_us);
	raise_alarm(18, "door.held", "door.1", entity_rig.wall_us);
	CU_ASSERT_EQUAL(number(&mib_alarm_active_scalars, 1), 1300);
	entity_rig.mono_us += 2 * US_PER_S;
	clear_alarm("alarm.17");
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 1), 1);
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 2), before + 2);
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 3), 1300);
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 4), 1500);
	CU_ASSERT_EQUAL(number(&mib_alarm_active_scalars, 1), 1500);
	CU_ASSERT_EQUAL(number(&mib_alarm_clear_scalars, 1), 0);
}

static void
test_alarms_without_room_are_counted(void)
{
	entity_rig_fill();
	for (unsigned i = 1; i <= REPLICA_ALARMS; i++)
		raise_alarm(i, "reader.offline", "reader.3", entity_rig.wall_us);
	CU_ASSERT_EQUAL(number(&mib_alarm_overflow, 5), 0);
	raise_alarm(REPLICA_ALARMS + 1, "reader.offline", "reader.3", entity_rig.wall_us);
	CU_ASSERT_EQUAL(number(&mib_alarm_overflow, 5), 1);
	CU_ASSERT_EQUAL(number(&mib_alarm_stats_table, 1), REPLICA_ALARMS);
}

static void
test_every_kind_that_raises_an_alarm_has_a_model_of_both_states(void)
{
	const struct standard_alarms *alarms = &mib_rig.replica.standard_alarms;
	size_t raises = 0;

	entity_rig_fill();
	for (size_t i = 0; i < events_count(); i++)
		raises += events_at(i)->alarm_change == ALARM_RAISE;
	CU_ASSERT_EQUAL(alarms->model_count, 2 * raises);
	CU_ASSERT_TRUE(alarms->model_count < ALARM_MODELS_MAX);
	for (size_t i = 0; i + 1 < alarms->model_count; i += 2) {
		const struct alarm_model *clear = &alarms->models[i];
		const struct alarm_model *raised = &alarms->models[i + 1];
		CU_ASSERT_EQUAL(clear->state, ALARM_STATE_CLEAR);
		CU_ASSERT_TRUE(raised->state > ALARM_STATE_CLEAR);
		CU_ASSERT_PTR_EQUAL(clear->raise, raised->raise);
		CU_ASSERT_EQUAL(raised->notified != NULL, raised->raise->is_notified);
		CU_ASSERT_TRUE(!clear->notified || clear->notified->alarm_change == ALARM_CLEAR);
	}
}

static void
test_an_alarm_of_a_kind_that_nobody_knows_points_nowhere(void)
{
	static const uint32_t nothing[] = { 0, 0 };
	struct mib_oid oid;
	struct mib_value value;

	entity_rig_fill();
	raise_alarm(17, "future.alarm", "door.1", entity_rig.wall_us);
	CU_ASSERT_TRUE_FATAL(nth(&mib_alarm_active_table, 9, 0, &oid, &value));
	CU_ASSERT_TRUE(is_oid(&value, nothing, ARRAY_LEN(nothing)));
	CU_ASSERT_TRUE(nth(&mib_alarm_active_table, 13, 0, &oid, &value));
	CU_ASSERT_TRUE(is_oid(&value, nothing, ARRAY_LEN(nothing)));
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_alarm_has_its_time_and_id_as_index_and_its_entity_as_resource),
		TAP(test_alarms_are_in_the_order_of_their_times_even_if_the_clock_was_set_back),
		TAP(test_what_stands_and_when_it_came_is_counted),
		TAP(test_alarms_without_room_are_counted),
		TAP(test_every_kind_that_raises_an_alarm_has_a_model_of_both_states),
		TAP(test_an_alarm_of_a_kind_that_nobody_knows_points_nowhere),
	};
	return mib_rig_main(tests, ARRAY_LEN(tests));
}
