#include "agent/store_log_terms.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

/* U+E000, of the private use area: a letter to the tokenizer, and nobody's. */
#define MARK	   "\xee\x80\x80"
#define ACTOR_MAX  96
#define WORD_LEAST 3 /* letters of a beginning: fewer are in too many words */

static const struct store_log_number numbers[] = {
	{ "credential", 'c' },
	{ "door", 'd' },
	{ "person", 'p' },
	{ "reader", 'r' },
};

size_t
store_log_numbers_count(void)
{
	return ARRAY_LEN(numbers);
}

const struct store_log_number *
store_log_numbers_at(size_t index)
{
	return index < ARRAY_LEN(numbers) ? &numbers[index] : NULL;
}

void
store_log_term_write(FILE *out, char letter, int64_t number)
{
	(void) fprintf(out, MARK "%c%lld", letter, (long long) number);
}

void
store_log_term_write_actor(FILE *out, const char *actor)
{
	(void) fputs(MARK "a", out);
	for (size_t i = 0; actor[i] && i < ACTOR_MAX; i++)
		(void) fprintf(out, "%02x", (unsigned char) actor[i]);
}

/* The number of such a thing that an event is about; 0 for none. */
static int64_t
number_of(const struct store_log_number *number, const json_t *event)
{
	const json_t *data = json_object_get(event, "data");
	const char *source = json_string_or(event, "source", "");
	size_t length = strlen(number->name);
	int64_t value = json_integer_or(data, number->name, 0);

	if (value)
		return value;
	/* A change of the thing itself. */
	if (!strcmp(json_string_or(data, "object", ""), number->name))
		return json_integer_or(data, "id", 0);
	if (!strncmp(source, number->name, length) && source[length] == '.')
		return strtoll(source + length + 1, NULL, 10);
	return 0;
}

static void
write_text(FILE *out, const char *text)
{
	for (const char *mark; (mark = strstr(text, MARK)); text = mark + strlen(MARK)) {
		(void) fwrite(text, 1, (size_t) (mark - text), out);
		(void) fputc(' ', out);
	}
	(void) fputs(text, out);
}

void
store_log_terms_write(FILE *out, const json_t *event)
{
	const struct event_row *row = events_find(json_integer_or(event, "number", 0));

	store_log_term_write(out, 'k', json_integer_or(event, "number", 0));
	(void) fputc(' ', out);
	store_log_term_write(out, 's', json_integer_or(event, "severity", 0));
	(void) fputc(' ', out);
	store_log_term_write(out, 'g', row ? (int64_t) row->category : -1);
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		int64_t number = number_of(&numbers[i], event);
		if (!number)
			continue;
		(void) fputc(' ', out);
		store_log_term_write(out, numbers[i].letter, number);
	}
	(void) fputc(' ', out);
	store_log_term_write_actor(out, json_string_or(event, "actor", ""));
	(void) fputc(' ', out);
	write_text(out, json_string_or(event, "text", ""));
}

/* How many bytes of a separator are here; 0 within a word. */
static size_t
separator(const char *text)
{
	const unsigned char *c = (const unsigned char *) text;

	if (c[0] < 0x80)
		return !isalnum(c[0]) && c[0] != '*';
	/* Signs of Latin-1, and the dashes, quotes and spaces of U+2000 to U+206F. */
	if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] <= 0xbf &&
	    !strchr("\xaa\xb2\xb3\xb5\xb9\xba", c[1]))
		return 2;
	if (c[0] == 0xe2 && (c[1] == 0x80 || c[1] == 0x81) && c[2])
		return 3;
	return !strncmp(text, MARK, strlen(MARK)) ? strlen(MARK) : 0;
}

static size_t
word_length(const char *text)
{
	size_t length = 0;

	while (text[length] && !separator(text + length) && text[length] != '*')
		length++;
	return length;
}

unsigned
store_log_terms_query(FILE *out, const char *words)
{
	unsigned count = 0;

	while (*words) {
		size_t length = word_length(words);
		if (!length) {
			words += MAX_OF(separator(words), (size_t) 1);
			continue;
		}
		bool is_beginning = words[length] == '*' && length >= WORD_LEAST;
		(void) fprintf(out, "%s\"%.*s\"%s", count ? " AND " : "", (int) length, words,
			       is_beginning ? " *" : "");
		words += length;
		count++;
	}
	return count;
}
