#include "agent/door_meter.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

static void
put(struct meter *meter, const char *id, int32_t mv, int32_t ma)
{
	const struct inventory_row *point = inventory_find(id);

	if (mv >= 0)
		meter_take(meter, point, HW_MV, mv);
	if (ma >= 0)
		meter_take(meter, point, HW_MA, ma);
}

static void
test_a_branch_is_the_sum_of_its_points_at_their_lowest_voltage(void)
{
	struct meter meter = { 0 };
	struct meter_sum sum;

	meter_branch(&meter, BUDGET_READERS, &sum);
	CU_ASSERT_FALSE(sum.has_mv || sum.has_ma);
	put(&meter, "door1.bus_12v", 12000, 500);
	put(&meter, "door4.bus_12v", 11800, 250);
	put(&meter, "door1.12v", 11000, 100);
	put(&meter, "dc_in", 9000, 3000);
	meter_branch(&meter, BUDGET_READERS, &sum);
	CU_ASSERT_TRUE(sum.has_mv && sum.has_ma);
	CU_ASSERT_EQUAL(sum.ma, 750);
	CU_ASSERT_EQUAL(sum.mv, 11800);
}

static void
test_every_branch_has_points_and_no_point_is_of_two(void)
{
	for (size_t i = 0; i < INVENTORY_ROWS; i++) {
		const struct inventory_row *row = inventory_at(i);
		unsigned count = 0;
		for (unsigned branch = BUDGET_READERS; branch < BUDGETS; branch++)
			count += meter_is_of_branch(row, (enum inventory_budget) branch);
		CU_ASSERT(count <= 1);
		CU_ASSERT_EQUAL(count == 1,
				row->kind == INV_SUPPLY_OUT || row->kind == INV_LOCK_RELAY ||
					row->kind == INV_RELAY || row->kind == INV_AUX_IO);
	}
}

/* The line of an AUX port is at 0 V while its output is on: that is not what feeds its load. */
static void
test_the_level_of_an_aux_port_is_no_voltage_of_its_branch(void)
{
	struct meter meter = { 0 };
	struct meter_sum sum;

	put(&meter, "aux1", 0, 20);
	meter_branch(&meter, BUDGET_AUX_IO, &sum);
	CU_ASSERT_FALSE(sum.has_mv);
	CU_ASSERT_EQUAL(sum.ma, 20);
}

static void
test_below_nothing_is_nothing(void)
{
	struct meter meter = { 0 };

	meter_take(&meter, inventory_find("relay"), HW_MA, -3);
	CU_ASSERT_EQUAL(meter_point(&meter, inventory_find("relay"))->ma, 0);
	CU_ASSERT_TRUE(meter_point(&meter, inventory_find("relay"))->has_ma);
	meter_take(&meter, inventory_find("relay"), HW_MILLICELSIUS, 35000);
	CU_ASSERT_FALSE(meter_point(&meter, inventory_find("relay"))->has_mv);
}

static void
test_power_does_not_overflow(void)
{
	struct meter meter = { 0 };

	put(&meter, "poe", 1000000, 4000);
	CU_ASSERT_EQUAL(meter_point_mw(&meter, inventory_find("poe")), 4000000);
}

static void
test_a_branch_that_was_switched_is_forgotten_alone(void)
{
	struct meter meter = { 0 };
	struct meter_sum sum;

	put(&meter, "door1.bus_12v", 0, 0);
	put(&meter, "door1.12v", 12000, 7);
	meter_forget_branch(&meter, BUDGET_READERS);
	meter_branch(&meter, BUDGET_READERS, &sum);
	CU_ASSERT_FALSE(sum.has_mv || sum.has_ma);
	meter_branch(&meter, BUDGET_DOOR_SENSORS, &sum);
	CU_ASSERT_EQUAL(sum.ma, 7);
}

static void
test_a_jumper_is_known_by_its_voltage_and_a_sag_is_no_other_jumper(void)
{
	static const struct {
		uint32_t before, mv, expected;
	} rows[] = {
		{ 0, 0, 0 },
		{ 0, 999, 0 },
		{ 0, 12000, 12000 },
		{ 0, 10800, 12000 },
		{ 0, 24000, 24000 },
		{ 0, 9000, 12000 },
		{ 0, 20000, 24000 },
		{ 12000, 7000, 12000 },
		{ 24000, 19000, 24000 },
		{ 24000, 12000, 12000 },
		{ 12000, 24000, 24000 },
		{ 24000, 900, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		CU_ASSERT_EQUAL(meter_jumper_mv(rows[i].before, rows[i].mv), rows[i].expected);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_branch_is_the_sum_of_its_points_at_their_lowest_voltage),
		TAP(test_every_branch_has_points_and_no_point_is_of_two),
		TAP(test_the_level_of_an_aux_port_is_no_voltage_of_its_branch),
		TAP(test_below_nothing_is_nothing),
		TAP(test_power_does_not_overflow),
		TAP(test_a_branch_that_was_switched_is_forgotten_alone),
		TAP(test_a_jumper_is_known_by_its_voltage_and_a_sag_is_no_other_jumper),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
