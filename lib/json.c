#include "lib/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/util.h"

#define FILE_MAX (16 * 1024 * 1024)

/* Jansson's own depth limit is 2048 frames of recursion: too many for foreign bytes. */
static bool
is_too_deep(const char *text, size_t size)
{
	int depth = 0;
	bool in_string = false;

	for (size_t i = 0; i < size; i++) {
		char c = text[i];
		if (in_string) {
			if (c == '\\')
				i++;
			else if (c == '"')
				in_string = false;
		} else if (c == '"') {
			in_string = true;
		} else if (c == '{' || c == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if (c == '}' || c == ']') {
			depth--;
		}
	}
	return false;
}

static bool
has_foreign_number(const json_t *value)
{
	const char *key;
	json_t *member;
	size_t i;

	switch (json_typeof(value)) {
	case JSON_REAL:
		return true;
	case JSON_INTEGER:
		return json_integer_value(value) > JSON_INTEGER_MAX ||
		       json_integer_value(value) < -JSON_INTEGER_MAX;
	case JSON_OBJECT:
		json_object_foreach ((json_t *) value, key, member)
			if (has_foreign_number(member))
				return true;
		return false;
	case JSON_ARRAY:
		json_array_foreach (value, i, member)
			if (has_foreign_number(member))
				return true;
		return false;
	default:
		return false;
	}
}

int
json_read(const char *text, size_t size, json_t **ret)
{
	if (is_too_deep(text, size))
		return -E2BIG;
	json_error_t error;
	_cleanup_(json_decrefp) json_t *value =
		json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	if (!value)
		return json_error_code(&error) == json_error_numeric_overflow ? -ERANGE : -EBADMSG;
	if (!json_is_object(value))
		return -EPROTO;
	if (has_foreign_number(value))
		return -ERANGE;
	*ret = steal(&value);
	return 0;
}

static void
write_string(FILE *out, const char *text)
{
	(void) fputc('"', out);
	for (const unsigned char *c = (const unsigned char *) text; *c; c++) {
		static const char shorts[] = "\b\t\n\f\r\"\\";
		static const char letters[] = "btnfr\"\\";
		const char *found = strchr(shorts, *c);
		if (found)
			(void) fprintf(out, "\\%c", letters[found - shorts]);
		else if (*c < ' ')
			(void) fprintf(out, "\\u%04x", *c);
		else
			(void) fputc(*c, out);
	}
	(void) fputc('"', out);
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void write_value(FILE *out, const json_t *value);

static void
write_object(FILE *out, const json_t *object)
{
	size_t count = json_object_size(object);
	_cleanup_(freep) const char **keys = xcalloc(count + 1, sizeof(*keys));
	const char *key;
	json_t *member;
	size_t n = 0;

	json_object_foreach ((json_t *) object, key, member)
		keys[n++] = key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	(void) fputc('{', out);
	for (size_t i = 0; i < count; i++) {
		if (i)
			(void) fputc(',', out);
		write_string(out, keys[i]);
		(void) fputc(':', out);
		write_value(out, json_object_get(object, keys[i]));
	}
	(void) fputc('}', out);
}

static void
write_value(FILE *out, const json_t *value)
{
	json_t *member;
	size_t i;

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_OBJECT:
		write_object(out, value);
		break;
	case JSON_ARRAY:
		(void) fputc('[', out);
		json_array_foreach (value, i, member) {
			if (i)
				(void) fputc(',', out);
			write_value(out, member);
		}
		(void) fputc(']', out);
		break;
	case JSON_STRING:
		write_string(out, json_string_value(value));
		break;
	case JSON_INTEGER:
		(void) fprintf(out, "%lld", (long long) json_integer_value(value));
		break;
	case JSON_TRUE:
		(void) fputs("true", out);
		break;
	case JSON_FALSE:
		(void) fputs("false", out);
		break;
	default:
		(void) fputs("null", out);
		break;
	}
}

char *
json_canonical(const json_t *value)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	write_value(out, value);
	(void) fclose(out);
	return text;
}

json_t *
json_string_cut(char *text)
{
	json_t *string = json_string(text);

	for (size_t size = strlen(text); !string && size; string = json_string(text))
		text[--size] = 0;
	return string;
}

const char *
json_string_or(const json_t *object, const char *key, const char *fallback)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text ? text : fallback;
}

int64_t
json_integer_or(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);
	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

bool
json_bool_or(const json_t *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(object, key);
	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int
json_read_file(const char *path, json_t **ret)
{
	struct stat info;

	if (stat(path, &info) < 0)
		return -errno;
	if (info.st_size > FILE_MAX)
		return -EFBIG;
	size_t size = (size_t) info.st_size + 1;
	_cleanup_(freep) char *text = xcalloc(1, size);
	int r = read_file(path, text, size);
	if (r < 0)
		return r;
	return json_read(text, (size_t) r, ret);
}

size_t
json_word(const json_t *object, const char *name, const char *const *words, size_t count)
{
	const char *text = json_string_or(object, name, "");

	for (size_t i = 0; i < count; i++)
		if (!strcmp(words[i], text))
			return i;
	return 0;
}
