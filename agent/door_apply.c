/* One input into a door's state machine, and what comes out of it into the world. */
#include <stdio.h>

#include "agent/door.h"
#include "agent/door_card.h"
#include "agent/door_interlock.h"
#include "agent/door_keep.h"
#include "agent/door_presence.h"
#include "lib/clock.h"
#include "lib/loop.h"
#include "lib/util.h"

/* Until the store has compiled a table: what it makes of a door that nobody configured. */
static const struct access_door door_defaults = {
	.rex_unlocks = true,
	.access_time_ms = 7000,
	.extended_access_time_ms = 30000,
	.held_open_time_ms = 30000,
	.extended_held_open_time_ms = 60000,
	.pre_alarm_time_ms = 10000,
};

void
door_config_default(unsigned number, struct access_door *ret)
{
	*ret = door_defaults;
	(void) snprintf(ret->name, sizeof(ret->name), "Door %u", number);
}

const struct access_door *
door_config(const struct door *door)
{
	return door->role->table ? access_door(door->role->table, door->number)
				 : &door->role->defaults[door->number - 1];
}

uint64_t
door_open_doors(const struct door_role *role)
{
	uint64_t doors = 0;

	for (unsigned i = 0; i < DOORS; i++)
		if (role->doors[i].state.is_released || role->doors[i].state.position == DOOR_OPEN)
			doors |= UINT64_C(1) << i;
	return doors;
}

/*
 * The record is appended to the ring in memory before the lock moves: a process that is killed in
 * between leaves no released lock that the log knows nothing of. It costs some microseconds; what
 * may block, the disk, is the store's and comes after.
 */
static void
apply(struct door *door, const struct door_input *input)
{
	struct door_role *role = door->role;
	const struct access_door *config = door_config(door);
	struct door_actions actions;
	bool was_released = door->state.is_released;
	char key[16];

	door_step(config, &door->state, input, clock_mono_us(), &actions);
	for (unsigned i = 0; i < actions.count; i++) {
		door->forced += actions.events[i].kind == EV_DOOR_FORCED;
		if (actions.events[i].kind == EV_ACCESS_TAKEN)
			door_presence_take(role, &actions.events[i].subject);
		door_tell_event(door, &actions.events[i]);
	}
	door_keep_save(role);
	if (actions.is_released != was_released) {
		hw_set_output(role->hw, inventory_of_kind(INV_LOCK_RELAY, door->number),
			      actions.is_released);
		if (actions.is_released && door->card_at_us)
			door_latency_add(&role->command_latency,
					 clock_mono_us() - door->card_at_us);
	}
	if (config->double_lock_output)
		door_output_follow(role, config->double_lock_output, actions.is_double_locked);
	door_feedback_rest(door);
	if (actions.count) {
		door->changed_us = clock_wall_us();
		door->changed_mono_us = clock_mono_us();
	}
	(void) snprintf(key, sizeof(key), "door.%u", door->number);
	door_rpc_push_state(role, key, door_live_state(door));
	loop_arm_at(door->timer, door_deadline_us(&door->state));
}

/*
 * One door after the other, so that of two that would unlock only the first does. What one of them
 * gives up may let the next one go, hence the rounds; a door that is held opens no other, so that
 * they come to an end.
 */
static void
interlock(struct door_role *role)
{
	bool has_moved = role->table != NULL;

	for (unsigned round = 0; has_moved && round < DOORS; round++) {
		has_moved = false;
		for (unsigned i = 0; i < DOORS; i++) {
			struct door *door = &role->doors[i];
			struct door_input input = {
				.kind = DOOR_INPUT_INTERLOCK,
				.is_active = !door_interlock_allows(access_interlocks(role->table),
								    INTERLOCKS, i + 1,
								    door_open_doors(role)),
			};
			if (input.is_active ==
			    door->state.priority.wishes[DOOR_LEVEL_INTERLOCK].is_there)
				continue;
			apply(door, &input);
			has_moved = true;
		}
	}
}

void
door_apply(struct door *door, const struct door_input *input)
{
	apply(door, input);
	interlock(door->role);
}

void
door_take_input(struct door *door, enum inventory_kind kind, enum hw_state state)
{
	static const enum door_position positions[] = {
		[HW_UNKNOWN] = DOOR_POSITION_UNKNOWN,
		[HW_INACTIVE] = DOOR_CLOSED,
		[HW_ACTIVE] = DOOR_OPEN,
		[HW_FAULT] = DOOR_POSITION_FAULT,
	};
	struct door_input step = { .kind = DOOR_INPUT_REX, .is_active = state == HW_ACTIVE };

	if (kind == INV_CONTACT)
		step = (struct door_input){ .kind = DOOR_INPUT_POSITION,
					    .position = positions[state] };
	door_apply(door, &step);
}
