#include "hw/profile.h"
#include "lib/util.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct profile profile;
static char why_text[256];

/* Reads a profile with this behind its board; the reason of a refusal, from its line, is kept. */
static int
read_rest(const char *rest)
{
	char *dir = unit_dir_new();
	_cleanup_(freep) char *path = unit_path(dir, "board.conf");
	_cleanup_(freep) char *why = NULL;
	_cleanup_(freep) char *text =
		xasprintf("board = { name = \"b\"; driver = \"linux\"; };\n%s\n", rest);

	CU_ASSERT_EQUAL_FATAL(write_file_atomic(path, text, strlen(text), 0600), 0);
	memset(&profile, 0, sizeof(profile));
	int r = profile_read(path, &profile, &why);
	why_text[0] = 0;
	if (why)
		(void) copy_string(why_text, sizeof(why_text), why + strlen(path));
	unit_dir_free(dir);
	return r;
}

static const struct profile_point *
point(const char *id)
{
	return profile_point(&profile, inventory_find(id));
}

static void
test_a_line_is_read_as_written(void)
{
	CU_ASSERT_EQUAL(
		read_rest("points = (\n"
			  "{ point = \"door1.lock\"; line = { chip = \"c\"; name = \"relay1\";\n"
			  "  active_low = true; safe = true; drive = \"open_drain\"; }; },\n"
			  "{ point = \"button\"; line = { chip = \"d\"; offset = 7;\n"
			  "  bias = \"pull_up\"; debounce_ms = 30; }; },\n"
			  "{ point = \"door1.rex\"; line = { chip = \"d\"; offset = 0; }; } );"),
		0);
	const struct profile_line *lock = &point("door1.lock")->line;
	CU_ASSERT_EQUAL(point("door1.lock")->parts, PROFILE_LINE);
	CU_ASSERT_STRING_EQUAL(lock->chip, "c");
	CU_ASSERT_STRING_EQUAL(lock->name, "relay1");
	CU_ASSERT_TRUE(lock->is_active_low && lock->is_safe_on);
	CU_ASSERT_EQUAL(lock->drive, PROFILE_OPEN_DRAIN);
	CU_ASSERT_EQUAL(lock->bias, PROFILE_AS_IS);
	const struct profile_line *button = &point("button")->line;
	CU_ASSERT_STRING_EQUAL(button->name, "");
	CU_ASSERT_EQUAL(button->offset, 7);
	CU_ASSERT_FALSE(button->is_active_low || button->is_safe_on);
	CU_ASSERT_EQUAL(button->bias, PROFILE_PULL_UP);
	CU_ASSERT_EQUAL(button->debounce_ms, 30);
	CU_ASSERT_EQUAL(point("door1.rex")->line.debounce_ms, 0);
	CU_ASSERT_EQUAL(point("door2.rex")->parts, 0);
}

static void
test_a_supply_is_on_while_nobody_drives_it_and_a_lock_is_not(void)
{
	CU_ASSERT_EQUAL(
		read_rest("points = (\n"
			  "{ point = \"door1.12v\"; line = { chip = \"c\"; name = \"a\"; }; },\n"
			  "{ point = \"door2.12v\"; line = { chip = \"c\"; name = \"b\";\n"
			  "  safe = false; }; },\n"
			  "{ point = \"door2.lock\"; line = { chip = \"c\"; name = \"c\"; }; } );"),
		0);
	CU_ASSERT_TRUE(point("door1.12v")->line.is_safe_on);
	CU_ASSERT_FALSE(point("door2.12v")->line.is_safe_on);
	CU_ASSERT_FALSE(point("door2.lock")->line.is_safe_on);
}

