#include "lib/access.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/util.h"

#define MAGIC	  UINT32_C(0x43524143)
#define COUNT_MAX 1000000

struct header {
	uint32_t magic;
	uint32_t checksum; /* FNV-1a of everything behind it */
	uint32_t layout;
	uint32_t count;
	uint64_t generation;
};

struct file {
	struct header header;
	struct access_board board;
	struct access_credential credentials[];
};

struct access_table {
	const struct file *file;
	size_t size;
};

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

static int
compare(const void *a, const void *b)
{
	const struct access_credential *left = a;
	const struct access_credential *right = b;
	return access_card_compare(&left->card, &right->card);
}

static uint32_t
checksum(const struct file *file, size_t size)
{
	size_t skipped = offsetof(struct header, layout);
	return fnv1a((const char *) file + skipped, size - skipped);
}

int
access_write(const char *path, uint64_t generation, const struct access_board *board,
	     struct access_credential *credentials, size_t count)
{
	if (count > COUNT_MAX)
		return -E2BIG;
	if (count)
		qsort(credentials, count, sizeof(*credentials), compare);
	for (size_t i = 1; i < count; i++)
		if (!compare(&credentials[i - 1], &credentials[i]))
			return -EEXIST;
	size_t size = sizeof(struct file) + count * sizeof(*credentials);
	_cleanup_(freep) struct file *file = xcalloc(1, size);
	file->header = (struct header){
		.magic = MAGIC,
		.layout = ACCESS_LAYOUT,
		.count = (uint32_t) count,
		.generation = generation,
	};
	file->board = *board;
	if (!board->format_count)
		file->board.format_count = (uint32_t) cardformat_parse_list(CARDFORMAT_DEFAULT_LIST,
									    file->board.formats);
	if (count)
		memcpy(file->credentials, credentials, count * sizeof(*credentials));
	file->header.checksum = checksum(file, size);
	return write_file_atomic(path, file, size, 0640);
}

static bool
is_bool(const bool *value)
{
	return *(const unsigned char *) value <= 1;
}

static bool
is_text(const char *text, size_t size)
{
	return memchr(text, 0, size);
}

static bool
are_settings_sound(const struct access_board *board)
{
	return is_bool(&board->alarms.has_casing) && is_bool(&board->alarms.has_motion) &&
	       is_bool(&board->alarms.has_tamper) && is_bool(&board->power.is_aux_external);
}

/* Numbers that index an array are within it. */
static bool
are_modules_sound(const struct access_board *board)
{
	for (unsigned i = 0; i < MODULES; i++) {
		const struct access_module *module = &board->modules[i];
		if (!is_text(module->name, sizeof(module->name)) || !is_bool(&module->is_enabled))
			return false;
	}
	for (unsigned i = 0; i < FLOORS; i++) {
		const struct access_floor *floor = &board->floors[i];
		if (!is_text(floor->name, sizeof(floor->name)) || floor->module > MODULES ||
		    floor->output > MODULE_POINTS || floor->reader > READERS ||
		    (floor->module && (!floor->output || !floor->reader)))
			return false;
	}
	return true;
}

