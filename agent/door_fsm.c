#include "agent/door_fsm.h"

#include <stddef.h>

#include "agent/door_fsm_private.h"
#include "lib/util.h"

void
door_init(struct door_state *state)
{
	*state = (struct door_state){ .mode = DOOR_LOCKED, .level = DOOR_LEVEL_DEFAULT };
	door_bolt_init(&state->bolt);
}

struct door_event *
door_fsm_tell(struct step *step, enum event_kind kind, const char *name)
{
	struct door_actions *actions = step->actions;

	/* No input brings more than fits; the bound is for the next one who adds an event. */
	if (actions->count == DOOR_EVENTS_MAX)
		return &actions->events[DOOR_EVENTS_MAX - 1];
	struct door_event *event = &actions->events[actions->count++];
	*event = (struct door_event){ .kind = kind, .state = name, .actor = step->input->actor };
	return event;
}

uint64_t
door_fsm_after_ms(const struct step *step, uint32_t delay_ms)
{
	return step->now_us + delay_ms * US_PER_MS;
}

static bool
is_locked(const struct door_state *state)
{
	return state->mode != DOOR_ACCESSED && !door_mode_is_free(state->mode);
}

static bool
may_be_opened(const struct step *step)
{
	const struct door_state *state = step->state;

	return !is_locked(state) || state->is_rex_held || state->shunt_until_us > step->now_us;
}

static void
opened(struct step *step)
{
	struct door_state *state = step->state;

	if (!may_be_opened(step)) {
		state->alarm = DOOR_ALARM_FORCED;
		(void) door_fsm_tell(step, EV_DOOR_FORCED, NULL);
		return;
	}
	door_fsm_end_wait(step, EV_ACCESS_TAKEN);
	if (!door_mode_is_free(state->mode))
		door_fsm_start_held_timer(step);
	if (step->config->relock == ACCESS_RELOCK_ON_OPEN)
		door_fsm_relock_on_move(step);
}

static void
closed(struct step *step)
{
	door_fsm_clear_open_alarms(step);
	step->state->shunt_until_us = 0;
	if (step->config->relock != ACCESS_RELOCK_AFTER_TIME)
		door_fsm_relock_on_move(step);
}

/* It stands open and nobody saw it open: held open perhaps, but nobody's break-in. */
static void
found_open(struct step *step)
{
	struct door_state *state = step->state;

	door_fsm_end_wait(step, EV_ACCESS_TAKEN);
	if (!door_mode_is_free(state->mode) && state->alarm == DOOR_ALARM_NONE &&
	    !state->held_at_us)
		door_fsm_start_held_timer(step);
}

static void
set_position(struct step *step)
{
	struct door_state *state = step->state;
	enum door_position position = step->input->position;
	enum door_position before = state->position;
	bool was_closed = state->was_closed;

	if (position == before)
		return;
	state->position = position;
	if (position == DOOR_CLOSED || position == DOOR_OPEN)
		state->was_closed = position == DOOR_CLOSED;
	state->was_seen |= position != DOOR_POSITION_UNKNOWN;
	/* A contact that fails on the way from closed to open hides no break-in. */
	if (position == DOOR_OPEN && was_closed)
		opened(step);
	else if (position == DOOR_OPEN)
		found_open(step);
	else if (position == DOOR_CLOSED && before == DOOR_OPEN)
		closed(step);
	else if (position == DOOR_CLOSED)
		door_fsm_clear_open_alarms(step);
}

static bool
is_due(uint64_t deadline_us, const struct step *step)
{
	return deadline_us && deadline_us <= step->now_us;
}

static void
tick(struct step *step)
{
	struct door_state *state = step->state;

	door_fsm_expire_wishes(step);
	if (is_due(state->access_until_us, step) && !state->is_rex_releasing)
		door_fsm_relock(step);
	if (is_due(state->shunt_until_us, step))
		state->shunt_until_us = 0;
	if (is_due(state->warn_at_us, step)) {
		state->warn_at_us = 0;
		state->is_warning = true;
		(void) door_fsm_tell(step, EV_DOOR_HELD_WARNING, NULL);
	}
	if (is_due(state->held_at_us, step)) {
		state->held_at_us = 0;
		state->is_warning = false;
		state->alarm = DOOR_ALARM_HELD;
		(void) door_fsm_tell(step, EV_DOOR_HELD, NULL);
	}
}

static void
apply(struct step *step)
{
	switch (step->input->kind) {
	case DOOR_INPUT_GRANT:
		door_fsm_grant(step);
		break;
	case DOOR_INPUT_COMMAND:
		door_fsm_command(step);
		break;
	case DOOR_INPUT_FIRE:
		door_fsm_set_level(step, DOOR_LEVEL_FIRE, DOOR_UNLOCKED);
		break;
	case DOOR_INPUT_INTERLOCK:
		door_fsm_set_level(step, DOOR_LEVEL_INTERLOCK, DOOR_LOCKED);
		break;
	case DOOR_INPUT_SCHEDULE:
		door_fsm_set_schedule(step);
		break;
	case DOOR_INPUT_POSITION:
		set_position(step);
		break;
	case DOOR_INPUT_REX:
		door_fsm_set_rex(step);
		break;
	case DOOR_INPUT_MONITOR:
		step->state->bolt.monitor = step->input->lock;
		break;
	case DOOR_INPUT_TICK:
	case DOOR_INPUTS:
		break;
	}
}