static void
test_channels_are_read_as_written_and_make_inputs_measured(void)
{
	CU_ASSERT_EQUAL(
		read_rest("points = (\n"
			  "{ point = \"input1\"; supervision = \"serial_1k\"; voltage = { iio = "
			  "\"adc\";\n"
			  "  at = \"1-0048\"; channel = \"voltage0\"; scale = 0.5; offset = -4;\n"
			  "  factor = 2; }; },\n"
			  "{ point = \"dc_in\"; voltage = { hwmon = \"m\"; channel = \"in0\"; };\n"
			  "  current = { hwmon = \"m\"; channel = \"curr1\"; }; },\n"
			  "{ point = \"temperature\"; temperature = { hwmon = \"lm75\";\n"
			  "  channel = \"temp1\"; }; } );"),
		0);
	const struct profile_channel *level = &point("input1")->voltage;
	CU_ASSERT_EQUAL(point("input1")->parts, PROFILE_VOLTAGE);
	CU_ASSERT_FALSE(level->is_hwmon);
	CU_ASSERT_STRING_EQUAL(level->device, "adc");
	CU_ASSERT_STRING_EQUAL(level->at, "1-0048");
	CU_ASSERT_STRING_EQUAL(level->channel, "voltage0");
	CU_ASSERT_TRUE(level->has_scale && level->has_offset);
	CU_ASSERT_EQUAL(level->scale, 0.5);
	CU_ASSERT_EQUAL(level->offset, -4);
	CU_ASSERT_EQUAL(level->factor, 2);
	CU_ASSERT_TRUE(profile.inputs[0].is_measured);
	CU_ASSERT_EQUAL(profile.inputs[0].scheme, SUPERVISE_SERIAL_1K);
	CU_ASSERT_EQUAL(point("dc_in")->parts, PROFILE_VOLTAGE | PROFILE_CURRENT);
	CU_ASSERT_TRUE(point("dc_in")->current.is_hwmon);
	CU_ASSERT_FALSE(point("dc_in")->current.has_scale);
	CU_ASSERT_EQUAL(point("dc_in")->current.factor, 1);
	CU_ASSERT_STRING_EQUAL(point("temperature")->temperature.channel, "temp1");
}

static void
test_leds_are_devices_or_lines(void)
{
	CU_ASSERT_EQUAL(read_rest("points = (\n"
				  "{ point = \"led.stat\"; led = { green = \"a:green:b\"; red = {\n"
				  "  chip = \"c\"; name = \"r\"; active_low = true; }; }; },\n"
				  "{ point = \"motion\"; accelerometer = { iio = \"k\"; }; },\n"
				  "{ point = \"dc_in\"; present = true; } );"),
			0);
	const struct profile_lamp *lamps = point("led.stat")->lamps;
	CU_ASSERT_FALSE(lamps[PROFILE_GREEN].is_line);
	CU_ASSERT_STRING_EQUAL(lamps[PROFILE_GREEN].name, "a:green:b");
	CU_ASSERT_TRUE(lamps[PROFILE_RED].is_line && lamps[PROFILE_RED].line.is_active_low);
	CU_ASSERT_FALSE(lamps[PROFILE_AMBER].is_line || *lamps[PROFILE_AMBER].name);
	CU_ASSERT_EQUAL(point("motion")->accelerometer.threshold_mg, 150);
	CU_ASSERT_EQUAL(point("dc_in")->parts, PROFILE_PRESENT);
}

