/*
 * The language of the virtual board, the same on the command line, in script files and in the
 * console: rows of a pattern, what it is for, and who does it. Pure but for the handlers.
 *
 * A pattern is matched word by word. "on|off" is a choice, "[--card CARD]" may be left out, what
 * is in capitals is an argument of a type (board/words.c), "TEXT..." is the rest of the words.
 * The first row that fits is meant. Help and manual print the patterns as they are.
 */
#ifndef BOARD_WORDS_H
#define BOARD_WORDS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/inventory.h"
#include "lib/util.h"

#define WORDS_MAX      24
#define WORDS_TEXT_MAX 1024
#define VALUES_MAX     8

struct board;
struct order;

/* What became of an order; all zero is a plain yes. */
struct outcome {
	json_t *result;	   /* taken by the caller; NULL for none */
	const char *code;  /* of lib/rpc.h; NULL unless it was refused */
	const char *field; /* the argument that was wrong, or NULL */
	char message[160];
	bool is_lasting; /* more is said until it is over */
};

struct word {
	const char *pattern;
	const char *help;
	/* -EINVAL and the like fill the outcome by outcome_refuse(). */
	int (*run)(struct board *board, const struct order *order, struct outcome *outcome);
	const char *about; /* the point that it is about when none is among its arguments */
};

struct value {
	const char *name; /* into the pattern: the type's or the choice's */
	size_t name_size;
	const char *text; /* into the words, or into the order's own text */
	long long number;
	const struct inventory_row *point;
};

/* Words that have been understood. It owns its text, so it can be kept and copied by its owner. */
struct order {
	const struct word *word;
	unsigned count;
	struct value values[VALUES_MAX];
	char *text;
};

struct words_table {
	const struct word *rows;
	size_t count;
};

/*
 * Understands words; -EINVAL fills the outcome with the argument that was wrong. Bad words cost
 * nothing else. Free the order with order_done(), also after an error.
 */
int words_parse(const struct words_table *table, unsigned count, const char *const *words,
		struct order *ret, struct outcome *outcome);
/* Splits a line at white space, text being changed; -E2BIG: too many words. Returns their number.
 */
int words_split(char *text, const char **words, unsigned max);
void order_done(struct order *order);

/* Arguments by the name of their type, "MA", or of the option before them, "--card". */
bool order_has(const struct order *order, const char *name);
long long order_number(const struct order *order, const char *name, long long fallback);
/* NULL when it was left out. */
const char *order_text(const struct order *order, const char *name);
/* The first argument that is a point; the patterns guarantee that there is one. */
const struct inventory_row *order_point(const struct order *order);
/* The word that was chosen in the index-th "a|b", from 0; "" when there are not as many. */
const char *order_choice(const struct order *order, unsigned index);

/* Whether a word is about this point rather than about any. */
bool words_suit_point(const struct word *word, const struct inventory_row *point);
/* The pattern with the first argument of a type replaced; free it. NULL: it has no such one. */
char *words_fill(const struct word *word, const char *type, const char *with);
/* The name of the type of the pattern's first point, not ended; NULL when it has none. */
const char *words_point_type(const struct word *word, size_t *ret_size);

/* Returns -EINVAL. field may be NULL. */
int outcome_refuse(struct outcome *outcome, const char *code, const char *field, const char *format,
		   ...) PRINTF(4, 5);

#endif
