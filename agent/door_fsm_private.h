/* What the files of the door's state machine share: one step of it. */
#ifndef AGENT_DOOR_FSM_PRIVATE_H
#define AGENT_DOOR_FSM_PRIVATE_H

#include "agent/door_fsm.h"

struct step {
	const struct access_door *config;
	struct door_state *state;
	const struct door_input *input;
	uint64_t now_us;
	struct door_actions *actions;
	bool is_switched; /* by a badge */
};

/* The event, to be filled in. */
struct door_event *door_fsm_tell(struct step *step, enum event_kind kind, const char *name);
uint64_t door_fsm_after_ms(const struct step *step, uint32_t delay_ms);

/* door_fsm_access.c: who is let in, and for how long. */
void door_fsm_grant(struct step *step);
void door_fsm_set_rex(struct step *step);
void door_fsm_end_wait(struct step *step, enum event_kind kind);
void door_fsm_relock(struct step *step);
/* The door has been opened, or closed again, while somebody is let in. */
void door_fsm_relock_on_move(struct step *step);
void door_fsm_start_held_timer(struct step *step);
void door_fsm_clear_open_alarms(struct step *step);

/* door_fsm_wish.c: what the levels want. */
void door_fsm_command(struct step *step);
void door_fsm_set_level(struct step *step, enum door_level level, enum door_mode mode);
void door_fsm_set_schedule(struct step *step);
void door_fsm_expire_wishes(struct step *step);
/* What a grant switches besides letting somebody in; whether that is all that it does. */
bool door_fsm_switch(struct step *step);

#endif
