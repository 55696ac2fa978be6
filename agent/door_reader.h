/*
 * The readers as the door role sees them: their events and live state. Cards go to door_main.c.
 */
#ifndef AGENT_DOOR_READER_H
#define AGENT_DOOR_READER_H

#include <jansson.h>
#include <stdint.h>

#include "hw/hw.h"

struct door_role;

/* Callbacks of hw_ops; context is the role. */
void door_reader_on_change(const struct hw_reader *reader, void *context);
void door_reader_on_replaced(const struct hw_reader *reader, void *context);
void door_reader_on_frame_error(unsigned door, uint32_t count, void *context);

/* Shows the counters, which move all the time. */
void door_reader_refresh(struct door_role *role);

/* A new reference: the live object of a reader, or NULL when there is none of this number. */
json_t *door_reader_live_state(const struct door_role *role, unsigned reader);

#endif
