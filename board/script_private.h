/*
 * What the files of the scripts' reader share; nobody else includes this. script.c understands
 * lines and times, script_steps.c keeps the steps.
 */
#ifndef BOARD_SCRIPT_PRIVATE_H
#define BOARD_SCRIPT_PRIVATE_H

#include "board/script.h"
#include "lib/util.h"

struct line_words {
	unsigned number;
	unsigned count;
	const char *words[WORDS_MAX + 8]; /* with those about time before them */
};

struct parser {
	const struct words_table *table;
	struct line_words *lines;
	unsigned count;
	unsigned budget; /* lines that may still be run through */
	size_t capacity;
	struct script *script;
	struct script_error *error;
};

/* Fills the error; returns -EINVAL. */
int script_refuse(struct parser *parser, unsigned line, const char *format, ...) PRINTF(3, 4);
/* One step of the words of a line from the first on. */
int script_add(struct parser *parser, const struct line_words *line, unsigned first,
	       uint64_t at_us);
/* Those of the same time stay in the order in which they were written. */
void script_sort(struct script *script);

#endif
