#include "board/script.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board/types.h"
#include "lib/util.h"

#define REPEAT_MAX 1000

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

static int refuse(struct parser *parser, unsigned line, const char *format, ...) PRINTF(3, 4);

static int
refuse(struct parser *parser, unsigned line, const char *format, ...)
{
	va_list args;

	parser->error->line = line;
	va_start(args, format);
	(void) vsnprintf(parser->error->message, sizeof(parser->error->message), format, args);
	va_end(args);
	return -EINVAL;
}

static int
parse_time(struct parser *parser, const struct line_words *line, unsigned index, uint64_t *ret_us)
{
	long long us;

	if (index >= line->count)
		return refuse(parser, line->number, "a time is missing");
	if (parse_duration(line->words[index], &us) < 0)
		return refuse(parser, line->number, "'%.40s' is no time: 1.5s, 200ms, 2m, 0",
			      line->words[index]);
	*ret_us = (uint64_t) us;
	return 0;
}

static int
parse_count(struct parser *parser, const struct line_words *line, unsigned index, unsigned *ret)
{
	long long count = 0;

	if (index >= line->count || parse_number(line->words[index], &count) < 0 || count < 1 ||
	    count > REPEAT_MAX)
		return refuse(parser, line->number, "a number from 1 to %d is missing", REPEAT_MAX);
	*ret = (unsigned) count;
	return 0;
}

static char *
join(const char *const *words, unsigned count)
{
	char text[WORDS_TEXT_MAX + 1] = "";
	size_t used = 0;

	for (unsigned i = 0; i < count && used < sizeof(text); i++)
		used += (size_t) snprintf(text + used, sizeof(text) - used, "%s%s", i ? " " : "",
					  words[i]);
	return xstrdup(text);
}

static int
add_step(struct parser *parser, const struct line_words *line, unsigned first, uint64_t at_us)
{
	struct script *script = parser->script;
	struct outcome outcome = { 0 };
	struct order order;
	unsigned count = line->count - first;

	if (first >= line->count)
		return refuse(parser, line->number, "there is nothing to do");
	if (at_us > SCRIPT_US_MAX)
		return refuse(parser, line->number, "a day is enough");
	if (script->count == SCRIPT_STEPS_MAX)
		return refuse(parser, line->number, "more than %d steps", SCRIPT_STEPS_MAX);
	if (words_parse(parser->table, count, line->words + first, &order, &outcome) < 0) {
		order_done(&order);
		return refuse(parser, line->number, "'%.40s': %s", line->words[first],
			      outcome.message);
	}
	if (script->count == parser->capacity) {
		parser->capacity = MAX_OF(2 * parser->capacity, (size_t) 64);
		script->steps = xrealloc(script->steps, parser->capacity * sizeof(*script->steps));
	}
	script->steps[script->count++] = (struct script_step){
		.at_us = at_us,
		.line = line->number,
		.text = join(line->words + first, count),
		.order = order,
	};
	return 0;
}

/* every PERIOD for PERIOD WORDS..., every PERIOD COUNT times WORDS... */
static int
add_series(struct parser *parser, const struct line_words *line, uint64_t at_us)
{
	bool is_for = line->count > 2 && !strcmp(line->words[2], "for");
	bool is_times = line->count > 3 && !strcmp(line->words[3], "times");
	uint64_t period_us;
	uint64_t length_us;
	unsigned count;
	int r = parse_time(parser, line, 1, &period_us);

	if (r < 0)
		return r;
	if (period_us < US_PER_MS)
		return refuse(parser, line->number, "a time of 1ms or more");
	if (is_for)
		r = parse_time(parser, line, 3, &length_us);
	else if (is_times)
		r = parse_count(parser, line, 2, &count);
	else
		return refuse(parser, line->number, "'for' and a time, or a number and 'times'");
	if (r < 0)
		return r;
	if (is_for) {
		uint64_t steps = (length_us + period_us - 1) / period_us;
		if (steps > SCRIPT_STEPS_MAX)
			return refuse(parser, line->number, "more than %d steps", SCRIPT_STEPS_MAX);
		count = (unsigned) steps;
	}
	for (unsigned i = 0; i < count && r == 0; i++)
		r = add_step(parser, line, 4, at_us + i * period_us);
	return r;
}

/* The line of the block's "end"; 0 when it has none: the first line is never one. */
static unsigned
find_end(const struct parser *parser, unsigned from)
{
	unsigned depth = 0;

	for (unsigned i = from; i < parser->count; i++) {
		if (!strcmp(parser->lines[i].words[0], "repeat"))
			depth++;
		else if (!strcmp(parser->lines[i].words[0], "end") && !depth--)
			return i;
	}
	return 0;
}

static int run_block(struct parser *parser, unsigned from, unsigned to, unsigned depth,
		     uint64_t *at_us);

static int
run_repeat(struct parser *parser, unsigned at, unsigned depth, unsigned *ret_next, uint64_t *at_us)
{
	const struct line_words *line = &parser->lines[at];
	unsigned end = find_end(parser, at + 1);
	unsigned count;
	int r = parse_count(parser, line, 1, &count);

	if (r < 0)
		return r;
	if (line->count > 2)
		return refuse(parser, line->number, "nothing more behind the number");
	if (!end)
		return refuse(parser, line->number, "its 'end' is missing");
	if (depth == SCRIPT_DEPTH_MAX)
		return refuse(parser, line->number, "blocks within more than %d blocks",
			      SCRIPT_DEPTH_MAX);
	for (unsigned i = 0; i < count && r == 0; i++)
		r = run_block(parser, at + 1, end, depth + 1, at_us);
	*ret_next = end + 1;
	return r;
}

