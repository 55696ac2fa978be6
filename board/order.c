/* What was found in words that have been understood, and what was wrong with them. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "board/words.h"

#define WHITE " \t\r"

int
outcome_refuse(struct outcome *outcome, const char *code, const char *field, const char *format,
	       ...)
{
	va_list args;

	outcome->code = code;
	outcome->field = field;
	va_start(args, format);
	(void) vsnprintf(outcome->message, sizeof(outcome->message), format, args);
	va_end(args);
	return -EINVAL;
}

int
words_split(char *text, const char **words, unsigned max)
{
	unsigned count = 0;

	for (text += strspn(text, WHITE); *text; text += strspn(text, WHITE)) {
		if (count == max)
			return -E2BIG;
		words[count++] = text;
		text += strcspn(text, WHITE);
		if (*text)
			*text++ = 0;
	}
	return (int) count;
}

void
order_done(struct order *order)
{
	free(order->text);
	*order = (struct order){ 0 };
}

static const struct value *
find(const struct order *order, const char *name)
{
	for (unsigned i = 0; i < order->count; i++)
		if (strlen(name) == order->values[i].name_size &&
		    !memcmp(order->values[i].name, name, strlen(name)))
			return &order->values[i];
	return NULL;
}

bool
order_has(const struct order *order, const char *name)
{
	return find(order, name) != NULL;
}

long long
order_number(const struct order *order, const char *name, long long fallback)
{
	const struct value *value = find(order, name);

	return value ? value->number : fallback;
}

const char *
order_text(const struct order *order, const char *name)
{
	const struct value *value = find(order, name);

	return value ? value->text : NULL;
}

const struct inventory_row *
order_point(const struct order *order)
{
	for (unsigned i = 0; i < order->count; i++)
		if (order->values[i].point)
			return order->values[i].point;
	abort();
}

const char *
order_choice(const struct order *order, unsigned index)
{
	for (unsigned i = 0; i < order->count; i++)
		if (memchr(order->values[i].name, '|', order->values[i].name_size) && !index--)
			return order->values[i].text;
	return "";
}