static void
test_a_bus_says_how_its_line_is_driven(void)
{
#define READERS_1 "readers = ( { reader = 1; door = 1; address = 0; } ); } );"
	CU_ASSERT_EQUAL(read_rest("buses = ( { name = \"1\"; baud = 9600; tty = \"/dev/ttyS1\";\n"
				  "rs485 = \"kernel\"; rts = \"low\"; hear_self = true;\n"
				  "delay_before_ms = 1; delay_after_ms = 2; " READERS_1),
			0);
	CU_ASSERT_STRING_EQUAL(profile.buses[0].tty, "/dev/ttyS1");
	CU_ASSERT_EQUAL(profile.buses[0].rs485, PROFILE_RS485_KERNEL);
	CU_ASSERT_TRUE(profile.buses[0].is_rts_low && profile.buses[0].is_heard);
	CU_ASSERT_EQUAL(profile.buses[0].delay_before_ms, 1);
	CU_ASSERT_EQUAL(profile.buses[0].delay_after_ms, 2);
	CU_ASSERT_EQUAL(read_rest("buses = ( { name = \"1\"; baud = 9600; " READERS_1), 0);
	CU_ASSERT_EQUAL(profile.buses[0].rs485, PROFILE_RS485_AUTO);
	CU_ASSERT_STRING_EQUAL(profile.buses[0].tty, "");
	CU_ASSERT_EQUAL(
		read_rest("buses = ( { name = \"1\"; baud = 9600;\ntty = \"ttyS1\"; " READERS_1),
		-EBADMSG);
	CU_ASSERT_STRING_EQUAL(why_text, ":2: 'tty' must be a whole path");
	CU_ASSERT_EQUAL(
		read_rest("buses = ( { name = \"1\"; baud = 9600;\nrs485 = \"yes\"; " READERS_1),
		-EBADMSG);
	CU_ASSERT_STRING_EQUAL(why_text, ":3: 'rs485' must be one of auto, kernel, off");
	CU_ASSERT_EQUAL(
		read_rest(
			"buses = ( { name = \"1\"; baud = 9600;\ndelay_after_ms = 101; " READERS_1),
		-EBADMSG);
	CU_ASSERT_STRING_EQUAL(why_text, ":2: 'delay_after_ms' must be a number from 0 to 100");
	CU_ASSERT_EQUAL(read_rest("buses = ( { name = \"1\"; baud = 9600; tty = \"/dev/x\"; "
				  "readers = ( { reader = 1; door = 1; address = 0; } ); },\n"
				  "{ name = \"2\"; baud = 9600; tty = \"/dev/x\"; "
				  "readers = ( { reader = 2; door = 1; address = 0; } ); } );"),
			-EBADMSG);
	CU_ASSERT_STRING_EQUAL(why_text, ":3: '/dev/x' is there twice");
}

#define LINE "line = { chip = \"c\"; name = \"n\"; };"

