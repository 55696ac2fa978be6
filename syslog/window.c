#include "syslog/window.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

int
window_add(struct window *window, uint64_t seq, const char *bytes, size_t size)
{
	if (window->count == WINDOW_RECORDS)
		return -ENOBUFS;
	struct window_record record = { .seq = seq, .size = size };
	if (bytes) {
		record.bytes = xcalloc(1, size + 1);
		memcpy(record.bytes, bytes, size);
		window->record_count++;
	}
	window->records[(window->head + window->count++) % WINDOW_RECORDS] = record;
	return 0;
}

const struct window_record *
window_at(const struct window *window, unsigned index)
{
	assert(index < window->count);
	return &window->records[(window->head + index) % WINDOW_RECORDS];
}

uint64_t
window_drop(struct window *window, unsigned count)
{
	uint64_t seq = 0;

	assert(count <= window->count);
	for (unsigned i = 0; i < count; i++) {
		struct window_record *record = &window->records[window->head];
		seq = record->seq;
		window->record_count -= record->bytes ? 1 : 0;
		free(steal(&record->bytes));
		window->head = (window->head + 1) % WINDOW_RECORDS;
		window->count--;
	}
	return seq;
}
