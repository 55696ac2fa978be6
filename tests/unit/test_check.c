#include "hw/check.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static char told[8192];
static struct check_summary summary;

static void PRINTF(1, 2) note(const char *format, ...)
{
	size_t used = strlen(told);
	va_list args;

	va_start(args, format);
	(void) vsnprintf(told + used, sizeof(told) - used, format, args);
	va_end(args);
}

static void
on_finding(const struct check_finding *finding, void *context UNUSED)
{
	note("%s %s %s: %s\n", finding->is_wrong ? "wrong" : "ok", finding->point, finding->part,
	     finding->found);
}

static void
on_absent(const char *point, void *context UNUSED)
{
	note("no %s\n", point);
}

static int
check(const char *rest)
{
	_cleanup_(freep) char *text =
		xasprintf("board = { name = \"b\"; driver = \"linux\"; };\n%s", rest);
	_cleanup_(freep) char *path = unit_path(machine_root, "board.conf");
	_cleanup_(freep) char *why = NULL;

	*told = 0;
	machine_write("board.conf", text);
	int r = check_file(machine_root, path, on_finding, on_absent, NULL, &summary, &why);
	if (why)
		note("%s", why + strlen(path));
	return r;
}

static bool
has(const char *line)
{
	if (!strstr(told, line))
		printf("# no '%s' in:\n%s", line, told);
	return strstr(told, line);
}

#define LINE(name) "line = { chip = \"io\"; name = \"" name "\"; };"

static void
test_lines_are_found_and_not_touched(void)
{
	machine_open();
	machine_plug("gpiochip3", "io", "relay1 rex1 in3 in4");
	machine_set_level("relay1", true);
	machine_take("rex1", "cardea door1.rex");
	machine_take("in3", "spi0 CS");
	CU_ASSERT_EQUAL(
		check("points = ( { point = \"door1.lock\"; " LINE(
			"relay1") " },"
				  "{ point = \"door1.rex\"; " LINE(
					  "rex1") " },"
						  "{ point = \"casing\"; " LINE(
							  "in3") " },"
								 "{ point = \"alarm\"; " LINE(
									 "in4") " },"
										"{ point = "
										"\"tamper\"; " LINE(
											"in4") " },"
											       "{ "
											       "poi"
											       "nt "
											       "= "
											       "\"b"
											       "utt"
											       "on"
											       "\";"
											       " " LINE(
												       "in5") " },"
													      "{ point = \"relay\"; line = { chip = \"no\"; offset = 1; }; } );"),
		0);
	CU_ASSERT_TRUE(has("ok door1.lock line: line 0 of /dev/gpiochip3, free\n"));
	CU_ASSERT_TRUE(has("ok door1.rex line: line 1 of /dev/gpiochip3, in use by 'cardea "
			   "door1.rex'\n"));
	CU_ASSERT_TRUE(has("wrong casing line: line 2 of /dev/gpiochip3, in use by 'spi0 CS'\n"));
	CU_ASSERT_TRUE(has("ok alarm line: line 3 of /dev/gpiochip3, free\n"));
	CU_ASSERT_TRUE(
		has("wrong tamper line: line 3 of /dev/gpiochip3 is that of 'alarm', too\n"));
	CU_ASSERT_TRUE(has("wrong button line: chip 'io' has no line 'in5'\n"));
	CU_ASSERT_TRUE(has("wrong relay line: there is no chip 'no'\n"));
	CU_ASSERT_EQUAL(summary.found, 3);
	CU_ASSERT_EQUAL(summary.wrong, 4);
	/* Nobody has moved or taken anything. */
	CU_ASSERT_TRUE(machine_level("relay1"));
	CU_ASSERT_EQUAL(machine_requests("relay1"), 0);
	CU_ASSERT_FALSE(machine_is_used("relay1"));
	machine_close();
}

static void
test_a_chip_or_a_line_that_is_there_twice_is_none(void)
{
	machine_open();
	machine_plug("gpiochip0", "io", "a b a");
	CU_ASSERT_EQUAL(check("points = ( { point = \"alarm\"; " LINE("a") " } );"), 0);
	CU_ASSERT_TRUE(has("wrong alarm line: chip 'io' or its line 'a' is there twice\n"));
	CU_ASSERT_EQUAL(check("points = ( { point = \"alarm\"; " LINE("b") " } );"), 0);
	CU_ASSERT_TRUE(has("ok alarm line: line 1 of"));
	machine_write("dev/gpiochip1", "io");
	CU_ASSERT_EQUAL(check("points = ( { point = \"alarm\"; " LINE("b") " } );"), 0);
	CU_ASSERT_TRUE(has("wrong alarm line: chip 'io' or its line 'b' is there twice\n"));
	/* Another name of the same node is not another chip. */
	machine_remove("dev/gpiochip1");
	machine_link("dev/gpiochip4", "gpiochip0");
	CU_ASSERT_EQUAL(check("points = ( { point = \"alarm\"; " LINE("b") " } );"), 0);
	CU_ASSERT_TRUE(has("ok alarm line: line 1 of /dev/gpiochip0, free\n"));
	machine_close();
}

