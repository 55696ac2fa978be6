#include "agent/door_fsm_private.h"

#include "lib/util.h"

void
door_fsm_end_wait(struct step *step, enum event_kind kind)
{
	struct door_state *state = step->state;

	if (!state->is_awaited)
		return;
	state->is_awaited = false;
	door_fsm_tell(step, kind, NULL)->subject = state->subject;
}

void
door_fsm_start_held_timer(struct step *step)
{
	const struct access_door *config = step->config;
	struct door_state *state = step->state;
	uint32_t held_ms =
		state->is_extended ? config->extended_held_open_time_ms : config->held_open_time_ms;

	state->held_at_us = door_fsm_after_ms(step, held_ms);
	state->warn_at_us = 0;
	if (config->pre_alarm_time_ms)
		state->warn_at_us = state->held_at_us - config->pre_alarm_time_ms * US_PER_MS;
}

void
door_fsm_clear_open_alarms(struct step *step)
{
	struct door_state *state = step->state;

	if (state->alarm == DOOR_ALARM_FORCED)
		(void) door_fsm_tell(step, EV_DOOR_FORCED_CLEARED, NULL);
	if (state->alarm == DOOR_ALARM_HELD)
		(void) door_fsm_tell(step, EV_DOOR_HELD_CLEARED, NULL);
	state->alarm = DOOR_ALARM_NONE;
	state->is_warning = false;
	state->warn_at_us = state->held_at_us = 0;
}

/* Nobody is let in any longer: the door does what the highest wish says. */
void
door_fsm_relock(struct step *step)
{
	struct door_state *state = step->state;
	struct door_verdict verdict = door_priority_verdict(&state->priority);

	door_fsm_end_wait(step, EV_ACCESS_NOT_TAKEN);
	state->mode = verdict.mode;
	state->level = verdict.level;
	state->is_released = door_mode_is_free(verdict.mode);
	state->is_rex_releasing = false;
	state->is_extended = false;
	state->access_until_us = 0;
}

/* A delay never lasts longer than the access would have. */
void
door_fsm_relock_on_move(struct step *step)
{
	struct door_state *state = step->state;

	if (state->mode != DOOR_ACCESSED || state->is_rex_releasing)
		return;
	if (!step->config->relock_delay_ms)
		door_fsm_relock(step);
	else
		state->access_until_us =
			MIN_OF(state->access_until_us,
			       door_fsm_after_ms(step, step->config->relock_delay_ms));
}

static void
release_for_access(struct step *step, uint32_t access_ms)
{
	struct door_state *state = step->state;
	uint64_t until_us = door_fsm_after_ms(step, access_ms);

	state->shunt_until_us = MAX_OF(state->shunt_until_us, until_us);
	if (door_mode_is_free(state->mode))
		return;
	state->mode = DOOR_ACCESSED;
	state->is_released = true;
	state->access_until_us = MAX_OF(state->access_until_us, until_us);
}

/* The decision has asked door_admission() too; the door may have been locked down since. */
static bool
is_admitted(const struct step *step)
{
	switch (door_admission(step->state)) {
	case DOOR_ADMITS_NOBODY:
		return false;
	case DOOR_ADMITS_OVERRIDE:
		return step->input->subject->may_override;
	default:
		return true;
	}
}

void
door_fsm_grant(struct step *step)
{
	const struct door_subject *subject = step->input->subject;
	const struct access_door *config = step->config;
	struct door_state *state = step->state;

	if (!is_admitted(step))
		return;
	door_fsm_end_wait(step, EV_ACCESS_NOT_TAKEN);
	if (door_fsm_switch(step))
		return;
	release_for_access(step, subject->is_extended ? config->extended_access_time_ms
						      : config->access_time_ms);
	state->is_extended |= subject->is_extended && state->mode == DOOR_ACCESSED;
	/* Whether a door without contact, or one that stands open, was used cannot be seen. */
	if (state->position == DOOR_CLOSED && state->mode == DOOR_ACCESSED) {
		state->is_awaited = true;
		state->subject = *subject;
	}
	if (state->position == DOOR_OPEN && state->alarm == DOOR_ALARM_NONE && state->held_at_us) {
		state->is_warning = false;
		door_fsm_start_held_timer(step);
	}
}

void
door_fsm_set_rex(struct step *step)
{
	struct door_state *state = step->state;
	uint32_t access_ms = step->config->access_time_ms;
	bool is_active = step->input->is_active;

	if (is_active == state->is_rex_held)
		return;
	bool is_releasing = is_active ? step->config->rex_unlocks : state->is_rex_releasing;
	state->is_rex_held = is_active;
	state->is_rex_releasing = is_active && is_releasing;
	if (is_active)
		(void) door_fsm_tell(step, EV_DOOR_REX, NULL);
	/* The times run from the moment the button is let go. */
	if (is_releasing)
		release_for_access(step, access_ms);
	else
		state->shunt_until_us =
			MAX_OF(state->shunt_until_us, door_fsm_after_ms(step, access_ms));
}
