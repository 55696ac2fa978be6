#include "board/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/types.h"
#include "lib/rpc.h"

#define GROUPS_MAX 8

/* A part of a pattern. */
struct span {
	const char *text;
	size_t size;
};

struct matcher {
	char **words;
	unsigned count;
	unsigned at; /* the next word */
	struct order *order;
	char wanted[sizeof(((struct outcome *) 0)->message)]; /* where it went no further */
	const char *field;
};

static bool
is_type(const struct span *token)
{
	return isupper((unsigned char) *token->text);
}

/* The next token of a pattern without brackets; false at its end. */
static bool
next_token(struct span *rest, struct span *ret)
{
	while (rest->size && *rest->text == ' ') {
		rest->text++;
		rest->size--;
	}
	const char *space = memchr(rest->text, ' ', rest->size);
	*ret = (struct span){ rest->text, space ? (size_t) (space - rest->text) : rest->size };
	rest->text += ret->size;
	rest->size -= ret->size;
	return ret->size > 0;
}

static void
want(struct matcher *matcher, const struct span *token)
{
	const struct type *type = is_type(token) ? type_find(token->text, token->size) : NULL;

	if (type)
		(void) snprintf(matcher->wanted, sizeof(matcher->wanted), "%s", type->wants);
	else
		(void) snprintf(matcher->wanted, sizeof(matcher->wanted), "%.*s", (int) token->size,
				token->text);
	matcher->field = type && !type->kinds ? type->name : type ? "POINT" : "VALUE";
}

static struct value *
add_value(struct matcher *matcher, const struct span *token, const char *text)
{
	struct order *order = matcher->order;

	if (order->count == VALUES_MAX)
		return NULL;
	order->values[order->count] =
		(struct value){ .name = token->text, .name_size = token->size, .text = text };
	return &order->values[order->count++];
}

static bool
match_choice(const struct span *token, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = token->text; at <= token->text + token->size;) {
		const char *end = token->text + token->size;
		const char *bar = memchr(at, '|', (size_t) (end - at));
		end = bar ? bar : end;
		if ((size_t) (end - at) == size && !memcmp(at, word, size))
			return true;
		at = end + 1;
	}
	return false;
}

static bool
is_option(const char *word)
{
	return word[0] == '-' && word[1] == '-';
}

/* The argument of an option takes the option's name. */
static bool
match_type(struct matcher *matcher, const struct span *token, const char *word)
{
	const struct type *type = type_find(token->text, token->size);
	struct order *order = matcher->order;
	struct value *last = order->count ? &order->values[order->count - 1] : NULL;

	if (last && is_option(last->name) && last->text == matcher->words[matcher->at - 1]) {
		last->text = word;
		return type && type->parse(type, last) == 0;
	}
	struct value *value = type ? add_value(matcher, token, word) : NULL;
	if (value && type->parse(type, value) == 0)
		return true;
	order->count -= value != NULL;
	return false;
}

static bool
match_token(struct matcher *matcher, const struct span *token)
{
	const char *word = matcher->at < matcher->count ? matcher->words[matcher->at] : NULL;
	bool is_rest = token->size > 3 && !memcmp(token->text + token->size - 3, "...", 3);
	bool is_kept = is_option(token->text) || memchr(token->text, '|', token->size);
	bool fits = word != NULL;

	if (fits && is_rest) {
		/* The words are ends of one text, each behind the NUL of the one before. */
		for (unsigned i = matcher->at + 1; i < matcher->count; i++)
			matcher->words[i][-1] = ' ';
		(void) add_value(matcher, token, word);
		matcher->at = matcher->count;
		return true;
	}
	if (fits && is_type(token))
		fits = match_type(matcher, token, word);
	else if (fits)
		fits = match_choice(token, word) && (!is_kept || add_value(matcher, token, word));
	if (!fits)
		want(matcher, token);
	matcher->at += fits;
	return fits;
}

static bool
match_all(struct matcher *matcher, struct span tokens)
{
	struct span token;

	while (next_token(&tokens, &token))
		if (!match_token(matcher, &token))
			return false;
	return true;
}

