#include "hw/linux_private.h"
#include "lib/util.h"
#include "tests/unit/machine.h"
#include "tests/unit/tap.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <string.h>

#define LEDS "sys/class/leds/"
#define STAT "{ point = \"led.stat\"; led = { green = \"g\"; red = \"r\"; }; }"
#define LINES                                                                                      \
	"{ point = \"led.relay\"; led = { green = { chip = \"io\"; name = \"g\"; }; red = { chip " \
	"= "                                                                                       \
	"\"io\"; name = \"r\"; }; }; }"

static struct machine_board rig;

static void
plug_led(const char *name)
{
	static const struct {
		const char *name;
		const char *text;
	} files[] = {
		{ "max_brightness", "1\n" }, { "brightness", "0" },  { "trigger", "heartbeat" },
		{ "delay_on", "500" },	     { "delay_off", "500" },
	};

	for (size_t i = 0; i < ARRAY_LEN(files); i++) {
		_cleanup_(freep) char *path = xasprintf(LEDS "%s/%s", name, files[i].name);
		machine_write(path, files[i].text);
	}
}

static void
set_up(const char *points)
{
	machine_open();
	plug_led("g");
	plug_led("r");
	machine_plug("gpiochip0", "io", "g r");
	machine_board_open(&rig, points, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "board online\n"));
}

static void
tear_down(void)
{
	machine_board_close(&rig);
	machine_close();
}

static int
show(const char *point, enum hw_colour first, uint32_t first_ms, enum hw_colour second,
     uint32_t second_ms)
{
	struct hw_led led = { first, second, first_ms, second_ms };

	return driver_linux.set_led(rig.board, inventory_find(point), &led);
}

/* Whether files of the two LEDs hold this. */
static bool
reads(const char *file, const char *green, const char *red)
{
	_cleanup_(freep) char *g = xasprintf(LEDS "g/%s", file);
	_cleanup_(freep) char *r = xasprintf(LEDS "r/%s", file);

	return !strcmp(machine_read(g), green) && !strcmp(machine_read(r), red);
}

static bool
is_red_only(void *context UNUSED)
{
	return !machine_level("g") && machine_level("r");
}

static bool
is_green_only(void *context UNUSED)
{
	return machine_level("g") && !machine_level("r");
}

static bool
is_both(void *context UNUSED)
{
	return machine_level("g") && machine_level("r");
}

static bool
is_dark(void *context UNUSED)
{
	return !machine_level("g") && !machine_level("r");
}

static void
test_colours_are_lamps_and_amber_is_both(void)
{
	set_up(STAT);
	/* Whatever the kernel made of them before is over. */
	CU_ASSERT_TRUE(reads("trigger", "none", "none"));
	CU_ASSERT_TRUE(reads("brightness", "0", "0"));
	CU_ASSERT_EQUAL(show("led.stat", HW_GREEN, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(reads("brightness", "1", "0"));
	CU_ASSERT_EQUAL(show("led.stat", HW_AMBER, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(reads("brightness", "1", "1"));
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(reads("brightness", "0", "1"));
	CU_ASSERT_EQUAL(show("led.stat", HW_DARK, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(reads("brightness", "0", "0"));
	CU_ASSERT_EQUAL(show("led.net", HW_GREEN, 0, HW_DARK, 0), -ENODEV);
	tear_down();
}

static void
test_one_lamp_that_blinks_is_left_to_the_kernel(void)
{
	set_up(STAT);
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 100, HW_DARK, 900), 0);
	CU_ASSERT_TRUE(reads("trigger", "none", "timer"));
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "r/delay_on"), "100");
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "r/delay_off"), "900");
	/* Dark first: the kernel's lamp is lit in the second phase. */
	CU_ASSERT_EQUAL(show("led.stat", HW_DARK, 250, HW_GREEN, 750), 0);
	CU_ASSERT_TRUE(reads("trigger", "timer", "none"));
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "g/delay_on"), "750");
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "g/delay_off"), "250");
	/* Green with red coming and going: green is steady. */
	CU_ASSERT_EQUAL(show("led.stat", HW_AMBER, 200, HW_GREEN, 300), 0);
	CU_ASSERT_TRUE(reads("trigger", "none", "timer"));
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "g/brightness"), "1");
	CU_ASSERT_EQUAL(show("led.stat", HW_GREEN, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(reads("trigger", "none", "none"));
	CU_ASSERT_TRUE(reads("brightness", "1", "0"));
	tear_down();
}

static void
test_an_asserted_pattern_is_not_begun_anew(void)
{
	set_up(STAT);
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 100, HW_DARK, 900), 0);
	machine_write(LEDS "r/trigger", "mine");
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 100, HW_DARK, 900), 0);
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "r/trigger"), "mine");
	tear_down();
}

