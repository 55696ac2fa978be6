#include "agent/store_calendar_lines.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "lib/util.h"

#define DEPTH_MAX 6
#define NAME_SIZE 32

struct scan {
	struct calendar_lines *lines;
	struct store_calendar_error *error;
	unsigned line;
	unsigned depth;
	unsigned calendars;
	char open[DEPTH_MAX][NAME_SIZE];
};

static int PRINTF(2, 3) refuse(struct scan *scan, const char *format, ...)
{
	va_list args;

	scan->error->line = scan->line;
	va_start(args, format);
	(void) vsnprintf(scan->error->message, sizeof(scan->error->message), format, args);
	va_end(args);
	return -EINVAL;
}

static int
begin(struct scan *scan, const char *name)
{
	if (!scan->depth && strcasecmp(name, "VCALENDAR") != 0)
		return refuse(scan, "a calendar begins with BEGIN:VCALENDAR");
	if (scan->depth == DEPTH_MAX || strlen(name) >= NAME_SIZE)
		return refuse(scan, "BEGIN: nested too deeply, or of too long a name");
	if (scan->depth == 1 && !strcasecmp(name, "VEVENT")) {
		if (scan->lines->count == CALENDAR_EVENTS_MAX)
			return refuse(scan, "more than %d events", CALENDAR_EVENTS_MAX);
		scan->lines->events[scan->lines->count++] = scan->line;
	}
	scan->calendars += !scan->depth;
	(void) copy_string(scan->open[scan->depth++], NAME_SIZE, name);
	return 0;
}

static int
end(struct scan *scan, const char *name)
{
	if (!scan->depth || strcasecmp(scan->open[scan->depth - 1], name) != 0)
		return refuse(scan, "END:%.20s without its BEGIN", name);
	scan->depth--;
	return 0;
}

/* "NAME;PARAMETER=...:value"; where the name ends, 0 for none, and the value; NULL without. */
static const char *
find_value(const char *line, size_t length, size_t *ret_name)
{
	bool is_quoted = false;
	size_t name = 0;

	while (name < length && (isalnum((unsigned char) line[name]) || line[name] == '-'))
		name++;
	*ret_name = name;
	for (size_t i = name; i < length; i++) {
		is_quoted ^= line[i] == '"';
		if (line[i] == ':' && !is_quoted)
			return line + i + 1;
	}
	return NULL;
}

static int
look_at(struct scan *scan, const char *line, size_t length)
{
	char word[NAME_SIZE + 1] = "";
	size_t name;
	const char *value = find_value(line, length, &name);

	for (size_t i = 0; i < length; i++)
		if ((unsigned char) line[i] < ' ' && line[i] != '\t')
			return refuse(scan, "a control character");
	/* What goes on from the line before. */
	if (*line == ' ' || *line == '\t')
		return scan->depth ? 0 : refuse(scan, "a calendar begins with BEGIN:VCALENDAR");
	if (!name || (line[name] != ':' && line[name] != ';'))
		return refuse(scan, "no line such as NAME:value");
	bool is_begin = name == 5 && !strncasecmp(line, "BEGIN", 5) && value;
	bool is_end = name == 3 && !strncasecmp(line, "END", 3) && value;
	if (value)
		(void) snprintf(word, sizeof(word), "%.*s",
				(int) MIN_OF((size_t) (line + length - value), NAME_SIZE), value);
	if (is_begin)
		return begin(scan, word);
	if (is_end)
		return end(scan, word);
	return scan->depth ? 0 : refuse(scan, "a calendar begins with BEGIN:VCALENDAR");
}

int
calendar_lines_check(const char *text, struct calendar_lines *ret,
		     struct store_calendar_error *error)
{
	struct scan scan = { .lines = ret, .error = error };

	ret->count = 0;
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, "\n");
		const char *next = at + length + (at[length] ? 1 : 0);
		scan.line++;
		length -= length && at[length - 1] == '\r';
		if (length && look_at(&scan, at, length) < 0)
			return -EINVAL;
		at = next;
	}
	if (scan.depth)
		return refuse(&scan, "the file ends before END:%s", scan.open[scan.depth - 1]);
	return scan.calendars ? 0 : refuse(&scan, "no calendar");
}
