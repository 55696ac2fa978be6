#include "tests/unit/tap.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

#include "hw/osdp/capture.h"
#include "hw/osdp/delay.h"
#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static void
delays_are_counted_in_buckets_with_minimum_mean_and_p99(void)
{
	struct osdp_delay delay = { 0 };
	CU_ASSERT_EQUAL(osdp_delay_mean_us(&delay), 0);
	CU_ASSERT_EQUAL(osdp_delay_p99_us(&delay), 0);
	for (unsigned i = 0; i < 98; i++)
		osdp_delay_add(&delay, 2500);
	osdp_delay_add(&delay, 18000);
	CU_ASSERT_EQUAL(osdp_delay_p99_us(&delay), 18000);
	osdp_delay_add(&delay, 190000);
	CU_ASSERT_EQUAL(delay.count, 100);
	CU_ASSERT_EQUAL(delay.min_us, 2500);
	CU_ASSERT_EQUAL(delay.max_us, 190000);
	CU_ASSERT_EQUAL(osdp_delay_mean_us(&delay), 4530);
	CU_ASSERT_EQUAL(osdp_delay_p99_us(&delay), 20000);
	CU_ASSERT_EQUAL(delay.buckets[2], 98);
	osdp_delay_add(&delay, UINT64_MAX);
	CU_ASSERT_EQUAL(delay.buckets[OSDP_DELAY_BUCKETS - 1], 1);
	CU_ASSERT_EQUAL(delay.max_us, UINT32_MAX);
}

static void
the_panel_measures_the_turn_round_of_each_reader(void)
{
	struct line *line = line_online(2, 9600);
	line_run_ms(line, 5000);
	for (unsigned i = 0; i < 2; i++) {
		const struct osdp_delay *delay = &osdp_cp_pd_counters(line->cp, i)->delay;
		CU_ASSERT(delay->count > 90);
		CU_ASSERT(delay->min_us > 2900 && delay->max_us < 3200);
		CU_ASSERT_EQUAL(delay->buckets[2] + delay->buckets[3], delay->count);
	}
	line_done(line);
}

static void
refusals_are_counted_by_their_code(void)
{
	static const uint8_t nak[] = { OSDP_NAK_RECORD };
	static const uint8_t strange[] = { 0xC0 };
	struct line *line = line_secure_online(1, 9600);
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_NAK, nak, sizeof(nak));
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_NAK, nak, sizeof(nak));
	(void) osdp_pd_queue_reply(line->pd[0], OSDP_REPLY_NAK, strange, sizeof(strange));
	line_run_ms(line, 500);
	const struct osdp_counters *counters = osdp_cp_pd_counters(line->cp, 0);
	CU_ASSERT_EQUAL(counters->naks, 3);
	CU_ASSERT_EQUAL(counters->naks_by_code[OSDP_NAK_RECORD], 2);
	CU_ASSERT_EQUAL(counters->naks_by_code[OSDP_NAK_CODES - 1], 1);
	CU_ASSERT_EQUAL(counters->sessions, 1);
	line_done(line);
}

static void
a_trace_line_is_what_trace_viewers_read(void)
{
	static const uint8_t poll[] = { 0xFF, 0x53, 0x01, 0x08, 0x00, 0x05, 0x60, 0x8B, 0x33 };
	struct line *line = line_online(1, 9600);
	struct osdp_capture_record record = { .at_wall_us = 1700000000000042,
					      .is_output = true,
					      .bytes = poll,
					      .size = sizeof(poll) };
	char text[OSDP_CAPTURE_LINE_MAX];
	int r = osdp_capture_line(line->cp, &record, text, sizeof(text));
	CU_ASSERT_EQUAL(r, (int) strlen(text));
	CU_ASSERT_EQUAL(text[r - 1], '\n');
	json_t *json = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(json);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "timeSec")), "1700000000");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "timeNano")), "000042000");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "io")), "output");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(json, "data")),
			       "FF 53 01 08 00 05 60 8B 33");
	json_decref(json);
	CU_ASSERT_EQUAL(osdp_capture_line(line->cp, &record, text, 40), -ENOBUFS);
	record.size = 0;
	CU_ASSERT_EQUAL(osdp_capture_line(line->cp, &record, text, sizeof(text)), -EINVAL);
	record.size = OSDP_FRAME_MAX + 2;
	CU_ASSERT_EQUAL(osdp_capture_line(line->cp, &record, text, sizeof(text)), -EMSGSIZE);
	line_done(line);
}

static void
the_time_between_polls_is_measured_and_an_outage_is_not(void)
{
	struct line *line = line_online(1, 38400);
	const struct osdp_delay *interval = &osdp_cp_pd_counters(line->cp, 0)->interval;
	line_run_ms(line, 5000);
	CU_ASSERT(interval->count > 90);
	CU_ASSERT(osdp_delay_mean_us(interval) >= 50000 && osdp_delay_mean_us(interval) < 60000);
	line->is_unplugged[0] = true;
	line_run_ms(line, 20000);
	line->is_unplugged[0] = false;
	line_run_ms(line, 8000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT(interval->max_us < 5000000);
	line_done(line);
}

static void
the_longest_frame_fits_a_trace_line(void)
{
	static const uint8_t bytes[OSDP_FRAME_MAX + 1];
	struct line *line = line_online(1, 9600);
	struct osdp_capture_record record = { .at_wall_us = UINT64_MAX,
					      .bytes = bytes,
					      .size = sizeof(bytes) };
	char text[OSDP_CAPTURE_LINE_MAX];
	CU_ASSERT(osdp_capture_line(line->cp, &record, text, sizeof(text)) > 0);
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(delays_are_counted_in_buckets_with_minimum_mean_and_p99),
	TAP(the_panel_measures_the_turn_round_of_each_reader),
	TAP(refusals_are_counted_by_their_code),
	TAP(a_trace_line_is_what_trace_viewers_read),
	TAP(the_time_between_polls_is_measured_and_an_outage_is_not),
	TAP(the_longest_frame_fits_a_trace_line),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
