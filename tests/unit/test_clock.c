#include "lib/clock.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static uint64_t now_us;

static uint64_t
test_source(void)
{
	return now_us;
}

static void
test_the_source_of_monotonic_time_can_be_replaced_and_brought_back(void)
{
	uint64_t before_us = clock_mono_us();

	now_us = 42;
	clock_set_source(test_source);
	CU_ASSERT_EQUAL(clock_mono_us(), 42);
	clock_set_source(NULL);
	uint64_t after_us = clock_mono_us();
	CU_ASSERT(after_us >= before_us && after_us - before_us < 60 * US_PER_S);
}

static void
test_monotonic_time_is_that_of_the_kernel_in_microseconds(void)
{
	struct timespec kernel;
	uint64_t before_us = clock_mono_us();

	(void) clock_gettime(CLOCK_MONOTONIC, &kernel);
	uint64_t kernel_us = (uint64_t) kernel.tv_sec * US_PER_S + (uint64_t) kernel.tv_nsec / 1000;
	CU_ASSERT(before_us <= kernel_us && kernel_us <= clock_mono_us());
}

static void
test_wall_time_counts_from_1970_in_microseconds(void)
{
	uint64_t seconds = (uint64_t) time(NULL);
	uint64_t wall_us = clock_wall_us();

	CU_ASSERT(wall_us / US_PER_S >= seconds && wall_us / US_PER_S <= seconds + 60);
}

static void
test_utc_is_written_with_six_fraction_digits(void)
{
	static const struct {
		uint64_t wall_us;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ 1, "1970-01-01T00:00:00.000001Z" },
		{ UINT64_C(1709164799999999), "2024-02-28T23:59:59.999999Z" },
		{ UINT64_C(1709164800000000), "2024-02-29T00:00:00.000000Z" },
		{ UINT64_C(4102444800000010), "2100-01-01T00:00:00.000010Z" },
		{ UINT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z" },
	};
	char text[28];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		clock_format_utc(cases[i].wall_us, text);
		CU_ASSERT_STRING_EQUAL(text, cases[i].text);
	}
}

static void
test_no_time_at_all_breaks_the_format(void)
{
	static const uint64_t times_us[] = { UINT64_C(253402300800000000), INT64_MAX,
					     (uint64_t) INT64_MAX + 1, UINT64_MAX };
	char text[28];

	for (size_t i = 0; i < ARRAY_LEN(times_us); i++) {
		clock_format_utc(times_us[i], text);
		CU_ASSERT_EQUAL(strlen(text), 27);
		CU_ASSERT_NSTRING_EQUAL(text, "9999-12-31T23:59:59.", 20);
	}
}

static void
test_the_boot_id_is_a_uuid_and_stays_the_same(void)
{
	const char *id = clock_boot_id();

	CU_ASSERT_EQUAL(strlen(id), 36);
	CU_ASSERT_EQUAL(strspn(id, "0123456789abcdef-"), 36);
	CU_ASSERT_PTR_EQUAL(id, clock_boot_id());
}

static void
test_rfc_3339_is_read_to_the_second_with_any_offset(void)
{
	static const struct {
		const char *text;
		int64_t at_s;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2024-02-29T00:00:00Z", 1709164800 },
		{ "2024-02-29T01:00:00+01:00", 1709164800 },
		{ "2024-02-28T18:30:00-05:30", 1709164800 },
		{ "2024-02-29T00:00:00+00:00", 1709164800 },
	};
	static const char *const bad[] = {
		"",
		"2024-02-29",
		"2024-02-29T00:00:00",
		"2023-02-29T00:00:00Z",
		"2024-06-31T00:00:00Z",
		"2024-02-29T24:00:00Z",
		"2024-02-29T00:00:60Z",
		"2024-2-29T00:00:00Z0",
		"2024-02-29 00:00:00Z",
		"2024-02-29T00:00:00.5Z",
		"2024-02-29T00:00:00z",
		"2024-02-29T00:00:00+1:00",
		"2024-02-29T00:00:00+24:00",
		"2024-02-29T00:00:00+01:00x",
	};
	int64_t at_s;

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		CU_ASSERT_EQUAL(clock_parse(good[i].text, &at_s), 0);
		CU_ASSERT_EQUAL(at_s, good[i].at_s);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CU_ASSERT_EQUAL(clock_parse(bad[i], &at_s), -EINVAL);
	}
}

static void
test_seconds_are_written_as_they_are_read(void)
{
	char text[21];

	clock_format_s(1709164800, text);
	CU_ASSERT_STRING_EQUAL(text, "2024-02-29T00:00:00Z");
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_the_source_of_monotonic_time_can_be_replaced_and_brought_back),
		TAP(test_monotonic_time_is_that_of_the_kernel_in_microseconds),
		TAP(test_wall_time_counts_from_1970_in_microseconds),
		TAP(test_utc_is_written_with_six_fraction_digits),
		TAP(test_no_time_at_all_breaks_the_format),
		TAP(test_rfc_3339_is_read_to_the_second_with_any_offset),
		TAP(test_seconds_are_written_as_they_are_read),
		TAP(test_the_boot_id_is_a_uuid_and_stays_the_same),
	};

	return tap_main(tests, ARRAY_LEN(tests));
}
