#include "tests/unit/tap.h"

#include <errno.h>
#include <string.h>

#include "lib/util.h"
#include "tests/unit/osdp_line.h"

static const uint8_t card_bits[] = { 0xBB, 0x03, 0x21, 0x80 };
static uint8_t content[3000];
static const struct osdp_file file = { .type = 1, .size = sizeof(content), .data = content };

static struct line *
make_line(const struct osdp_pd_filing *filing)
{
	struct line *line = line_secure_online(1, 38400);

	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t) (i * 7 + i / 256);
	osdp_pd_set_filing(line->pd[0], filing);
	CU_ASSERT_EQUAL(osdp_cp_file_send(line->cp, 0, &file, line->now_us), 0);
	return line;
}

static bool
wait_end(struct line *line, uint64_t timeout_ms, int error)
{
	struct osdp_event event = { 0 };

	return line_wait(line, OSDP_EV_FILE_ENDED, 0, timeout_ms, &event) &&
	       event.file.error == error;
}

static bool
is_there(struct line *line)
{
	size_t size = 0;
	const uint8_t *bytes = osdp_pd_file(line->pd[0], &size);

	return size == sizeof(content) && memcmp(bytes, content, size) == 0;
}

static size_t
longest_command(const struct line *line, unsigned first)
{
	size_t longest = 0;

	for (unsigned i = first; i < line->command_count; i++)
		longest = MAX_OF(longest, line->commands[i].size - 1);
	return longest;
}

static void
a_file_arrives_whole_and_cards_are_read_meanwhile(void)
{
	struct osdp_pd_filing filing = { .answer.action = OSDP_FTSTAT_INTERLEAVE };
	struct line *line = make_line(&filing);
	struct osdp_event event = { 0 };
	line_run_ms(line, 300);
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 250, &event));
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_FILE_ENDED, 0), 0);
	CU_ASSERT_TRUE(wait_end(line, 30000, 0));
	CU_ASSERT_TRUE(is_there(line));
	CU_ASSERT(line_count_events(line, OSDP_EV_FILE_PROGRESS, 0) >= 10);
	CU_ASSERT(longest_command(line, 0) <= 128);
	line_done(line);
}

static void
a_finishing_pd_is_sent_empty_messages_until_it_is_done(void)
{
	struct osdp_pd_filing filing = { .finishing_count = 5 };
	struct line *line = make_line(&filing);
	CU_ASSERT_TRUE(wait_end(line, 30000, 0));
	CU_ASSERT_TRUE(is_there(line));
	line_done(line);
}

static void
the_delay_and_the_size_a_pd_wants_are_obeyed(void)
{
	struct osdp_pd_filing filing = {
		.answer = { .action = OSDP_FTSTAT_INTERLEAVE, .delay_ms = 300, .update_max = 100 }
	};
	struct line *line = make_line(&filing);
	line_run_ms(line, 400);
	unsigned first = line->command_count;
	uint64_t last_us = 0;
	CU_ASSERT_TRUE(wait_end(line, 60000, 0));
	CU_ASSERT(longest_command(line, first) <= 100);
	for (unsigned i = first; i < line->command_count; i++) {
		if (line_command_frame(line, i).code != OSDP_CMD_FILETRANSFER)
			continue;
		CU_ASSERT(last_us == 0 || line->commands[i].at_us - last_us >= 300000);
		last_us = line->commands[i].at_us;
	}
	CU_ASSERT_TRUE(is_there(line));
	line_done(line);
}

static void
a_pd_that_wants_nothing_else_is_polled_rarely_and_stays_on_line(void)
{
	struct osdp_pd_filing filing = { .answer.delay_ms = 5000, .finishing_count = 1 };
	struct line *line = make_line(&filing);
	line_run_ms(line, 50);
	uint32_t polls = osdp_cp_pd_counters(line->cp, 0)->polls;
	line_run_ms(line, 20000);
	CU_ASSERT(osdp_cp_pd_counters(line->cp, 0)->polls - polls <= 12);
	CU_ASSERT_EQUAL(line_count_events(line, OSDP_EV_OFFLINE, 0), 0);
	line_done(line);
}

