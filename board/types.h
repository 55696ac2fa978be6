/*
 * The types of arguments in the patterns of words.h: what is a number, in which range, what is a
 * duration, and which points a word is about.
 */
#ifndef BOARD_TYPES_H
#define BOARD_TYPES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/inventory.h"

struct value;

struct type {
	const char *name; /* in capitals, as the patterns have it */
	/* Fills number or point; -EINVAL. value->text is set already. */
	int (*parse)(const struct type *type, struct value *value);
	long long min;
	long long max;
	unsigned kinds;	   /* bits of enum inventory_kind */
	const char *wants; /* "a number from 1 to 8": what is said when it is wrong */
};

/* NULL when there is no such type; size is the name's. */
const struct type *type_find(const char *name, size_t size);
/* Walks them; NULL behind the last one. */
const struct type *type_at(size_t index);
bool type_suits(const struct type *type, const struct inventory_row *point);

/* Microseconds of "25s", "1.5s", "200ms", "2m", "0"; -EINVAL, also above a day. */
int parse_duration(const char *text, long long *ret_us);
/* Thousandths of "-12", "20.5"; -EINVAL for more than three places. */
int parse_thousandths(const char *text, size_t size, long long *ret);

#endif
