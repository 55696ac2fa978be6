/* sources: hw/profile.c hw/profile_points.c hw/profile_values.c hw/supervise.c */
/* sources: lib/inventory.c lib/util.c */
/* libs: libconfig */
/* seeds: board/virtual.conf board/kernel-test.conf */
/* seeds: board/raspberry-pi.conf */
/* Feeds foreign bytes to the board profile's reader: it takes a sound profile or says why not. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hw/profile.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libconfig keeps some text of a file that is no configuration; a process reads one. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:libconfig";
}

static void
require(bool is_true)
{
	if (!is_true)
		abort();
}

static void
check_channel(const struct profile_channel *channel)
{
	require(*channel->device && *channel->channel && !strchr(channel->channel, '/'));
	require(channel->factor != 0 && (channel->scale != 0) == channel->has_scale);
}

static void
check_point(const struct inventory_row *row, const struct profile_point *point)
{
	require(!(point->parts & ~profile_parts(row->kind)));
	require(!point->parts || row->is_fitted);
	if (point->parts & PROFILE_LINE)
		require(*point->line.chip && (!*point->line.name || !point->line.offset));
	if (point->parts & PROFILE_VOLTAGE)
		check_channel(&point->voltage);
	if (point->parts & PROFILE_CURRENT)
		check_channel(&point->current);
	if (point->parts & PROFILE_TEMPERATURE)
		check_channel(&point->temperature);
	for (unsigned i = 0; i < PROFILE_LAMPS; i++)
		require(!strchr(point->lamps[i].name, '/'));
}

static void
check(const struct profile *profile)
{
	uint64_t seen = 0;

	require(*profile->name && *profile->driver && profile->bus_count <= PROFILE_BUSES);
	for (size_t i = 0; i < INVENTORY_ROWS; i++)
		check_point(inventory_at(i), &profile->points[i]);
	for (unsigned i = 0; i < profile->bus_count; i++) {
		const struct profile_bus *bus = &profile->buses[i];
		require(bus->count > 0 && bus->count <= PROFILE_BUS_READERS);
		for (unsigned k = 0; k < bus->count; k++) {
			const struct profile_reader *reader = &bus->readers[k];
			require(reader->reader >= 1 && reader->reader <= READERS);
			require(reader->door >= 1 && reader->door <= DOORS);
			require(reader->address < 0x7f && !(seen & UINT64_C(1) << reader->reader));
			seen |= UINT64_C(1) << reader->reader;
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct profile profile;
	_cleanup_(freep) char *why = NULL;
	char path[64];

	/* The fuzzer must not open files of its own choice. */
	if (memmem(data, size, "@include", 8))
		return 0;
	_cleanup_(closep) int fd = memfd_create("profile", MFD_CLOEXEC);
	require(fd >= 0 && write(fd, data, size) == (ssize_t) size);
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int r = profile_read(path, &profile, &why);
	require((r < 0) == (why != NULL));
	if (r == 0)
		check(&profile);
	return 0;
}
