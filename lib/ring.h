/*
 * The ring of events that the log has not acknowledged: a shared-memory file on tmpfs, so that
 * they survive a kill of either process. One writer (the door role), which also reads it back.
 *
 * Every event gets the next number of this ring's epoch; the epoch is new when the file is. An
 * event is in the ring once ring_append() has returned: the header's counter moves after the
 * slot is whole. A full ring drops the new event and counts it; the count is handed out once
 * there is room again, so that the log can say exactly how many were lost.
 */
#ifndef LIB_RING_H
#define LIB_RING_H

#include <stddef.h>
#include <stdint.h>

#define RING_SLOTS    4096
#define RING_TEXT_MAX 1000

struct ring;

/* Opens or makes the file; what is no ring or of another layout is replaced by an empty one. */
int ring_open(const char *path, struct ring **ret);
void ring_close(struct ring *ring);

/* 36 characters, valid as long as the ring is open. */
const char *ring_epoch(const struct ring *ring);
/* Number of the last event appended; 0 before the first. */
uint64_t ring_last(const struct ring *ring);
uint64_t ring_acknowledged(const struct ring *ring);

/* Returns 0 and the event's number; -ENOBUFS counts it as lost; -EMSGSIZE above RING_TEXT_MAX. */
int ring_append(struct ring *ring, const char *text, uint64_t *ret_number);
/* The text of an event, valid until it is acknowledged; -ENOENT when the ring has it no more. */
int ring_read(const struct ring *ring, uint64_t number, const char **ret_text);
/* Everything up to number has been committed by the log. */
void ring_acknowledge(struct ring *ring, uint64_t number);
/* How many events were lost since the last call that returned a number; 0 while it is full. */
uint64_t ring_take_lost(struct ring *ring);

#endif
