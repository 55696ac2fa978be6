#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "hw/osdp/scan.h"
#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static const struct osdp_comset wanted = { .address = 5, .baud = 38400 };
static uint32_t pd_baud;

/* At another speed the PD hears nothing it understands. */
static void
garble(struct line *line, uint8_t *bytes, size_t *size)
{
	(void) bytes;
	if (osdp_cp_baud(line->cp) != pd_baud)
		*size = 0;
}

static void
follow_speed(struct line *line)
{
	struct osdp_pd_event event;

	while (osdp_pd_take_event(line->pd[0], &event))
		if (event.type == OSDP_PD_EV_COMSET)
			pd_baud = event.comset.baud;
}

static bool
wait_comset(struct line *line, struct osdp_event *ret_event)
{
	uint64_t until_us = line->now_us + 15 * US_PER_S;

	while (line->now_us < until_us) {
		line_run_ms(line, 5);
		follow_speed(line);
		const struct osdp_event *event = line_last_event(line, OSDP_EV_COMSET_ENDED, 0);
		if (event == NULL)
			continue;
		*ret_event = *event;
		return true;
	}
	return false;
}

static void
a_pd_moves_to_another_address_and_speed_within_its_session(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	pd_baud = 9600;
	line->on_command = garble;
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &wanted), 0);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &wanted), -EBUSY);
	CU_ASSERT_TRUE(wait_comset(line, &event));
	CU_ASSERT_TRUE(event.comset.is_done);
	CU_ASSERT_EQUAL(osdp_cp_baud(line->cp), 38400);
	CU_ASSERT_EQUAL(osdp_cp_address(line->cp, 0), 5);
	line_run_ms(line, 1500);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	CU_ASSERT_TRUE(osdp_pd_is_secure(line->pd[0]));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_OFFLINE, 0), 0);
	line->collisions = 0;
	line_done(line);
}

static void
the_panel_goes_back_when_the_pd_did_not_move(void)
{
	struct line *line = line_secure_online(1, 9600);
	struct osdp_event event = { 0 };
	pd_baud = 9600;
	line->on_command = garble;
	/* It says it will, and stays at its speed. */
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 1, 115200 }), 0);
	line_run_ms(line, 3000);
	CU_ASSERT_EQUAL(osdp_cp_baud(line->cp), 115200);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_COMSET_ENDED, 0, 5000, &event));
	CU_ASSERT_FALSE(event.comset.is_done);
	CU_ASSERT_EQUAL(event.comset.line.baud, 9600);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_ONLINE, 0, 3000, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_OFFLINE, 0), 0);
	line->collisions = 0;
	line_done(line);
}

static void
a_pd_that_moved_without_being_heard_is_followed(void)
{
	struct line *line = line_online(1, 9600);
	struct osdp_event event = { 0 };
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 6, 9600 }), 0);
	line->lost_replies = 1;
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_COMSET_ENDED, 0, 8000, &event));
	CU_ASSERT_TRUE(event.comset.is_done);
	CU_ASSERT_EQUAL(osdp_cp_address(line->cp, 0), 6);
	line_done(line);
}

static void
impossible_moves_are_refused(void)
{
	struct line *line = line_online(2, 9600);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 2, 9600 }), -EADDRINUSE);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 3, 38400 }), -ENOTSUP);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 0x7F, 9600 }), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 0, &(struct osdp_comset){ 3, 1200 }), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_comset(line->cp, 2, &(struct osdp_comset){ 3, 9600 }), -EINVAL);
	line_done(line);
}

struct finds {
	unsigned count;
	struct osdp_scan_result results[16];
	uint64_t took_us;
};

/* One or two PDs that hear one speed only. Two that answer at once are heard as garbage. */
static struct finds
scan_line(const struct osdp_scan_config *config, struct osdp_pd **pds, unsigned count,
	  uint32_t baud)
{
	struct finds finds = { 0 };
	struct osdp_scan *scan = NULL;
	uint64_t now_us = 1000000;

	CU_ASSERT_EQUAL_FATAL(osdp_scan_new(config, now_us, &scan), 0);
	for (uint64_t start_us = now_us; !osdp_scan_is_over(scan);) {
		uint8_t bytes[64];
		uint8_t reply[128];
		size_t reply_size = 0;
		osdp_scan_tick(scan, now_us);
		size_t size = osdp_scan_take_output(scan, bytes, sizeof(bytes));
		unsigned replies = 0;
		for (unsigned i = 0; i < count && size > 0 && osdp_scan_baud(scan) == baud; i++) {
			osdp_pd_receive(pds[i], bytes, size, now_us);
			size_t got = osdp_pd_take_output(pds[i], reply, sizeof(reply));
			reply_size = got > 0 ? got : reply_size;
			replies += got > 0;
		}
		if (replies > 1)
			reply[7] ^= 0x5A;
		if (reply_size > 0)
			osdp_scan_receive(scan, reply, reply_size, now_us + 3000);
		if (osdp_scan_take_result(scan, &finds.results[finds.count]))
			finds.count += finds.count < ARRAY_LEN(finds.results) - 1;
		uint64_t next_us = osdp_scan_deadline_us(scan);
		now_us = next_us == UINT64_MAX ? now_us : MAX_OF(next_us, now_us);
		finds.took_us = now_us - start_us;
	}
	osdp_scan_free(scan);
	return finds;
}

