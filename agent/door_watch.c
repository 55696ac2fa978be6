#include "agent/door_watch.h"

#include "agent/door.h"
#include "agent/door_fire.h"

/* A bolt's monitor is active while the bolt is thrown. */
static const enum door_lock monitors[] = {
	[HW_UNKNOWN] = DOOR_LOCK_UNKNOWN,
	[HW_INACTIVE] = DOOR_LOCK_UNLOCKED,
	[HW_ACTIVE] = DOOR_LOCK_LOCKED,
	[HW_FAULT] = DOOR_LOCK_UNKNOWN,
};

static void
take_monitor(struct door *door)
{
	struct door_role *role = door->role;
	const struct door_line *line = &role->lines[door_config(door)->lock_monitor - 1];

	door_apply(door, &(struct door_input){ .kind = DOOR_INPUT_MONITOR,
					       .lock = monitors[door_line_state(line)] });
}

void
door_watch_take(struct door_role *role, unsigned input)
{
	for (unsigned i = 0; i < DOORS; i++)
		if (door_config(&role->doors[i])->lock_monitor == input)
			take_monitor(&role->doors[i]);
	door_fire_take(role, input);
}

void
door_watch_configure(struct door_role *role)
{
	for (unsigned i = 0; i < DOORS; i++)
		if (door_config(&role->doors[i])->lock_monitor)
			take_monitor(&role->doors[i]);
}
