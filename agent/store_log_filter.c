#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "agent/store_log_search.h"
#include "agent/store_log_terms.h"
#include "lib/events.h"
#include "lib/json.h"
#include "lib/util.h"

#define LIMIT_DEFAULT 50
/* Nearly every event is no more severe than this: no index helps to find those. */
#define SEVERITY_USUAL 6

static int
refuse(struct field_error *error, const char *field, const char *message)
{
	error->field = field;
	(void) copy_string(error->message, sizeof(error->message), message);
	return -EINVAL;
}

/* Between what was demanded before and what comes. */
static void
begin_clause(FILE *out)
{
	if (ftell(out) > 0)
		(void) fputs(" AND ", out);
}

static void
add_number(FILE *out, char letter, int64_t number)
{
	begin_clause(out);
	(void) fputc('"', out);
	store_log_term_write(out, letter, number);
	(void) fputc('"', out);
}

/* One kind, or all whose names begin so when it ends in a point; all if kind is NULL. */
static bool
is_of_kind(const struct event_row *row, const char *kind)
{
	size_t length = kind ? strlen(kind) : 0;
	bool is_beginning = length && kind[length - 1] == '.';

	return !kind ||
	       !(is_beginning ? strncmp(row->name, kind, length) : strcmp(row->name, kind));
}

/* A kind says its category too; category NULL is every one. */
static int
add_kind(FILE *out, const char *kind, const char *category, struct field_error *error)
{
	unsigned known = 0;
	unsigned count = 0;

	begin_clause(out);
	for (size_t i = 0; i < events_count(); i++) {
		const struct event_row *row = events_at(i);
		if (!is_of_kind(row, kind))
			continue;
		known++;
		if (category && strcmp(events_category_name(row->category), category))
			continue;
		(void) fputs(count++ ? " OR \"" : "(\"", out);
		store_log_term_write(out, 'k', (int64_t) row->kind);
		(void) fputc('"', out);
	}
	if (!known)
		return refuse(error, "kind", "there is no such kind, nor one that begins so");
	/* Of no event at all. */
	if (!count) {
		(void) fputs("(\"", out);
		store_log_term_write(out, 'k', 0);
		(void) fputc('"', out);
	}
	(void) fputc(')', out);
	return 0;
}

static void
add_severity(FILE *out, int64_t most)
{
	begin_clause(out);
	for (int64_t i = 0; i <= most; i++) {
		(void) fputs(i ? " OR \"" : "(\"", out);
		store_log_term_write(out, 's', i);
		(void) fputc('"', out);
	}
	(void) fputc(')', out);
}

static int
add_text(FILE *out, const char *words, struct field_error *error)
{
	begin_clause(out);
	if (!store_log_terms_query(out, words))
		return refuse(error, "text", "one word at least");
	return 0;
}

static void
add_actor(FILE *out, const char *actor)
{
	begin_clause(out);
	(void) fputc('"', out);
	store_log_term_write_actor(out, actor);
	(void) fputc('"', out);
}

static void
add_category(FILE *out, const char *name)
{
	for (enum event_category i = EVENT_ACCESS; i <= EVENT_SYSTEM; i++)
		if (!strcmp(events_category_name(i), name))
			add_number(out, 'g', (int64_t) i);
}

static int
write_match(FILE *out, const json_t *params, struct field_error *error)
{
	const char *kind = json_string_or(params, "kind", NULL);
	const char *category = json_string_or(params, "category", NULL);
	const char *text = json_string_or(params, "text", NULL);
	const char *actor = json_string_or(params, "actor", NULL);
	int64_t severity = json_integer_or(params, "severity", SEVERITY_USUAL);

	for (size_t i = 0; i < store_log_numbers_count(); i++) {
		const struct store_log_number *number = store_log_numbers_at(i);
		if (json_object_get(params, number->name))
			add_number(out, number->letter, json_integer_or(params, number->name, 0));
	}
	if (actor)
		add_actor(out, actor);
	int r = text ? add_text(out, text, error) : 0;
	if (r == 0 && kind)
		r = add_kind(out, kind, category, error);
	else if (category)
		add_category(out, category);
	if (severity < SEVERITY_USUAL)
		add_severity(out, severity);
	return r;
}

int
store_log_filter_read(const json_t *params, struct store_log_filter *ret, struct field_error *error)
{
	size_t size = 0;
	struct store_log_filter filter = {
		.is_upwards = json_object_get(params, "after"),
		.after = json_integer_or(params, "after", 0),
		.before = json_integer_or(params, "before", INT64_MAX),
		.from_us = json_integer_or(params, "from_us", INT64_MIN),
		.to_us = json_integer_or(params, "to_us", INT64_MAX),
		.has_time = json_object_get(params, "from_us") || json_object_get(params, "to_us"),
		.severity = json_integer_or(params, "severity", INT64_MAX),
		.limit = (unsigned) json_integer_or(params, "limit", LIMIT_DEFAULT),
	};
	FILE *out = open_memstream(&filter.match, &size);

	if (!out)
		abort();
	int r = write_match(out, params, error);
	(void) fclose(out);
	if (r == 0 && filter.from_us > filter.to_us)
		r = refuse(error, "to_us", "before from_us nothing can be");
	if (r < 0 || !size)
		free(steal(&filter.match));
	if (r == 0)
		*ret = filter;
	return r;
}

void
store_log_filter_done(struct store_log_filter *filter)
{
	free(steal(&filter->match));
}