static const struct {
	const char *rest;
	const char *why;
} wrong[] = {
	{ "wires = 3;", ":2: 'wires' means nothing here" },
	{ "points = 5;", ":2: 'points' must be a list" },
	{ "points = ( 1 );", ":2: 'point' is missing" },
	{ "points = ( { point = \"sesame\"; " LINE " } );",
	  ":2: 'sesame' is no point that can be connected" },
	{ "points = ( { point = \"door1.bus\"; " LINE " } );",
	  ":2: 'door1.bus' is no point that can be connected" },
	{ "points = ( { point = \"doors5_8.dc_in\"; present = true; } );",
	  ":2: this controller has no 'doors5_8.dc_in'" },
	{ "points = ( { point = \"alarm\"; } );", ":2: nothing says what 'alarm' is connected to" },
	{ "points = ( { point = \"alarm\"; " LINE " },\n{ point = \"alarm\"; " LINE " } );",
	  ":3: 'alarm' is there twice" },
	{ "points = ( { point = \"alarm\";\ncolour = 3; } );", ":3: 'colour' means nothing here" },
	{ "points = ( { point = \"alarm\";\nled = { green = \"g\"; }; } );",
	  ":3: 'alarm' can have no 'led'" },
	{ "points = ( { point = \"alarm\"; supervision = \"serial_1k\"; " LINE " } );",
	  ":2: only a measured input has a 'supervision'" },
	{ "points = ( { point = \"alarm\"; line = { name = \"n\"; }; } );",
	  ":2: 'chip' is missing" },
	{ "points = ( { point = \"alarm\"; line = 3; } );", ":2: 'chip' is missing" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; }; } );",
	  ":2: a line has either a 'name' or an 'offset'" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; name = \"n\";\n"
	  "pull = 1; }; } );",
	  ":3: 'pull' means nothing here" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; offset = -1; }; } );",
	  ":2: 'offset' must be a number from 0 to 1023" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; offset = 1;\n"
	  "active_low = 1; }; } );",
	  ":3: 'active_low' must be true or false" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; offset = 1;\n"
	  "bias = \"up\"; }; } );",
	  ":3: 'bias' must be one of as_is, none, pull_up, pull_down" },
	{ "points = ( { point = \"alarm\"; line = { chip = \"c\"; offset = 1;\n"
	  "safe = true; }; } );",
	  ":2: an input has no 'safe' and no 'drive'" },
	{ "points = ( { point = \"relay\"; line = { chip = \"c\"; offset = 1;\n"
	  "debounce_ms = 1; }; } );",
	  ":2: an output has no 'debounce_ms'" },
	{ "points = ( { point = \"input1\"; voltage = { channel = \"c\"; }; } );",
	  ":2: a channel is of one device, 'iio' or 'hwmon'" },
	{ "points = ( { point = \"input1\"; voltage = { iio = \"a\"; hwmon = \"b\"; }; } "
	  ");",
	  ":2: a channel is of one device, 'iio' or 'hwmon'" },
	{ "points = ( { point = \"input1\"; voltage = { iio = \"a\"; channel = \"../x\"; "
	  "}; } );",
	  ":2: names have no '/'" },
	{ "points = ( { point = \"input1\"; voltage = { iio = \"a\"; channel = \"c\";\n"
	  "scale = 0; }; } );",
	  ":3: 'scale' must be a number other than 0, up to 1000000" },
	{ "points = ( { point = \"input1\"; voltage = { iio = \"a\"; channel = \"c\";\n"
	  "factor = 1e300; }; } );",
	  ":3: 'factor' must be a number other than 0, up to 1000000" },
	{ "points = ( { point = \"led.stat\"; led = { }; } );",
	  ":2: an LED has at least one of green, red, amber" },
	{ "points = ( { point = \"led.stat\"; led = { green = \"../x\"; }; } );",
	  ":2: '../x' is no name of an LED" },
	{ "points = ( { point = \"motion\"; accelerometer = { iio = \"a\"; }; " LINE " } );",
	  ":2: two things say the state of 'motion'" },
	{ "points = ( { point = \"dc_in\"; present = true; " LINE " } );",
	  ":2: two things say the state of 'dc_in'" },
	{ "points = ( { point = \"dc_in\"; present = false; } );",
	  ":2: 'present' can only be true" },
	{ "points = ( { point = \"input1\"; voltage = { iio = \"a\"; channel = \"c\"; }; } "
	  ");\n"
	  "inputs = ( { point = \"input1\"; } );",
	  ":3: 'inputs' is for boards without 'points'" },
	{ "inputs = ( { point = \"input1\";\nname = \"x\"; } );", ":3: 'name' means nothing here" },
};

static void
test_mistakes_are_refused_with_their_line(void)
{
	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		CU_ASSERT_EQUAL(read_rest(wrong[i].rest), -EBADMSG);
		if (strcmp(why_text, wrong[i].why) != 0)
			printf("# '%s' is not '%s'\n", why_text, wrong[i].why);
		CU_ASSERT_STRING_EQUAL(why_text, wrong[i].why);
	}
}

static void
test_the_example_profiles_are_sound(void)
{
	static const char *const names[] = { "kernel-test.conf", "raspberry-pi.conf" };
	const char *source = getenv("CARDEA_SRCDIR");

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		_cleanup_(freep) char *path =
			xasprintf("%s/board/%s", source ? source : ".", names[i]);
		_cleanup_(freep) char *why = NULL;
		int r = profile_read(path, &profile, &why);
		if (r < 0)
			printf("# %s\n", why);
		CU_ASSERT_EQUAL_FATAL(r, 0);
		CU_ASSERT_STRING_EQUAL(profile.driver, "linux");
		CU_ASSERT_EQUAL(point("door1.lock")->parts, PROFILE_LINE);
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_line_is_read_as_written),
		TAP(test_a_supply_is_on_while_nobody_drives_it_and_a_lock_is_not),
		TAP(test_channels_are_read_as_written_and_make_inputs_measured),
		TAP(test_leds_are_devices_or_lines),
		TAP(test_a_bus_says_how_its_line_is_driven),
		TAP(test_mistakes_are_refused_with_their_line),
		TAP(test_the_example_profiles_are_sound),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
