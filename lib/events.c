#include "lib/events.h"

#include <string.h>

#include "lib/json.h"
#include "lib/util.h"

#define ROW(symbol, number, name_, prefix, severity_, category_, change, alarm_, notified, topic_, \
	    text_)                                                                                 \
	{ .kind = symbol,                                                                          \
	  .name = name_,                                                                           \
	  .msgid = prefix #number,                                                                 \
	  .severity = severity_,                                                                   \
	  .category = category_,                                                                   \
	  .alarm_change = change,                                                                  \
	  .alarm = alarm_,                                                                         \
	  .is_notified = notified,                                                                 \
	  .topic = topic_,                                                                         \
	  .text = text_ },

static const struct event_row rows[] = { EVENTS(ROW) };

size_t
events_count(void)
{
	return ARRAY_LEN(rows);
}

const struct event_row *
events_at(size_t index)
{
	return index < ARRAY_LEN(rows) ? &rows[index] : NULL;
}

size_t
events_index(const struct event_row *row)
{
	return (size_t) (row - rows);
}

const struct event_row *
events_find(int64_t number)
{
	size_t low = 0;
	size_t high = ARRAY_LEN(rows);

	while (low < high) {
		size_t middle = (low + high) / 2;
		if ((int64_t) rows[middle].kind == number)
			return &rows[middle];
		if ((int64_t) rows[middle].kind < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct event_row *
events_find_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	return NULL;
}

const struct event_row *
events_find_clear(const char *alarm, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].alarm_change == ALARM_CLEAR && strlen(rows[i].alarm) == size &&
		    !memcmp(rows[i].alarm, alarm, size))
			return &rows[i];
	return NULL;
}

bool
events_list_has(const char *list, const char *name)
{
	size_t length = strlen(name);

	while (*list) {
		list += strspn(list, ", ");
		size_t size = strcspn(list, ", ");
		if (size == length && !strncmp(list, name, length) && size)
			return true;
		list += size;
	}
	return false;
}

const char *
events_category_name(enum event_category category)
{
	static const char *const names[] = { "access", "audit", "system" };

	return (size_t) category < ARRAY_LEN(names) ? names[category] : "system";
}

const char *
events_severity_name(unsigned severity)
{
	static const char *const names[] = { "emergency", "alert",  "critical", "error",
					     "warning",	  "notice", "info",	"debug" };

	return severity < ARRAY_LEN(names) ? names[severity] : "debug";
}

static void
write_member(FILE *out, const json_t *event, const char *name)
{
	const json_t *value = json_object_get(event, name);

	if (!value)
		value = json_object_get(json_object_get(event, "data"), name);
	if (!value) {
		(void) fputc('?', out);
	} else if (json_is_string(value)) {
		(void) fputs(json_string_value(value), out);
	} else {
		_cleanup_(freep) char *text = json_canonical(value);
		(void) fputs(text, out);
	}
}

void
events_text(const struct event_row *row, const json_t *event, char *text, size_t size)
{
	FILE *out = fmemopen(text, size, "w");

	text[0] = 0;
	if (!out)
		return;
	for (const char *c = row->text; *c; c++) {
		const char *end = *c == '{' ? strchr(c, '}') : NULL;
		char name[32];
		if (!end || (size_t) (end - c) > sizeof(name)) {
			(void) fputc(*c, out);
			continue;
		}
		(void) snprintf(name, sizeof(name), "%.*s", (int) (end - c - 1), c + 1);
		write_member(out, event, name);
		c = end;
	}
	(void) fclose(out);
	text[size - 1] = 0;
}
