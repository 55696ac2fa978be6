#include "hw/linux_private.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define LOCK                                                                                       \
	"{ point = \"door1.lock\"; line = { chip = \"io\"; name = \"relay1\"; active_low = true; " \
	"}; }"
#define REX                                                                                        \
	"{ point = \"door1.rex\"; line = { chip = \"io\"; name = \"rex1\"; active_low = true; }; " \
	"}"
#define BUTTON                                                               \
	"{ point = \"button\"; line = { chip = \"io2\"; name = \"button\"; " \
	"debounce_ms = 399; }; }"
#define AUX                                                                                        \
	"{ point = \"aux1\"; line = { chip = \"io\"; name = \"aux1\"; drive = \"open_drain\"; }; " \
	"}"
#define SUPPLY "{ point = \"door1.bus_12v\"; line = { chip = \"io\"; name = \"power\"; }; }"

static struct machine_board rig;

static void
set_up(const char *points)
{
	machine_open();
	machine_plug("gpiochip0", "other", "x y");
	machine_plug("gpiochip1", "io", "relay1 rex1 aux1 power");
	machine_plug("gpiochip2", "io2", "button");
	machine_set_level("relay1", true);
	machine_set_level("rex1", true);
	machine_board_open(&rig, points, "");
}

static void
tear_down(void)
{
	machine_board_close(&rig);
	machine_close();
}

static int
set(const char *point, bool is_on)
{
	return driver_linux.set_output(rig.board, inventory_find(point), is_on);
}

static void
test_an_output_is_safe_until_it_is_set(void)
{
	set_up(LOCK ", " SUPPLY);
	CU_ASSERT_TRUE(machine_hears(&rig, "board online\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock off\n"));
	/* Active low, and off: the wire is high and was never anything else. */
	CU_ASSERT_TRUE(machine_level("relay1"));
	CU_ASSERT_EQUAL(machine_requests("relay1"), 1);
	CU_ASSERT_STRING_EQUAL(machine_consumer("relay1"), "cardea door1.lock");
	CU_ASSERT_TRUE(machine_level("power"));
	CU_ASSERT_EQUAL(set("door1.lock", true), 0);
	CU_ASSERT_FALSE(machine_level("relay1"));
	/* Said from the loop. */
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	CU_ASSERT_EQUAL(set("door2.lock", true), -ENODEV);
	tear_down();
}

static void
test_a_branch_is_switched_by_its_supplies(void)
{
	set_up(LOCK ", " SUPPLY);
	CU_ASSERT_EQUAL(driver_linux.set_branch(rig.board, BUDGET_READERS, false), 0);
	CU_ASSERT_FALSE(machine_level("power"));
	CU_ASSERT_EQUAL(driver_linux.set_branch(rig.board, BUDGET_DOOR_RELAYS, false), 0);
	CU_ASSERT_TRUE(machine_level("relay1"));
	CU_ASSERT_EQUAL(driver_linux.set_branch(rig.board, BUDGET_READERS, true), 0);
	CU_ASSERT_TRUE(machine_level("power"));
	tear_down();
}

static void
test_an_input_says_its_level_at_first_and_when_it_changes(void)
{
	set_up(REX ", " BUTTON);
	CU_ASSERT_TRUE(machine_hears(&rig, "board online\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "inactive\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "inactive\n"));
	machine_set_level("rex1", false);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex active\n"));
	/* A bounce within the time of the button's line is none. */
	machine_set_level("button", true);
	unit_turn(rig.base);
	machine_set_level("button", false);
	unit_turn(rig.base);
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	machine_set_level("rex1", true);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex inactive\n"));
	machine_set_level("button", true);
	CU_ASSERT_TRUE(machine_hears(&rig, "button active\n"));
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	tear_down();
}

static void
test_an_edge_that_got_lost_is_found_by_looking(void)
{
	set_up(REX);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex inactive\n"));
	machine_lose_edge("rex1", false);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex active\n"));
	tear_down();
}

