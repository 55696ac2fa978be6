#include "agent/door_fsm.h"

#include <stddef.h>

#include "lib/util.h"

struct step {
	const struct access_door *config;
	struct door_state *state;
	uint64_t now_us;
	struct door_actions *actions;
};

void
door_init(struct door_state *state)
{
	*state = (struct door_state){ .mode = DOOR_LOCKED };
}

static struct door_event *
tell(struct step *step, enum event_kind kind, const char *name)
{
	struct door_actions *actions = step->actions;

	/* No input brings more than fits; the bound is for the next one who adds an event. */
	if (actions->count == DOOR_EVENTS_MAX)
		return &actions->events[DOOR_EVENTS_MAX - 1];
	struct door_event *event = &actions->events[actions->count++];
	*event = (struct door_event){ .kind = kind, .state = name };
	return event;
}

static uint64_t
after_ms(const struct step *step, uint32_t delay_ms)
{
	return step->now_us + delay_ms * US_PER_MS;
}

static void
end_wait(struct step *step, enum event_kind kind)
{
	struct door_state *state = step->state;

	if (!state->is_awaited)
		return;
	state->is_awaited = false;
	tell(step, kind, NULL)->subject = state->subject;
}

static void
start_held_timer(struct step *step)
{
	struct door_state *state = step->state;

	state->held_at_us = after_ms(step, step->config->held_open_time_ms);
	state->warn_at_us = 0;
	if (step->config->pre_alarm_time_ms)
		state->warn_at_us = state->held_at_us - step->config->pre_alarm_time_ms * US_PER_MS;
}

static void
clear_open_alarms(struct step *step)
{
	struct door_state *state = step->state;

	if (state->alarm == DOOR_ALARM_FORCED)
		(void) tell(step, EV_DOOR_FORCED_CLEARED, NULL);
	if (state->alarm == DOOR_ALARM_HELD)
		(void) tell(step, EV_DOOR_HELD_CLEARED, NULL);
	state->alarm = DOOR_ALARM_NONE;
	state->is_warning = false;
	state->warn_at_us = state->held_at_us = 0;
}

static void
lock(struct step *step)
{
	struct door_state *state = step->state;

	end_wait(step, EV_ACCESS_NOT_TAKEN);
	state->mode = DOOR_LOCKED;
	state->is_released = false;
	state->is_rex_releasing = false;
	state->access_until_us = 0;
}

static void
release_for_access(struct step *step)
{
	struct door_state *state = step->state;
	uint64_t until_us = after_ms(step, step->config->access_time_ms);

	state->shunt_until_us = MAX_OF(state->shunt_until_us, until_us);
	if (state->mode == DOOR_UNLOCKED)
		return;
	state->mode = DOOR_ACCESSED;
	state->is_released = true;
	state->access_until_us = MAX_OF(state->access_until_us, until_us);
}

static void
grant(struct step *step, const struct door_subject *subject)
{
	struct door_state *state = step->state;

	end_wait(step, EV_ACCESS_NOT_TAKEN);
	release_for_access(step);
	/* Whether a door without contact, or one that stands open, was used cannot be seen. */
	if (state->position == DOOR_CLOSED && state->mode == DOOR_ACCESSED) {
		state->is_awaited = true;
		state->subject = *subject;
	}
	if (state->position == DOOR_OPEN && state->alarm == DOOR_ALARM_NONE && state->held_at_us) {
		state->is_warning = false;
		start_held_timer(step);
	}
}

static void
command_lock(struct step *step)
{
	struct door_state *state = step->state;
	bool was_unlocked = state->mode == DOOR_UNLOCKED;

	lock(step);
	state->shunt_until_us = 0;
	if (was_unlocked && state->position == DOOR_OPEN)
		start_held_timer(step);
}

static void
command_unlock(struct step *step)
{
	struct door_state *state = step->state;

	end_wait(step, EV_ACCESS_NOT_TAKEN);
	clear_open_alarms(step);
	state->mode = DOOR_UNLOCKED;
	state->is_released = true;
	state->access_until_us = 0;
}

static bool
may_be_opened(const struct step *step)
{
	const struct door_state *state = step->state;

	return state->mode != DOOR_LOCKED || state->is_rex_held ||
	       state->shunt_until_us > step->now_us;
}

