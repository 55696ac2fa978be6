#include "tests/unit/board_rig.h"

#include <CUnit/CUnit.h>
#include <stdlib.h>

#include "board/table.h"
#include "lib/util.h"

struct board *
rig_new(void)
{
	struct board *board = xcalloc(1, sizeof(*board));

	board->now_us = RIG_BEGIN_US;
	board->run_dir = board->memory_dir = "/nonexistent";
	board->start_up_us = 2 * US_PER_S;
	board->safe_after_us = 10 * US_PER_S;
	(void) copy_string(board->boot, sizeof(board->boot), "first");
	board_init(board);
	return board;
}

void
rig_free(struct board *board)
{
	board_done(board);
	free(board);
}

int
rig_do(struct board *board, const char *words)
{
	_cleanup_(freep) char *text = xstrdup(words);
	const char *split[WORDS_MAX];
	struct outcome outcome = { 0 };
	int count = words_split(text, split, WORDS_MAX);

	CU_ASSERT_FATAL(count > 0);
	int r = board_do(board, (unsigned) count, split, &outcome);
	json_decref(outcome.result);
	return r;
}

int
rig_set(struct board *board, const char *output, bool is_on)
{
	int r = board_set_output(board, output, is_on);

	board_settle(board);
	return r;
}

void
rig_pass(struct board *board, unsigned ms, unsigned step_ms)
{
	for (unsigned done = 0; done < ms; done += step_ms)
		board_step(board, board->now_us + MIN_OF(step_ms, ms - done) * US_PER_MS);
}

struct reading
rig_read(const struct board *board, const char *point)
{
	const struct inventory_row *row = inventory_find(point);
	struct reading reading;

	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	board_read(board, row, &reading);
	return reading;
}

bool
rig_is_on(const struct board *board, const char *output)
{
	return rails_is_energised(board, inventory_find(output));
}