static void
test_a_chip_that_vanishes_breaks_its_own_points_and_comes_back_as_they_were(void)
{
	set_up(LOCK ", " REX ", " BUTTON);
	CU_ASSERT_TRUE(machine_hears(&rig, "button inactive\n"));
	CU_ASSERT_EQUAL(set("door1.lock", true), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	machine_unplug("io");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: there is no chip 'io'\n"));
	machine_forget(&rig);
	CU_ASSERT_EQUAL(set("door1.lock", true), -ENODEV);
	/* The other chip does not care. */
	machine_set_level("button", true);
	CU_ASSERT_TRUE(machine_hears(&rig, "button active\n"));
	/* It comes back under another number, with its lines in another order. */
	machine_plug("gpiochip7", "io", "rex1 relay1");
	CU_ASSERT_TRUE(machine_hears(&rig, "works\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "works\n"));
	CU_ASSERT_FALSE(machine_level("relay1"));
	CU_ASSERT_EQUAL(machine_moves("relay1"), 0);
	CU_ASSERT_EQUAL(set("door1.lock", false), 0);
	CU_ASSERT_TRUE(machine_level("relay1"));
	machine_set_level("rex1", false);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex active\n"));
	tear_down();
}

static void
test_what_is_measured_of_a_point_is_told_again_when_its_line_is_back(void)
{
	machine_open();
	machine_plug("gpiochip1", "io", "power");
	machine_write("sys/class/hwmon/hwmon0/name", "m\n");
	machine_write("sys/class/hwmon/hwmon0/in0_input", "12345\n");
	machine_board_open(&rig,
			   "{ point = \"dc_in\"; line = { chip = \"io\"; name = \"power\"; }; "
			   "voltage = { hwmon = \"m\"; channel = \"in0\"; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in 12345 mV\n"));
	machine_unplug("io");
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in: there is no chip 'io'\n"));
	machine_plug("gpiochip1", "io", "power");
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in: works\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in 12345 mV\n"));
	tear_down();
}

static void
test_a_line_that_others_use_is_taken_when_they_let_go(void)
{
	machine_open();
	machine_plug("gpiochip1", "io", "relay1 rex1");
	machine_take("rex1", "somebody");
	machine_board_open(&rig, REX ", " LOCK, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex: line 'rex1' of chip 'io' is in use\n"));
	CU_ASSERT_TRUE(machine_is_used("relay1"));
	machine_take("rex1", NULL);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex: works\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex active\n"));
	tear_down();
}

static void
test_a_chip_that_was_reset_is_set_again_and_tells(void)
{
	set_up(LOCK);
	CU_ASSERT_EQUAL(set("door1.lock", true), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	machine_set_level("relay1", true);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: the line was not as it had been set\n"));
	CU_ASSERT_FALSE(machine_level("relay1"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: works\n"));
	/* It was never let go of. */
	CU_ASSERT_EQUAL(machine_requests("relay1"), 1);
	tear_down();
}

static void
test_a_chip_that_does_not_answer_keeps_its_line(void)
{
	set_up(LOCK);
	CU_ASSERT_EQUAL(set("door1.lock", true), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock on\n"));
	machine_break("relay1", -EIO);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: line 'relay1' of chip 'io': Input/output"));
	CU_ASSERT_EQUAL(set("door1.lock", false), -EIO);
	CU_ASSERT_TRUE(machine_is_used("relay1"));
	CU_ASSERT_FALSE(machine_level("relay1"));
	machine_break("relay1", 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: works\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock off\n"));
	CU_ASSERT_TRUE(machine_level("relay1"));
	CU_ASSERT_EQUAL(machine_requests("relay1"), 1);
	tear_down();
}

static void
test_a_broken_output_is_still_set_when_its_chip_takes_it(void)
{
	set_up(LOCK);
	machine_break("relay1", -EIO);
	CU_ASSERT_EQUAL(set("door1.lock", true), -EIO);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: line"));
	machine_break("relay1", 0);
	CU_ASSERT_EQUAL(set("door1.lock", true), 0);
	CU_ASSERT_FALSE(machine_level("relay1"));
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.lock: works\n"));
	tear_down();
}

static void
test_an_open_drain_that_somebody_pulls_down_is_no_fault(void)
{
	set_up("{ point = \"output1\"; line = { chip = \"io\"; name = \"aux1\"; "
	       "drive = \"open_drain\"; }; }, " REX);
	CU_ASSERT_EQUAL(set("output1", true), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "output1 on\n"));
	/* On is sinking. */
	CU_ASSERT_FALSE(machine_level("aux1"));
	CU_ASSERT_EQUAL(set("output1", false), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "output1 off\n"));
	machine_set_level("aux1", false);
	/* A lost edge shows that all lines have been looked at. */
	machine_lose_edge("rex1", false);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.rex active\n"));
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	CU_ASSERT_FALSE(machine_level("aux1"));
	tear_down();
}

static void
test_aux_is_an_input_until_it_is_told_otherwise_and_back(void)
{
	const struct inventory_row *aux = inventory_find("aux1");

	set_up(AUX);
	/* Connected to ground. */
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 active\n"));
	CU_ASSERT_EQUAL(set("aux1", true), -EPERM);
	CU_ASSERT_EQUAL(driver_linux.set_direction(rig.board, aux, true), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 off\n"));
	CU_ASSERT_EQUAL(set("aux1", true), 0);
	CU_ASSERT_FALSE(machine_level("aux1"));
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 on\n"));
	CU_ASSERT_EQUAL(driver_linux.set_direction(rig.board, aux, true), 0);
	CU_ASSERT_EQUAL(machine_requests("aux1"), 1);
	CU_ASSERT_EQUAL(driver_linux.set_direction(rig.board, aux, false), 0);
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 active\n"));
	machine_set_level("aux1", true);
	CU_ASSERT_TRUE(machine_hears(&rig, "aux1 inactive\n"));
	tear_down();
}

static void
test_the_board_has_what_its_profile_says(void)
{
	machine_open();
	machine_plug("gpiochip1", "io", "relay1");
	machine_board_open(&rig, LOCK ", { point = \"dc_in\"; present = true; }",
			   "buses = ( { name = \"1\"; tty = \"/nonexistent\"; baud = 9600; "
			   "readers = ( { reader = 2; door = 1; address = 0; } ); } );");
	static const struct {
		const char *point;
		bool has;
	} points[] = {
		{ "door1.lock", true },	   { "door2.lock", false },  { "dc_in", true },
		{ "door1.bus", true },	   { "door2.bus", false },   { "door1.reader1", false },
		{ "door1.reader2", true }, { "relay.jumper", true }, { "door1.gnd", true },
		{ "led.stat", false },	   { "temperature", false },
	};
	for (size_t i = 0; i < ARRAY_LEN(points); i++)
		CU_ASSERT_EQUAL(driver_linux.has(rig.board, inventory_find(points[i].point)),
				points[i].has);
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in active\n"));
	CU_ASSERT_EQUAL(driver_linux.open_bus(rig.board, 1, 9600), -ENOENT);
	CU_ASSERT_TRUE(machine_hears(&rig, "door1.bus: there is no '/nonexistent': "));
	tear_down();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_an_output_is_safe_until_it_is_set),
		TAP(test_a_branch_is_switched_by_its_supplies),
		TAP(test_an_input_says_its_level_at_first_and_when_it_changes),
		TAP(test_an_edge_that_got_lost_is_found_by_looking),
		TAP(test_a_chip_that_vanishes_breaks_its_own_points_and_comes_back_as_they_were),
		TAP(test_what_is_measured_of_a_point_is_told_again_when_its_line_is_back),
		TAP(test_a_line_that_others_use_is_taken_when_they_let_go),
		TAP(test_a_chip_that_was_reset_is_set_again_and_tells),
		TAP(test_a_chip_that_does_not_answer_keeps_its_line),
		TAP(test_a_broken_output_is_still_set_when_its_chip_takes_it),
		TAP(test_an_open_drain_that_somebody_pulls_down_is_no_fault),
		TAP(test_aux_is_an_input_until_it_is_told_otherwise_and_back),
		TAP(test_the_board_has_what_its_profile_says),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