static void
opened(struct step *step)
{
	struct door_state *state = step->state;

	if (!may_be_opened(step)) {
		state->alarm = DOOR_ALARM_FORCED;
		(void) tell(step, EV_DOOR_FORCED, NULL);
		return;
	}
	end_wait(step, EV_ACCESS_TAKEN);
	if (state->mode != DOOR_UNLOCKED)
		start_held_timer(step);
	if (state->mode == DOOR_ACCESSED && step->config->relock_on_open &&
	    !state->is_rex_releasing)
		lock(step);
}

static void
closed(struct step *step)
{
	struct door_state *state = step->state;

	clear_open_alarms(step);
	state->shunt_until_us = 0;
	if (state->mode == DOOR_ACCESSED && !state->is_rex_releasing)
		lock(step);
}

/* It stands open and nobody saw it open: held open perhaps, but nobody's break-in. */
static void
found_open(struct step *step)
{
	struct door_state *state = step->state;

	end_wait(step, EV_ACCESS_TAKEN);
	if (state->mode != DOOR_UNLOCKED && state->alarm == DOOR_ALARM_NONE && !state->held_at_us)
		start_held_timer(step);
}

static void
set_position(struct step *step, enum door_position position)
{
	struct door_state *state = step->state;
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
		clear_open_alarms(step);
}

static void
set_rex(struct step *step, bool is_active)
{
	struct door_state *state = step->state;

	if (is_active == state->is_rex_held)
		return;
	bool is_releasing = is_active ? step->config->rex_unlocks : state->is_rex_releasing;
	state->is_rex_held = is_active;
	state->is_rex_releasing = is_active && is_releasing;
	if (is_active)
		(void) tell(step, EV_DOOR_REX, NULL);
	/* The times run from the moment the button is let go. */
	if (is_releasing)
		release_for_access(step);
	else
		state->shunt_until_us =
			MAX_OF(state->shunt_until_us, after_ms(step, step->config->access_time_ms));
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

	if (is_due(state->access_until_us, step) && !state->is_rex_releasing)
		lock(step);
	if (is_due(state->shunt_until_us, step))
		state->shunt_until_us = 0;
	if (is_due(state->warn_at_us, step)) {
		state->warn_at_us = 0;
		state->is_warning = true;
		(void) tell(step, EV_DOOR_HELD_WARNING, NULL);
	}
	if (is_due(state->held_at_us, step)) {
		state->held_at_us = 0;
		state->is_warning = false;
		state->alarm = DOOR_ALARM_HELD;
		(void) tell(step, EV_DOOR_HELD, NULL);
	}
}

static void
apply(struct step *step, const struct door_input *input)
{
	switch (input->kind) {
	case DOOR_INPUT_GRANT:
		grant(step, input->subject);
		break;
	case DOOR_INPUT_LOCK:
		command_lock(step);
		break;
	case DOOR_INPUT_UNLOCK:
		command_unlock(step);
		break;
	case DOOR_INPUT_POSITION:
		set_position(step, input->position);
		break;
	case DOOR_INPUT_REX:
		set_rex(step, input->is_active);
		break;
	case DOOR_INPUT_TICK:
		break;
	}
}

void
door_step(const struct access_door *config, struct door_state *state,
	  const struct door_input *input, uint64_t now_us, struct door_actions *ret)
{
	struct step step = { config, state, now_us, ret };
	struct door_state before = *state;

	*ret = (struct door_actions){ 0 };
	/* What was due before this input happened before it. */
	tick(&step);
	/* A door that is found closed at the start is no news. */
	if (input->kind == DOOR_INPUT_POSITION && input->position != before.position &&
	    (before.was_seen || input->position != DOOR_CLOSED))
		(void) tell(&step, EV_DOOR_POSITION, door_position_name(input->position));
	apply(&step, input);
	if (state->mode != before.mode)
		(void) tell(&step, EV_DOOR_MODE, door_mode_name(state->mode));
	if (state->is_released != before.is_released)
		(void) tell(&step, EV_DOOR_LOCK, state->is_released ? "unlocked" : "locked");
	ret->is_released = state->is_released;
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
	uint64_t first_us = UINT64_MAX;

	for (size_t i = 0; i < ARRAY_LEN(deadlines); i++)
		if (deadlines[i])
			first_us = MIN_OF(first_us, deadlines[i]);
	return first_us;
}

enum door_admission
door_admission(const struct door_state *state UNUSED)
{
	return DOOR_ADMITS;
}

const char *
door_mode_name(enum door_mode mode)
{
	static const char *const names[] = { "locked", "unlocked", "accessed" };
	return names[mode];
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
