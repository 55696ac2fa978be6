#include <string.h>

#include "board/led.h"
#include "lib/util.h"
#include "tests/unit/board_rig.h"
#include "tests/unit/tap.h"

static const struct cable *
cable_of(const struct board *board, const char *point)
{
	return &board->cables[inventory_input_number(inventory_find(point)) - 1];
}

static void
test_a_splice_corrodes_one_per_cent_after_the_other(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "set input1 wired serial_4k7"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set input1 splice 5%/s up to 50%"), 0);
	rig_pass(board, 199, 1);
	CU_ASSERT_EQUAL(cable_ohms(cable_of(board, "input1")), 9400);
	rig_pass(board, 1, 1);
	CU_ASSERT_EQUAL(cable_ohms(cable_of(board, "input1")), 9494);
	rig_pass(board, 1800, 1800);
	CU_ASSERT_EQUAL(cable_of(board, "input1")->drift_percent, 10);
	rig_pass(board, 60000, 7);
	CU_ASSERT_EQUAL(cable_of(board, "input1")->drift_percent, 50);
	CU_ASSERT_EQUAL(rig_do(board, "set input1 splice 1%/s up to 90%"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "set input1 drift 0"), 0);
	rig_pass(board, 60000, 1000);
	CU_ASSERT_EQUAL(cable_of(board, "input1")->drift_percent, 0);
	rig_free(board);
}

static void
test_a_contact_bounces_and_stays_on_the_other_side(void)
{
	struct board *board = rig_new();
	bool is_closed = true;
	unsigned edges = 0;

	CU_ASSERT_TRUE(cable_of(board, "door1.contact")->is_closed);
	CU_ASSERT_EQUAL(rig_do(board, "set door1.contact bounce 5 within 10ms"), 0);
	for (unsigned i = 0; i <= 12; i++) {
		board_step(board, RIG_BEGIN_US + i * US_PER_MS);
		edges += cable_of(board, "door1.contact")->is_closed != is_closed;
		is_closed = cable_of(board, "door1.contact")->is_closed;
	}
	CU_ASSERT_EQUAL(edges, 11);
	CU_ASSERT_FALSE(is_closed);
	rig_free(board);
}

static void
test_temperature_follows_a_ramp_however_late_the_loop_is(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "temperature 20..80 over 60s"), 0);
	rig_pass(board, 1, 1);
	CU_ASSERT_EQUAL(rig_read(board, "temperature").mc, 20000);
	rig_pass(board, 30000, 13);
	CU_ASSERT_EQUAL(rig_read(board, "temperature").mc, 50000);
	rig_pass(board, 100000, 100000);
	CU_ASSERT_EQUAL(rig_read(board, "temperature").mc, 80000);
	CU_ASSERT_EQUAL(rig_do(board, "temperature -12.5"), 0);
	CU_ASSERT_EQUAL(rig_read(board, "temperature").mc, -12500);
	rig_free(board);
}

static void
test_button_and_motion_are_held_for_a_time(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(rig_do(board, "press 25s"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "shake"), 0);
	CU_ASSERT_TRUE(rig_read(board, "motion").is_active);
	rig_pass(board, 1000, 100);
	CU_ASSERT_FALSE(rig_read(board, "motion").is_active);
	/* A loss of power lets no finger off. */
	CU_ASSERT_EQUAL(rig_do(board, "power off"), 0);
	CU_ASSERT_EQUAL(rig_do(board, "power on"), 0);
	rig_pass(board, 23999, 100);
	CU_ASSERT_TRUE(rig_read(board, "button").is_active);
	rig_pass(board, 1, 1);
	CU_ASSERT_FALSE(rig_read(board, "button").is_active);
	CU_ASSERT_EQUAL(rig_do(board, "set casing open"), 0);
	CU_ASSERT_TRUE(rig_read(board, "casing").is_active);
	rig_free(board);
}

/* R581 and R582: 1000/1000 ms and 200/2000 ms. */
static void
test_a_light_remembers_when_its_colour_changed(void)
{
	struct led led = { 0 };
	struct led_change changes[8];

	led_order(&led, &(struct led_order){ 1, 0, 1000, 1000, 5 * US_PER_S });
	led_order(&led, &(struct led_order){ 1, 0, 1000, 1000, 6 * US_PER_S });
	CU_ASSERT_EQUAL(led_colour_at(&led, 5 * US_PER_S), 1);
	CU_ASSERT_EQUAL(led_colour_at(&led, 6 * US_PER_S - 1), 1);
	CU_ASSERT_EQUAL(led_colour_at(&led, 6 * US_PER_S), 0);
	CU_ASSERT_EQUAL(led_changes(&led, 8 * US_PER_S, changes, 8), 4);
	for (unsigned i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(changes[i].at_us, (5 + i) * US_PER_S);
		CU_ASSERT_EQUAL(changes[i].colour, (i + 1) % 2);
	}
	led_order(&led, &(struct led_order){ 1, 0, 200, 2000, 8500000 });
	CU_ASSERT_EQUAL(led_changes(&led, 10800000, changes, 3), 3);
	CU_ASSERT_EQUAL(changes[0].at_us, 8500000);
	CU_ASSERT_EQUAL(changes[1].at_us, 8700000);
	CU_ASSERT_EQUAL(changes[2].at_us, 10700000);
	led_order(&led, &(struct led_order){ 3, 0, 0, 0, 11000000 });
	CU_ASSERT_EQUAL(led_changes(&led, 99000000, changes, 1), 1);
	CU_ASSERT_EQUAL(changes[0].colour, 3);
	CU_ASSERT_EQUAL(led_changes(&(struct led){ 0 }, 99000000, changes, 8), 0);
}

static bool
step_nothing(struct board *board UNUSED, struct course *course UNUSED)
{
	return false;
}

static void
test_of_two_at_the_same_time_the_first_begun_is_first(void)
{
	struct courses courses = { 0 };
	const struct course *first;

	(void) course_start(&courses, step_nothing, 1, 20);
	first = course_start(&courses, step_nothing, 2, 10);
	(void) course_start(&courses, step_nothing, 3, 10);
	CU_ASSERT_PTR_EQUAL(course_next(&courses), first);
	/* A course that begins anew has its place behind the others. */
	(void) course_start(&courses, step_nothing, 2, 10);
	CU_ASSERT_EQUAL(course_next(&courses)->subject, 3);
	for (size_t i = 4; i <= COURSES_MAX; i++)
		CU_ASSERT_PTR_NOT_NULL(course_start(&courses, step_nothing, i, 10));
	CU_ASSERT_PTR_NULL(course_start(&courses, step_nothing, 0, 10));
	course_stop(&courses, step_nothing, 3);
	CU_ASSERT_EQUAL(course_next(&courses)->subject, 2);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_splice_corrodes_one_per_cent_after_the_other),
		TAP(test_a_contact_bounces_and_stays_on_the_other_side),
		TAP(test_temperature_follows_a_ramp_however_late_the_loop_is),
		TAP(test_button_and_motion_are_held_for_a_time),
		TAP(test_of_two_at_the_same_time_the_first_begun_is_first),
		TAP(test_a_light_remembers_when_its_colour_changed),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
