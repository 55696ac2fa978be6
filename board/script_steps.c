#include "board/script_private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int
script_refuse(struct parser *parser, unsigned line, const char *format, ...)
{
	va_list args;

	parser->error->line = line;
	va_start(args, format);
	(void) vsnprintf(parser->error->message, sizeof(parser->error->message), format, args);
	va_end(args);
	return -EINVAL;
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

int
script_add(struct parser *parser, const struct line_words *line, unsigned first, uint64_t at_us)
{
	struct script *script = parser->script;
	struct outcome outcome = { 0 };
	struct order order;
	unsigned count = line->count - first;

	if (first >= line->count)
		return script_refuse(parser, line->number, "there is nothing to do");
	if (at_us > SCRIPT_US_MAX)
		return script_refuse(parser, line->number, "a day is enough");
	if (script->count == SCRIPT_STEPS_MAX)
		return script_refuse(parser, line->number, "more than %d steps", SCRIPT_STEPS_MAX);
	if (words_parse(parser->table, count, line->words + first, &order, &outcome) < 0) {
		order_done(&order);
		return script_refuse(parser, line->number, "'%.40s': %s", line->words[first],
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

void
script_sort(struct script *script)
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
