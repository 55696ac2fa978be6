#include "agent/snmp_audit_line.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include "lib/util.h"

#define WORDS 8

/* Cuts a line of exactly WORDS words with one space between; false when it is none. */
static bool
cut(char *line, char *words[WORDS])
{
	size_t count = 0;

	while (line) {
		if (count == WORDS)
			return false;
		words[count++] = line;
		line = strchr(line, ' ');
		if (line)
			*line++ = 0;
		if (!*words[count - 1])
			return false;
	}
	return count == WORDS;
}

static bool
read_number(const char *word, uint32_t most, uint32_t *ret)
{
	long long number;

	if (parse_number(word, &number) < 0 || number > most)
		return false;
	*ret = (uint32_t) number;
	return true;
}

static bool
read_name(const char *word, char name[SNMP_AUDIT_NAME_MAX + 1])
{
	uint8_t octets[SNMP_AUDIT_NAME_MAX];

	name[0] = 0;
	if (!strcmp(word, "-"))
		return true;
	int size = hex_decode(word, octets, sizeof(octets));
	if (size < 1)
		return false;
	for (int i = 0; i < size; i++)
		name[i] = octets[i] > ' ' && octets[i] <= '~' ? (char) octets[i] : '?';
	name[size] = 0;
	return true;
}

static bool
is_address(const char *word)
{
	unsigned char address[16];

	return !strcmp(word, "-") || inet_pton(AF_INET, word, address) == 1 ||
	       inet_pton(AF_INET6, word, address) == 1;
}

/* ".1.3.6": numbers of 32 bits with a dot before each. */
static bool
is_oid(const char *word)
{
	uint64_t number = 0;
	const char *c = word;

	while (*c == '.') {
		size_t digits = strspn(++c, "0123456789");
		if (!digits || digits > 10)
			return false;
		number = 0;
		for (size_t i = 0; i < digits; i++)
			number = number * 10 + (uint64_t) (c[i] - '0');
		if (number > UINT32_MAX)
			return false;
		c += digits;
	}
	return c != word && !*c;
}

int
snmp_audit_parse(const void *bytes, size_t size, struct snmp_audit_line *ret)
{
	char text[SNMP_AUDIT_LINE_MAX + 1];
	char *words[WORDS];
	struct snmp_audit_line line = { 0 };

	if (!size || size > SNMP_AUDIT_LINE_MAX || memchr(bytes, 0, size))
		return -EBADMSG;
	memcpy(text, bytes, size);
	text[size] = 0;
	if (!cut(text, words) || strcmp(words[0], "1") ||
	    !read_number(words[1], UINT32_MAX, &line.transaction) ||
	    !read_number(words[2], 99, &line.result) || !read_number(words[3], 3, &line.model) ||
	    !line.model || !read_number(words[4], 3, &line.level) || !line.level ||
	    !read_name(words[5], line.name) || !is_address(words[6]) || !is_oid(words[7]) ||
	    !copy_string(line.address, sizeof(line.address), words[6]) ||
	    !copy_string(line.oid, sizeof(line.oid), words[7]))
		return -EBADMSG;
	*ret = line;
	return 0;
}