/* The writer is another process: what this one reads as a string or a bool must be one. */
static bool
are_members_sound(const struct file *file)
{
	if (!are_settings_sound(&file->board))
		return false;
	if (!file->board.format_count || file->board.format_count > CARDFORMAT_ORDER_MAX)
		return false;
	for (unsigned i = 0; i < FEEDBACK_OUTCOMES; i++)
		if (!feedback_is_sound(&file->board.feedback[i]))
			return false;
	for (unsigned i = 0; i < DOORS; i++) {
		const struct access_door *door = &file->board.doors[i];
		if (!is_text(door->name, sizeof(door->name)) || !is_bool(&door->relock_on_open) ||
		    !is_bool(&door->rex_unlocks))
			return false;
	}
	for (unsigned i = 0; i < INPUTS; i++) {
		const struct access_input *input = &file->board.inputs[i];
		if (!is_text(input->name, sizeof(input->name)) ||
		    !is_text(input->supervision, sizeof(input->supervision)) ||
		    !is_bool(&input->is_normally_closed))
			return false;
	}
	for (unsigned i = 0; i < OUTPUTS; i++) {
		const struct access_output *output = &file->board.outputs[i];
		if (!is_text(output->name, sizeof(output->name)) ||
		    !is_bool(&output->is_normally_closed) || !is_bool(&output->is_output))
			return false;
	}
	for (unsigned i = 0; i < READERS; i++) {
		const struct access_reader *reader = &file->board.readers[i];
		if (!is_text(reader->name, sizeof(reader->name)) || !is_bool(&reader->is_clear) ||
		    reader->turn > CARDFORMAT_BYTES_REVERSED)
			return false;
	}
	if (!are_modules_sound(&file->board))
		return false;
	for (uint32_t i = 0; i < file->header.count; i++) {
		const struct access_credential *credential = &file->credentials[i];
		if (!is_text(credential->holder, sizeof(credential->holder)) ||
		    !is_bool(&credential->is_enabled) ||
		    (i && compare(credential - 1, credential) >= 0))
			return false;
	}
	return true;
}

static bool
is_sound(const struct file *file, size_t size)
{
	if (file->header.magic != MAGIC || file->header.layout != ACCESS_LAYOUT)
		return false;
	if (size != sizeof(*file) + file->header.count * sizeof(file->credentials[0]))
		return false;
	return file->header.checksum == checksum(file, size) && are_members_sound(file);
}

int
access_map(const char *path, struct access_table **ret)
{
	struct stat info;
	_cleanup_(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &info) < 0)
		return -errno;
	size_t size = (size_t) info.st_size;
	if (size < sizeof(struct file))
		return -EBADMSG;
	struct file *file = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	if (!is_sound(file, size)) {
		(void) munmap(file, size);
		return -EBADMSG;
	}
	struct access_table *table = xcalloc(1, sizeof(*table));
	*table = (struct access_table){ .file = file, .size = size };
	*ret = table;
	return 0;
}

void
access_unmap(struct access_table *table)
{
	if (!table)
		return;
	(void) munmap((void *) table->file, table->size);
	free(table);
}

uint64_t
access_generation(const struct access_table *table)
{
	return table->file->header.generation;
}

size_t
access_count(const struct access_table *table)
{
	return table->file->header.count;
}

const uint8_t *
access_formats(const struct access_table *table, size_t *ret_count)
{
	*ret_count = table->file->board.format_count;
	return table->file->board.formats;
}

const struct feedback *
access_feedback(const struct access_table *table, enum feedback_outcome outcome)
{
	return &table->file->board.feedback[outcome];
}

const struct access_door *
access_door(const struct access_table *table, unsigned door)
{
	return &table->file->board.doors[door - 1];
}

const struct access_input *
access_input(const struct access_table *table, unsigned input)
{
	return &table->file->board.inputs[input - 1];
}

const struct access_output *
access_output(const struct access_table *table, unsigned output)
{
	return &table->file->board.outputs[output - 1];
}

const struct access_alarms *
access_alarms(const struct access_table *table)
{
	return &table->file->board.alarms;
}

const struct access_power *
access_power(const struct access_table *table)
{
	return &table->file->board.power;
}

const struct access_reader *
access_reader(const struct access_table *table, unsigned reader)
{
	return &table->file->board.readers[reader - 1];
}

const struct access_module *
access_module(const struct access_table *table, unsigned module)
{
	return &table->file->board.modules[module - 1];
}

const struct access_floor *
access_floor(const struct access_table *table, unsigned floor)
{
	return &table->file->board.floors[floor - 1];
}

const struct access_credential *
access_find(const struct access_table *table, const struct access_card *card)
{
	struct access_credential wanted = { .card = *card };

	return bsearch(&wanted, table->file->credentials, table->file->header.count, sizeof(wanted),
		       compare);
}
