/* sources: lib/access.c lib/feedback.c lib/json.c lib/cardformat.c lib/cardformat_table.c */
/* sources: lib/util.c agent/door_access.c */
/* libs: jansson */
/*
 * Maps foreign bytes as an access table and decides by it. An input whose first byte is odd gets
 * the header that its length deserves, so that the fuzzer reaches what is behind the checksum: a
 * store gone wrong must not be able to hurt the door role.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "agent/door_access.h"
#include "lib/access.h"
#include "lib/util.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Magic, checksum, layout, count, generation: lib/access.c keeps this to itself. */
struct header {
	uint32_t magic;
	uint32_t checksum;
	uint32_t layout;
	uint32_t count;
	uint64_t generation;
};

static size_t checked;

static void
forge_header(uint8_t *bytes, size_t *size)
{
	size_t fixed = sizeof(struct header) + sizeof(struct access_board);

	if (*size < fixed)
		return;
	size_t count = (*size - fixed) / sizeof(struct access_credential);
	*size = fixed + count * sizeof(struct access_credential);
	struct header header = { .magic = 0x43524143,
				 .layout = ACCESS_LAYOUT,
				 .count = (uint32_t) count };
	memcpy(bytes, &header, sizeof(header));
	header.checksum = fnv1a(bytes + 8, *size - 8);
	memcpy(bytes, &header, sizeof(header));
}

static void
use(const struct access_table *table, const uint8_t *data, size_t size)
{
	uint8_t bits[8] = { 0 };
	struct access_card card = { 0, 118, 1603 };
	struct access_decision decision;

	memcpy(bits, data, MIN_OF(size, sizeof(bits)));
	for (unsigned door = 1; door <= DOORS; door++) {
		static const unsigned counts[] = { 26, 34, 35, 37 };
		struct access_request request = { door, counts[door - 1], bits };
		const struct access_door *config = access_door(table, door);
		checked += strlen(config->name) + config->rex_unlocks + config->relock_on_open;
		access_decide(table, &request, &decision);
		if (decision.is_granted == (decision.reason != NULL))
			abort();
		if (decision.credential)
			checked += strlen(decision.credential->holder);
	}
	for (unsigned i = 0; i < 64; i++) {
		card = (struct access_card){ bits[i % 8] % 8, bits[(i + 1) % 8],
					     bits[(i + 2) % 8] };
		const struct access_credential *found = access_find(table, &card);
		if (found && access_card_compare(&found->card, &card))
			abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct access_table *table = NULL;
	char path[64];

	if (!size)
		return 0;
	size_t length = size - 1;
	_cleanup_(freep) uint8_t *bytes = xcalloc(1, size);
	memcpy(bytes, data + 1, length);
	if (data[0] & 1)
		forge_header(bytes, &length);
	_cleanup_(closep) int fd = memfd_create("access", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t) length)
		abort();
	(void) snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (access_map(path, &table) == 0)
		use(table, data, size);
	access_unmap(table);
	return 0;
}
