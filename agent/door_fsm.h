/*
 * One door as a pure state machine: (configuration, state, input, now) -> (state, actions). No
 * clock, no hardware, no memory of its own; the caller keeps struct door_state and its deadline.
 *
 * Who decides over the door is door_priority.h, where its bolt is door_bolt.h. Times are monotonic
 * microseconds.
 */
#ifndef AGENT_DOOR_FSM_H
#define AGENT_DOOR_FSM_H

#include <stdbool.h>
#include <stdint.h>

#include "agent/door_bolt.h"
#include "agent/door_priority.h"
#include "lib/access.h"
#include "lib/events.h"

/* Two grants of one credential within this time are a double badge. */
#define DOOR_TOGGLE_MS 3000

enum door_position { DOOR_POSITION_UNKNOWN, DOOR_CLOSED, DOOR_OPEN, DOOR_POSITION_FAULT };

enum door_alarm { DOOR_ALARM_NONE, DOOR_ALARM_FORCED, DOOR_ALARM_HELD };

/* Who an access is for: carried from the grant to the event that says whether it was taken. */
struct door_subject {
	uint32_t credential; /* 0: nobody known, such as an operator */
	uint32_t person;     /* 0: none */
	uint32_t companion;  /* who came along, a person; 0: nobody */
	unsigned reader;     /* 0: none */
	bool is_extended;    /* has the door's extended times */
	bool may_toggle;
	bool may_override; /* is let in at a door that is locked down */
	bool is_first_person;
	struct access_card card;
	char holder[ACCESS_HOLDER_SIZE];
};

/* The schedule that unlocks the door. */
struct door_timetable {
	bool is_active;
	bool has_first_person; /* within this interval */
};

struct door_state {
	struct door_priority priority;
	enum door_mode mode;
	enum door_level level; /* that decides, while nobody is being let in */
	enum door_position position;
	enum door_alarm alarm;
	bool was_closed;  /* when its position was last certain */
	bool was_seen;	  /* there has been a position since the start */
	bool is_released; /* the lock */
	bool is_warning;  /* pre-alarm */
	bool is_rex_held;
	bool is_rex_releasing; /* the lock stays released until REX is let go */
	bool is_extended;      /* whoever was let in has the extended times */
	/* Somebody was let in and has not opened the door yet. */
	bool is_awaited;
	struct door_subject subject;
	struct door_timetable timetable;
	struct door_bolt bolt;
	/* Of a double badge: who was there, and until when the second one counts. */
	uint32_t toggle_credential;
	uint64_t toggle_until_us;
	/* Deadlines; 0 for none. */
	uint64_t access_until_us; /* the lock is released */
	uint64_t shunt_until_us;  /* opening is no break-in */
	uint64_t warn_at_us;
	uint64_t held_at_us;
};

enum door_input_kind {
	DOOR_INPUT_TICK,  /* a deadline may have come */
	DOOR_INPUT_GRANT, /* access was granted to subject */
	DOOR_INPUT_COMMAND,
	DOOR_INPUT_FIRE,      /* whether the level wishes something: is_active */
	DOOR_INPUT_INTERLOCK, /* the same */
	DOOR_INPUT_SCHEDULE,  /* the same */
	DOOR_INPUT_POSITION,
	DOOR_INPUT_REX,
	DOOR_INPUT_MONITOR, /* of the bolt */
	DOOR_INPUTS,
};

struct door_input {
	enum door_input_kind kind;
	const struct door_subject *subject; /* GRANT */
	enum door_command command;	    /* COMMAND */
	uint64_t until_us;		    /* COMMAND unlock; 0: for good */
	enum door_position position;	    /* POSITION */
	enum door_lock lock;		    /* MONITOR */
	bool is_active;			    /* FIRE, INTERLOCK, SCHEDULE, REX */
	const char *actor;		    /* COMMAND: who; NULL for the system */
};

#define DOOR_EVENTS_MAX 16

struct door_event {
	enum event_kind kind;
	const char *state;	     /* of mode, position and lock events; NULL otherwise */
	const char *reason;	     /* of mode events; NULL otherwise */
	const char *actor;	     /* the input's */
	struct door_subject subject; /* of access events, and of what a badge has switched */
};

/* What has to be done now: bring the locks to where they belong, then tell the events in order. */
struct door_actions {
	bool is_released;
	bool is_double_locked;
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

/* Why the door is as it is: the level that decides, or "access" while somebody is let in. */
const char *door_reason_name(const struct door_state *state);

/* Names on the wire: "open", "forced_open" ... */
const char *door_position_name(enum door_position position);
const char *door_alarm_name(enum door_alarm alarm);

#endif
