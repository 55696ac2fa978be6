/* The words of a search, for events and log export. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "agent/ctl.h"
#include "lib/events.h"
#include "lib/util.h"

enum filter_type { FILTER_TEXT, FILTER_NUMBER, FILTER_SEVERITY, FILTER_FROM, FILTER_TO };

static const struct {
	const char *word;
	const char *param;
	enum filter_type type;
} filters[] = {
	{ "--actor", "actor", FILTER_TEXT },
	{ "--category", "category", FILTER_TEXT },
	{ "--credential", "credential", FILTER_NUMBER },
	{ "--door", "door", FILTER_NUMBER },
	{ "--from", "from_us", FILTER_FROM },
	{ "--kind", "kind", FILTER_TEXT },
	{ "--person", "person", FILTER_NUMBER },
	{ "--reader", "reader", FILTER_NUMBER },
	{ "--severity", "severity", FILTER_SEVERITY },
	{ "--text", "text", FILTER_TEXT },
	{ "--to", "to_us", FILTER_TO },
};

/* A day, or a day and a time, in this machine's zone; a day that is an end is all of it. */
static json_t *
read_time(const char *text, bool is_end)
{
	static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
					       "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d" };

	for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
		struct tm local = { .tm_isdst = -1 };
		const char *end = strptime(text, formats[i], &local);
		if (!end || *end)
			continue;
		bool is_day = i + 1 == ARRAY_LEN(formats);
		if (is_day && is_end)
			local.tm_mday++;
		int64_t time_us = (int64_t) mktime(&local) * (int64_t) US_PER_S;
		return json_integer(is_day && is_end ? time_us - 1 : time_us);
	}
	return NULL;
}

static json_t *
read_severity(const char *text)
{
	json_int_t number;

	for (unsigned i = 0; i <= 7; i++)
		if (!strcmp(events_severity_name(i), text))
			return json_integer(i);
	return parse_number(text, &number) == 0 ? json_integer(number) : NULL;
}

static json_t *
read_value(enum filter_type type, const char *text)
{
	json_int_t number;

	switch (type) {
	case FILTER_NUMBER:
		return parse_number(text, &number) == 0 ? json_integer(number) : NULL;
	case FILTER_SEVERITY:
		return read_severity(text);
	case FILTER_FROM:
	case FILTER_TO:
		return read_time(text, type == FILTER_TO);
	case FILTER_TEXT:
	default:
		return json_string(text);
	}
}

int
ctl_take_filter(const struct ctl *ctl, int *at, json_t *params)
{
	const char *word = ctl->argv[*at];

	for (size_t i = 0; i < ARRAY_LEN(filters); i++) {
		if (strcmp(filters[i].word, word))
			continue;
		const char *text = *at + 1 < ctl->argc ? ctl->argv[*at + 1] : "";
		json_t *value = read_value(filters[i].type, text);
		if (!value) {
			(void) fprintf(stderr, "cardeactl: '%s' does not suit %s\n", text, word);
			return CTL_USAGE;
		}
		(void) json_object_set_new(params, filters[i].param, value);
		*at += 1;
		return 1;
	}
	return 0;
}