/* The bolt follows the lock, in its own time. */
static void
move_bolt(struct step *step)
{
	struct door_state *state = step->state;
	struct door_bolt before = state->bolt;
	struct door_bolt_wanted wanted = {
		.is_released = state->is_released,
		.is_open = state->position == DOOR_OPEN,
	};

	door_bolt_step(step->config, &state->bolt, &wanted, step->now_us);
	if (state->bolt.lock != before.lock)
		(void) door_fsm_tell(step, EV_DOOR_LOCK, door_lock_name(state->bolt.lock));
	if (state->bolt.is_faulty != before.is_faulty)
		(void) door_fsm_tell(
			step, before.is_faulty ? EV_DOOR_LOCK_FAULT_CLEARED : EV_DOOR_LOCK_FAULT,
			door_lock_name(state->bolt.lock));
}

static bool
is_lowest(enum door_level level)
{
	return level == DOOR_LEVEL_INTERLOCK || level == DOOR_LEVEL_DEFAULT;
}

/*
 * Another level that wants the same is news, but not behind an access. That a locked door could not
 * be unlocked just now either, because of its interlock, would be told with every access to
 * another.
 */
static bool
is_mode_news(const struct door_state *before, const struct door_state *now)
{
	if (now->mode != before->mode)
		return true;
	return now->mode != DOOR_ACCESSED && now->level != before->level &&
	       !(is_lowest(now->level) && is_lowest(before->level));
}

static void
tell_mode(struct step *step, const struct door_state *before)
{
	const struct door_state *state = step->state;

	if (!is_mode_news(before, state))
		return;
	struct door_event *event = door_fsm_tell(step, EV_DOOR_MODE, door_mode_name(state->mode));
	event->reason = door_reason_name(state);
	if (step->is_switched)
		event->subject = *step->input->subject;
}

void
door_step(const struct access_door *config, struct door_state *state,
	  const struct door_input *input, uint64_t now_us, struct door_actions *ret)
{
	struct step step = { config, state, input, now_us, ret, false };
	struct door_state before = *state;

	*ret = (struct door_actions){ 0 };
	/* What was due before this input happened before it. */
	tick(&step);
	/* A door that is found closed at the start is no news. */
	if (input->kind == DOOR_INPUT_POSITION && input->position != before.position &&
	    (before.was_seen || input->position != DOOR_CLOSED))
		(void) door_fsm_tell(&step, EV_DOOR_POSITION, door_position_name(input->position));
	apply(&step);
	tell_mode(&step, &before);
	move_bolt(&step);
	ret->is_released = state->is_released;
	ret->is_double_locked = state->mode == DOOR_DOUBLE_LOCKED;
	if (ret->is_double_locked != (before.mode == DOOR_DOUBLE_LOCKED) &&
	    config->double_lock_output)
		(void) door_fsm_tell(&step, EV_DOOR_DOUBLE_LOCK,
				     ret->is_double_locked ? "locked" : "unlocked");
}

uint64_t
door_deadline_us(const struct door_state *state)
{
	const uint64_t deadlines[] = {
		/* While REX releases the lock it waits for the button, not for a time. */
		state->is_rex_releasing ? 0 : state->access_until_us,
		state->shunt_until_us,
		state->warn_at_us,
		state->held_at_us,
	};
	uint64_t first_us = MIN_OF(door_priority_deadline_us(&state->priority),
				   door_bolt_deadline_us(&state->bolt));

	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++)
		if (deadlines[i])
			first_us = MIN_OF(first_us, deadlines[i]);
	return first_us;
}

enum door_admission
door_admission(const struct door_state *state)
{
	switch (door_priority_verdict(&state->priority).mode) {
	case DOOR_BLOCKED:
		return DOOR_ADMITS_NOBODY;
	case DOOR_LOCKED_DOWN:
		return DOOR_ADMITS_OVERRIDE;
	default:
		return DOOR_ADMITS;
	}
}

const char *
door_reason_name(const struct door_state *state)
{
	return state->mode == DOOR_ACCESSED ? "access" : door_level_name(state->level);
}

const char *
door_position_name(enum door_position position)
{
	static const char *const names[] = { "unknown", "closed", "open", "fault" };
	return names[position];
}

const char *
door_alarm_name(enum door_alarm alarm)
{
	static const char *const names[] = { "normal", "forced_open", "held_open" };
	return names[alarm];
}
