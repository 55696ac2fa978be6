#include "lib/access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/access_file.h"
#include "lib/util.h"

struct access_table {
	struct access_parts parts;
	bool is_degraded;
};

static const struct access_board *
board_of(const struct access_table *table)
{
	return &table->parts.head->board;
}

static bool
are_counts_sound(const struct access_header *header)
{
	return header->rules <= ACCESS_RULES_MAX && header->intervals <= ACCESS_INTERVALS_MAX &&
	       header->persons <= ACCESS_PERSONS_MAX &&
	       header->credentials <= ACCESS_CREDENTIALS_MAX;
}

/* Whether the board's part can be used; says whether the rest can be, too. */
static bool
is_sound(const struct access_head *head, size_t size, struct access_parts *parts,
	 bool *ret_is_whole)
{
	const struct access_header *header = &head->header;

	if (header->magic != ACCESS_MAGIC || header->layout != ACCESS_LAYOUT ||
	    !are_counts_sound(header))
		return false;
	access_locate(head, parts);
	if (parts->body > size || header->checksum != access_checksum_head(parts) ||
	    !access_is_head_sound(parts))
		return false;
	*ret_is_whole = parts->size == size &&
			header->body_checksum == access_checksum_body(parts) &&
			access_is_body_sound(parts);
	return true;
}

int
access_map(const char *path, struct access_table **ret)
{
	struct stat info;
	struct access_parts parts;
	bool is_whole;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	size_t size = (size_t) info.st_size;
	if (size < sizeof(struct access_head))
		return -EBADMSG;
	struct access_head *head = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (head == MAP_FAILED)
		return -errno;
	if (!is_sound(head, size, &parts, &is_whole)) {
		(void) munmap(head, size);
		return -EBADMSG;
	}
	struct access_table *table = xcalloc(1, sizeof(*table));
	parts.size = size;
	*table = (struct access_table){ .parts = parts, .is_degraded = !is_whole };
	*ret = table;
	return 0;
}

void
access_unmap(struct access_table *table)
{
	if (!table)
		return;
	(void) munmap((void *) table->parts.head, table->parts.size);
	free(table);
}

bool
access_is_degraded(const struct access_table *table)
{
	return table->is_degraded;
}

uint64_t
access_generation(const struct access_table *table)
{
	return table->parts.head->header.generation;
}

int64_t
access_compiled_s(const struct access_table *table)
{
	return table->parts.head->header.compiled_s;
}

int64_t
access_window_end_s(const struct access_table *table)
{
	return table->parts.head->header.window_end_s;
}

const uint8_t *
access_formats(const struct access_table *table, size_t *ret_count)
{
	*ret_count = board_of(table)->format_count;
	return board_of(table)->formats;
}

/* NULL for a format that is built in, or none. */
static const struct access_format *
own_format(const struct access_table *table, uint32_t position)
{
	if (!table || position < CARDFORMAT_OWN_FIRST ||
	    position >= CARDFORMAT_OWN_FIRST + CARDFORMATS_OWN)
		return NULL;
	const struct access_format *own =
		&board_of(table)->own_formats[position - CARDFORMAT_OWN_FIRST];
	return own->shape.bit_count ? own : NULL;
}

const struct cardformat_shape *
access_format_shape(const struct access_table *table, uint32_t position)
{
	const struct cardformat *format = cardformat_by_index(position);
	const struct access_format *own = own_format(table, position);

	if (own)
		return &own->shape;
	return format ? cardformat_shape(format) : NULL;
}

const char *
access_format_name(const struct access_table *table, uint32_t position)
{
	const struct cardformat *format = cardformat_by_index(position);
	const struct access_format *own = own_format(table, position);

	if (own)
		return own->name;
	return format ? cardformat_name(format) : NULL;
}

const struct feedback *
access_feedback(const struct access_table *table, enum feedback_outcome outcome)
{
	return &board_of(table)->feedback[outcome];
}

const struct access_door *
access_door(const struct access_table *table, unsigned door)
{
	return &board_of(table)->doors[door - 1];
}

const struct access_interlock *
access_interlocks(const struct access_table *table)
{
	return table->parts.head->board.interlocks;
}

unsigned
access_fire_input(const struct access_table *table)
{
	return table->parts.head->board.fire_input;
}

const struct access_input *
access_input(const struct access_table *table, unsigned input)
{
	return &board_of(table)->inputs[input - 1];
}

const struct access_output *
access_output(const struct access_table *table, unsigned output)
{
	return &board_of(table)->outputs[output - 1];
}

const struct access_alarms *
access_alarms(const struct access_table *table)
{
	return &board_of(table)->alarms;
}

const struct access_power *
access_power(const struct access_table *table)
{
	return &board_of(table)->power;
}