static void
test_what_is_measured_is_read(void)
{
	machine_open();
	machine_write("sys/class/hwmon/hwmon0/name", "m\n");
	machine_write("sys/class/hwmon/hwmon0/in0_input", "1234\n");
	machine_write("sys/class/hwmon/hwmon0/temp1_input", "x\n");
	CU_ASSERT_EQUAL(check("points = ( { point = \"dc_in\"; voltage = { hwmon = \"m\"; "
			      "channel = \"in0\"; factor = 2; }; current = { iio = \"a\"; "
			      "at = \"1-0048\"; channel = \"current0\"; }; },"
			      "{ point = \"temperature\"; temperature = { hwmon = \"m\"; "
			      "channel = \"temp1\"; }; }, { point = \"poe\"; present = true; } );"),
			0);
	CU_ASSERT_TRUE(has("ok dc_in voltage: 'in0' of 'm' reads 2468 mV\n"));
	CU_ASSERT_TRUE(has("wrong dc_in current: there is no device 'a' at 1-0048\n"));
	CU_ASSERT_TRUE(
		has("wrong temperature temperature: channel 'temp1' of 'm' says no number\n"));
	CU_ASSERT_TRUE(has("ok poe present: always there\n"));
	machine_close();
}

static void
test_leds_and_ports_are_tried(void)
{
	machine_open();
	machine_write("sys/class/leds/g/max_brightness", "255\n");
	machine_write("sys/class/leds/g/brightness", "7\n");
	CU_ASSERT_EQUAL(check("points = ( { point = \"led.stat\"; led = { green = \"g\"; red = "
			      "\"r\"; }; } ); buses = ( { name = \"RS\"; baud = 9600; tty = "
			      "\"/nonexistent\"; readers = ( { reader = 1; door = 1; address = 0; "
			      "} ); }, { name = \"RS2\"; baud = 9600; readers = ( { reader = 2; "
			      "door = 1; address = 0; } ); } );"),
			0);
	CU_ASSERT_TRUE(has("ok led.stat green: LED 'g' can be set\n"));
	CU_ASSERT_STRING_EQUAL(machine_read("sys/class/leds/g/brightness"), "7\n");
	CU_ASSERT_TRUE(has("wrong led.stat red: there is no LED 'r'\n"));
	CU_ASSERT_TRUE(has("wrong RS tty: there is no '/nonexistent': No such file"));
	CU_ASSERT_TRUE(has("wrong RS2 tty: the bus has no 'tty'\n"));
	machine_close();
}

static void
test_what_the_board_does_not_have_is_listed_once(void)
{
	machine_open();
	CU_ASSERT_EQUAL(check("points = ( { point = \"poe\"; present = true; } ); buses = ( { "
			      "name = \"1\"; baud = 9600; readers = ( { reader = 3; door = 2; "
			      "address = 0; } ); } );"),
			0);
	CU_ASSERT_TRUE(has("no door1.lock\n"));
	CU_ASSERT_TRUE(has("no door2.bus\n"));
	CU_ASSERT_TRUE(has("no door1.reader1\n"));
	CU_ASSERT_PTR_NULL(strstr(told, "no poe\n"));
	CU_ASSERT_PTR_NULL(strstr(told, "no door1.bus\n"));
	CU_ASSERT_PTR_NULL(strstr(told, "no door2.reader1\n"));
	CU_ASSERT_PTR_NULL(strstr(told, "gnd"));
	CU_ASSERT_PTR_NULL(strstr(told, "doors5_8"));
	machine_close();
}

static void
test_a_profile_with_a_mistake_finds_nothing(void)
{
	machine_open();
	CU_ASSERT_EQUAL(check("points = 5;"), -EBADMSG);
	CU_ASSERT_STRING_EQUAL(told, ":2: 'points' must be a list");
	machine_close();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_lines_are_found_and_not_touched),
		TAP(test_a_chip_or_a_line_that_is_there_twice_is_none),
		TAP(test_what_is_measured_is_read),
		TAP(test_leds_and_ports_are_tried),
		TAP(test_what_the_board_does_not_have_is_listed_once),
		TAP(test_a_profile_with_a_mistake_finds_nothing),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
