#include "lib/presence.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/util.h"

#define MAGIC	 UINT32_C(0x50524553)
#define ROOM_MIN 1024
#define ROOM_MAX (8u * 1024 * 1024)
#define KNOWN	 (UINT64_C(1) << 63)
#define SINCE	 ((UINT64_C(1) << 40) - 1)

struct header {
	uint32_t magic;
	uint32_t slots; /* a power of two */
	char boot[40];
};

/* A person whose place is 0 is not known, and keeps the slot. */
struct slot {
	uint32_t person; /* 0: free */
	uint32_t unused;
	uint64_t place;
};

struct presence {
	struct header *header;
	struct slot *slots;
	size_t size;
	uint32_t used;
	bool is_new;
	unsigned counts[PRESENCE_AREAS];
};

static uint64_t
pack(struct presence_place place)
{
	return KNOWN | (uint64_t) place.area << 40 | ((uint64_t) MAX_OF(place.since_s, 0) & SINCE);
}

static bool
unpack(uint64_t packed, struct presence_place *ret)
{
	if (!(packed & KNOWN) || (packed >> 40 & 0xff) >= PRESENCE_AREAS)
		return false;
	*ret = (struct presence_place){ (uint8_t) (packed >> 40), (int64_t) (packed & SINCE) };
	return true;
}

static struct slot *
find(const struct presence *presence, uint32_t person)
{
	uint32_t mask = presence->header->slots - 1;
	uint32_t at = person * UINT32_C(2654435761);

	for (uint32_t i = 0; i <= mask; i++) {
		struct slot *slot = &presence->slots[(at + i) & mask];
		if (slot->person == person || !slot->person)
			return slot;
	}
	return NULL;
}

static uint32_t
slots_for(size_t room)
{
	uint32_t slots = ROOM_MIN;

	while (slots < ROOM_MAX && slots < 2 * room)
		slots *= 2;
	return slots;
}

/*
 * Whoever was to be forgotten with everybody, when that was cut off, may be behind a slot that is
 * free by now: such a place would be counted and never found, so it is none.
 */
static void
count_all(struct presence *presence)
{
	struct presence_place place;

	for (uint32_t i = 0; i < presence->header->slots; i++)
		presence->used += presence->slots[i].person != 0;
	/* No writer fills it so far. */
	if (presence->used > presence->header->slots / 8 * 7)
		presence_forget_all(presence);
	for (uint32_t i = 0; i < presence->header->slots; i++) {
		struct slot *slot = &presence->slots[i];
		if (!slot->person || !unpack(slot->place, &place))
			continue;
		if (find(presence, slot->person) == slot)
			presence->counts[place.area]++;
		else
			slot->place = 0;
	}
}

/* slots: as many as a new file has. */
static int
map(const char *path, uint32_t slots, struct presence **ret)
{
	struct stat info;
	struct header wanted = { .magic = MAGIC, .slots = slots };
	_cleanup_(closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 || fchmod(fd, 0600) < 0 || fstat(fd, &info) < 0)
		return -errno;
	(void) copy_string(wanted.boot, sizeof(wanted.boot), clock_boot_id());
	struct header there = { 0 };
	bool is_whole =
		pread(fd, &there, sizeof(there), 0) == (ssize_t) sizeof(there) &&
		there.magic == MAGIC && !memcmp(there.boot, wanted.boot, 40) &&
		there.slots >= ROOM_MIN && there.slots <= ROOM_MAX &&
		!(there.slots & (there.slots - 1)) &&
		(size_t) info.st_size == sizeof(struct header) + there.slots * sizeof(struct slot);
	size_t size =
		sizeof(struct header) + (is_whole ? there.slots : slots) * sizeof(struct slot);
	if (!is_whole && (ftruncate(fd, 0) < 0 || ftruncate(fd, (off_t) size) < 0 ||
			  pwrite(fd, &wanted, sizeof(wanted), 0) != (ssize_t) sizeof(wanted)))
		return -errno;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	struct presence *presence = xcalloc(1, sizeof(*presence));
	presence->header = memory;
	presence->slots = (struct slot *) ((char *) memory + sizeof(struct header));
	presence->size = size;
	presence->is_new = !is_whole;
	count_all(presence);
	*ret = presence;
	return 0;
}

static void
copy_person(uint32_t person, struct presence_place place, void *context)
{
	(void) presence_set(context, person, place);
}

/* The same people in a larger file, which takes the old one's place. */
static int
grow(const char *path, uint32_t slots, struct presence **presence)
{
	struct presence *larger;
	_cleanup_(freep) char *beside = xasprintf("%s.new", path);

	(void) unlink(beside);
	int r = map(beside, slots, &larger);
	if (r < 0)
		return r;
	presence_each(*presence, copy_person, larger);
	larger->is_new = (*presence)->is_new;
	if (rename(beside, path) < 0) {
		r = -errno;
		presence_close(larger);
		return r;
	}
	presence_close(*presence);
	*presence = larger;
	return 0;
}

int
presence_open(const char *path, size_t room, struct presence **ret)
{
	struct presence *presence;
	uint32_t slots = slots_for(room);
	int r = map(path, slots, &presence);

	if (r < 0)
		return r;
	if (presence->header->slots < slots)
		r = grow(path, slots, &presence);
	if (r < 0) {
		presence_close(presence);
		return r;
	}
	*ret = presence;
	return 0;
}

void
presence_close(struct presence *presence)
{
	if (!presence)
		return;
	(void) munmap(presence->header, presence->size);
	free(presence);
}

bool
presence_is_new(const struct presence *presence)
{
	return presence->is_new;
}

bool
presence_get(const struct presence *presence, uint32_t person, struct presence_place *ret)
{
	const struct slot *slot = person ? find(presence, person) : NULL;

	return slot && slot->person && unpack(slot->place, ret);
}

static void
put(struct presence *presence, struct slot *slot, uint64_t packed)
{
	struct presence_place place;

	if (unpack(slot->place, &place))
		presence->counts[place.area]--;
	if (unpack(packed, &place))
		presence->counts[place.area]++;
	__atomic_store_n(&slot->place, packed, __ATOMIC_RELEASE);
}

int
presence_set(struct presence *presence, uint32_t person, struct presence_place place)
{
	struct slot *slot = person ? find(presence, person) : NULL;

	/* Some slots stay free, so that who is not there is soon not found. */
	if (!slot || place.area >= PRESENCE_AREAS ||
	    (!slot->person && presence->used >= presence->header->slots / 8 * 7))
		return -ENOSPC;
	if (!slot->person) {
		slot->person = person;
		presence->used++;
	}
	put(presence, slot, pack(place));
	return 0;
}

void
presence_forget(struct presence *presence, uint32_t person)
{
	struct slot *slot = person ? find(presence, person) : NULL;

	if (slot && slot->person)
		put(presence, slot, 0);
}

void
presence_forget_all(struct presence *presence)
{
	memset(presence->slots, 0, presence->header->slots * sizeof(*presence->slots));
	memset(presence->counts, 0, sizeof(presence->counts));
	presence->used = 0;
}

unsigned
presence_count(const struct presence *presence, unsigned area)
{
	return area < PRESENCE_AREAS ? presence->counts[area] : 0;
}

void
presence_each(const struct presence *presence,
	      void (*each)(uint32_t person, struct presence_place place, void *context),
	      void *context)
{
	struct presence_place place;

	for (uint32_t i = 0; i < presence->header->slots; i++)
		if (presence->slots[i].person && unpack(presence->slots[i].place, &place))
			each(presence->slots[i].person, place, context);
}
