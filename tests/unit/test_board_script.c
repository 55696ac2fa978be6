#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/play.h"
#include "board/script.h"
#include "board/table.h"
#include "lib/util.h"
#include "tests/unit/board_rig.h"
#include "tests/unit/tap.h"

static struct script *
read_text(const char *text)
{
	struct script_error error = { 0 };
	struct script *script = NULL;

	CU_ASSERT_EQUAL(script_parse(&board_words, text, strlen(text), &script, &error), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(script);
	return script;
}

/* "0 4 set ...": time in ms and line of each step, one after the other. */
static void
expect(const char *text, const char *steps, uint64_t ends_ms)
{
	struct script *script = read_text(text);
	char found[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < script->count; i++)
		used += (size_t) snprintf(found + used, sizeof(found) - used, "%s%llu:%u",
					  i ? " " : "",
					  (unsigned long long) script->steps[i].at_us / US_PER_MS,
					  script->steps[i].line);
	CU_ASSERT_STRING_EQUAL(found, steps);
	CU_ASSERT_EQUAL(script->ends_us, ends_ms * US_PER_MS);
	script_free(script);
}

static void
test_lines_have_their_times(void)
{
	expect("at 0 set input1 closed\nat 1.5s badge 1 --card 1234\n", "0:1 1500:2", 1500);
	expect("set input1 closed\nwait 2s\nset input1 open\nwait 3s", "0:1 2000:3", 5000);
	expect("# a story\n\n  wait 200ms\n\tset input1 open # and no more\n", "200:4", 200);
	/* Two stories at once are sorted; at the same time the first one written is first. */
	expect("at 5s show\nat 1s show\nshow\nat 5s stop\n", "1000:2 1000:3 5000:1 5000:4", 5000);
	expect("type 1 #\n", "0:1", 0);
}

static void
test_series_and_blocks_are_unrolled(void)
{
	expect("every 5s for 15s show\nwait 1s\nstop\n", "0:1 1000:3 5000:1 10000:1", 10000);
	expect("at 1s show\nevery 1ms 3 times stop\n", "1000:1 1000:2 1001:2 1002:2", 1002);
	expect("repeat 2\nshow\nwait 1s\nend\nstop\n", "0:2 1000:2 2000:5", 2000);
	expect("wait 10s\nrepeat 2\n at 1s show\n repeat 2\n  wait 5s\n end\nend\nstop\n",
	       "11000:3 22000:3 32000:8", 32000);
	expect("repeat 3\nend\nshow", "0:3", 0);
}

static void
test_mistakes_are_told_by_their_line(void)
{
	static const struct {
		const char *text;
		unsigned line;
		const char *said;
	} rows[] = {
		{ "", 0, "nothing to do" },
		{ "# nothing\n", 0, "nothing to do" },
		{ "show\nat x show\n", 2, "'x' is no time" },
		{ "at 1s\n", 1, "nothing to do" },
		{ "at\n", 1, "a time is missing" },
		{ "wait 1s show\n", 1, "nothing more" },
		{ "show\n\nset input9 open\n", 3, "input1 to input3" },
		{ "repeat 2\nshow\n", 1, "'end' is missing" },
		{ "show\nend\n", 2, "no 'repeat'" },
		{ "repeat 0\nend\n", 1, "from 1 to 1000" },
		{ "repeat\nend\n", 1, "from 1 to 1000" },
		{ "repeat 2 times\nend\n", 1, "nothing more" },
		{ "every 5s show\n", 1, "'for' and a time" },
		{ "every 0 3 times show\n", 1, "1ms or more" },
		{ "every 1ms for 1440m show\n", 1, "more than 10000" },
		{ "repeat 1000\nrepeat 1000\nend\nend\n", 3, "more than 10000" },
		{ "wait 1440m\nwait 1s\nshow\n", 2, "a day is enough" },
		{ "at 1440m show\nevery 1s 2 times show\n", 2, "a day is enough" },
		{ "repeat 1\nrepeat 1\nrepeat 1\nrepeat 1\nrepeat "
		  "1\nshow\nend\nend\nend\nend\nend\n",
		  5, "more than 4 blocks" },
		{ "show \x01\n", 1, "no text" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct script_error error = { 0 };
		struct script *script;
		CU_ASSERT_EQUAL(script_parse(&board_words, rows[i].text, strlen(rows[i].text),
					     &script, &error),
				-EINVAL);
		CU_ASSERT_EQUAL(error.line, rows[i].line);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.message, rows[i].said));
	}
}

