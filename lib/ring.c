#include "lib/ring.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "lib/util.h"

#define MAGIC	  UINT32_C(0x43524e47)
#define LAYOUT	  1
#define SLOT_SIZE 1024

struct slot {
	uint64_t number;
	uint32_t size;
	uint32_t hash;
	char text[SLOT_SIZE - 16];
};

struct header {
	uint32_t magic;
	uint32_t layout;
	char epoch[40];
	_Atomic uint64_t last;
	_Atomic uint64_t acknowledged;
	_Atomic uint64_t lost;
	char padding[SLOT_SIZE - 72];
};

struct file {
	struct header header;
	struct slot slots[RING_SLOTS];
};

_Static_assert(sizeof(struct slot) == SLOT_SIZE, "a slot is one kilobyte");
_Static_assert(sizeof(struct header) == SLOT_SIZE, "the header is as large as a slot");
_Static_assert(RING_TEXT_MAX < sizeof(((struct slot *) 0)->text), "the text and its NUL fit");

struct ring {
	struct file *file;
};

static struct slot *
slot_of(const struct ring *ring, uint64_t number)
{
	return &ring->file->slots[number % RING_SLOTS];
}

static bool
is_usable(const struct header *header)
{
	return header->magic == MAGIC && header->layout == LAYOUT &&
	       strnlen(header->epoch, sizeof(header->epoch)) == 36 &&
	       header->acknowledged <= header->last &&
	       header->last - header->acknowledged <= RING_SLOTS;
}

static int
make_empty(struct header *header)
{
	char epoch[40];
	int r = read_file("/proc/sys/kernel/random/uuid", epoch, sizeof(epoch));
	if (r < 36)
		return r < 0 ? r : -EIO;
	epoch[36] = 0;
	*header = (struct header){ .layout = LAYOUT };
	memcpy(header->epoch, epoch, sizeof(epoch));
	atomic_thread_fence(memory_order_release);
	header->magic = MAGIC;
	return 0;
}

int
ring_open(const char *path, struct ring **ret)
{
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (ftruncate(fd, sizeof(struct file)) < 0)
		return -errno;
	struct file *file =
		mmap(NULL, sizeof(struct file), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (file == MAP_FAILED)
		return -errno;
	int r = is_usable(&file->header) ? 0 : make_empty(&file->header);
	if (r < 0) {
		(void) munmap(file, sizeof(*file));
		return r;
	}
	struct ring *ring = xcalloc(1, sizeof(*ring));
	ring->file = file;
	*ret = ring;
	return 0;
}

void
ring_close(struct ring *ring)
{
	if (!ring)
		return;
	(void) munmap(ring->file, sizeof(*ring->file));
	free(ring);
}

const char *
ring_epoch(const struct ring *ring)
{
	return ring->file->header.epoch;
}

uint64_t
ring_last(const struct ring *ring)
{
	return ring->file->header.last;
}

uint64_t
ring_acknowledged(const struct ring *ring)
{
	return ring->file->header.acknowledged;
}

int
ring_append(struct ring *ring, const char *text, uint64_t *ret_number)
{
	struct header *header = &ring->file->header;
	size_t size = strlen(text);
	uint64_t number = header->last + 1;

	if (size > RING_TEXT_MAX)
		return -EMSGSIZE;
	if (number - header->acknowledged > RING_SLOTS) {
		header->lost++;
		return -ENOBUFS;
	}
	struct slot *slot = slot_of(ring, number);
	slot->number = number;
	slot->size = (uint32_t) size;
	memcpy(slot->text, text, size + 1);
	slot->hash = fnv1a(slot->text, size);
	atomic_store_explicit(&header->last, number, memory_order_release);
	*ret_number = number;
	return 0;
}

int
ring_read(const struct ring *ring, uint64_t number, const char **ret_text)
{
	const struct header *header = &ring->file->header;
	const struct slot *slot = slot_of(ring, number);

	if (number <= header->acknowledged || number > header->last)
		return -ENOENT;
	if (slot->number != number || slot->size > RING_TEXT_MAX || slot->text[slot->size] ||
	    slot->hash != fnv1a(slot->text, slot->size))
		return -ENOENT;
	*ret_text = slot->text;
	return 0;
}

void
ring_acknowledge(struct ring *ring, uint64_t number)
{
	struct header *header = &ring->file->header;

	if (number > header->acknowledged && number <= header->last)
		header->acknowledged = number;
}

uint64_t
ring_take_lost(struct ring *ring)
{
	struct header *header = &ring->file->header;

	if (header->last - header->acknowledged >= RING_SLOTS)
		return 0;
	return atomic_exchange(&header->lost, 0);
}
