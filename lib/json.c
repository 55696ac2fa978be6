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

/* A text that grows; canonical texts are made of everything that is stored. */
struct text {
	char *bytes;
	size_t size;
	size_t room;
};

static void
put(struct text *out, const char *bytes, size_t size)
{
	if (out->size + size > out->room) {
		out->room = 2 * (out->size + size) + 256;
		out->bytes = xrealloc(out->bytes, out->room);
	}
	memcpy(out->bytes + out->size, bytes, size);
	out->size += size;
}

static void
put_word(struct text *out, const char *word)
{
	put(out, word, strlen(word));
}

static void
write_escape(struct text *out, unsigned char c)
{
	static const char shorts[] = "\b\t\n\f\r\"\\";
	static const char letters[] = "btnfr\"\\";
	const char *found = strchr(shorts, c);
	char escape[8];

	if (found)
		(void) snprintf(escape, sizeof(escape), "\\%c", letters[found - shorts]);
	else
		(void) snprintf(escape, sizeof(escape), "\\u%04x", c);
	put_word(out, escape);
}

static void
write_string(struct text *out, const char *text)
{
	const char *from = text;

	put(out, "\"", 1);
	for (; *text; text++) {
		unsigned char c = (unsigned char) *text;
		if (c >= ' ' && c != '"' && c != '\\')
			continue;
		put(out, from, (size_t) (text - from));
		write_escape(out, c);
		from = text + 1;
	}
	put(out, from, (size_t) (text - from));
	put(out, "\"", 1);
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void write_value(struct text *out, const json_t *value);

static void
write_object(struct text *out, const json_t *object)
{
	size_t count = json_object_size(object);
	_cleanup_(freep) const char **keys = xcalloc(count + 1, sizeof(*keys));
	const char *key;
	json_t *member;
	size_t n = 0;

	json_object_foreach ((json_t *) object, key, member)
		keys[n++] = key;
	qsort(keys, count, sizeof(*keys), compare_keys);
	put(out, "{", 1);
	for (size_t i = 0; i < count; i++) {
		if (i)
			put(out, ",", 1);
		write_string(out, keys[i]);
		put(out, ":", 1);
		write_value(out, json_object_get(object, keys[i]));
	}
	put(out, "}", 1);
}

static void
write_array(struct text *out, const json_t *array)
{
	json_t *member;
	size_t i;

	put(out, "[", 1);
	json_array_foreach (array, i, member) {
		if (i)
			put(out, ",", 1);
		write_value(out, member);
	}
	put(out, "]", 1);
}

static void
write_value(struct text *out, const json_t *value)
{
	char digits[24];

	switch (value ? json_typeof(value) : JSON_NULL) {
	case JSON_OBJECT:
		write_object(out, value);
		break;
	case JSON_ARRAY:
		write_array(out, value);
		break;
	case JSON_STRING:
		write_string(out, json_string_value(value));
		break;
	case JSON_INTEGER:
		(void) snprintf(digits, sizeof(digits), "%lld",
				(long long) json_integer_value(value));
		put_word(out, digits);
		break;
	case JSON_TRUE:
		put_word(out, "true");
		break;
	case JSON_FALSE:
		put_word(out, "false");
		break;
	default:
		put_word(out, "null");
		break;
	}
}

char *
json_canonical(const json_t *value)
{
	struct text text = { 0 };

	write_value(&text, value);
	put(&text, "", 1);
	return text.bytes;
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

uint64_t
json_bits(const json_t *object, const char *key)
{
	uint64_t bits = 0;
	json_t *number;
	size_t i;

	json_array_foreach (json_object_get(object, key), i, number)
		if (json_integer_value(number) >= 1 && json_integer_value(number) <= 64)
			bits |= UINT64_C(1) << (json_integer_value(number) - 1);
	return bits;
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