static bool
is_class_lit(void *context UNUSED)
{
	return *machine_read(LEDS "r/brightness") == '1';
}

static bool
is_class_dark(void *context UNUSED)
{
	return *machine_read(LEDS "r/brightness") == '0';
}

static bool
has_no_trigger(void *context UNUSED)
{
	return reads("trigger", "none", "none");
}

static bool
is_delayed(void *context UNUSED)
{
	return !strcmp(machine_read(LEDS "r/delay_on"), "100");
}

static void
test_files_of_a_trigger_are_waited_for(void)
{
	set_up(STAT);
	machine_remove(LEDS "r/delay_on");
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 100, HW_DARK, 900), 0);
	CU_ASSERT_TRUE(reads("trigger", "none", "timer"));
	machine_write(LEDS "r/delay_on", "500");
	CU_ASSERT_TRUE(unit_wait(rig.base, is_delayed, NULL));
	CU_ASSERT_TRUE(reads("trigger", "none", "timer"));
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "r/delay_off"), "900");
	tear_down();
}

static void
test_a_kernel_that_does_not_blink_is_helped(void)
{
	set_up(STAT);
	machine_remove(LEDS "r/delay_on");
	CU_ASSERT_EQUAL(show("led.stat", HW_RED, 30, HW_DARK, 30), 0);
	CU_ASSERT_TRUE(unit_wait(rig.base, has_no_trigger, NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_class_dark, NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_class_lit, NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_class_dark, NULL));
	tear_down();
}

static void
test_lamps_on_lines_take_turns(void)
{
	set_up(LINES);
	CU_ASSERT_TRUE(is_dark(NULL));
	CU_ASSERT_EQUAL(show("led.relay", HW_GREEN, 30, HW_RED, 30), 0);
	CU_ASSERT_TRUE(is_green_only(NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_red_only, NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_green_only, NULL));
	CU_ASSERT_EQUAL(show("led.relay", HW_AMBER, 30, HW_DARK, 30), 0);
	CU_ASSERT_TRUE(is_both(NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_dark, NULL));
	CU_ASSERT_TRUE(unit_wait(rig.base, is_both, NULL));
	CU_ASSERT_EQUAL(show("led.relay", HW_RED, 0, HW_DARK, 0), 0);
	CU_ASSERT_TRUE(is_red_only(NULL));
	tear_down();
}

static void
test_an_led_of_one_colour_is_lit_whatever_it_is_asked_for(void)
{
	set_up("{ point = \"led.pwr\"; led = { green = \"g\"; }; }");
	CU_ASSERT_EQUAL(show("led.pwr", HW_RED, 0, HW_DARK, 0), 0);
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "g/brightness"), "1");
	CU_ASSERT_EQUAL(show("led.pwr", HW_DARK, 0, HW_DARK, 0), 0);
	CU_ASSERT_STRING_EQUAL(machine_read(LEDS "g/brightness"), "0");
	tear_down();
}

static void
test_an_led_that_is_missing_shows_what_is_wanted_once_it_is_there(void)
{
	machine_open();
	machine_board_open(&rig, STAT, "");
	CU_ASSERT_TRUE(machine_hears(&rig, "led.stat: no LED 'g': "));
	CU_ASSERT_EQUAL(show("led.stat", HW_AMBER, 0, HW_DARK, 0), -ENODEV);
	plug_led("g");
	plug_led("r");
	CU_ASSERT_TRUE(machine_hears(&rig, "led.stat: works\n"));
	CU_ASSERT_TRUE(reads("brightness", "1", "1"));
	tear_down();
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_colours_are_lamps_and_amber_is_both),
		TAP(test_one_lamp_that_blinks_is_left_to_the_kernel),
		TAP(test_an_asserted_pattern_is_not_begun_anew),
		TAP(test_files_of_a_trigger_are_waited_for),
		TAP(test_a_kernel_that_does_not_blink_is_helped),
		TAP(test_lamps_on_lines_take_turns),
		TAP(test_an_led_of_one_colour_is_lit_whatever_it_is_asked_for),
		TAP(test_an_led_that_is_missing_shows_what_is_wanted_once_it_is_there),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
