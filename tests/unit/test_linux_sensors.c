#include "hw/linux_private.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/tap.h"

#include <string.h>

#define IIO(n) "sys/bus/iio/devices/iio:device" #n "/"
#define HWMON  "sys/class/hwmon/hwmon"

static struct machine_board rig;

static void
tear_down(void)
{
	machine_board_close(&rig);
	machine_close();
}

/* An AD7998 with a reference of 3.3 V. */
static void
plug_converter(void)
{
	machine_write(IIO(0) "name", "ad7998\n");
	machine_write(IIO(0) "in_voltage0_raw", "1000\n");
	machine_write(IIO(0) "in_voltage1_raw", "2000\n");
	machine_write(IIO(0) "in_voltage_scale", "0.805664062\n");
}

static void
test_a_level_is_raw_times_scale_and_told_when_it_changes(void)
{
	machine_open();
	plug_converter();
	machine_board_open(&rig,
			   "{ point = \"input1\"; voltage = { iio = \"ad7998\"; "
			   "channel = \"voltage0\"; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "board online\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "input1 806 mV\n"));
	machine_write(IIO(0) "in_voltage0_raw", "1500\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1 1208 mV\n"));
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	tear_down();
}

static void
test_profiles_have_the_last_word_on_scale_and_offset(void)
{
	machine_open();
	plug_converter();
	machine_write(IIO(0) "in_voltage1_scale", "3\n");
	machine_write(IIO(0) "in_voltage1_offset", "-500\n");
	machine_board_open(
		&rig,
		"{ point = \"input1\"; voltage = { iio = \"ad7998\"; channel = \"voltage0\"; "
		"scale = 0.5; offset = 200; factor = 2; }; },"
		"{ point = \"input2\"; voltage = { iio = \"ad7998\"; channel = \"voltage1\"; }; },"
		"{ point = \"input3\"; voltage = { iio = \"ad7998\"; channel = \"voltage1\"; "
		"factor = 1e6; }; }",
		"");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1 1200 mV\n"));
	/* Of its own channel, before that of all. */
	CU_ASSERT_TRUE(machine_hears(&rig, "input2 4500 mV\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "input3 1000000 mV\n"));
	tear_down();
}

static void
test_supplies_have_voltage_current_and_say_whether_they_are_there(void)
{
	machine_open();
	machine_write(HWMON "0/name", "lm75\n");
	machine_write(HWMON "1/name", "ads7828\n");
	machine_write(HWMON "1/in0_input", "2000\n");
	machine_write(HWMON "1/in1_input", "400\n");
	machine_board_open(&rig,
			   "{ point = \"dc_in\"; voltage = { hwmon = \"ads7828\"; "
			   "channel = \"in0\"; factor = 6; }; current = { hwmon = \"ads7828\"; "
			   "channel = \"in1\"; factor = 2.0; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in active\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in 12000 mV\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in 800 mA\n"));
	machine_write(HWMON "1/in0_input", "950\n");
	/* A little below the half it is still there. */
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in 5700 mV\n"));
	machine_write(HWMON "1/in0_input", "100\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "dc_in inactive\ndc_in 600 mV\n"));
	tear_down();
}

static void
test_a_temperature_is_in_thousandths(void)
{
	machine_open();
	machine_write(HWMON "3/name", "lm75\n");
	machine_write(HWMON "3/temp1_input", "25500\n");
	machine_board_open(&rig,
			   "{ point = \"temperature\"; temperature = { hwmon = \"lm75\"; "
			   "channel = \"temp1\"; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "temperature 25500 mC\n"));
	tear_down();
}

static void
test_a_device_is_found_by_where_it_is_when_its_name_is_not_enough(void)
{
	machine_open();
	for (int i = 0; i < 2; i++) {
		_cleanup_(freep) char *dir =
			xasprintf("sys/devices/1-004%d/iio:device%d", 8 + i, i);
		_cleanup_(freep) char *name = xasprintf("%s/name", dir);
		_cleanup_(freep) char *raw = xasprintf("%s/in_voltage0_raw", dir);
		_cleanup_(freep) char *link = xasprintf("sys/bus/iio/devices/iio:device%d", i);
		_cleanup_(freep) char *to =
			xasprintf("../../../devices/1-004%d/iio:device%d", 8 + i, i);
		machine_write(name, "ads1015\n");
		machine_write(raw, i ? "222\n" : "111\n");
		machine_link(link, to);
	}
	machine_board_open(&rig,
			   "{ point = \"input1\"; voltage = { iio = \"ads1015\"; at = \"1-0049\"; "
			   "channel = \"voltage0\"; scale = 1; }; },"
			   "{ point = \"input2\"; voltage = { iio = \"ads1015\"; "
			   "channel = \"voltage0\"; scale = 1; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1 222 mV\n"));
	machine_board_close(&rig);
	machine_board_open(&rig,
			   "{ point = \"input2\"; voltage = { iio = \"ads1015\"; "
			   "channel = \"voltage0\"; scale = 1; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "input2: several devices are called 'ads1015'\n"));
	tear_down();
}

static void
test_a_channel_that_fails_is_a_fault_of_its_point_until_it_works(void)
{
	machine_open();
	plug_converter();
	machine_board_open(
		&rig,
		"{ point = \"input1\"; voltage = { iio = \"ad7998\"; channel = \"voltage0\"; }; },"
		"{ point = \"input2\"; voltage = { iio = \"ad7998\"; channel = \"voltage1\"; }; },"
		"{ point = \"input3\"; voltage = { iio = \"ad7998\"; channel = \"voltage7\"; }; }",
		"");
	CU_ASSERT_TRUE(machine_hears(&rig, "input3: 'ad7998' has no channel 'voltage7'\n"));
	machine_forget(&rig);
	machine_write(IIO(0) "in_voltage0_raw", "?");
	CU_ASSERT_TRUE(
		machine_hears(&rig, "input1: channel 'voltage0' of 'ad7998' says no number\n"));
	machine_write(IIO(0) "in_voltage1_raw", "2001\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "input2 1612 mV\n"));
	/* The same value as before is told again, since somebody has heard of a fault. */
	machine_write(IIO(0) "in_voltage0_raw", "1000\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1: works\ninput1 806 mV\n"));
	CU_ASSERT_STRING_EQUAL(rig.said, "");
	tear_down();
}

static void
test_a_device_that_comes_back_under_another_number_is_found(void)
{
	machine_open();
	plug_converter();
	machine_board_open(&rig,
			   "{ point = \"input1\"; voltage = { iio = \"ad7998\"; "
			   "channel = \"voltage0\"; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1 806 mV\n"));
	machine_write(IIO(0) "in_voltage0_raw", "?");
	machine_remove("sys/bus/iio/devices/iio:device0");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1: "));
	machine_write(IIO(4) "in_voltage0_raw", "500\n");
	machine_write(IIO(4) "in_voltage_scale", "2\n");
	machine_write(IIO(4) "name", "ad7998\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1: works\ninput1 1000 mV\n"));
	tear_down();
}

static void
test_a_converter_without_reference_says_that_it_has_no_scale(void)
{
	machine_open();
	machine_write(IIO(0) "name", "ad7998\n");
	machine_write(IIO(0) "in_voltage0_raw", "1000\n");
	machine_board_open(&rig,
			   "{ point = \"input1\"; voltage = { iio = \"ad7998\"; "
			   "channel = \"voltage0\"; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "input1: channel 'voltage0' of 'ad7998' has no scale"));
	tear_down();
}

static void
test_a_shake_moves_the_controller_until_it_rests(void)
{
	machine_open();
	machine_write(IIO(2) "in_accel_x_raw", "0\n");
	machine_write(IIO(2) "in_accel_y_raw", "0\n");
	machine_write(IIO(2) "in_accel_z_raw", "1000\n");
	machine_write(IIO(2) "in_accel_scale", "0.00980665\n");
	machine_write(IIO(2) "label", "shaker\n");
	machine_board_open(&rig,
			   "{ point = \"motion\"; accelerometer = { iio = \"shaker\"; "
			   "threshold_mg = 150; }; }",
			   "");
	CU_ASSERT_TRUE(machine_hears(&rig, "motion inactive\n"));
	machine_write(IIO(2) "in_accel_x_raw", "200\n");
	CU_ASSERT_TRUE(machine_hears(&rig, "motion active\n"));
	CU_ASSERT_TRUE(machine_hears(&rig, "motion inactive\n"));
	tear_down();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_level_is_raw_times_scale_and_told_when_it_changes),
		TAP(test_profiles_have_the_last_word_on_scale_and_offset),
		TAP(test_supplies_have_voltage_current_and_say_whether_they_are_there),
		TAP(test_a_temperature_is_in_thousandths),
		TAP(test_a_device_is_found_by_where_it_is_when_its_name_is_not_enough),
		TAP(test_a_channel_that_fails_is_a_fault_of_its_point_until_it_works),
		TAP(test_a_device_that_comes_back_under_another_number_is_found),
		TAP(test_a_converter_without_reference_says_that_it_has_no_scale),
		TAP(test_a_shake_moves_the_controller_until_it_rests),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
