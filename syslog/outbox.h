/*
 * Bytes that wait to be written, in one piece. It grows as far as its owner lets it; the owner
 * bounds it by what it puts in.
 */
#ifndef SYSLOG_OUTBOX_H
#define SYSLOG_OUTBOX_H

#include <stddef.h>

/* All zero is an empty one. */
struct outbox {
	char *bytes;
	size_t start; /* of what waits */
	size_t end;
	size_t size;
};

/* Where size more bytes can be put, until the next call. */
char *outbox_room(struct outbox *outbox, size_t size);
/* So many of them were put there. */
void outbox_put(struct outbox *outbox, size_t size);
void outbox_add(struct outbox *outbox, const void *bytes, size_t size);
/* What waits, and how much of it. */
const char *outbox_peek(const struct outbox *outbox, size_t *ret_size);
size_t outbox_waiting(const struct outbox *outbox);
/* So many bytes have left. */
void outbox_drain(struct outbox *outbox, size_t size);
void outbox_done(struct outbox *outbox);

#endif
