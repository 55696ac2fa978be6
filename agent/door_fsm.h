/*
 * One door as a pure state machine: (configuration, state, input, now) -> (state, actions). No
 * clock, no hardware, no memory of its own; the caller keeps struct door_state and its deadline.
 *
 * Times are monotonic microseconds.
 */
#ifndef AGENT_DOOR_FSM_H
#define AGENT_DOOR_FSM_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/access.h"
#include "lib/events.h"

/* ONVIF DoorMode, as far as it is built. */
enum door_mode {
	DOOR_LOCKED,
	DOOR_UNLOCKED, /* until commanded otherwise */
	DOOR_ACCESSED, /* released for one access */
};

enum door_position { DOOR_POSITION_UNKNOWN, DOOR_CLOSED, DOOR_OPEN, DOOR_POSITION_FAULT };

enum door_alarm { DOOR_ALARM_NONE, DOOR_ALARM_FORCED, DOOR_ALARM_HELD };

/* Who an access is for: carried from the grant to the event that says whether it was taken. */
struct door_subject {
	uint32_t credential; /* 0: nobody known, such as an operator */
	uint32_t person;     /* 0: none */
	uint32_t companion;  /* who came along, a person; 0: nobody */
	unsigned reader;     /* 0: none */
	struct access_card card;
	char holder[ACCESS_HOLDER_SIZE];
};

struct door_state {
	enum door_mode mode;
	enum door_position position;
	enum door_alarm alarm;
	bool was_closed;  /* when its position was last certain */
	bool was_seen;	  /* there has been a position since the start */
	bool is_released; /* the lock */
	bool is_warning;  /* pre-alarm */
	bool is_rex_held;
	bool is_rex_releasing; /* the lock stays released until REX is let go */
	/* Somebody was let in and has not opened the door yet. */
	bool is_awaited;
	struct door_subject subject;
	/* Deadlines; 0 for none. */
	uint64_t access_until_us; /* the lock is released */
	uint64_t shunt_until_us;  /* opening is no break-in */
	uint64_t warn_at_us;
	uint64_t held_at_us;
};

enum door_input_kind {
	DOOR_INPUT_TICK,  /* a deadline may have come */
	DOOR_INPUT_GRANT, /* access was granted to subject */
	DOOR_INPUT_LOCK,  /* commands */
	DOOR_INPUT_UNLOCK,
	DOOR_INPUT_POSITION,
	DOOR_INPUT_REX,
};

struct door_input {
	enum door_input_kind kind;
	const struct door_subject *subject; /* GRANT */
	enum door_position position;	    /* POSITION */
	bool is_active;			    /* REX */
};

#define DOOR_EVENTS_MAX 10

struct door_event {
	enum event_kind kind;
	const char *state;	     /* of mode, position and lock events; NULL otherwise */
	struct door_subject subject; /* of access events */
};

/* What has to be done now: bring the lock to is_released, then tell the events in order. */
struct door_actions {
	bool is_released;
	unsigned count;
	struct door_event events[DOOR_EVENTS_MAX];
};

/* A locked door of which nothing is known yet. */
void door_init(struct door_state *state);

void door_step(const struct access_door *config, struct door_state *state,
	       const struct door_input *input, uint64_t now_us, struct door_actions *ret);

/* When DOOR_INPUT_TICK is due; UINT64_MAX for never. */
uint64_t door_deadline_us(const struct door_state *state);

/* Whom the door would let in, whatever profiles and schedules say of them. */
enum door_admission {
	DOOR_ADMITS,
	DOOR_ADMITS_NOBODY,
	DOOR_ADMITS_OVERRIDE, /* only who has the right to override */
};
enum door_admission door_admission(const struct door_state *state);

/* Names on the wire: "locked", "open", "forced_open" ... */
const char *door_mode_name(enum door_mode mode);
const char *door_position_name(enum door_position position);
const char *door_alarm_name(enum door_alarm alarm);

#endif