/* "at" counts from where its block begins; the block ends when its last line was. */
static int
run_line(struct parser *parser, const struct line_words *line, uint64_t begin_us, uint64_t *now_us)
{
	const char *first = line->words[0];
	uint64_t time_us = 0;
	int r;

	if (!strcmp(first, "end"))
		return refuse(parser, line->number, "there is no 'repeat' for this 'end'");
	if (!strcmp(first, "every"))
		return add_series(parser, line, *now_us);
	if (strcmp(first, "at") != 0 && strcmp(first, "wait") != 0)
		return add_step(parser, line, 0, *now_us);
	r = parse_time(parser, line, 1, &time_us);
	if (r < 0)
		return r;
	if (!strcmp(first, "wait")) {
		*now_us += time_us;
		if (line->count > 2)
			return refuse(parser, line->number, "nothing more behind the time");
		return *now_us > SCRIPT_US_MAX ? refuse(parser, line->number, "a day is enough")
					       : 0;
	}
	*now_us = begin_us + time_us;
	return add_step(parser, line, 2, *now_us);
}

static int
run_block(struct parser *parser, unsigned from, unsigned to, unsigned depth, uint64_t *at_us)
{
	uint64_t begin_us = *at_us;
	uint64_t now_us = begin_us;

	for (unsigned i = from; i < to || from == to;) {
		unsigned next = i + 1;
		int r = 0;
		if (!parser->budget--)
			return refuse(parser, parser->lines[MIN_OF(i, parser->count - 1)].number,
				      "more than %d steps", SCRIPT_STEPS_MAX);
		if (from == to)
			break;
		if (!strcmp(parser->lines[i].words[0], "repeat"))
			r = run_repeat(parser, i, depth, &next, &now_us);
		else
			r = run_line(parser, &parser->lines[i], begin_us, &now_us);
		if (r < 0)
			return r;
		*at_us = MAX_OF(*at_us, now_us);
		i = next;
	}
	return 0;
}

/* What is behind a "#" that begins the line, or stands alone, is a comment. */
static void
cut_comment(char *line)
{
	char *at = line + strspn(line, " \t");

	if (*at == '#')
		*at = 0;
	at = strstr(at, " # ");
	if (at)
		*at = 0;
}

static int
split_lines(struct parser *parser, char *text)
{
	unsigned number = 0;

	for (char *line; (line = strsep(&text, "\n"));) {
		struct line_words *words = &parser->lines[parser->count];
		number++;
		cut_comment(line);
		for (const char *at = line; *at; at++)
			if ((unsigned char) *at < ' ' && *at != '\t' && *at != '\r')
				return refuse(parser, number, "a character that is no text");
		if (!line[strspn(line, " \t\r")])
			continue;
		if (parser->count == SCRIPT_LINES_MAX)
			return refuse(parser, number, "more than %d lines", SCRIPT_LINES_MAX);
		int count = words_split(line, words->words, ARRAY_LEN(words->words));
		if (count < 0)
			return refuse(parser, number, "more than %d words", WORDS_MAX);
		words->number = number;
		words->count = (unsigned) count;
		parser->count++;
	}
	return 0;
}

/* Those of the same time stay in the order in which they were written. */
static void
sort_steps(struct script *script)
{
	struct script_step *sorted = xcalloc(script->count + 1, sizeof(*sorted));

	for (size_t width = 1; width < script->count; width *= 2) {
		for (size_t from = 0; from < script->count; from += 2 * width) {
			size_t middle = MIN_OF(from + width, script->count);
			size_t end = MIN_OF(from + 2 * width, script->count);
			size_t left = from;
			size_t right = middle;
			for (size_t to = from; to < end; to++) {
				bool is_left = left < middle &&
					       (right == end || script->steps[left].at_us <=
									script->steps[right].at_us);
				sorted[to] = script->steps[is_left ? left++ : right++];
			}
		}
		memcpy(script->steps, sorted, script->count * sizeof(*sorted));
	}
	free(sorted);
}

static int
parse(struct parser *parser, char *text)
{
	uint64_t end_us = 0;
	int r = split_lines(parser, text);

	if (r == 0 && !parser->count)
		r = refuse(parser, 0, "there is nothing to do");
	if (r == 0)
		r = run_block(parser, 0, parser->count, 0, &end_us);
	if (r < 0)
		return r;
	sort_steps(parser->script);
	parser->script->ends_us = end_us;
	if (parser->script->count)
		parser->script->ends_us =
			MAX_OF(end_us, parser->script->steps[parser->script->count - 1].at_us);
	return 0;
}

int
script_parse(const struct words_table *table, const char *text, size_t size, struct script **ret,
	     struct script_error *error)
{
	struct parser parser = { .table = table, .error = error, .budget = SCRIPT_STEPS_MAX };

	if (size > SCRIPT_SIZE_MAX)
		return refuse(&parser, 0, "more than %d bytes", SCRIPT_SIZE_MAX);
	if (memchr(text, 0, size))
		return refuse(&parser, 0, "this is no text");
	_cleanup_(freep) char *copy = xasprintf("%.*s", (int) size, text);
	_cleanup_(freep) struct line_words *lines = xcalloc(SCRIPT_LINES_MAX + 1, sizeof(*lines));
	parser.lines = lines;
	parser.script = xcalloc(1, sizeof(*parser.script));
	int r = parse(&parser, copy);
	if (r < 0)
		script_free(parser.script);
	else
		*ret = parser.script;
	return r;
}

void
script_free(struct script *script)
{
	if (!script)
		return;
	for (size_t i = 0; i < script->count; i++) {
		order_done(&script->steps[i].order);
		free(script->steps[i].text);
	}
	free(script->steps);
	free(script);
}
