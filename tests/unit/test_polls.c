#include "board/polls.h"
#include "hw/osdp/frame.h"
#include "lib/json.h"
#include "lib/util.h"
#include "tests/unit/tap.h"

#include <string.h>

#define ADDRESS 3

static void
hear(struct polls *polls, uint8_t address, uint8_t code, uint64_t now_us)
{
	uint8_t bytes[64] = { OSDP_MARK };
	struct osdp_frame frame = {
		.address = address, .sequence = 1, .has_crc = true, .code = code
	};
	int size = osdp_frame_encode(&frame, bytes + 1, sizeof(bytes) - 1);

	CU_ASSERT_FATAL(size > 0);
	polls_note(polls, ADDRESS, bytes, (size_t) size + 1, now_us);
}

static json_int_t
value_of(const struct polls *polls, const char *name)
{
	_cleanup_(json_decrefp) json_t *shown = polls_show(polls);

	return json_integer_or(shown, name, -1);
}

static void
test_nothing_heard_is_all_zero(void)
{
	struct polls polls = { 0 };

	CU_ASSERT_EQUAL(value_of(&polls, "count"), 0);
	CU_ASSERT_EQUAL(value_of(&polls, "p99_us"), 0);
	hear(&polls, ADDRESS, OSDP_CMD_POLL, 1000);
	CU_ASSERT_EQUAL(value_of(&polls, "count"), 0);
}

static void
test_percentiles_are_those_of_the_intervals(void)
{
	struct polls polls = { 0 };
	uint64_t now_us = 1000000;

	hear(&polls, ADDRESS, OSDP_CMD_POLL, now_us);
	for (unsigned i = 0; i < 200; i++) {
		now_us += i < 196 ? 50000 : 90100;
		hear(&polls, ADDRESS, OSDP_CMD_POLL, now_us);
	}
	CU_ASSERT_EQUAL(value_of(&polls, "count"), 200);
	CU_ASSERT_EQUAL(value_of(&polls, "p50_us"), 50000 + POLLS_BUCKET_US);
	CU_ASSERT_EQUAL(value_of(&polls, "p99_us"), 90100);
	CU_ASSERT_EQUAL(value_of(&polls, "max_us"), 90100);
	hear(&polls, ADDRESS, OSDP_CMD_POLL, now_us + 5 * US_PER_S);
	CU_ASSERT_EQUAL(value_of(&polls, "max_us"), 5 * US_PER_S);
	polls_reset(&polls);
	hear(&polls, ADDRESS, OSDP_CMD_POLL, now_us + 100 * US_PER_S);
	CU_ASSERT_EQUAL(value_of(&polls, "max_us"), 0);
}

static void
test_only_polls_of_its_own_count(void)
{
	struct polls polls = { 0 };
	uint8_t noise[] = { 0xff, 0x53, 0x03, 0x08, 0x00, 0x05, 0x60, 0x00, 0x00 };

	hear(&polls, ADDRESS, OSDP_CMD_POLL, 50000);
	hear(&polls, ADDRESS + 1, OSDP_CMD_POLL, 60000);
	hear(&polls, ADDRESS, OSDP_CMD_LED, 70000);
	polls_note(&polls, ADDRESS, noise, sizeof(noise), 80000);
	polls_note(&polls, ADDRESS, noise, 1, 80000);
	CU_ASSERT_EQUAL(value_of(&polls, "count"), 0);
	hear(&polls, ADDRESS, OSDP_CMD_POLL, 100000);
	CU_ASSERT_EQUAL(value_of(&polls, "count"), 1);
	CU_ASSERT_EQUAL(value_of(&polls, "max_us"), 50000);
}

static const struct tap_test tests[] = {
	TAP(test_nothing_heard_is_all_zero),
	TAP(test_percentiles_are_those_of_the_intervals),
	TAP(test_only_polls_of_its_own_count),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
