/* What may be commanded of a door: one table for methods, cardeactl, MIB and door role. */
#ifndef LIB_DOOR_COMMAND_H
#define LIB_DOOR_COMMAND_H

enum door_command {
	DOOR_COMMAND_GRANT, /* one access, as by a card */
	DOOR_COMMAND_LOCK,
	DOOR_COMMAND_UNLOCK,
	DOOR_COMMAND_RELEASE, /* gives the operator's wish up: schedules decide again */
	DOOR_COMMAND_BLOCK,
	DOOR_COMMAND_LOCKDOWN,
	DOOR_COMMAND_LOCKDOWN_RELEASE,
	DOOR_COMMAND_LOCK_OPEN,
	DOOR_COMMAND_LOCK_OPEN_RELEASE,
	DOOR_COMMAND_DOUBLE_LOCK,
	DOOR_COMMANDS,
};

/* "unlock" for this long at most. */
#define DOOR_UNLOCK_S_MAX (7 * 86400)

/* Names on the wire by enum door_command, NULL behind the last. */
extern const char *const door_command_names[DOOR_COMMANDS + 1];

/* -ENOENT when there is no such command. */
int door_command_find(const char *name, enum door_command *ret);

#endif
