/*
 * The readers as the door role sees them: their events, their live state, what became of their
 * secure channels. Cards and codes go to door_card.c, keys to door_key.c.
 */
#ifndef AGENT_DOOR_READER_H
#define AGENT_DOOR_READER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "hw/reader.h"
#include "lib/events.h"

struct door_role;

struct door_reader {
	bool is_online;
	bool is_tampered;
	bool has_power_failure;
	bool is_moved;	      /* it answers elsewhere than the access table says */
	bool is_speed_moved;  /* the speed, too */
	uint32_t tested_baud; /* a test of its line has moved it there; 0: it has not */
	/* What was said in events of its secure channel. */
	bool is_secured;
	const char *cause_told; /* why it is refused; NULL while it is not */
	enum hw_security security;
	uint64_t since_us; /* of security */
	struct reader_key key;
	char actor[96]; /* who opened the window or asked for a new key last; "" after a restart */
	bool is_clear;	/* as the hardware was told */
};

/* Callbacks of hw_ops; context is the role. */
void door_reader_on_change(const struct hw_reader *reader, void *context);
void door_reader_on_event(struct hw_reader_event *event, void *context);
void door_reader_on_replaced(const struct hw_reader *reader, void *context);
void door_reader_on_frame_error(unsigned door, uint32_t count, void *context);

/* An event of a reader; steals data, to which reader and door are added. NULL: no more. */
void door_reader_tell(struct door_role *role, unsigned reader, enum event_kind kind, json_t *data);
/* Says of readers that have no key what could not be said before keys were known. */
void door_reader_tell_unpaired(struct door_role *role);
/* Pushes the live state of one, or of all, for the counters move all the time. */
void door_reader_push(struct door_role *role, unsigned reader);
void door_reader_refresh(struct door_role *role);

/* A new reference: the live object of a reader, or NULL when there is none of this number. */
json_t *door_reader_live_state(struct door_role *role, unsigned reader);

#endif
