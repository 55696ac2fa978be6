#include "hw/trace.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

/* A record whose bytes say which one it is. */
static void
add(struct trace *trace, unsigned number, uint16_t size)
{
	uint8_t bytes[2048];

	memset(bytes, (int) (number & 0xff), sizeof(bytes));
	trace_add(trace, &(struct trace_record){ .at_wall_us = number * 1000,
						 .is_output = number % 2,
						 .size = size,
						 .bytes = bytes });
}

/* Everything that the trace says to have is there, whole and in order. */
static void
check_all(const struct trace *trace)
{
	struct trace_record record;
	bool is_right = true;

	for (uint64_t i = trace_first(trace); i <= trace_last(trace); i++) {
		is_right = is_right && trace_at(trace, i, &record) == 0;
		is_right = is_right && record.at_wall_us == i * 1000;
		is_right = is_right && record.is_output == (i % 2 == 1);
		for (unsigned k = 0; is_right && k < record.size; k++)
			is_right = record.bytes[k] == (i & 0xff);
	}
	CU_ASSERT_TRUE(is_right);
	CU_ASSERT_EQUAL(trace_at(trace, trace_first(trace) - 1, &record), -ENOENT);
	CU_ASSERT_EQUAL(trace_at(trace, trace_last(trace) + 1, &record), -ENOENT);
}

static void
test_a_new_trace_is_empty(void)
{
	struct trace *trace = trace_new();

	CU_ASSERT(trace_first(trace) > trace_last(trace));
	check_all(trace);
	trace_free(trace);
}

static void
test_the_newest_frames_are_kept_whole_whatever_their_sizes(void)
{
	struct trace *trace = trace_new();

	for (unsigned i = 1; i <= 20000; i++) {
		add(trace, i, (uint16_t) (i * 7919 % 1441 + 1));
		if (i % 997 == 0)
			check_all(trace);
	}
	CU_ASSERT_EQUAL(trace_last(trace), 20000);
	/* Half of the memory is in use, however the sizes fall. */
	CU_ASSERT(trace_last(trace) - trace_first(trace) > TRACE_BYTES / 1441 / 2);
	check_all(trace);
	trace_free(trace);
}

static void
test_short_frames_are_as_many_as_there_are_places(void)
{
	struct trace *trace = trace_new();

	for (unsigned i = 1; i <= 3 * TRACE_RECORDS; i++)
		add(trace, i, 8);
	CU_ASSERT_EQUAL(trace_last(trace) - trace_first(trace) + 1, TRACE_RECORDS);
	check_all(trace);
	trace_free(trace);
}

static void
test_nothing_is_no_record(void)
{
	struct trace *trace = trace_new();

	add(trace, 1, 0);
	CU_ASSERT(trace_first(trace) > trace_last(trace));
	trace_free(trace);
}

static void
test_what_was_wiped_cannot_be_read(void)
{
	struct trace *trace = trace_new();
	struct trace_record record;

	add(trace, 1, 20);
	add(trace, 2, 20);
	trace_wipe(trace);
	CU_ASSERT_EQUAL(trace_at(trace, 2, &record), -ENOENT);
	CU_ASSERT(trace_first(trace) > trace_last(trace));
	add(trace, 3, 20);
	CU_ASSERT_EQUAL(trace_first(trace), 3);
	check_all(trace);
	trace_free(trace);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_a_new_trace_is_empty),
		TAP(test_the_newest_frames_are_kept_whole_whatever_their_sizes),
		TAP(test_short_frames_are_as_many_as_there_are_places),
		TAP(test_nothing_is_no_record),
		TAP(test_what_was_wiped_cannot_be_read),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
