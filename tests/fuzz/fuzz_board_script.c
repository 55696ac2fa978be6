/* sources: board/script.c board/script_steps.c board/words.c board/order.c board/types.c */
/* sources: board/uart.c */
/* sources: lib/inventory.c */
/* sources: lib/cardformat.c lib/cardformat_shape.c lib/cardformat_table.c lib/util.c */
/* libs: jansson */
/* seeds: board/scenarios/attack.txt board/scenarios/brown-out.txt board/scenarios/day.txt */
/* Feeds foreign text to the virtual board's scripts and words: steps in order, or a line's fault.
 */
#include <stdlib.h>
#include <string.h>

#include "board/script.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
do_nothing(struct board *board UNUSED, const struct order *order UNUSED,
	   struct outcome *outcome UNUSED)
{
	return 0;
}

/* One row of each way in which a pattern can be written. */
static const struct word rows[] = {
	{ "badge READER [--format FORMAT] [--card CARD] [--bits HEX] [--reversed]", "", do_nothing,
	  NULL },
	{ "set INPUT open|closed|short", "", do_nothing, NULL },
	{ "set INPUT ohms OHMS", "", do_nothing, NULL },
	{ "set INPUT splice RATE up to PERCENT", "", do_nothing, NULL },
	{ "temperature CELSIUS", "", do_nothing, NULL },
	{ "temperature RANGE over PERIOD", "", do_nothing, NULL },
	{ "press [DURATION]", "", do_nothing, NULL },
	{ "type READER KEYS", "", do_nothing, NULL },
	{ "load LOAD MA", "", do_nothing, NULL },
	{ "fault POINT [TEXT...]", "", do_nothing, NULL },
	{ "say TEXT...", "", do_nothing, NULL },
};

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
check(const struct script *script)
{
	uint64_t before_us = 0;

	require(script->count <= SCRIPT_STEPS_MAX && script->ends_us <= SCRIPT_US_MAX);
	for (size_t i = 0; i < script->count; i++) {
		const struct script_step *step = &script->steps[i];
		require(step->at_us >= before_us && step->at_us <= script->ends_us);
		require(step->line >= 1 && step->text && step->order.word);
		require(step->order.count <= VALUES_MAX);
		before_us = step->at_us;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct words_table table = { rows, ARRAY_LEN(rows) };
	_cleanup_(freep) char *text = xcalloc(1, size + 1);
	struct script_error error = { 0 };
	struct script *script;

	memcpy(text, data, size);
	if (script_parse(&table, text, size, &script, &error) < 0) {
		require(*error.message);
		return 0;
	}
	check(script);
	script_free(script);
	return 0;
}
