#include <string.h>

#include "lib/util.h"
#include "tests/unit/board_rig.h"
#include "tests/unit/tap.h"

static void
test_loads_are_drawn_where_there_is_voltage(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "load input.12v 150"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").ma, 150);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").mv, 12000);
	board->rails.is_branch_off[BUDGET_INPUT_12V] = true;
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").ma, 0);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").mv, 0);
	board->rails.is_branch_off[BUDGET_INPUT_12V] = false;
	CU_ASSERT_EQUAL(rig_do(board, "set input.12v mv 9000"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").mv, 9000);
	CU_ASSERT_EQUAL(rig_do(board, "set input.12v mv nominal"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").mv, 12000);
	rig_free(board);
}

static void
test_a_source_carries_what_hangs_on_it(void)
{
	struct board *board = rig_new();
	int32_t before_ma = rig_read(board, "poe_plus").ma;

	/* 150 mA of 12 V are 1.8 W, at 90 % 2 W, of 48 V 41.6 mA. */
	CU_ASSERT_EQUAL(rig_do(board, "load input.12v 150"), 0);
	CU_ASSERT(rig_read(board, "poe_plus").ma - before_ma >= 41);
	CU_ASSERT(rig_read(board, "poe_plus").ma - before_ma <= 42);
	CU_ASSERT_EQUAL(rig_read(board, "dc_in").ma, 0);
	before_ma = rig_read(board, "doors1_4.dc_in").ma;
	CU_ASSERT_EQUAL(rig_do(board, "load door2.bus_12v 900"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "doors1_4.dc_in").ma - before_ma, 1000);
	rig_free(board);
}

static void
test_a_lock_draws_by_its_contacts_and_its_jumper(void)
{
	struct board *board = rig_new();
	int32_t idle_ma = rig_read(board, "doors1_4.dc_in").ma;

	CU_ASSERT_EQUAL(rig_do(board, "load door1.lock 500"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").ma, 0);
	CU_ASSERT_EQUAL(rig_set(board, "door1.lock", true), 0);
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").ma, 500);
	/* Without a jumper the lock has a supply of its own. */
	CU_ASSERT_EQUAL(rig_read(board, "doors1_4.dc_in").ma, idle_ma);
	CU_ASSERT_EQUAL(rig_do(board, "set doors1_4.jumper 24"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "doors1_4.jumper").mv, 24000);
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").mv, 24000);
	CU_ASSERT_EQUAL(rig_read(board, "doors1_4.dc_in").ma - idle_ma, 1111);
	CU_ASSERT_EQUAL(rig_do(board, "set door1.lock wired nc"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").ma, 0);
	CU_ASSERT_EQUAL(rig_set(board, "door1.lock", false), 0);
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").ma, 500);
	board->rails.is_branch_off[BUDGET_DOOR_RELAYS] = true;
	CU_ASSERT_EQUAL(rig_read(board, "door1.lock").ma, 0);
	rig_free(board);
}

static void
test_an_aux_output_sinks_its_own_line(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "load aux1 40"), 0);
	CU_ASSERT_EQUAL(rig_set(board, "aux1", true), 0);
	CU_ASSERT_FALSE(rig_is_on(board, "aux1"));
	CU_ASSERT_FALSE(rig_read(board, "aux1").has_ma);
	board_point(board, inventory_find("aux1"))->is_output = true;
	CU_ASSERT_TRUE(rig_is_on(board, "aux1"));
	CU_ASSERT_EQUAL(rig_read(board, "aux1").ma, 40);
	CU_ASSERT_EQUAL(rig_read(board, "aux1").mv, 0);
	CU_ASSERT_TRUE(rig_read(board, "aux1").is_active);
	rig_free(board);
}

static void
test_rule_3_opens_all_outputs_and_starts_anew(void)
{
	struct board *board = rig_new();
	char boot[sizeof(board->boot)];

	CU_ASSERT_EQUAL(rig_do(board, "power off"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set poe_plus off"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set dc_in on"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "power on"), 0);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_STARTING);
	rig_pass(board, 2000, 100);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_RUNNING);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_DC_IN);
	CU_ASSERT_EQUAL(rig_do(board, "set poe on"), 0);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_DC_IN);
	CU_ASSERT_EQUAL(rig_set(board, "door1.lock", true), 0);
	board->rails.is_branch_off[BUDGET_AUX_12V] = true;
	memcpy(boot, board->boot, sizeof(boot));

	CU_ASSERT_EQUAL(rig_do(board, "set dc_in off"), 0);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_STARTING);
	CU_ASSERT_FALSE(rig_is_on(board, "door1.lock"));
	CU_ASSERT_FALSE(board->rails.is_branch_off[BUDGET_AUX_12V]);
	CU_ASSERT_STRING_EQUAL(boot, board->boot);
	rig_pass(board, 1999, 1999);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_STARTING);
	rig_pass(board, 1, 1);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_RUNNING);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_POE);
	CU_ASSERT_STRING_NOT_EQUAL(boot, board->boot);
	CU_ASSERT_FALSE(rig_is_on(board, "door1.lock"));
	CU_ASSERT_EQUAL(board->points[inventory_position(inventory_find("door1.lock"))].moves, 2);
	rig_free(board);
}

static void
test_rule_2_does_not_restart(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "set dc_in on"), 0);
	CU_ASSERT_EQUAL(rig_set(board, "relay", true), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set poe_plus off"), 0);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_DC_IN);
	CU_ASSERT_TRUE(rig_is_on(board, "relay"));
	CU_ASSERT_STRING_EQUAL(board->boot, "first");
	rig_free(board);
}