static void
a_negative_status_ends_the_transfer_with_its_reason(void)
{
	struct osdp_pd_filing filing = { .answer.status = OSDP_FTSTAT_UNRECOGNISED };
	struct line *line = make_line(&filing);
	CU_ASSERT_TRUE(wait_end(line, 2000, -EREMOTEIO));
	CU_ASSERT_EQUAL(line_last_event(line, OSDP_EV_FILE_ENDED, 0)->file.status,
			OSDP_FTSTAT_UNRECOGNISED);
	line_done(line);
}

static void
a_transfer_starts_over_behind_a_lost_session(void)
{
	struct osdp_pd_filing filing = { .answer.action = OSDP_FTSTAT_INTERLEAVE };
	struct line *line = make_line(&filing);
	line_run_ms(line, 500);
	osdp_pd_restart(line->pd[0]);
	CU_ASSERT_TRUE(wait_end(line, 60000, 0));
	CU_ASSERT_TRUE(is_there(line));
	CU_ASSERT_EQUAL(osdp_cp_pd_counters(line->cp, 0)->sessions, 2);
	line_done(line);
}

static void
a_stuck_transfer_is_given_up(void)
{
	struct osdp_pd_filing filing = { .answer = { .action = OSDP_FTSTAT_INTERLEAVE,
						     .delay_ms = 65535 } };
	struct line *line = make_line(&filing);
	struct osdp_event event = { 0 };
	CU_ASSERT_TRUE(wait_end(line, 62000, -ETIMEDOUT));
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, card_bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 200, &event));
	line_done(line);
}

static void
an_operator_can_stop_a_transfer(void)
{
	struct osdp_pd_filing filing = { .answer.action = OSDP_FTSTAT_INTERLEAVE };
	struct line *line = make_line(&filing);
	CU_ASSERT_EQUAL(osdp_cp_file_send(line->cp, 0, &file, line->now_us), -EBUSY);
	line_run_ms(line, 300);
	line_settle(line);
	CU_ASSERT_EQUAL(osdp_cp_file_cancel(line->cp, 0, line->now_us), 0);
	CU_ASSERT_TRUE(wait_end(line, 100, -ECANCELED));
	CU_ASSERT_EQUAL(osdp_cp_file_cancel(line->cp, 0, line->now_us), -ENOENT);
	unsigned first = line->command_count;
	line_run_ms(line, 500);
	for (unsigned i = first; i < line->command_count; i++)
		CU_ASSERT_NOT_EQUAL(line_command_frame(line, i).code, OSDP_CMD_FILETRANSFER);
	line_done(line);
}

static void
a_pd_that_wants_nothing_else_says_that_a_card_waits(void)
{
	static const uint8_t bits[] = { 0xBB, 0x03, 0x21, 0x80 };
	struct osdp_pd_filing alone = { 0 };
	struct line *line = make_line(&alone);
	struct osdp_event event = { 0 };
	line_run_ms(line, 100);
	CU_ASSERT_EQUAL(osdp_pd_badge(line->pd[0], 26, bits), 0);
	CU_ASSERT_TRUE(line_wait(line, OSDP_EV_CARD, 0, 1000, &event));
	CU_ASSERT_PTR_NULL(line_last_event(line, OSDP_EV_FILE_ENDED, 0));
	CU_ASSERT_TRUE(wait_end(line, 20000, 0));
	CU_ASSERT_TRUE(is_there(line));
	line_done(line);
}

static const struct tap_test tests[] = {
	TAP(a_file_arrives_whole_and_cards_are_read_meanwhile),
	TAP(a_finishing_pd_is_sent_empty_messages_until_it_is_done),
	TAP(the_delay_and_the_size_a_pd_wants_are_obeyed),
	TAP(a_pd_that_wants_nothing_else_is_polled_rarely_and_stays_on_line),
	TAP(a_pd_that_wants_nothing_else_says_that_a_card_waits),
	TAP(a_negative_status_ends_the_transfer_with_its_reason),
	TAP(a_transfer_starts_over_behind_a_lost_session),
	TAP(a_stuck_transfer_is_given_up),
	TAP(an_operator_can_stop_a_transfer),
};

int
main(void)
{
	return tap_main(tests, ARRAY_LEN(tests));
}
