#include "tests/unit/tap.h"

#include <stdlib.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

/* How long the panel waits for whom: short enough for the neighbours, long enough for the slow. */

static int
compare_times(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *) a;
	uint64_t y = *(const uint64_t *) b;

	return (x > y) - (x < y);
}

/* Of the times between commands to an address, from the n-th command on. */
static uint64_t
percentile_us(const struct line *line, uint8_t address, unsigned n, unsigned percent)
{
	static uint64_t intervals[LINE_COMMANDS_MAX];
	uint64_t last_us = 0;
	size_t count = 0;

	for (; n < line->command_count; n++) {
		if (line->commands[n].bytes[2] != address)
			continue;
		if (last_us > 0)
			intervals[count++] = line->commands[n].at_us - last_us;
		last_us = line->commands[n].at_us;
	}
	CU_ASSERT_FATAL(count > 10);
	qsort(intervals, count, sizeof(intervals[0]), compare_times);
	return intervals[(count - 1) * percent / 100];
}

static void
check_neighbour(struct line *line)
{
	struct osdp_event event = { 0 };
	unsigned start = line->command_count;
	line_run_ms(line, 30000);
	uint64_t normal_us = percentile_us(line, 2, start, 99);

	start = line->command_count;
	for (unsigned i = 0; i < 20; i++) {
		line->is_unplugged[0] = true;
		line_run_ms(line, 10000 + i * 137);
		line->is_unplugged[0] = false;
		osdp_pd_restart(line->pd[0]);
		CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 2000, &event));
		line_run_ms(line, 2000);
		line->event_count = 0;
	}
	CU_ASSERT(percentile_us(line, 2, start, 99) <= 2 * normal_us);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	line_done(line);
}

static void
a_pd_unplugged_again_and_again_does_not_starve_its_neighbour(void)
{
	check_neighbour(line_online(2, 9600));
	check_neighbour(line_online(2, 115200));
	check_neighbour(line_secure_online(2, 9600));
}

static void
a_pd_that_always_takes_its_time_is_never_hurried(void)
{
	struct line *line = line_new(2, 9600);
	struct osdp_event event = { 0 };
	line->turn_round_ms = 180;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 1, 5000, &event));
	line_run_ms(line, 60000);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, 0), 0);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->timeouts, 0);
	line_done(line);
}

static void
a_pd_that_becomes_slow_is_asked_again_once_and_then_has_its_time(void)
{
	struct line *line = line_online(2, 9600);
	line_run_ms(line, 10000);
	line->turn_round_ms = 120;
	line_run_ms(line, 20000);
	for (unsigned pd = 0; pd < 2; pd++) {
		CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_SUSPECT, pd), 0);
		CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, pd), OSDP_PD_ONLINE);
		CU_ASSERT(osdp_cp_pd_counters(line->cp, pd)->timeouts > 0);
		CU_ASSERT(osdp_cp_pd_counters(line->cp, pd)->timeouts <= 3);
	}
	/* The hurry itself made the panel talk over replies. */
	line->collisions = 0;
	line_run_ms(line, 20000);
	line_done(line);
}

static void
a_slow_device_in_the_place_of_a_quick_one_is_found(void)
{
	struct line *line = line_online(2, 9600);
	struct osdp_event event = { 0 };
	line_run_ms(line, 10000);
	line->is_unplugged[0] = true;
	line_run_ms(line, 9000);
	line->is_unplugged[0] = false;
	line->is_unplugged[1] = true;
	osdp_pd_restart(line->pd[0]);
	line->turn_round_ms = 150;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 20000, &event));
	line_free(line);
}

static const struct tap_test tests[] = {
	TAP(a_pd_unplugged_again_and_again_does_not_starve_its_neighbour),
	TAP(a_pd_that_always_takes_its_time_is_never_hurried),
	TAP(a_pd_that_becomes_slow_is_asked_again_once_and_then_has_its_time),
	TAP(a_slow_device_in_the_place_of_a_quick_one_is_found),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
