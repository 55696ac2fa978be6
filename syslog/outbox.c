#include "syslog/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "lib/util.h"

#define LEAST_SIZE 16384

static void
grow(struct outbox *outbox, size_t waiting, size_t size)
{
	size_t wanted = MAX_OF(outbox->size * 2, LEAST_SIZE);
	while (wanted < waiting + size)
		wanted *= 2;
	char *bytes = xcalloc(1, wanted);

	if (waiting)
		memcpy(bytes, outbox->bytes + outbox->start, waiting);
	free(outbox->bytes);
	*outbox = (struct outbox){ .bytes = bytes, .end = waiting, .size = wanted };
}

char *
outbox_room(struct outbox *outbox, size_t size)
{
	size_t waiting = outbox->end - outbox->start;

	if (outbox->size - outbox->end >= size && outbox->bytes)
		return outbox->bytes + outbox->end;
	/* Moved only when that is less than what has left: each byte is moved once on average. */
	if (outbox->bytes && outbox->size - waiting >= size && outbox->start >= waiting) {
		memmove(outbox->bytes, outbox->bytes + outbox->start, waiting);
		outbox->start = 0;
		outbox->end = waiting;
	} else {
		grow(outbox, waiting, size);
	}
	return outbox->bytes + outbox->end;
}

void
outbox_put(struct outbox *outbox, size_t size)
{
	assert(size <= outbox->size - outbox->end);
	outbox->end += size;
}

void
outbox_add(struct outbox *outbox, const void *bytes, size_t size)
{
	memcpy(outbox_room(outbox, size), bytes, size);
	outbox_put(outbox, size);
}

const char *
outbox_peek(const struct outbox *outbox, size_t *ret_size)
{
	*ret_size = outbox->end - outbox->start;
	return outbox->bytes + outbox->start;
}

size_t
outbox_waiting(const struct outbox *outbox)
{
	return outbox->end - outbox->start;
}

void
outbox_drain(struct outbox *outbox, size_t size)
{
	assert(size <= outbox_waiting(outbox));
	outbox->start += size;
	if (outbox->start == outbox->end)
		outbox->start = outbox->end = 0;
}

void
outbox_done(struct outbox *outbox)
{
	free(outbox->bytes);
	*outbox = (struct outbox){ 0 };
}
