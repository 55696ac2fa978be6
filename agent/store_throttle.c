#include "agent/store_throttle.h"

#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/util.h"

#define FREE_FAILURES 5
#define ADDRESSES     64
#define WAIT_MAX_S    300

struct record {
	char address[64];
	unsigned count;
	uint64_t until_mono_us;
};

struct throttle {
	struct record records[ADDRESSES];
	unsigned next;
};

struct throttle *
throttle_new(void)
{
	return xcalloc(1, sizeof(struct throttle));
}

void
throttle_free(struct throttle *throttle)
{
	free(throttle);
}

static struct record *
find(const struct throttle *throttle, const char *address)
{
	for (size_t i = 0; i < ADDRESSES; i++)
		if (throttle->records[i].count && !strcmp(throttle->records[i].address, address))
			return (struct record *) &throttle->records[i];
	return NULL;
}

unsigned
throttle_wait_s(const struct throttle *throttle, const char *address)
{
	const struct record *record = find(throttle, address);
	uint64_t now_us = clock_mono_us();

	if (!record || record->until_mono_us <= now_us)
		return 0;
	return (unsigned) ((record->until_mono_us - now_us + US_PER_S - 1) / US_PER_S);
}

void
throttle_note_failure(struct throttle *throttle, const char *address)
{
	struct record *record = find(throttle, address);

	if (!record) {
		record = &throttle->records[throttle->next++ % ADDRESSES];
		*record = (struct record){ 0 };
		(void) copy_string(record->address, sizeof(record->address), address);
	}
	if (++record->count < FREE_FAILURES)
		return;
	unsigned doublings = MIN_OF(record->count - FREE_FAILURES, 16u);
	uint64_t wait_s = MIN_OF(UINT64_C(1) << doublings, (uint64_t) WAIT_MAX_S);
	record->until_mono_us = clock_mono_us() + wait_s * US_PER_S;
}

void
throttle_note_success(struct throttle *throttle, const char *address)
{
	struct record *record = find(throttle, address);

	if (record)
		record->count = 0;
}