static void
test_what_is_too_large_is_refused(void)
{
	_cleanup_(freep) char *text = xcalloc(1, SCRIPT_SIZE_MAX + 2);
	struct script_error error = { 0 };
	struct script *script;

	for (size_t i = 0; i < SCRIPT_SIZE_MAX; i += 5)
		memcpy(text + i, "show\n", MIN_OF((size_t) 5, SCRIPT_SIZE_MAX + 1 - i));
	CU_ASSERT_EQUAL(script_parse(&board_words, text, SCRIPT_SIZE_MAX + 1, &script, &error),
			-EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(error.message, "32768 bytes"));
	CU_ASSERT_EQUAL(script_parse(&board_words, text, SCRIPT_SIZE_MAX, &script, &error),
			-EINVAL);
	CU_ASSERT_EQUAL(error.line, SCRIPT_LINES_MAX + 1);
	CU_ASSERT_EQUAL(script_parse(&board_words, "show\0show", 9, &script, &error), -EINVAL);
}

static const char story[] = "set input1 wired serial_4k7\n"
			    "set input1 splice 5%/s up to 20%\n"
			    "temperature 20..60 over 3s\n"
			    "every 300ms 5 times set door1.contact bounce 3 within 10ms\n"
			    "at 1s set poe_plus off\n"
			    "at 2s set poe_plus on\n"
			    "at 2.5s press 1s\n"
			    "at 4.1s load input.12v 100\n"
			    "wait 1s\n";

/* All that a controller would see at every tenth of a second, as one number. */
static uint32_t
play_story(unsigned step_ms)
{
	struct board *board = rig_new();
	uint32_t sum = 0;

	CU_ASSERT_EQUAL(play_start(board, read_text(story), NULL), 0);
	for (unsigned i = 0; i < 60; i++) {
		rig_pass(board, 100, step_ms);
		_cleanup_(json_decrefp) json_t *seen = board_readings(board);
		_cleanup_(freep) char *text = json_dumps(seen, JSON_COMPACT | JSON_SORT_KEYS);
		sum = sum * 31 + fnv1a(text, strlen(text));
	}
	CU_ASSERT_PTR_NULL(board->play);
	CU_ASSERT_EQUAL(rig_read(board, "input.12v").ma, 100);
	CU_ASSERT_EQUAL(rig_read(board, "temperature").mc, 60000);
	rig_free(board);
	return sum;
}

static void
test_a_script_plays_the_same_however_the_loop_wakes(void)
{
	uint32_t sum = play_story(1);

	CU_ASSERT_EQUAL(play_story(100), sum);
	CU_ASSERT_EQUAL(play_story(7), sum);
}

static void
test_one_script_at_a_time_and_it_can_end_itself(void)
{
	struct board *board = rig_new();

	CU_ASSERT_EQUAL(
		play_start(board, read_text("wait 1s\nset casing open\nstop\nwait 9s\n"), NULL), 0);
	CU_ASSERT_EQUAL(play_start(board, read_text("show\n"), NULL), -EBUSY);
	rig_pass(board, 999, 1);
	CU_ASSERT_FALSE(rig_read(board, "casing").is_active);
	CU_ASSERT_PTR_NOT_NULL(board->play);
	rig_pass(board, 1, 1);
	CU_ASSERT_TRUE(rig_read(board, "casing").is_active);
	CU_ASSERT_PTR_NULL(board->play);
	CU_ASSERT_EQUAL(play_start(board, read_text("show\n"), NULL), 0);
	rig_pass(board, 1, 1);
	CU_ASSERT_PTR_NULL(board->play);
	rig_free(board);
}

int
main(void)
{
	static const struct tap_test tests[] = {
		TAP(test_lines_have_their_times),
		TAP(test_series_and_blocks_are_unrolled),
		TAP(test_mistakes_are_told_by_their_line),
		TAP(test_what_is_too_large_is_refused),
		TAP(test_a_script_plays_the_same_however_the_loop_wakes),
		TAP(test_one_script_at_a_time_and_it_can_end_itself),
	};
	return tap_main(tests, ARRAY_LEN(tests));
}
