/*
 * Scenarios: files of the board's words with times. Pure: text in, steps out, sorted by time.
 *
 *	# a comment
 *	at 1.5s badge 1 --card 1234       from the beginning of the file or block
 *	wait 2s                           what follows is so much later
 *	set input1 closed                 when the line before was
 *	every 5s for 1m badge 2 --card 7  beside what follows; also "every 5s 12 times"
 *	repeat 3                          a block, one run after the other
 *	end
 *
 * A file is understood as a whole before anything of it happens.
 */
#ifndef BOARD_SCRIPT_H
#define BOARD_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

#include "board/words.h"

#define SCRIPT_SIZE_MAX	 32768
#define SCRIPT_LINES_MAX 1000
#define SCRIPT_STEPS_MAX 10000
#define SCRIPT_DEPTH_MAX 4
#define SCRIPT_US_MAX	 (UINT64_C(24) * 3600 * 1000000)

struct script_step {
	uint64_t at_us; /* from the beginning */
	unsigned line;	/* from 1 */
	char *text;
	struct order order;
};

struct script {
	size_t count;
	struct script_step *steps;
	uint64_t ends_us; /* with what is waited for behind the last step */
};

struct script_error {
	unsigned line; /* 0: the file as a whole */
	char message[200];
};

/* -EINVAL fills the error. */
int script_parse(const struct words_table *table, const char *text, size_t size,
		 struct script **ret, struct script_error *error);
void script_free(struct script *script);

#endif
