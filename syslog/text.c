#include "syslog/text.h"

#include <string.h>

/* A NUL, as a code that no escape gives away. */
#define NO_CODE UINT32_MAX

static void
append(struct text *text, const char *bytes, size_t size)
{
	if (text->is_cut || text->size + size > text->limit) {
		text->is_cut = true;
		return;
	}
	memcpy(text->bytes + text->size, bytes, size);
	text->size += size;
}

/* How many bytes the character at s has; 0 when it is no well-formed one (RFC 3629). */
static size_t
character_size(const unsigned char *s, size_t room)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t size = s[0] < 0x80	      ? 1
		      : (s[0] & 0xe0) == 0xc0 ? 2
		      : (s[0] & 0xf0) == 0xe0 ? 3
		      : (s[0] & 0xf8) == 0xf0 ? 4
					      : 0;
	uint32_t code = size > 1 ? s[0] & (0x7fu >> size) : s[0];

	if (size > room)
		return 0;
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

/* One character, which may be no good. Returns how many bytes of s it was. */
static size_t
put_character(struct text *text, const unsigned char *s, size_t room, enum text_escape escape)
{
	size_t size = character_size(s, room);

	if (!size || is_control(s, size)) {
		append(text, "?", 1);
		return MAX_OF(size, 1);
	}
	if (escape == TEXT_VALUE && size == 1 && (*s == '"' || *s == '\\' || *s == ']'))
		append(text, (const char[]){ '\\', (char) *s }, 2);
	else
		append(text, (const char *) s, size);
	text->is_wide |= size > 1;
	return size;
}

/* Four hexadecimal digits; NO_CODE when they are none. */
static uint32_t
read_hex(const char *digits)
{
	uint32_t code = 0;

	for (unsigned i = 0; i < 4; i++) {
		char c = digits[i];
		if (c >= '0' && c <= '9')
			code = code << 4 | (uint32_t) (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			code = code << 4 | (uint32_t) ((c | 32) - 'a' + 10);
		else
			return NO_CODE;
	}
	return code;
}

static size_t
encode(uint32_t code, unsigned char *to)
{
	if (code < 0x80) {
		to[0] = (unsigned char) code;
		return 1;
	}
	size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	for (size_t i = size; --i; code >>= 6)
		to[i] = (unsigned char) (0x80 | (code & 0x3f));
	to[0] = (unsigned char) (0xf00u >> size | code);
	return size;
}

/* The code behind "\u", of two escapes when it is a pair; *used grows by what was taken. */
static uint32_t
read_code(const char *s, size_t room, size_t *used)
{
	uint32_t code = room >= 6 ? read_hex(s + 2) : NO_CODE;

	if (code == NO_CODE)
		return NO_CODE;
	*used = 6;
	if (code < 0xd800 || code >= 0xdc00 || room < 12 || s[6] != '\\' || s[7] != 'u')
		return code;
	uint32_t low = read_hex(s + 8);
	if (low < 0xdc00 || low >= 0xe000)
		return code;
	*used = 12;
	return 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
}

/* An escape of JSON, which begins at s. Returns how many bytes it is. */
static size_t
put_escape(struct text *text, const char *s, size_t room, enum text_escape escape)
{
	unsigned char character[4];
	size_t used = 2;

	if (room < 2) {
		append(text, "?", 1);
		return 1;
	}
	/* \b \f \n \r \t are control characters, whichever. */
	uint32_t code = strchr("\"\\/", s[1]) ? (uint32_t) s[1] : NO_CODE;
	if (s[1] == 'u')
		code = read_code(s, room, &used);
	if (code == NO_CODE || !code)
		append(text, "?", 1);
	else
		(void) put_character(text, character, encode(code, character), escape);
	return used;
}

/* Bytes that are what they are wherever they stand. */
static const bool plain[256] = {
	[' ' ... '!'] = true,
	['#' ... '['] = true,
	['^' ... '~'] = true,
};

/* ... and in any name. */
static const bool wordly[256] = {
	['-' ... '.'] = true, ['0' ... '9'] = true, ['A' ... 'Z'] = true,
	['_'] = true,	      ['a' ... 'z'] = true,
};

void
text_put_slice(struct text *text, const struct slice *slice, enum text_escape escape)
{
	const char *s = slice->bytes;
	if (!slice->size)
		return;
	const char *end = s + slice->size;
	while (s < end && !text->is_cut) {
		const char *run = s;
		while (s < end && plain[(unsigned char) *s])
			s++;
		size_t count = (size_t) (s - run);
		size_t room = text->limit > text->size ? text->limit - text->size : 0;
		size_t fits = MIN_OF(count, room);
		append(text, run, fits);
		text->is_cut |= fits < count;
		if (s == end || text->is_cut)
			break;
		size_t left = (size_t) (end - s);
		s += slice->is_json && *s == '\\'
			     ? put_escape(text, s, left, escape)
			     : put_character(text, (const unsigned char *) s, left, escape);
	}
}

void
text_put(struct text *text, const char *string, enum text_escape escape)
{
	const struct slice slice = slice_of(string);

	text_put_slice(text, &slice, escape);
}

void
text_put_bytes(struct text *text, const char *bytes, size_t size)
{
	append(text, bytes, size);
}

void
text_put_number(struct text *text, uint64_t number, unsigned digits)
{
	char bytes[20];
	size_t at = sizeof(bytes);

	do {
		bytes[--at] = (char) ('0' + number % 10);
		number /= 10;
	} while (at && (number || sizeof(bytes) - at < digits));
	append(text, bytes + at, sizeof(bytes) - at);
}

void
text_put_name(struct text *text, const struct slice *name, size_t max, const char *foreign)
{
	size_t count = MIN_OF(name->size, max);

	if (!count)
		append(text, "-", 1);
	for (size_t i = 0; i < count; i++) {
		size_t run = i;
		while (run < count && wordly[(unsigned char) name->bytes[run]])
			run++;
		append(text, name->bytes + i, run - i);
		i = run;
		if (i == count)
			break;
		char c = name->bytes[i];
		bool is_good = c > ' ' && c < 0x7f && !strchr(foreign, c);
		append(text, is_good ? &c : "_", 1);
	}
}