static struct osdp_pd *
make_pd(uint8_t address, uint32_t serial)
{
	struct osdp_pd_config config = { .address = address, .identity.serial = serial };
	struct osdp_pd *pd = NULL;

	CU_ASSERT_EQUAL_FATAL(osdp_pd_new(&config, &pd), 0);
	return pd;
}

static void
a_scan_finds_a_pd_at_any_speed_and_address(void)
{
	static const uint32_t speeds[] = { 9600, 19200, 38400, 57600, 115200, 230400 };
	struct osdp_scan_config config = { 0 };
	for (size_t i = 0; i < ARRAY_LEN(speeds); i++) {
		struct osdp_pd *pd = make_pd((uint8_t) (i + 1), 77);
		struct finds finds = scan_line(&config, &pd, 1, speeds[i]);
		CU_ASSERT_EQUAL(finds.count, 1);
		CU_ASSERT_EQUAL(finds.results[0].find, OSDP_SCAN_PD);
		CU_ASSERT_EQUAL(finds.results[0].baud, speeds[i]);
		CU_ASSERT_EQUAL(finds.results[0].address, i + 1);
		CU_ASSERT_EQUAL(finds.results[0].identity.serial, 77);
		/* 48 questions of 200 ms and their bytes. */
		CU_ASSERT(finds.took_us < 11 * US_PER_S);
		osdp_pd_free(pd);
	}
}

static void
a_single_pd_is_found_by_the_configuration_address(void)
{
	struct osdp_scan_config config = { .is_single = true };
	struct osdp_pd *pd = make_pd(0x42, 78);
	struct finds finds = scan_line(&config, &pd, 1, 19200);
	CU_ASSERT_EQUAL(finds.count, 1);
	CU_ASSERT_EQUAL(finds.results[0].address, OSDP_ADDRESS_CONFIGURATION);
	CU_ASSERT_EQUAL(finds.results[0].identity.serial, 78);
	CU_ASSERT(finds.took_us < 2 * US_PER_S);
	osdp_pd_free(pd);
}

static void
two_pds_with_one_address_are_a_clash(void)
{
	struct osdp_scan_config config = { .speed_count = 1, .speeds = { 9600 } };
	struct osdp_pd *pds[] = { make_pd(3, 1), make_pd(3, 2) };
	struct finds finds = scan_line(&config, pds, 2, 9600);
	CU_ASSERT_EQUAL(finds.count, 1);
	CU_ASSERT_EQUAL(finds.results[0].find, OSDP_SCAN_CLASH);
	CU_ASSERT_EQUAL(finds.results[0].address, 3);
	osdp_pd_free(pds[0]);
	osdp_pd_free(pds[1]);
}

static void
a_pd_that_was_moved_by_somebody_else_is_found_where_the_caller_says(void)
{
	struct line *line = line_secure_online(2, 9600);
	struct osdp_comset there = { .address = 9, .baud = 9600 };
	struct osdp_comset taken = { .address = 2, .baud = 9600 };
	struct osdp_comset nowhere = { .address = 127, .baud = 9600 };
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 0, &taken, line->now_us), -EADDRINUSE);
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 0, &nowhere, line->now_us), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 2, &there, line->now_us), -EINVAL);
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 0, &there, line->now_us), 0);
	CU_ASSERT_EQUAL(osdp_cp_address(line->cp, 0), 9);
	/* Nobody told the PD, which answers at 1. */
	line_run_ms(line, 10000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_OFFLINE);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 1), OSDP_PD_ONLINE);
	there.address = 1;
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 0, &there, line->now_us), 0);
	line_run_ms(line, 2000);
	CU_ASSERT_EQUAL(osdp_cp_pd_state(line->cp, 0), OSDP_PD_ONLINE);
	/* Where it is already it is not disturbed. */
	unsigned sessions = osdp_cp_pd_counters(line->cp, 0)->sessions;
	CU_ASSERT_EQUAL(osdp_cp_place(line->cp, 0, &there, line->now_us), 0);
	line_run_ms(line, 2000);
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, sessions);
	line_done(line);
}

static void
unusable_scans_are_refused(void)
{
	struct osdp_scan *scan = NULL;
	struct osdp_scan_config config = { .last_address = 0x7F };
	CU_ASSERT_EQUAL(osdp_scan_new(&config, 0, &scan), -EINVAL);
	config = (struct osdp_scan_config){ .speed_count = 7 };
	CU_ASSERT_EQUAL(osdp_scan_new(&config, 0, &scan), -EINVAL);
	config = (struct osdp_scan_config){ .speed_count = 1 };
	CU_ASSERT_EQUAL(osdp_scan_new(&config, 0, &scan), -EINVAL);
	osdp_scan_free(NULL);
}

static const struct tap_test tests[] = {
	TAP(a_pd_moves_to_another_address_and_speed_within_its_session),
	TAP(the_panel_goes_back_when_the_pd_did_not_move),
	TAP(a_pd_that_moved_without_being_heard_is_followed),
	TAP(impossible_moves_are_refused),
	TAP(a_scan_finds_a_pd_at_any_speed_and_address),
	TAP(a_single_pd_is_found_by_the_configuration_address),
	TAP(two_pds_with_one_address_are_a_clash),
	TAP(a_pd_that_was_moved_by_somebody_else_is_found_where_the_caller_says),
	TAP(unusable_scans_are_refused),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