const struct access_reader *
access_reader(const struct access_table *table, unsigned reader)
{
	return &board_of(table)->readers[reader - 1];
}

const struct access_module *
access_module(const struct access_table *table, unsigned module)
{
	return &board_of(table)->modules[module - 1];
}

const struct access_floor *
access_floor(const struct access_table *table, unsigned floor)
{
	return &board_of(table)->floors[floor - 1];
}

const struct access_point *
access_point(const struct access_table *table, unsigned point)
{
	return &board_of(table)->points[point - 1];
}

const struct access_area *
access_area(const struct access_table *table, unsigned area)
{
	return area && area <= AREAS ? &board_of(table)->areas[area - 1] : NULL;
}

const struct access_authentication *
access_authentication(const struct access_table *table, unsigned authentication)
{
	return authentication && authentication <= AUTHENTICATIONS
		       ? &board_of(table)->authentications[authentication - 1]
		       : NULL;
}

const struct access_profile *
access_profile(const struct access_table *table, unsigned profile)
{
	return profile && profile <= PROFILES ? &board_of(table)->profiles[profile - 1] : NULL;
}

const struct access_rule *
access_rules(const struct access_table *table, const struct access_profile *profile)
{
	return table->parts.rules + profile->first_rule;
}

const struct access_policy *
access_policy(const struct access_table *table)
{
	return &board_of(table)->policy;
}

const uint8_t *
access_pin_key(const struct access_table *table)
{
	return board_of(table)->pin_key;
}

static const struct access_schedule *
schedule_of(const struct access_table *table, unsigned schedule)
{
	static const struct access_schedule none;

	return schedule && schedule <= SCHEDULES ? &table->parts.head->schedules[schedule - 1]
						 : &none;
}

bool
access_schedule_is_active(const struct access_table *table, unsigned schedule, int64_t at_s)
{
	const struct access_schedule *row = schedule_of(table, schedule);

	return schedule_is_active(table->parts.intervals + row->first, row->count, at_s);
}

int64_t
access_schedule_next_change(const struct access_table *table, unsigned schedule, int64_t at_s)
{
	const struct access_schedule *row = schedule_of(table, schedule);

	return schedule_next_change(table->parts.intervals + row->first, row->count, at_s);
}

/* What follows is of the body: without it there is nothing. */
static uint32_t
count_of(const struct access_table *table, uint32_t count)
{
	return table->is_degraded ? 0 : count;
}

size_t
access_count(const struct access_table *table)
{
	return count_of(table, table->parts.head->header.credentials);
}

size_t
access_person_count(const struct access_table *table)
{
	return count_of(table, table->parts.head->header.persons);
}

int
access_card_compare(const struct access_card *a, const struct access_card *b)
{
	if (a->format != b->format)
		return a->format < b->format ? -1 : 1;
	if (a->facility != b->facility)
		return a->facility < b->facility ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	return 0;
}

struct access_card
access_card_of(const struct access_credential *credential)
{
	return (struct access_card){ credential->format, credential->facility, credential->number };
}

static int
compare_card(const void *key, const void *row)
{
	struct access_card card = access_card_of(row);

	return access_card_compare(key, &card);
}

const struct access_credential *
access_find(const struct access_table *table, const struct access_card *card)
{
	return bsearch(card, table->parts.credentials, access_count(table),
		       sizeof(struct access_credential), compare_card);
}

const struct access_credential *
access_find_id(const struct access_table *table, uint32_t id)
{
	for (size_t i = 0; i < access_count(table); i++)
		if (table->parts.credentials[i].id == id)
			return &table->parts.credentials[i];
	return NULL;
}

const struct access_person *
access_person_of(const struct access_table *table, const struct access_credential *credential)
{
	return credential->person < access_person_count(table)
		       ? &table->parts.persons[credential->person]
		       : NULL;
}

static int
compare_person(const void *key, const void *row)
{
	uint32_t wanted = *(const uint32_t *) key;
	uint32_t id = ((const struct access_person *) row)->id;

	return wanted < id ? -1 : wanted > id;
}

const struct access_person *
access_find_person(const struct access_table *table, uint32_t id)
{
	return bsearch(&id, table->parts.persons, access_person_count(table),
		       sizeof(struct access_person), compare_person);
}

const char *
access_person_name(const struct access_table *table, const struct access_person *person)
{
	return table->parts.names + person->name;
}

const char *
access_holder(const struct access_table *table, const struct access_credential *credential)
{
	const struct access_person *person = access_person_of(table, credential);

	return person ? access_person_name(table, person) : table->parts.names + credential->holder;
}

const struct access_set *
access_set(const struct access_table *table, uint32_t set)
{
	return (const struct access_set *) (table->parts.sets + set);
}
