#include <string.h>
#include <time.h>

#include "lib/util.h"
#include "mibs/table.h"

void
mib_set_number(struct mib_value *value, enum mib_type type, uint64_t number)
{
	value->type = type;
	value->number = number;
	value->size = 0;
}

void
mib_cut_text(struct mib_value *value, size_t max)
{
	if (value->size <= max)
		return;
	/* Back to the first byte of the character that does not fit. */
	while (max && (value->bytes[max] & 0xc0) == 0x80)
		max--;
	value->size = max;
}

void
mib_set_text(struct mib_value *value, const char *text)
{
	size_t size = strlen(text);

	if (size > MIB_TEXT_MAX) {
		for (size = MIB_TEXT_MAX; size && ((unsigned char) text[size] & 0xc0) == 0x80;)
			size--;
	}
	value->type = MIB_OCTETS;
	value->number = 0;
	value->size = size;
	memcpy(value->bytes, text, size);
}

void
mib_set_oid(struct mib_value *value, const uint32_t *sub, size_t count)
{
	value->type = MIB_OBJECT_ID;
	value->number = 0;
	value->size = MIN_OF(count, (size_t) MIB_VALUE_SUBS);
	memcpy(value->sub, sub, value->size * sizeof(*sub));
}

/* A card's number opens doors: it has no place in a datagram that may travel in clear text. */
void
mib_set_actor(struct mib_value *value, const char *actor)
{
	mib_set_text(value, strncmp(actor, "card:", 5) ? actor : "card");
}

void
mib_set_time(struct mib_value *value, uint64_t wall_us)
{
	time_t seconds = (time_t) (wall_us / US_PER_S);
	struct tm utc = { 0 };

	value->type = MIB_OCTETS;
	value->number = 0;
	value->size = 11;
	memset(value->bytes, 0, value->size);
	value->bytes[8] = '+';
	if (!wall_us || !gmtime_r(&seconds, &utc))
		return;
	unsigned year = (unsigned) utc.tm_year + 1900;
	const uint8_t octets[11] = {
		(uint8_t) (year >> 8),
		(uint8_t) year,
		(uint8_t) (utc.tm_mon + 1),
		(uint8_t) utc.tm_mday,
		(uint8_t) utc.tm_hour,
		(uint8_t) utc.tm_min,
		(uint8_t) utc.tm_sec,
		(uint8_t) (wall_us % US_PER_S / (US_PER_S / 10)),
		'+',
		0,
		0,
	};
	memcpy(value->bytes, octets, sizeof(octets));
}

static const void *
member(const struct mib_column *column, const void *row)
{
	return (const char *) row + column->offset;
}

void
mib_get_text(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	     struct mib_value *value)
{
	mib_set_text(value, member(column, row));
}

void
mib_get_enum(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	     struct mib_value *value)
{
	mib_set_number(value, column->type, *(const unsigned char *) member(column, row));
}

void
mib_get_truth(const struct replica *replica UNUSED, const struct mib_column *column,
	      const void *row, struct mib_value *value)
{
	/* TruthValue: true(1), false(2) */
	mib_set_number(value, column->type, *(const bool *) member(column, row) ? 1 : 2);
}

void
mib_get_count(const struct replica *replica UNUSED, const struct mib_column *column,
	      const void *row, struct mib_value *value)
{
	mib_set_number(value, column->type, *(const uint32_t *) member(column, row));
}

void
mib_get_number(const struct replica *replica UNUSED, const struct mib_column *column,
	       const void *row, struct mib_value *value)
{
	mib_set_number(value, column->type, *(const uint64_t *) member(column, row));
}

void
mib_get_time(const struct replica *replica UNUSED, const struct mib_column *column, const void *row,
	     struct mib_value *value)
{
	mib_set_time(value, *(const uint64_t *) member(column, row));
}

void
mib_get_stamp(const struct replica *replica, const struct mib_column *column, const void *row,
	      struct mib_value *value)
{
	uint64_t at_us = *(const uint64_t *) member(column, row);
	uint64_t start_us = replica->uptime_start_us;
	uint64_t age_cs = start_us && at_us > start_us ? (at_us - start_us) / (US_PER_S / 100) : 0;

	/* TimeTicks wrap after 497 days. */
	mib_set_number(value, column->type, (uint32_t) age_cs);
}
