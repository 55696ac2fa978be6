#include "agent/door_priority.h"

#include "lib/util.h"

void
door_priority_wish(struct door_priority *priority, enum door_level level, enum door_mode mode,
		   uint64_t until_us)
{
	priority->wishes[level] =
		(struct door_wish){ .is_there = true, .mode = mode, .until_us = until_us };
}

void
door_priority_give_up(struct door_priority *priority, enum door_level level)
{
	priority->wishes[level] = (struct door_wish){ .is_there = false };
}

static const struct row {
	enum door_level level;
	enum door_mode mode;
	enum { NOTHING, WISH, GIVE_UP, GIVE_UP_MODE } what;
} commands[DOOR_COMMANDS] = {
	[DOOR_COMMAND_GRANT] = { .what = NOTHING },
	[DOOR_COMMAND_LOCK] = { DOOR_LEVEL_OPERATOR, DOOR_LOCKED, WISH },
	[DOOR_COMMAND_UNLOCK] = { DOOR_LEVEL_OPERATOR, DOOR_UNLOCKED, WISH },
	[DOOR_COMMAND_RELEASE] = { DOOR_LEVEL_OPERATOR, DOOR_LOCKED, GIVE_UP },
	[DOOR_COMMAND_BLOCK] = { DOOR_LEVEL_OPERATOR, DOOR_BLOCKED, WISH },
	[DOOR_COMMAND_LOCKDOWN] = { DOOR_LEVEL_LOCKDOWN, DOOR_LOCKED_DOWN, WISH },
	[DOOR_COMMAND_LOCKDOWN_RELEASE] = { DOOR_LEVEL_LOCKDOWN, DOOR_LOCKED_DOWN, GIVE_UP_MODE },
	[DOOR_COMMAND_LOCK_OPEN] = { DOOR_LEVEL_LOCKDOWN, DOOR_LOCKED_OPEN, WISH },
	[DOOR_COMMAND_LOCK_OPEN_RELEASE] = { DOOR_LEVEL_LOCKDOWN, DOOR_LOCKED_OPEN, GIVE_UP_MODE },
	[DOOR_COMMAND_DOUBLE_LOCK] = { DOOR_LEVEL_OPERATOR, DOOR_DOUBLE_LOCKED, WISH },
};

void
door_priority_command(struct door_priority *priority, enum door_command command, uint64_t until_us)
{
	const struct row *row = &commands[command];
	const struct door_wish *wish = &priority->wishes[row->level];

	if (row->what == WISH)
		door_priority_wish(priority, row->level, row->mode,
				   command == DOOR_COMMAND_UNLOCK ? until_us : 0);
	/* The release of a lockdown ends no lock-open, and the other way round. */
	else if (row->what == GIVE_UP || (row->what == GIVE_UP_MODE && wish->mode == row->mode))
		door_priority_give_up(priority, row->level);
}

bool
door_priority_expire(struct door_priority *priority, uint64_t now_us)
{
	bool has_ended = false;

	for (unsigned i = 0; i < DOOR_LEVELS; i++) {
		uint64_t until_us = priority->wishes[i].until_us;
		if (!until_us || until_us > now_us)
			continue;
		door_priority_give_up(priority, (enum door_level) i);
		has_ended = true;
	}
	return has_ended;
}

uint64_t
door_priority_deadline_us(const struct door_priority *priority)
{
	uint64_t first_us = UINT64_MAX;

	for (unsigned i = 0; i < DOOR_LEVELS; i++)
		if (priority->wishes[i].until_us)
			first_us = MIN_OF(first_us, priority->wishes[i].until_us);
	return first_us;
}

struct door_verdict
door_priority_verdict(const struct door_priority *priority)
{
	for (unsigned i = 0; i < DOOR_LEVELS; i++)
		if (priority->wishes[i].is_there)
			return (struct door_verdict){ priority->wishes[i].mode,
						      (enum door_level) i };
	return (struct door_verdict){ DOOR_LOCKED, DOOR_LEVEL_DEFAULT };
}

bool
door_mode_is_free(enum door_mode mode)
{
	return mode == DOOR_UNLOCKED || mode == DOOR_LOCKED_OPEN;
}

const char *
door_mode_name(enum door_mode mode)
{
	static const char *const names[] = { "locked",	     "unlocked",    "accessed",
					     "blocked",	     "locked_down", "locked_open",
					     "double_locked" };
	return names[mode];
}

const char *
door_level_name(enum door_level level)
{
	static const char *const names[] = { "fire",	  "lockdown", "operator",
					     "interlock", "schedule", "default" };
	return names[level];
}
