#include "syslog/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#define SHORT_MAX 256

static void
append(struct text *text, const char *bytes, size_t size)
{
	if (text->is_cut || size > text->limit - text->size) {
		text->is_cut = true;
		return;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
}

/* How many bytes the character at s has; 0 when it is no well-formed one (RFC 3629). */
static size_t
character_size(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = s[0] < 0x80	      ? 1
		      : (s[0] & 0xe0) == 0xc0 ? 2
		      : (s[0] & 0xf0) == 0xe0 ? 3
		      : (s[0] & 0xf8) == 0xf0 ? 4
					      : 0;
	uint32_t code = size > 1 ? s[0] & (0x7fu >> size) : s[0];

	for (size_t i = 1; i < size; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	bool is_foreign =
		!size || code < least[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
	return is_foreign ? 0 : size;
}

static bool
is_control(const unsigned char *s, size_t size)
{
	bool is_c0 = size == 1 && (s[0] < ' ' || s[0] == 0x7f);
	bool is_c1 = size == 2 && s[0] == 0xc2 && s[1] < 0xa0;
	return is_c0 || is_c1;
}

void
text_put(struct text *text, const char *string, enum text_escape escape)
{
	const unsigned char *s = (const unsigned char *) string;

	while (*s && !text->is_cut) {
		char escaped[2] = { '\\', (char) *s };
		size_t size = character_size(s);
		if (!size || is_control(s, size))
			append(text, "?", 1);
		else if (escape == TEXT_VALUE && strchr("\"\\]", *s))
			append(text, escaped, sizeof(escaped));
		else
			append(text, (const char *) s, size);
		s += MAX_OF(size, 1);
	}
}

void
text_printf(struct text *text, const char *format, ...)
{
	char bytes[SHORT_MAX];
	va_list arguments;

	va_start(arguments, format);
	int size = vsnprintf(bytes, sizeof(bytes), format, arguments);
	va_end(arguments);
	append(text, bytes, MIN_OF((size_t) MAX_OF(size, 0), sizeof(bytes) - 1));
}

void
text_put_name(struct text *text, const char *string, size_t max, const char *foreign)
{
	size_t count = strnlen(string, max);

	if (!count)
		append(text, "-", 1);
	for (size_t i = 0; i < count; i++) {
		bool is_good = string[i] > ' ' && string[i] < 0x7f && !strchr(foreign, string[i]);
		append(text, is_good ? &string[i] : "_", 1);
	}
}

bool
text_is_ascii(const char *string)
{
	for (const char *c = string; *c; c++)
		if ((unsigned char) *c >= 0x80)
			return false;
	return true;
}
