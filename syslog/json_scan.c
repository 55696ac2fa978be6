#include "syslog/json_scan.h"

#include <errno.h>

#include "lib/json.h"

/* More digits than 2^53 has. */
#define DIGITS_MAX 16

/* Behind the closing quote of a string whose first character is at at; NULL: it has no end. */
static const char *
skip_string(const char *at, const char *end)
{
	for (;;) {
		const char *quote = memchr(at, '"', (size_t) (end - at));
		if (!quote)
			return NULL;
		const char *escape = memchr(at, '\\', (size_t) (quote - at));
		if (!escape)
			return quote + 1;
		if (end - escape < 2)
			return NULL;
		at = escape + 2;
	}
}

/* Behind an array or object: brackets and strings are looked at, the rest is taken as it is. */
static const char *
skip_nested(const char *at, const char *end)
{
	int depth = 0;

	while (at && at < end) {
		char c = *at++;
		if (c == '"')
			at = skip_string(at, end);
		else if ((c == '{' || c == '[') && ++depth > JSON_DEPTH_MAX)
			return NULL;
		else if ((c == '}' || c == ']') && !--depth)
			return at;
	}
	return NULL;
}

/* Behind a number, true, false or null. */
static const char *
skip_word(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && ((*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') ||
			    *at == '-' || *at == '+' || *at == '.' || *at == 'E'))
		at++;
	return at == start ? NULL : at;
}

static int
read_string(struct json_scan *scan, struct slice *ret)
{
	if (scan->at == scan->end || *scan->at != '"')
		return -EBADMSG;
	const char *start = scan->at + 1;
	const char *behind = skip_string(start, scan->end);
	if (!behind)
		return -EBADMSG;
	*ret = (struct slice){ start, (size_t) (behind - start) - 1, true };
	scan->at = behind;
	return 0;
}

static int
read_value(struct json_scan *scan, struct slice *ret)
{
	const char *start = scan->at;

	if (start == scan->end)
		return -EBADMSG;
	if (*start == '"')
		return read_string(scan, ret);
	bool is_nested = *start == '{' || *start == '[';
	const char *behind =
		is_nested ? skip_nested(start, scan->end) : skip_word(start, scan->end);
	if (!behind)
		return -EBADMSG;
	*ret = (struct slice){ start, (size_t) (behind - start), false };
	scan->at = behind;
	return 0;
}

static bool
take(struct json_scan *scan, char c)
{
	if (scan->at == scan->end || *scan->at != c)
		return false;
	scan->at++;
	return true;
}

int
json_scan_enter(struct json_scan *scan)
{
	return take(scan, '{') ? 0 : -EBADMSG;
}

int
json_scan_name(struct json_scan *scan, struct slice *ret)
{
	if (take(scan, '}'))
		return 0;
	/* The first member of an object has no comma before it. */
	bool is_first = scan->at[-1] == '{';
	if (!is_first && !take(scan, ','))
		return -EBADMSG;
	return read_string(scan, ret) == 0 && take(scan, ':') ? 1 : -EBADMSG;
}

int
json_scan_value(struct json_scan *scan, struct slice *ret)
{
	return read_value(scan, ret);
}

int
json_scan_member(struct json_scan *scan, struct slice *ret_name, struct slice *ret_value)
{
	int r = json_scan_name(scan, ret_name);

	return r == 1 && read_value(scan, ret_value) < 0 ? -EBADMSG : r;
}

int
json_scan_number(const struct slice *value, uint64_t *ret)
{
	uint64_t number = 0;

	if (value->is_json || !value->size || value->size > DIGITS_MAX)
		return -EBADMSG;
	for (size_t i = 0; i < value->size; i++) {
		if (value->bytes[i] < '0' || value->bytes[i] > '9')
			return -EBADMSG;
		number = number * 10 + (uint64_t) (value->bytes[i] - '0');
	}
	*ret = number;
	return 0;
}