static void
test_power_that_comes_and_goes_while_it_starts_is_followed(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "set poe_plus off"), 0);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_OFF);
	rig_pass(board, 60000, 1000);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_OFF);
	CU_ASSERT_EQUAL(rig_do(board, "set poe on"), 0);
	rig_pass(board, 1000, 1000);
	CU_ASSERT_EQUAL(rig_do(board, "set poe off"), 0);
	rig_pass(board, 3000, 1000);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_OFF);
	CU_ASSERT_EQUAL(rig_do(board, "set poe_plus on"), 0);
	rig_pass(board, 2000, 1000);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_RUNNING);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_POE_PLUS);
	rig_free(board);
}

static void
test_poe_and_poe_plus_are_one_cable_and_a_low_voltage_is_none(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "set poe on"), 0);
	CU_ASSERT_FALSE(rig_read(board, "poe_plus").is_active);
	CU_ASSERT_TRUE(rig_read(board, "poe").is_active);
	CU_ASSERT_EQUAL(board->rails.power.source, SOURCE_POE);
	CU_ASSERT_EQUAL(rig_do(board, "set poe mv 36000"), 0);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_RUNNING);
	CU_ASSERT_EQUAL(rig_do(board, "set poe mv 35999"), 0);
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_OFF);
	CU_ASSERT_FALSE(rig_read(board, "poe").is_active);
	CU_ASSERT_EQUAL(rig_read(board, "poe").mv, 35999);
	rig_free(board);
}

static void
test_without_the_doors_supply_their_relays_drop(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_set(board, "door3.lock", true), 0);
	CU_ASSERT_EQUAL(rig_set(board, "relay", true), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set doors1_4.dc_in off"), 0);
	CU_ASSERT_FALSE(rig_is_on(board, "door3.lock"));
	CU_ASSERT_TRUE(rig_is_on(board, "relay"));
	CU_ASSERT_FALSE(rails_feeds_readers(board, 1));
	CU_ASSERT_EQUAL(board->rails.phase, DEVICE_RUNNING);
	CU_ASSERT_EQUAL(rig_do(board, "set doors1_4.dc_in on"), 0);
	CU_ASSERT_TRUE(rig_is_on(board, "door3.lock"));
	CU_ASSERT_TRUE(rails_feeds_readers(board, 1));
	CU_ASSERT_EQUAL(rig_do(board, "set door2.bus_12v mv 7900"), 0);
	CU_ASSERT_TRUE(rails_feeds_readers(board, 1));
	CU_ASSERT_FALSE(rails_feeds_readers(board, 2));
	board->rails.is_branch_off[BUDGET_READERS] = true;
	CU_ASSERT_FALSE(rails_feeds_readers(board, 1));
	rig_free(board);
}

static void
test_outputs_that_nobody_drives_go_to_their_safe_state(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "set door1.lock safe on"), 0);
	CU_ASSERT_EQUAL(rig_set(board, "door2.lock", true), 0);
	rig_pass(board, 9999, 9999);
	CU_ASSERT_FALSE(rig_is_on(board, "door1.lock"));
	CU_ASSERT_TRUE(rig_is_on(board, "door2.lock"));
	rig_pass(board, 1, 1);
	CU_ASSERT_TRUE(rig_is_on(board, "door1.lock"));
	CU_ASSERT_FALSE(rig_is_on(board, "door2.lock"));
	CU_ASSERT_EQUAL(rig_do(board, "set door1.lock safe off"), 0);
	CU_ASSERT_FALSE(rig_is_on(board, "door1.lock"));
	/* People's stories end, what the controller is does not. */
	rig_free(board);
	board = rig_new();
	CU_ASSERT_EQUAL(rig_do(board, "set relay safe on"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "stop"), 0);
	rig_pass(board, 10000, 10000);
	CU_ASSERT_TRUE(rig_is_on(board, "relay"));
	rig_free(board);
}

static void
test_a_point_that_does_not_work_says_nothing_and_takes_nothing(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "fault door1.lock its coil is burnt"), 0);
	CU_ASSERT(rig_set(board, "door1.lock", true) < 0);
	CU_ASSERT_STRING_EQUAL(rig_read(board, "door1.lock").why, "its coil is burnt");
	CU_ASSERT_FALSE(rig_read(board, "door1.lock").has_ma);
	CU_ASSERT_EQUAL(rig_do(board, "works door1.lock"), 0);
	CU_ASSERT_EQUAL(rig_set(board, "door1.lock", true), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set input1 fault"), 0);
	CU_ASSERT_PTR_NOT_NULL(rig_read(board, "input1").why);
	CU_ASSERT_EQUAL(rig_do(board, "works input1"), 0);
	CU_ASSERT_PTR_NULL(rig_read(board, "input1").why);
	rig_free(board);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_loads_are_drawn_where_there_is_voltage),
		TAP(test_a_source_carries_what_hangs_on_it),
		TAP(test_a_lock_draws_by_its_contacts_and_its_jumper),
		TAP(test_an_aux_output_sinks_its_own_line),
		TAP(test_rule_3_opens_all_outputs_and_starts_anew),
		TAP(test_rule_2_does_not_restart),
		TAP(test_power_that_comes_and_goes_while_it_starts_is_followed),
		TAP(test_poe_and_poe_plus_are_one_cable_and_a_low_voltage_is_none),
		TAP(test_without_the_doors_supply_their_relays_drop),
		TAP(test_outputs_that_nobody_drives_go_to_their_safe_state),
		TAP(test_a_point_that_does_not_work_says_nothing_and_takes_nothing),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
