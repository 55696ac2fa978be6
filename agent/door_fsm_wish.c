#include "agent/door_fsm_private.h"

#include "lib/util.h"

/*
 * The wishes have changed. Somebody who is being let in still is, unless the command was to shut
 * the door.
 */
static void
obey(struct step *step, bool is_shutting)
{
	struct door_state *state = step->state;
	bool was_free = door_mode_is_free(state->mode);
	bool is_free = door_mode_is_free(door_priority_verdict(&state->priority).mode);

	if (is_free && !was_free) {
		door_fsm_end_wait(step, EV_ACCESS_NOT_TAKEN);
		door_fsm_clear_open_alarms(step);
	}
	if (is_free || is_shutting || state->mode != DOOR_ACCESSED)
		door_fsm_relock(step);
	if (is_free)
		return;
	if (was_free || is_shutting)
		state->shunt_until_us = 0;
	if (was_free && state->position == DOOR_OPEN)
		door_fsm_start_held_timer(step);
}

void
door_fsm_command(struct step *step)
{
	struct door_state *state = step->state;
	enum door_command command = step->input->command;

	door_priority_command(&state->priority, command, step->input->until_us);
	obey(step, command == DOOR_COMMAND_LOCK || command == DOOR_COMMAND_BLOCK ||
			   command == DOOR_COMMAND_LOCKDOWN || command == DOOR_COMMAND_DOUBLE_LOCK);
}

void
door_fsm_set_level(struct step *step, enum door_level level, enum door_mode mode)
{
	struct door_priority *priority = &step->state->priority;

	if (step->input->is_active == priority->wishes[level].is_there)
		return;
	if (step->input->is_active)
		door_priority_wish(priority, level, mode, 0);
	else
		door_priority_give_up(priority, level);
	obey(step, false);
}

static void
follow_schedule(struct step *step)
{
	struct door_state *state = step->state;
	const struct door_timetable *timetable = &state->timetable;
	bool was_there = state->priority.wishes[DOOR_LEVEL_SCHEDULE].is_there;
	bool is_there = timetable->is_active &&
			(timetable->has_first_person || !step->config->needs_first_person);

	if (is_there == was_there)
		return;
	if (is_there)
		door_priority_wish(&state->priority, DOOR_LEVEL_SCHEDULE, DOOR_UNLOCKED, 0);
	else
		door_priority_give_up(&state->priority, DOOR_LEVEL_SCHEDULE);
	obey(step, false);
}

void
door_fsm_set_schedule(struct step *step)
{
	struct door_timetable *timetable = &step->state->timetable;

	timetable->is_active = step->input->is_active;
	timetable->has_first_person &= timetable->is_active;
	follow_schedule(step);
}

void
door_fsm_expire_wishes(struct step *step)
{
	if (door_priority_expire(&step->state->priority, step->now_us))
		obey(step, false);
}

/* A badge undoes no higher wish, and none of another kind that an operator has. */
static bool
may_toggle(const struct step *step)
{
	const struct door_subject *subject = step->input->subject;
	const struct door_priority *priority = &step->state->priority;
	const struct door_wish *wish = &priority->wishes[DOOR_LEVEL_OPERATOR];

	return step->config->has_toggle && subject->may_toggle && subject->credential &&
	       door_priority_verdict(priority).level >= DOOR_LEVEL_OPERATOR &&
	       (!wish->is_there || wish->mode == DOOR_UNLOCKED);
}

static bool
toggle(struct step *step)
{
	struct door_state *state = step->state;
	const struct door_wish *wish = &state->priority.wishes[DOOR_LEVEL_OPERATOR];
	uint32_t credential = step->input->subject->credential;
	bool is_second =
		state->toggle_credential == credential && state->toggle_until_us > step->now_us;

	if (!may_toggle(step))
		return false;
	state->toggle_credential = is_second ? 0 : credential;
	state->toggle_until_us = door_fsm_after_ms(step, DOOR_TOGGLE_MS);
	if (!is_second)
		return false;
	door_priority_command(&state->priority,
			      wish->is_there ? DOOR_COMMAND_RELEASE : DOOR_COMMAND_UNLOCK, 0);
	step->is_switched = true;
	obey(step, true);
	return true;
}

bool
door_fsm_switch(struct step *step)
{
	struct door_timetable *timetable = &step->state->timetable;

	if (step->input->subject->is_first_person && timetable->is_active &&
	    !timetable->has_first_person) {
		timetable->has_first_person = true;
		step->is_switched = step->config->needs_first_person;
		follow_schedule(step);
	}
	return toggle(step);
}
