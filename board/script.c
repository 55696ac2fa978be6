#include "board/script_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "board/types.h"
#include "lib/util.h"

#define REPEAT_MAX 1000

static int
parse_time(struct parser *parser, const struct line_words *line, unsigned index, uint64_t *ret_us)
{
	long long us;

	if (index >= line->count)
		return script_refuse(parser, line->number, "a time is missing");
	if (parse_duration(line->words[index], &us) < 0)
		return script_refuse(parser, line->number, "'%.40s' is no time: 1.5s, 200ms, 2m, 0",
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
		return script_refuse(parser, line->number, "a number from 1 to %d is missing",
				     REPEAT_MAX);
	*ret = (unsigned) count;
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
		return script_refuse(parser, line->number, "a time of 1ms or more");
	if (is_for)
		r = parse_time(parser, line, 3, &length_us);
	else if (is_times)
		r = parse_count(parser, line, 2, &count);
	else
		return script_refuse(parser, line->number,
				     "'for' and a time, or a number and 'times'");
	if (r < 0)
		return r;
	if (is_for) {
		uint64_t steps = (length_us + period_us - 1) / period_us;
		if (steps > SCRIPT_STEPS_MAX)
			return script_refuse(parser, line->number, "more than %d steps",
					     SCRIPT_STEPS_MAX);
		count = (unsigned) steps;
	}
	for (unsigned i = 0; i < count && r == 0; i++)
		r = script_add(parser, line, 4, at_us + i * period_us);
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
		return script_refuse(parser, line->number, "nothing more behind the number");
	if (!end)
		return script_refuse(parser, line->number, "its 'end' is missing");
	if (depth == SCRIPT_DEPTH_MAX)
		return script_refuse(parser, line->number, "blocks within more than %d blocks",
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
		return script_refuse(parser, line->number, "there is no 'repeat' for this 'end'");
	if (!strcmp(first, "every"))
		return add_series(parser, line, *now_us);
	if (strcmp(first, "at") != 0 && strcmp(first, "wait") != 0)
		return script_add(parser, line, 0, *now_us);
	r = parse_time(parser, line, 1, &time_us);
	if (r < 0)
		return r;
	if (!strcmp(first, "wait")) {
		*now_us += time_us;
		if (line->count > 2)
			return script_refuse(parser, line->number, "nothing more behind the time");
		return *now_us > SCRIPT_US_MAX
			       ? script_refuse(parser, line->number, "a day is enough")
			       : 0;
	}
	*now_us = begin_us + time_us;
	return script_add(parser, line, 2, *now_us);
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
			return script_refuse(parser,
					     parser->lines[MIN_OF(i, parser->count - 1)].number,
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
				return script_refuse(parser, number, "a character that is no text");
		if (!line[strspn(line, " \t\r")])
			continue;
		if (parser->count == SCRIPT_LINES_MAX)
			return script_refuse(parser, number, "more than %d lines",
					     SCRIPT_LINES_MAX);
		int count = words_split(line, words->words, ARRAY_LEN(words->words));
		if (count < 0)
			return script_refuse(parser, number, "more than %d words", WORDS_MAX);
		words->number = number;
		words->count = (unsigned) count;
		parser->count++;
	}
	return 0;
}

static int
parse(struct parser *parser, char *text)
{
	uint64_t end_us = 0;
	int r = split_lines(parser, text);

	if (r == 0 && !parser->count)
		r = script_refuse(parser, 0, "there is nothing to do");
	if (r == 0)
		r = run_block(parser, 0, parser->count, 0, &end_us);
	if (r < 0)
		return r;
	script_sort(parser->script);
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
		return script_refuse(&parser, 0, "more than %d bytes", SCRIPT_SIZE_MAX);
	if (memchr(text, 0, size))
		return script_refuse(&parser, 0, "this is no text");
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
