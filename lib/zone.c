#include "lib/zone.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/util.h"
#include "lib/zone_rule.h"

#define ZONES	     "/usr/share/zoneinfo/"
#define FILE_MAX     (64 * 1024)
#define HEADER_SIZE  44
#define CHANGES_MAX  2000
#define TYPES_MAX    256
#define TYPE_SIZE    6
#define OFFSET_MAX_S (26 * 3600)

struct change {
	int64_t at_s;
	int32_t offset_s;
};

struct zone {
	int32_t first_s; /* the offset before the first change */
	bool has_rule;
	struct zone_rule rule; /* from the last change on */
	size_t count;
	struct change changes[];
};

/* Numbers of things in a block of the file, in their order in its header. */
struct header {
	uint32_t universal;
	uint32_t standard;
	uint32_t leaps;
	uint32_t times;
	uint32_t types;
	uint32_t characters;
};

bool
zone_is_name(const char *name)
{
	if (!*name || *name == '/' || strlen(name) >= ZONE_NAME_SIZE || strstr(name, ".."))
		return false;
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char) *c) && !strchr("_+/-", *c))
			return false;
	return true;
}

static int64_t
read_big(const uint8_t *bytes, size_t size)
{
	uint64_t number = bytes[0] & 0x80 ? UINT64_MAX : 0;

	for (size_t i = 0; i < size; i++)
		number = number << 8 | bytes[i];
	return (int64_t) number;
}

static int
read_header(const uint8_t *bytes, size_t size, struct header *ret)
{
	uint32_t *const numbers[] = { &ret->universal, &ret->standard, &ret->leaps,
				      &ret->times,     &ret->types,    &ret->characters };

	/* The first version has 32 bits only; no system has had such files for twenty years. */
	if (size < HEADER_SIZE || memcmp(bytes, "TZif", 4) != 0 || bytes[4] < '2')
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		*numbers[i] = (uint32_t) read_big(bytes + 20 + 4 * i, 4);
		if (*numbers[i] > CHANGES_MAX)
			return -EINVAL;
	}
	return 0;
}

static size_t
block_size(const struct header *header, size_t time_size)
{
	return header->times * (time_size + 1) + header->types * TYPE_SIZE + header->characters +
	       header->leaps * (time_size + 4) + header->standard + header->universal;
}

static int
read_offset(const uint8_t *types, const struct header *header, size_t index, int32_t *ret_s)
{
	if (index >= header->types)
		return -EINVAL;
	*ret_s = (int32_t) read_big(types + index * TYPE_SIZE, 4);
	return abs(*ret_s) <= OFFSET_MAX_S ? 0 : -EINVAL;
}

static int
read_changes(const uint8_t *bytes, const struct header *header, struct zone *zone)
{
	const uint8_t *indexes = bytes + header->times * 8;
	const uint8_t *types = indexes + header->times;
	int r = read_offset(types, header, 0, &zone->first_s);

	for (size_t i = 0; i < header->times && r == 0; i++) {
		struct change *change = &zone->changes[zone->count++];
		change->at_s = read_big(bytes + i * 8, 8);
		r = read_offset(types, header, indexes[i], &change->offset_s);
		if (i && change->at_s <= change[-1].at_s)
			r = -EINVAL;
	}
	return r;
}

/* The last line of the file, between two newlines. */
static int
read_rule(const uint8_t *bytes, size_t size, struct zone *zone)
{
	char text[128];

	if (size < 2 || bytes[0] != '\n' || bytes[size - 1] != '\n' || size - 1 > sizeof(text))
		return -EINVAL;
	memcpy(text, bytes + 1, size - 2);
	text[size - 2] = 0;
	zone->has_rule = *text;
	return *text ? zone_rule_parse(text, &zone->rule) : 0;
}

int
zone_parse(const uint8_t *bytes, size_t size, struct zone **ret)
{
	struct header header;

	/* A block of old for old programs comes first. */
	if (read_header(bytes, size, &header) < 0 ||
	    size - HEADER_SIZE < block_size(&header, 4) + HEADER_SIZE)
		return -EINVAL;
	size_t skipped = HEADER_SIZE + block_size(&header, 4);
	bytes += skipped;
	size -= skipped;
	/* Clocks that count leap seconds ("right/...") are not those of this machine. */
	if (read_header(bytes, size, &header) < 0 || header.leaps || !header.types ||
	    header.types > TYPES_MAX || size - HEADER_SIZE < block_size(&header, 8))
		return -EINVAL;
	_cleanup_(zone_freep) struct zone *zone =
		xcalloc(1, sizeof(*zone) + header.times * sizeof(zone->changes[0]));
	skipped = HEADER_SIZE + block_size(&header, 8);
	if (read_changes(bytes + HEADER_SIZE, &header, zone) < 0 ||
	    read_rule(bytes + skipped, size - skipped, zone) < 0)
		return -EINVAL;
	*ret = steal(&zone);
	return 0;
}

int
zone_load(const char *name, struct zone **ret)
{
	char path[sizeof(ZONES) + ZONE_NAME_SIZE];

	if (!zone_is_name(name))
		return -EINVAL;
	(void) snprintf(path, sizeof(path), ZONES "%s", name);
	_cleanup_(freep) char *bytes = xcalloc(1, FILE_MAX);
	int size = read_file(path, bytes, FILE_MAX);
	return size < 0 ? -EINVAL : zone_parse((uint8_t *) bytes, (size_t) size, ret);
}

void
zone_free(struct zone *zone)
{
	free(zone);
}

void
zone_freep(struct zone **zone)
{
	zone_free(*zone);
}

void
zone_of_machine(char name[static ZONE_NAME_SIZE])
{
	const char *said = getenv("TZ");
	char target[256] = "";

	if (said) {
		said += *said == ':';
		(void) copy_string(target, sizeof(target), said);
	} else {
		ssize_t length = readlink("/etc/localtime", target, sizeof(target) - 1);
		target[length > 0 ? length : 0] = 0;
		/* Absolute or "../usr/share/zoneinfo/...". */
		char *zones = strstr(target, ZONES);
		memmove(target, zones ? zones + strlen(ZONES) : "",
			zones ? strlen(zones + strlen(ZONES)) + 1 : 1);
	}
	(void) copy_string(name, ZONE_NAME_SIZE, zone_is_name(target) ? target : "UTC");
}

int32_t
zone_offset(const struct zone *zone, int64_t at_s, int64_t *ret_until_s)
{
	size_t low = 0;
	size_t high = zone->count;

	/* How many changes there were until then. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->changes[middle].at_s <= at_s)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == zone->count && zone->has_rule)
		return zone_rule_offset(&zone->rule, at_s, ret_until_s);
	*ret_until_s = low < zone->count ? zone->changes[low].at_s : INT64_MAX;
	return low ? zone->changes[low - 1].offset_s : zone->first_s;
}