/* What may be left out comes in any order, each at most once. */
static bool
match_groups(struct matcher *matcher, const char *pattern)
{
	struct span groups[GROUPS_MAX];
	unsigned count = 0;

	for (const char *at = strchr(pattern, '['); at && count < GROUPS_MAX;
	     at = strchr(at + 1, '['))
		groups[count++] = (struct span){ at + 1, strcspn(at + 1, "]") };
	for (unsigned i = 0; i < count;) {
		unsigned before = matcher->at;
		if (matcher->at == matcher->count)
			return true;
		if (groups[i].size && match_all(matcher, groups[i])) {
			groups[i].size = 0;
			i = 0;
			continue;
		}
		/* It had begun: then the rest of it is wrong. */
		if (matcher->at != before)
			return false;
		i++;
	}
	if (matcher->at < matcher->count && is_option(matcher->words[matcher->at]))
		(void) snprintf(matcher->wanted, sizeof(matcher->wanted), "another option");
	return matcher->at == matcher->count;
}

static bool
match_row(struct matcher *matcher, const char *pattern)
{
	struct span head = { pattern, strcspn(pattern, "[") };

	if (!match_all(matcher, head))
		return false;
	if (!strchr(pattern, '['))
		(void) snprintf(matcher->wanted, sizeof(matcher->wanted), "nothing more");
	return match_groups(matcher, pattern);
}

/* One text that holds all words, so that the last ones can be joined. */
static int
keep_words(unsigned count, const char *const *words, struct order *ret, char **kept)
{
	size_t size = 0;
	char *at;

	for (unsigned i = 0; i < count; i++)
		size += strlen(words[i]) + 1;
	if (!count || count > WORDS_MAX || size > WORDS_TEXT_MAX)
		return -E2BIG;
	ret->text = at = xcalloc(1, size);
	for (unsigned i = 0; i < count; i++) {
		kept[i] = at;
		(void) copy_string(at, size, words[i]);
		at += strlen(words[i]) + 1;
	}
	return 0;
}

/* Rows that went as far as each other are told together. */
static void
note_failure(const struct matcher *matcher, unsigned *furthest, struct outcome *outcome)
{
	size_t used = matcher->at > *furthest ? 0 : strlen(outcome->message);

	if (matcher->at < *furthest || strstr(used ? outcome->message : "", matcher->wanted))
		return;
	*furthest = matcher->at;
	(void) snprintf(outcome->message + used, sizeof(outcome->message) - used, "%s%s",
			used ? ", " : "", matcher->wanted);
	if (!used)
		outcome->field = matcher->field;
}

int
words_parse(const struct words_table *table, unsigned count, const char *const *words,
	    struct order *ret, struct outcome *outcome)
{
	char *kept[WORDS_MAX];
	unsigned furthest = 0;

	*ret = (struct order){ 0 };
	if (keep_words(count, words, ret, kept) < 0)
		return outcome_refuse(outcome, RPC_BAD_PARAMS, NULL, "from 1 to %d words",
				      WORDS_MAX);
	for (size_t i = 0; i < table->count; i++) {
		struct matcher matcher = { .words = kept, .count = count, .order = ret };
		ret->count = 0;
		if (match_row(&matcher, table->rows[i].pattern)) {
			ret->word = &table->rows[i];
			*outcome = (struct outcome){ 0 };
			return 0;
		}
		if (matcher.at)
			note_failure(&matcher, &furthest, outcome);
	}
	outcome->code = RPC_BAD_PARAMS;
	if (furthest)
		return -EINVAL;
	return outcome_refuse(outcome, RPC_BAD_PARAMS, NULL, "there is no word '%.32s'", words[0]);
}

const char *
words_point_type(const struct word *word, size_t *ret_size)
{
	struct span rest = { word->pattern, strlen(word->pattern) };
	struct span token;

	while (next_token(&rest, &token)) {
		const struct type *type =
			is_type(&token) ? type_find(token.text, token.size) : NULL;
		*ret_size = token.size;
		if (type && type->kinds)
			return token.text;
	}
	return NULL;
}

bool
words_suit_point(const struct word *word, const struct inventory_row *point)
{
	size_t size;
	const char *name = words_point_type(word, &size);
	const struct type *type = name ? type_find(name, size) : NULL;

	if (!type)
		return word->about && !strcmp(word->about, point->id);
	return ~type->kinds && type_suits(type, point);
}

char *
words_fill(const struct word *word, const char *type, const char *with)
{
	struct span rest = { word->pattern, strlen(word->pattern) };
	struct span token;

	while (next_token(&rest, &token))
		if (strlen(type) == token.size && !memcmp(type, token.text, token.size))
			return xasprintf("%.*s%s%s", (int) (token.text - word->pattern),
					 word->pattern, with, token.text + token.size);
	return NULL;
}
