#include "lib/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/util.h"

#define MAGIC UINT32_C(0x4b454550)

struct header {
	uint32_t magic;
	uint32_t layout;
	uint64_t size;
	char boot[40];
};

struct slot {
	uint64_t number; /* 0: never written */
	uint32_t sum;
	uint32_t unused;
	uint8_t record[];
};

struct keep {
	size_t size;
	size_t file_size;
	struct header *header;
};

/* Slots begin where any record may. */
static size_t
slot_size(size_t size)
{
	return (sizeof(struct slot) + size + 15) & ~(size_t) 15;
}

static struct slot *
slot_at(const struct keep *keep, unsigned index)
{
	return (struct slot *) ((uint8_t *) keep->header + sizeof(struct header) +
				index * slot_size(keep->size));
}

static uint32_t
sum_of(const struct keep *keep, const struct slot *slot)
{
	return fnv1a(slot->record, keep->size) ^ (uint32_t) slot->number;
}

/* NULL when neither is whole. */
static struct slot *
newest(const struct keep *keep)
{
	struct slot *found = NULL;

	for (unsigned i = 0; i < 2; i++) {
		struct slot *slot = slot_at(keep, i);
		if (slot->number && slot->sum == sum_of(keep, slot) &&
		    (!found || slot->number > found->number))
			found = slot;
	}
	return found;
}

static void
begin(struct keep *keep, uint32_t layout)
{
	struct header wanted = { .magic = MAGIC, .layout = layout, .size = keep->size };

	(void) copy_string(wanted.boot, sizeof(wanted.boot), clock_boot_id());
	if (!memcmp(keep->header, &wanted, sizeof(wanted)))
		return;
	memset(keep->header, 0, keep->file_size);
	*keep->header = wanted;
}

int
keep_open(const char *path, uint32_t layout, size_t size, struct keep **ret)
{
	size_t file_size = sizeof(struct header) + 2 * slot_size(size);
	_cleanup_(closep) int fd = -1;

	if (!size || size > KEEP_SIZE_MAX)
		return -EINVAL;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (fchmod(fd, 0600) < 0 || ftruncate(fd, (off_t) file_size) < 0)
		return -errno;
	void *memory = mmap(NULL, file_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	struct keep *keep = xcalloc(1, sizeof(*keep));
	*keep = (struct keep){ .size = size, .file_size = file_size, .header = memory };
	begin(keep, layout);
	*ret = keep;
	return 0;
}

void
keep_close(struct keep *keep)
{
	if (!keep)
		return;
	(void) munmap(keep->header, keep->file_size);
	free(keep);
}

bool
keep_read(const struct keep *keep, void *record)
{
	const struct slot *slot = newest(keep);

	if (slot)
		memcpy(record, slot->record, keep->size);
	return slot;
}

/* The sum comes last: a slot that is half written has a wrong one. */
void
keep_write(struct keep *keep, const void *record)
{
	const struct slot *last = newest(keep);
	struct slot *slot = slot_at(keep, last == slot_at(keep, 0));

	slot->sum = 0;
	slot->number = last ? last->number + 1 : 1;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	memcpy(slot->record, record, keep->size);
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
	slot->sum = sum_of(keep, slot);
}
