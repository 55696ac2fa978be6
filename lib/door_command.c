#include "lib/door_command.h"

#include <errno.h>
#include <string.h>

const char *const door_command_names[DOOR_COMMANDS + 1] = {
	[DOOR_COMMAND_GRANT] = "grant",
	[DOOR_COMMAND_LOCK] = "lock",
	[DOOR_COMMAND_UNLOCK] = "unlock",
	[DOOR_COMMAND_RELEASE] = "release",
	[DOOR_COMMAND_BLOCK] = "block",
	[DOOR_COMMAND_LOCKDOWN] = "lockdown",
	[DOOR_COMMAND_LOCKDOWN_RELEASE] = "lockdown_release",
	[DOOR_COMMAND_LOCK_OPEN] = "lock_open",
	[DOOR_COMMAND_LOCK_OPEN_RELEASE] = "lock_open_release",
	[DOOR_COMMAND_DOUBLE_LOCK] = "double_lock",
};

int
door_command_find(const char *name, enum door_command *ret)
{
	for (unsigned i = 0; i < DOOR_COMMANDS; i++)
		if (!strcmp(door_command_names[i], name)) {
			*ret = (enum door_command) i;
			return 0;
		}
	return -ENOENT;
}
