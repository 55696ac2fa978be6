/*
 * What an event is found by: words of its text, and for each thing that a filter asks one term
 * that no text can hold, because it begins with a mark that is taken out of texts. One inverted
 * index (FTS5) of these answers any combination, newest or oldest first, without sorting.
 */
#ifndef AGENT_STORE_LOG_TERMS_H
#define AGENT_STORE_LOG_TERMS_H

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

/* Events of this many numbers share a row that says from when to when they are. */
#define STORE_LOG_BLOCK_BITS 8

/* What numbers in an event's data mean. */
struct store_log_number {
	const char *name; /* of the member, and of the filter */
	char letter;
};

size_t store_log_numbers_count(void);
const struct store_log_number *store_log_numbers_at(size_t index);

/* All terms of an event with spaces between. */
void store_log_terms_write(FILE *out, const json_t *event);
/* One term: a number's, the kind's ('k'), the severity's ('s') or the category's ('g'). */
void store_log_term_write(FILE *out, char letter, int64_t number);
void store_log_term_write_actor(FILE *out, const char *actor);
/*
 * Words as a query: quoted, all of them must be there; one that ends in '*' is a beginning. Returns
 * how many words there were.
 */
unsigned store_log_terms_query(FILE *out, const char *words);

#endif
