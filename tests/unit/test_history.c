#include "lib/history.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <stdlib.h>

#define HOUR UINT64_C(3600)
#define DAY  (24 * HOUR)
#define ROOM 400

static struct history history;
static struct history_point points[HISTORY_BINS];

static size_t
read_range(uint64_t from_s, uint64_t to_s, uint32_t *ret_step_s)
{
	return history_read(&history, from_s, to_s, points, ROOM, ret_step_s);
}

static void
test_nothing_is_known_of_an_empty_history(void)
{
	uint32_t step_s;

	history_init(&history);
	CU_ASSERT_EQUAL(read_range(0, UINT64_MAX, &step_s), 0);
	CU_ASSERT_EQUAL(read_range(100, 50, &step_s), 0);
}

static void
test_a_bin_holds_minimum_mean_and_maximum(void)
{
	uint32_t step_s;

	history_init(&history);
	for (int i = 0; i < 10; i++)
		CU_ASSERT_EQUAL(history_add(&history, 1000 + (uint64_t) i, i == 3 ? -50 : i * 10),
				0);
	CU_ASSERT_EQUAL(history_add(&history, 1010, 7), 0);
	CU_ASSERT_EQUAL(read_range(1000, 1010, &step_s), 2);
	CU_ASSERT_EQUAL(step_s, 10);
	CU_ASSERT_EQUAL(points[0].at_s, 1000);
	CU_ASSERT_EQUAL(points[0].count, 10);
	CU_ASSERT_EQUAL(points[0].min, -50);
	CU_ASSERT_EQUAL(points[0].max, 90);
	CU_ASSERT_EQUAL(points[0].mean, 37);
	CU_ASSERT_EQUAL(points[1].at_s, 1010);
	CU_ASSERT_EQUAL(points[1].mean, 7);
}

static void
test_time_that_goes_back_is_dropped(void)
{
	uint32_t step_s;

	history_init(&history);
	CU_ASSERT_EQUAL(history_add(&history, 5000, 1), 0);
	CU_ASSERT_EQUAL(history_add(&history, 4999, 100), -ESTALE);
	CU_ASSERT_EQUAL(history_add(&history, 5000, 3), 0);
	CU_ASSERT_EQUAL(read_range(0, 5000, &step_s), 1);
	CU_ASSERT_EQUAL(points[0].count, 2);
	CU_ASSERT_EQUAL(points[0].max, 3);
}

static void
test_a_gap_is_left_out_and_a_long_one_empties_only_the_short_rings(void)
{
	uint32_t step_s;

	history_init(&history);
	CU_ASSERT_EQUAL(history_add(&history, 10 * DAY, 1), 0);
	CU_ASSERT_EQUAL(history_add(&history, 10 * DAY + 100, 2), 0);
	CU_ASSERT_EQUAL(read_range(10 * DAY, 10 * DAY + 100, &step_s), 2);
	CU_ASSERT_EQUAL(history_add(&history, 40 * DAY, 3), 0);
	CU_ASSERT_EQUAL(read_range(40 * DAY - HOUR + 10, 40 * DAY, &step_s), 1);
	CU_ASSERT_EQUAL(step_s, 10);
	CU_ASSERT_EQUAL(read_range(10 * DAY, 40 * DAY, &step_s), 2);
	CU_ASSERT_EQUAL(step_s, 86400);
	CU_ASSERT_EQUAL(points[0].count, 2);
	CU_ASSERT_EQUAL(history_add(&history, 4000 * DAY, 4), 0);
	CU_ASSERT_EQUAL(read_range(0, UINT64_MAX, &step_s), 1);
	CU_ASSERT_EQUAL(points[0].max, 4);
}

static void
test_an_hour_a_day_a_month_and_a_year_have_their_rings(void)
{
	static const struct {
		uint64_t span_s;
		uint32_t step_s;
		size_t room;
	} ranges[] = {
		{ HOUR, 10, 361 },	   { DAY, 300, 289 },  { 31 * DAY, 3600, 745 },
		{ 366 * DAY, 86400, 367 }, { HOUR, 300, 100 }, { DAY, 3600, 30 },
	};
	uint64_t end_s = 800 * DAY - 1;
	uint32_t step_s;

	history_init(&history);
	for (uint64_t at_s = 400 * DAY; at_s <= end_s; at_s += 1 + at_s % 7)
		(void) history_add(&history, at_s, 5);
	(void) history_add(&history, end_s, 5);
	for (size_t i = 0; i < ARRAY_LEN(ranges); i++) {
		uint64_t from_s = (end_s - ranges[i].span_s) / ranges[i].step_s * ranges[i].step_s;
		size_t count =
			history_read(&history, from_s, end_s, points, ranges[i].room, &step_s);
		CU_ASSERT_EQUAL(step_s, ranges[i].step_s);
		CU_ASSERT_EQUAL(count, (end_s - from_s) / step_s + 1);
		CU_ASSERT_EQUAL(points[0].at_s, from_s);
	}
	/* More than it has is all that it has, and never more than there is room for. */
	CU_ASSERT_EQUAL(history_read(&history, 0, UINT64_MAX, points, HISTORY_BINS, &step_s), 367);
	CU_ASSERT_EQUAL(history_read(&history, 0, UINT64_MAX, points, 10, &step_s), 10);
}

/* The same from all samples, kept in a naive way. */
static void
test_every_bin_agrees_with_its_samples(void)
{
	static struct {
		uint64_t at_s;
		int32_t value;
	} samples[20000];
	uint32_t random = 7;
	uint64_t at_s = 1000000;
	uint32_t step_s;

	history_init(&history);
	for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
		random = random * 1664525 + 1013904223;
		at_s += (random >> 8) % 400 == 0 ? 90000 : (random >> 16) % 5;
		samples[i].at_s = at_s;
		samples[i].value = (int32_t) random / 1000;
		CU_ASSERT_EQUAL(history_add(&history, at_s, samples[i].value), 0);
	}
	for (uint64_t span_s = 100; span_s < 300 * DAY; span_s *= 3) {
		uint64_t from_s = span_s < at_s ? at_s - span_s : 0;
		size_t count = read_range(from_s, at_s, &step_s);
		CU_ASSERT(count > 0 && count <= ROOM);
		for (size_t k = 0; k < count; k++) {
			struct history_point expected = { .at_s = points[k].at_s };
			int64_t sum = 0;
			for (size_t i = 0; i < ARRAY_LEN(samples); i++) {
				if (samples[i].at_s / step_s * step_s != points[k].at_s)
					continue;
				int32_t value = samples[i].value;
				bool is_first = !expected.count++;
				expected.min = is_first ? value : MIN_OF(expected.min, value);
				expected.max = is_first ? value : MAX_OF(expected.max, value);
				sum += value;
			}
			CU_ASSERT_EQUAL_FATAL(points[k].count, expected.count);
			CU_ASSERT_EQUAL(points[k].min, expected.min);
			CU_ASSERT_EQUAL(points[k].max, expected.max);
			CU_ASSERT_EQUAL(points[k].mean, sum / expected.count);
		}
	}
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_nothing_is_known_of_an_empty_history),
		TAP(test_a_bin_holds_minimum_mean_and_maximum),
		TAP(test_time_that_goes_back_is_dropped),
		TAP(test_a_gap_is_left_out_and_a_long_one_empties_only_the_short_rings),
		TAP(test_an_hour_a_day_a_month_and_a_year_have_their_rings),
		TAP(test_every_bin_agrees_with_its_samples),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
