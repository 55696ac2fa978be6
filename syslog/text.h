/*
 * A bounded text that only ever holds what a syslog record may hold: valid UTF-8 without control
 * characters. What is not is replaced by '?', what does not fit is cut between two characters.
 * The memory is the caller's; nothing here allocates.
 */
#ifndef SYSLOG_TEXT_H
#define SYSLOG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/util.h"
#include "syslog/slice.h"

struct text {
	char *bytes; /* not ended by NUL */
	size_t size;
	size_t limit;
	bool is_cut;  /* something did not fit */
	bool is_wide; /* something is not ASCII */
};

/* What a put function does to the bytes that end a value of structured data. */
enum text_escape { TEXT_PLAIN, TEXT_VALUE };

/* Each puts all of a character or nothing of it, and nothing at all once the text is cut. */
void text_put(struct text *text, const char *string, enum text_escape escape);
void text_put_slice(struct text *text, const struct slice *slice, enum text_escape escape);
/* Bytes of our own that are what they should be: all of them or none. */
void text_put_bytes(struct text *text, const char *bytes, size_t size);
/* Words of our own: a literal string. */
#define text_put_words(text, words) text_put_bytes(text, words, sizeof(words) - 1)
/* Decimal, with zeros in front until there are so many digits. */
void text_put_number(struct text *text, uint64_t number, unsigned digits);
/* Printable ASCII only, as header fields and names are: at most max bytes, without those listed
 * in foreign. An empty one becomes the nil value "-". */
void text_put_name(struct text *text, const struct slice *name, size_t max, const char *foreign);

#endif
